import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { before, describe, test, type TestContext } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { identifyPartner } from '../../src/inbound/partners.ts';
import { authoritiesOf, conflictingPartners, unusablePartners } from '../../src/inbound/partner-roster.ts';
import type { Partner, PartnerDirectory } from '../../src/payments/partners.ts';
import { fingerprintOf } from '../../src/pki/certificate.ts';
import { revocationLists, type RevocationStandings } from '../../src/pki/revocation-lists.ts';
import { type Credential, issueLeaf, makeAuthority } from '../../src/pki/authority.ts';
import { defaultListenerLimits, mutualTlsListener } from '../../src/platform/tls.ts';
import {
  type Callers,
  changingDirectory,
  daysFromNow,
  makeCallers,
  partner,
  partnerUri,
} from '../support/tls-callers.ts';

let callers: Callers;
before(async () => {
  callers = await makeCallers();
});

const clock = { now: () => new Date() };
const fingerprint = ({ certificate }: Credential): string => fingerprintOf(new X509Certificate(certificate));

interface Verdict {
  readonly partner?: string;
  readonly refused?: string;
  readonly code?: string;
  readonly partnerId?: string;
  readonly certificate?: { readonly fingerprint256: string };
}

/** A listener that answers with the verdict on its caller, as the door would see it. */
async function listen(
  t: TestContext,
  directory: PartnerDirectory,
  at = clock,
  {
    trusted = directory.partners(),
    lists = revocationLists(() => []),
  }: { trusted?: readonly Partner[]; lists?: RevocationStandings } = {},
) {
  const options = mutualTlsListener(callers.server, authoritiesOf(trusted), defaultListenerLimits);
  const server = https.createServer(options, (request, response) => {
    const verdict = identifyPartner(request.socket as TLSSocket, { directory, lists, clock: at });
    response.end(
      JSON.stringify('partner' in verdict ? { ...verdict, partner: verdict.partner.id } : verdict),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function ask(
  port: number,
  caller: Credential | undefined,
  more: https.RequestOptions = {},
): Promise<Verdict> {
  const identity = caller === undefined ? {} : { cert: caller.certificate, key: caller.key };
  const request = https.get({
    host: '127.0.0.1',
    port,
    ca: callers.acmeCa.certificate,
    // A caller with a weak key has lowered its own guard, and only its own.
    ciphers: 'DEFAULT@SECLEVEL=0',
    agent: false,
    ...identity,
    ...more,
  });
  const [response] = (await once(request, 'response')) as [Readable];
  return JSON.parse(await text(response)) as Verdict;
}

const acme = (changes: Partial<Partner> = {}): Partner => partner('acme', callers.acmeCa, changes);
const birch = (changes: Partial<Partner> = {}): Partner => partner('birch', callers.birchCa, changes);

const two = (a: Partner['identities'], b: Partner['identities']) => [
  acme({ identities: a }),
  birch({ identities: b }),
];

describe('who is calling, by certificate', () => {
  const rows: readonly (readonly [string, (made: Callers) => Credential | undefined, Verdict])[] = [
    ['none', () => undefined, { refused: 'noCertificate' }],
    ['self-signed', (c) => c.selfSigned, { refused: 'chainRefused', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }],
    ['unknown CA', (c) => c.unknownCa, { refused: 'chainRefused', code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }],
    ['expired', (c) => c.expired, { refused: 'chainRefused', code: 'CERT_HAS_EXPIRED' }],
    ['not yet valid', (c) => c.notYetValid, { refused: 'chainRefused', code: 'CERT_NOT_YET_VALID' }],
    ['serverAuth only', (c) => c.serverOnly, { refused: 'chainRefused', code: 'INVALID_PURPOSE' }],
    ['RSA of 1024 bits', (c) => c.rsa1024, { refused: 'chainRefused', code: 'EE_KEY_TOO_SMALL' }],
    ['no extended key usage', (c) => c.noUsage, { refused: 'notForClients' }],
    ['X.509 v1', (c) => c.version1, { refused: 'notVersion3' }],
    [
      "same name under another partner's CA",
      (c) => c.sameNameOtherCa,
      { refused: 'otherIssuer', partnerId: 'acme' },
    ],
    [
      'below an intermediate that is not listed',
      (c) => c.subCaWithChain,
      { refused: 'otherIssuer', partnerId: 'acme' },
    ],
    ['a name that nobody has', (c) => c.notConfigured, { refused: 'unknownName' }],
    ['the name as common name only', (c) => c.nameInSubjectOnly, { refused: 'unknownName' }],
    ['the name as DNS name', (c) => c.nameAsDns, { refused: 'unknownName' }],
    ['the name with more behind it', (c) => c.nameWithMore, { refused: 'unknownName' }],
    ['the name in other letters', (c) => c.otherCase, { refused: 'unknownName' }],
    ['the right one', (c) => c.acme, { partner: 'acme' }],
    ['the right one, EC', (c) => c.acmeEc, { partner: 'acme' }],
    ['another partner', (c) => c.birch, { partner: 'birch' }],
  ];
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (const [title, choose, wanted] of rows) {
      test(`${title}, ${version}`, async (t) => {
        const port = await listen(t, changingDirectory([acme(), birch()]));
        const caller = choose(callers);
        const verdict = await ask(port, caller, { minVersion: version, maxVersion: version });
        const { certificate, ...rest } = verdict;
        assert.deepEqual(rest, wanted);
        assert.equal(certificate?.fingerprint256, caller === undefined ? undefined : fingerprint(caller));
      });
    }
  }

  test('a trace names the certificate and nobody', async (t) => {
    const port = await listen(t, changingDirectory([acme()]));
    const verdict = await ask(port, callers.notConfigured);
    assert.deepEqual(Object.keys(verdict.certificate ?? {}), [
      'fingerprint256',
      'serialNumber',
      'issuerHash',
      'notAfter',
    ]);
    assert.doesNotMatch(JSON.stringify(verdict), /acme|nobody-configured/i);
  });
});

describe('who is calling, by what is known of the partner', () => {
  type Row = readonly [string, () => readonly Partner[], Verdict];
  const rows: readonly Row[] = [
    ['disabled', () => [acme({ enabled: false })], { refused: 'disabled', partnerId: 'acme' }],
    ['TLS 1.3 only', () => [acme({ tlsFloor: 'TLSv1.3' })], { refused: 'tlsBelowFloor', partnerId: 'acme' }],
    [
      'by fingerprint',
      () => [acme({ identities: [{ fingerprint256: fingerprint(callers.acme) }] })],
      { partner: 'acme' },
    ],
    [
      'by another fingerprint',
      () => [acme({ identities: [{ fingerprint256: fingerprint(callers.acmeNext) }] })],
      { refused: 'unknownName' },
    ],
    [
      'by fingerprint and name, the fingerprint another',
      () => [
        acme({ identities: [{ fingerprint256: fingerprint(callers.birch), sanUri: partnerUri('acme') }] }),
      ],
      { refused: 'unknownName' },
    ],
    ['by nothing', () => [acme({ identities: [{}] })], { refused: 'unknownName' }],
    [
      'the window is over',
      () => [acme({ identities: [{ sanUri: partnerUri('acme'), notAfter: daysFromNow(-1) }] })],
      { refused: 'nameOutOfWindow', partnerId: 'acme' },
    ],
    [
      'the window is not open yet',
      () => [acme({ identities: [{ sanUri: partnerUri('acme'), notBefore: daysFromNow(1) }] })],
      { refused: 'nameOutOfWindow', partnerId: 'acme' },
    ],
    [
      'the next certificate, in its window',
      () => [
        acme({
          identities: [
            { sanUri: partnerUri('acme'), notAfter: daysFromNow(-1) },
            {
              fingerprint256: fingerprint(callers.acme),
              notBefore: daysFromNow(-1),
              notAfter: daysFromNow(9),
            },
          ],
        }),
      ],
      { partner: 'acme' },
    ],
    [
      'two partners share the certificate',
      () => [
        acme(),
        partner('twin', callers.acmeCa, { identities: [{ fingerprint256: fingerprint(callers.acme) }] }),
      ],
      { refused: 'ambiguous' },
    ],
    [
      'two partners share the name under different authorities',
      () => [acme(), birch({ identities: [{ sanUri: partnerUri('acme') }] })],
      { partner: 'acme' },
    ],
    [
      'several authorities, one of them the issuer',
      () => [acme({ issuers: [callers.nobodyCa.certificate, callers.acmeCa.certificate] })],
      { partner: 'acme' },
    ],
  ];
  for (const [title, partners, wanted] of rows) {
    test(title, async (t) => {
      const port = await listen(t, changingDirectory(partners()));
      const { certificate, ...verdict } = await ask(port, callers.acme, { maxVersion: 'TLSv1.2' });
      assert.deepEqual(verdict, wanted);
      assert.equal(certificate?.fingerprint256, fingerprint(callers.acme));
    });
  }

  test('TLS 1.3 only, and so it calls', async (t) => {
    const port = await listen(t, changingDirectory([acme({ tlsFloor: 'TLSv1.3' })]));
    assert.equal((await ask(port, callers.acme)).partner, 'acme');
  });

  test('an intermediate is listed together with its root, and then the caller need not send it', async (t) => {
    const issuers = [callers.acmeSubCa.certificate, callers.acmeCa.certificate];
    const port = await listen(t, changingDirectory([acme({ issuers })]));
    assert.equal((await ask(port, callers.subCa)).partner, 'acme');
    assert.equal((await ask(port, callers.subCaWithChain)).partner, 'acme');
    const [intermediate = ''] = issuers;
    const trusting = await listen(t, changingDirectory([acme({ issuers: [intermediate] })]), clock, {
      trusted: [acme()],
    });
    assert.equal((await ask(trusting, callers.acme)).refused, 'otherIssuer');
  });

  test('the dates of leaf and issuer are those of the clock that was passed in', async (t) => {
    const brief = await makeAuthority({
      name: 'CN=Brief CA',
      notBefore: daysFromNow(-1),
      notAfter: daysFromNow(9),
    });
    const longer = await issueLeaf({
      name: 'CN=acme',
      usages: ['clientAuth'],
      altNames: [{ type: 'url', value: partnerUri('acme') }],
      notBefore: daysFromNow(-1),
      notAfter: daysFromNow(19),
      issuer: brief,
    });
    let now = new Date();
    const moving = { now: () => now };
    const port = await listen(t, changingDirectory([partner('acme', brief)]), moving);
    const days = [
      [8, 'acme'],
      [10, 'issuerOutOfDate'],
      [20, 'outOfDate'],
      [-2, 'outOfDate'],
    ] as const;
    for (const [day, wanted] of days) {
      now = daysFromNow(day);
      const verdict = await ask(port, longer);
      assert.equal(verdict.partner ?? verdict.refused, wanted, `in ${day} days`);
    }
  });

  test('a revoked certificate and a revoked authority', async (t) => {
    const directory = changingDirectory([acme(), birch()]);
    const port = await listen(t, directory);
    directory.revoke(fingerprint(callers.acmeNext));
    assert.equal((await ask(port, callers.acmeNext)).refused, 'revoked');
    assert.equal((await ask(port, callers.acme)).partner, 'acme');
    directory.revoke(fingerprint(callers.acmeCa));
    assert.equal((await ask(port, callers.acme)).refused, 'issuerRevoked');
    assert.equal((await ask(port, callers.birch)).partner, 'birch');
  });

  test('a revoked root, through its intermediate', async (t) => {
    const issuers = [callers.acmeSubCa.certificate, callers.acmeCa.certificate];
    const directory = changingDirectory([acme({ issuers })]);
    const port = await listen(t, directory);
    assert.equal((await ask(port, callers.subCaWithChain)).partner, 'acme');
    directory.revoke(fingerprint(callers.acmeCa));
    const { refused, partnerId } = await ask(port, callers.subCaWithChain);
    assert.deepEqual([refused, partnerId], ['issuerRevoked', 'acme']);
  });

  test('a root that is out of date, through an intermediate that is not', async (t) => {
    const window = { notBefore: daysFromNow(-1), notAfter: daysFromNow(9) };
    const later = { ...window, notAfter: daysFromNow(19) };
    const root = await makeAuthority({ name: 'CN=Brief Root', ...window });
    const between = await makeAuthority({ name: 'CN=Between', ...later, issuer: root });
    const leaf = await issueLeaf({
      name: 'CN=acme',
      usages: ['clientAuth'],
      altNames: [{ type: 'url', value: partnerUri('acme') }],
      ...later,
      issuer: between,
    });
    let now = new Date();
    const issuers = [between.certificate, root.certificate];
    const port = await listen(t, changingDirectory([acme({ issuers })]), { now: () => now });
    assert.equal((await ask(port, leaf)).partner, 'acme');
    now = daysFromNow(10);
    assert.equal((await ask(port, leaf)).refused, 'issuerOutOfDate');
  });

  test('I13: what changes while a connection is open counts for its next request', async (t) => {
    const directory = changingDirectory([acme()]);
    const port = await listen(t, directory);
    const changes: readonly [string, () => void][] = [
      ['disabled', () => directory.set([acme({ enabled: false })])],
      ['otherIssuer', () => directory.set([partner('acme', callers.birchCa)])],
      ['unknownName', () => directory.set([])],
      ['revoked', () => directory.revoke(fingerprint(callers.acme))],
    ];
    for (const [wanted, change] of changes) {
      directory.set([acme()]);
      const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
      t.after(() => agent.destroy());
      const ports = new Set<number | undefined>();
      agent.on('free', (socket: TLSSocket) => ports.add(socket.localPort));
      assert.equal((await ask(port, callers.acme, { agent })).partner, 'acme');
      change();
      assert.equal((await ask(port, callers.acme, { agent })).refused, wanted);
      assert.equal(ports.size, 1, 'both requests went over one connection');
    }
  });
});

describe('the roster of partners', () => {
  const week = { notBefore: daysFromNow(0), notAfter: daysFromNow(7) };
  const weekAfter = { notBefore: daysFromNow(8), notAfter: daysFromNow(14) };
  const print = 'ab'.repeat(32);
  const rows: readonly (readonly [string, () => readonly Partner[], readonly string[]])[] = [
    ['nothing in common', () => [acme(), birch()], []],
    ['same id', () => [acme(), acme({ identities: [{ sanUri: 'urn:other' }] })], ['sameId']],
    ['same name, other issuers', () => two([{ sanUri: 'urn:x' }], [{ sanUri: 'urn:x' }]), ['sameSanUri']],
    [
      'same fingerprint',
      () => two([{ fingerprint256: print }], [{ fingerprint256: print }]),
      ['sameFingerprint'],
    ],
    [
      'same name, disabled',
      () => [acme(), birch({ enabled: false, identities: [{ sanUri: partnerUri('acme') }] })],
      ['sameSanUri'],
    ],
    [
      'same name, one after the other',
      () => two([{ sanUri: 'urn:x', ...week }], [{ sanUri: 'urn:x', ...weekAfter }]),
      [],
    ],
    [
      'same name, one without an end',
      () => two([{ sanUri: 'urn:x', ...week }], [{ sanUri: 'urn:x' }]),
      ['sameSanUri'],
    ],
    [
      'same name, two pinned certificates',
      () =>
        two(
          [{ sanUri: 'urn:x', fingerprint256: print }],
          [{ sanUri: 'urn:x', fingerprint256: 'cd'.repeat(32) }],
        ),
      [],
    ],
    [
      'same name, one of them pinned',
      () => two([{ sanUri: 'urn:x' }], [{ sanUri: 'urn:x', fingerprint256: print }]),
      ['sameSanUri'],
    ],
  ];
  for (const [title, partners, wanted] of rows) {
    test(title, () => {
      const conflicts = conflictingPartners(partners());
      assert.deepEqual(
        conflicts.map(({ fault }) => fault),
        wanted,
      );
      for (const { partnerIds } of conflicts) assert.equal(partnerIds.length, 2);
    });
  }

  test('partners that nobody could be', () => {
    const bundle = callers.acmeCa.certificate + callers.birchCa.certificate;
    const found = unusablePartners([
      acme(),
      acme({ id: 'without-issuer', issuers: [] }),
      acme({ id: 'leaf-as-issuer', issuers: [callers.acme.certificate] }),
      acme({ id: 'bundle-as-issuer', issuers: [bundle] }),
      acme({ id: 'noise-as-issuer', issuers: ['noise'] }),
      acme({ id: 'lone-intermediate', issuers: [callers.acmeSubCa.certificate] }),
      acme({ id: 'without-identity', identities: [] }),
      acme({ id: 'nameless', identities: [{}] }),
      acme({ id: 'misspelt', identities: [{ fingerprint256: 'AB:CD' }] }),
    ]);
    assert.deepEqual(
      found.map(({ partnerIds: [id], fault }) => [id, fault]),
      [
        ['without-issuer', 'noIssuer'],
        ['leaf-as-issuer', 'badIssuer'],
        ['bundle-as-issuer', 'badIssuer'],
        ['noise-as-issuer', 'badIssuer'],
        ['lone-intermediate', 'issuerWithoutRoot'],
        ['without-identity', 'noIdentity'],
        ['nameless', 'namelessIdentity'],
        ['misspelt', 'namelessIdentity'],
      ],
    );
  });

  test('authorities are named once', () => {
    const shared = acme({
      id: 'shared',
      issuers: [callers.acmeCa.certificate, `\n${callers.birchCa.certificate}\n`],
    });
    assert.equal(authoritiesOf([acme(), birch(), shared]).length, 2);
  });
});
