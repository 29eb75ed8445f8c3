/**
 * Whoever shows a certificate at the SOAP door, in both protocols, on a new connection and on one that was kept from before
 * what changed: what he reads, and what the log says instead. `PRINT=1 npm test -- test/inbound/certificate-matrix.test.ts`
 * prints the table.
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import https from 'node:https';
import type { Socket } from 'node:net';
import { after, before, test, type TestContext } from 'node:test';
import type { Partner } from '../../src/payments/partners.ts';
import type { Credential } from '../../src/pki/authority.ts';
import { certificateName } from '../../src/pki/certificate.ts';
import { revocationLists, type RevocationLists } from '../../src/pki/revocation-lists.ts';
import { printTable } from '../support/bridge-house.ts';
import { ask, dial, openDoor, part, statusRequest } from '../support/door-open.ts';
import { makeOddCallers } from '../support/odd-callers.ts';
import { listBy } from '../support/revocation-lists.ts';
import {
  type Callers,
  type ChangingDirectory,
  daysFromNow,
  makeCallers,
  partner,
  partnerUri,
} from '../support/tls-callers.ts';

let callers: Callers;
let odd: Awaited<ReturnType<typeof makeOddCallers>>;
const table: string[][] = [];
before(async () => {
  callers = await makeCallers();
  odd = await makeOddCallers(callers.acmeCa);
});
after(() =>
  printTable(['certificate', 'TLS', 'connection', 'HTTP', 'fault code', 'the log: reason', 'code'], table),
);

const fingerprint = ({ certificate }: Credential): string =>
  certificateName(new X509Certificate(certificate)).fingerprint256;
const acme = (changes: Partial<Partner> = {}): Partner => partner('acme', callers.acmeCa, changes);
const under = (...authorities: readonly Credential[]): Partner =>
  acme({ issuers: [callers.acmeCa, ...authorities].map(({ certificate }) => certificate) });

interface World {
  readonly directory: ChangingDirectory;
  readonly lists: RevocationLists;
}

interface Row {
  readonly title: string;
  /** acme's own where nothing is said. */
  readonly caller?: () => Credential | undefined;
  readonly partner?: () => Partner;
  /** What happens before he calls; while his connection stands, where it is a kept one. */
  readonly meanwhile?: (world: World) => void | Promise<void>;
  /** The reason that the log names; absent where he is let in. */
  readonly reason?: string;
  /** OpenSSL's, as far as Node has a name for it: `certs check FILE` names the others. */
  readonly code?: string;
  readonly unlisted?: string;
}

const pinned = (credential: Credential) => ({ fingerprint256: fingerprint(credential) });
const fresh = async (lists: RevocationLists, revoked: readonly Credential[] = []): Promise<void> =>
  void lists.load([await listBy(callers.acmeCa, revoked)], new Date());
const stale = async (lists: RevocationLists): Promise<void> =>
  void lists.load([await listBy(callers.acmeCa, [], { nextUpdate: daysFromNow(-0.5) })], new Date());
const closed = ({ directory }: World): void => directory.set([acme({ crl: 'closedWhenStale' })]);

const rows: readonly Row[] = [
  { title: 'the right one' },
  { title: 'the right one, EC', caller: () => callers.acmeEc },
  { title: 'none', caller: () => undefined, reason: 'noCertificate' },
  {
    title: 'self-signed',
    caller: () => callers.selfSigned,
    reason: 'chainRefused',
    code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  },
  {
    title: 'of an unknown authority',
    caller: () => callers.unknownCa,
    reason: 'chainRefused',
    code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  },
  {
    title: 'the same name under another partner’s authority',
    caller: () => callers.sameNameOtherCa,
    reason: 'otherIssuer',
  },
  { title: 'expired', caller: () => callers.expired, reason: 'chainRefused', code: 'CERT_HAS_EXPIRED' },
  {
    title: 'not yet valid',
    caller: () => callers.notYetValid,
    reason: 'chainRefused',
    code: 'CERT_NOT_YET_VALID',
  },
  {
    title: 'for servers only',
    caller: () => callers.serverOnly,
    reason: 'chainRefused',
    code: 'INVALID_PURPOSE',
  },
  { title: 'without extended key usage', caller: () => callers.noUsage, reason: 'notForClients' },
  { title: 'X.509 v1', caller: () => callers.version1, reason: 'notVersion3' },
  {
    title: 'RSA of 1024 bits',
    caller: () => callers.rsa1024,
    reason: 'chainRefused',
    code: 'EE_KEY_TOO_SMALL',
  },
  { title: 'signed with SHA-1', caller: () => odd.sha1, reason: 'chainRefused', code: 'UNSPECIFIED' },
  { title: 'of nobody that is configured', caller: () => callers.notConfigured, reason: 'unknownName' },
  {
    title: 'pinned',
    partner: () => acme({ identities: [pinned(callers.acme)] }),
  },
  {
    title: 'another one than the pinned',
    caller: () => callers.acmeNext,
    partner: () => acme({ identities: [pinned(callers.acme)] }),
    reason: 'unknownName',
  },
  {
    title: 'the next one, in its window',
    caller: () => callers.acmeNext,
    partner: () =>
      acme({
        identities: [pinned(callers.acme), { ...pinned(callers.acmeNext), notBefore: daysFromNow(-1) }],
      }),
  },
  {
    title: 'the next one, before its window',
    caller: () => callers.acmeNext,
    partner: () =>
      acme({
        identities: [pinned(callers.acme), { ...pinned(callers.acmeNext), notBefore: daysFromNow(1) }],
      }),
    reason: 'nameOutOfWindow',
  },
  {
    title: 'the old one after its instant',
    partner: () => acme({ identities: [{ ...pinned(callers.acme), notAfter: daysFromNow(1) }] }),
    meanwhile: ({ directory }) =>
      directory.set([acme({ identities: [{ ...pinned(callers.acme), notAfter: daysFromNow(-0.001) }] })]),
    reason: 'nameOutOfWindow',
  },
  {
    title: 'denied by its fingerprint',
    meanwhile: ({ directory }) => directory.revoke(fingerprint(callers.acme)),
    reason: 'revoked',
  },
  {
    title: 'denied by its serial number and issuer',
    meanwhile({ directory }) {
      const { serialNumber, issuerHash } = certificateName(new X509Certificate(callers.acme.certificate));
      directory.revokeSerial({ serialNumber, issuerHash });
    },
    reason: 'revoked',
  },
  {
    title: 'whose authority is denied',
    meanwhile: ({ directory }) => directory.revoke(fingerprint(callers.acmeCa)),
    reason: 'issuerRevoked',
  },
  {
    title: 'of a disabled partner',
    meanwhile: ({ directory }) => directory.set([acme({ enabled: false })]),
    reason: 'disabled',
  },
  {
    title: 'revoked by a list',
    meanwhile: ({ lists }) => fresh(lists, [callers.acme]),
    reason: 'revokedByList',
  },
  { title: 'another one is on the list', meanwhile: ({ lists }) => fresh(lists, [callers.acmeNext]) },
  {
    title: 'a list is wanted, and fresh',
    meanwhile: async (world) => {
      await fresh(world.lists);
      closed(world);
    },
  },
  {
    title: 'stale list, closed',
    meanwhile: async (world) => {
      await stale(world.lists);
      closed(world);
    },
    reason: 'listStale',
  },
  {
    title: 'stale list, open',
    partner: () => acme({ crl: 'openWhenStale' }),
    meanwhile: ({ lists }) => stale(lists),
    unlisted: 'listStale',
  },
  { title: 'stale list, not asked for', meanwhile: ({ lists }) => stale(lists) },
  { title: 'no list, closed', meanwhile: closed, reason: 'listMissing' },
  { title: 'no list, open', partner: () => acme({ crl: 'openWhenStale' }), unlisted: 'listMissing' },
  {
    title: 'whose intermediate is revoked by a list',
    caller: () => callers.subCaWithChain,
    partner: () => under(callers.acmeSubCa),
    meanwhile: ({ lists }) => fresh(lists, [callers.acmeSubCa]),
    reason: 'revokedByList',
  },
  {
    title: 'issued by a leaf',
    caller: () => odd.byLeaf,
    reason: 'chainRefused',
    code: 'UNSPECIFIED',
  },
  {
    title: 'below an authority that may have none below it',
    caller: () => odd.tooLow,
    partner: () => under(odd.last, odd.oneMore),
    reason: 'chainRefused',
    code: 'PATH_LENGTH_EXCEEDED',
  },
  {
    title: 'with a name that its authority may not issue',
    caller: () => odd.nameOutside,
    partner: () => under(odd.narrow),
    reason: 'chainRefused',
    code: 'UNSPECIFIED',
  },
  {
    title: 'with a name that its authority may issue',
    caller: () => odd.nameInside,
    partner: () => under(odd.narrow),
  },
  {
    title: 'with its name as DNS',
    caller: () => callers.nameAsDns,
    reason: 'unknownName',
  },
];

const protocols = ['TLSv1.2', 'TLSv1.3'] as const;
type Protocol = (typeof protocols)[number];

async function house(t: TestContext, { partner: configured = acme }: Row) {
  const lists = revocationLists(() => []);
  const opened = await openDoor(t, callers, { parts: { lists } });
  opened.directory.set([configured(), partner('birch', callers.birchCa)]);
  opened.door.renew({
    authorities: [...configured().issuers, callers.birchCa.certificate],
  });
  return { ...opened, lists };
}

function calling(t: TestContext, protocol: Protocol, caller: Credential | undefined, port: number) {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  // A caller with a weak key has lowered its own guard, and only its own.
  const tls = { minVersion: protocol, maxVersion: protocol, ciphers: 'DEFAULT@SECLEVEL=0' };
  let kept: Socket | undefined;
  agent.on('free', (socket: Socket) => (kept = socket));
  return {
    call: () =>
      ask(port, { ...(caller && { caller }), agent, body: statusRequest(), ...tls }, callers.acmeCa),
    /** The connection that the last answer left open. */
    kept: () => kept,
  };
}

for (const row of rows) {
  for (const protocol of protocols) {
    for (const kept of [false, true]) {
      const connection = kept ? 'kept' : 'new';
      test(`${row.title}, ${protocol}, ${connection}: ${row.reason ?? 'let in'}`, async (t) => {
        const { told, port, ...world } = await house(t, row);
        const caller = (row.caller ?? (() => callers.acme))();
        const { call, kept: keptOpen } = calling(t, protocol, caller, port);
        if (kept) await call();
        const open = keptOpen();
        const writtenBefore = open?.bytesWritten ?? 0;
        const isBefore = told.refused.length;
        await row.meanwhile?.(world);
        const reply = await call();
        // Who was let in before is asked again on the same connection; who was refused has lost his.
        if (open !== undefined) assert.ok(open.bytesWritten > writtenBefore);
        if (kept && row.meanwhile !== undefined) assert.ok(open !== undefined);

        const refused = told.refused.slice(isBefore)[0];
        const faultCode = reply.body.includes('Fault>') ? part(reply.body, 'Code') : undefined;
        table.push([
          row.title,
          protocol,
          connection,
          String(reply.status),
          faultCode ?? '-',
          refused?.reason ?? (row.unlisted === undefined ? '-' : `let in, ${row.unlisted}`),
          refused?.code ?? '-',
        ]);
        assert.deepEqual(
          [refused?.reason, refused?.code, refused?.certificate?.fingerprint256],
          row.reason === undefined
            ? [undefined, undefined, undefined]
            : [row.reason, row.code, caller && fingerprint(caller)],
        );
        assert.equal(reply.status, row.reason === undefined ? 200 : 500);
        if (row.reason !== undefined) assert.match(faultCode ?? '', /^CLIENT_CERTIFICATE_/);
        assert.deepEqual(told.unlisted.at(-1)?.[1], row.unlisted);
      });
    }
  }
}

for (const protocol of protocols) {
  test(`who is nobody any more resumes nothing, ${protocol}`, async (t) => {
    const { port, directory, told } = await house(t, { title: '' });
    const versions = { minVersion: protocol, maxVersion: protocol };
    const first = await dial(port, callers.acmeCa, callers.acme, versions);
    let session = first.socket.getSession();
    first.socket.on('session', (newer) => (session = newer));
    first.socket.destroy();
    directory.set([acme({ identities: [{ sanUri: partnerUri('somebody-else') }] })]);
    const again = await dial(port, callers.acmeCa, callers.acme, {
      ...versions,
      ...(session && { session }),
    });
    assert.equal(again.socket.isSessionReused(), false);
    again.socket.destroy();
    const { call } = calling(t, protocol, callers.acme, port);
    assert.equal((await call()).status, 500);
    assert.equal(told.refused[0]?.reason, 'unknownName');
  });
}
