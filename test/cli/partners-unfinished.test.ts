/** Acts that give a partner a certificate, when something comes in between: somebody else, the ledger, a kill, a refused call. */
import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { giveCertificate } from '../../src/cli/onboarding/certificate-act.ts';
import { fly } from '../../src/cli/onboarding/flight.ts';
import { identityOf } from '../../src/cli/onboarding/his-certificate.ts';
import type { CertificateSource, Obtained } from '../../src/cli/onboarding/obtain-certificate.ts';
import { type Changed, changePartner } from '../../src/cli/onboarding/partner-acts.ts';
import { rotated, rotationUnderWay } from '../../src/cli/onboarding/rotation.ts';
import { runCommand } from '../../src/cli/commands.ts';
import { readLedgerConfig } from '../../src/config.ts';
import { LedgerUnavailable } from '../../src/payments/ledger-store.ts';
import type { PartnerRevision, PartnerStore } from '../../src/payments/partner-store.ts';
import { type Authority, issueLeaf, makeAuthority } from '../../src/pki/authority.ts';
import { openAuthorityFolder } from '../../src/pki/authority-folder.ts';
import { makeKey, plainKeyPem } from '../../src/pki/keys.ts';
import { openStores } from '../../src/store/open.ts';
import { somePartner } from '../support/payments.ts';
import { daysFromNow, partnerUri } from '../support/tls-callers.ts';

const home = mkdtempSync(join(tmpdir(), 'cagebridge-unfinished-'));
const env = { CAGEBRIDGE_DEV: '1', CAGEBRIDGE_HOME: home, CA_PASSPHRASE: 'correct horse battery' };
const ca = join(home, 'ca');
const current = { notBefore: daysFromNow(-1), notAfter: daysFromNow(400), keyKind: 'ec-p256' } as const;
const may = ['--operation', 'deposit', '--brand', 'main', '--currency', 'EUR', '--reason', 'a test'];
let store: PartnerStore;
let close: () => Promise<void>;
const [bank, moved]: Authority[] = await Promise.all([
  makeAuthority({ name: 'CN=Bank CA', ...current }),
  makeAuthority({ name: 'CN=Moved CA', ...current }),
]);

before(async () => {
  const stores = await openStores({ ...readLedgerConfig(env).ledger, createIfEmpty: true });
  store = stores.partners;
  close = () => stores.ledger.close();
  const init = [
    'init',
    '--ca',
    ca,
    '--name',
    'Casino',
    '--passphrase',
    'env:CA_PASSPHRASE',
    '--key',
    'ec-p256',
  ];
  assert.equal((await cagebridge('certs', ...init)).code, 0);
});
after(async () => {
  await close();
  rmSync(home, { recursive: true });
});

const lines: string[] = [];
const terminal = {
  env,
  out: async (line: string) => Promise.resolve(void lines.push(line)),
  err: (line: string) => void lines.push(line),
};

async function cagebridge(...args: string[]) {
  lines.length = 0;
  const code = await runCommand(args, terminal);
  return { code, said: lines.join('\n') };
}

const place = (name: string): string => join(home, name);

function issuedInto(name: string): CertificateSource {
  return { way: 'issued', ca, passphrase: 'env:CA_PASSPHRASE', days: 397, out: place(name) };
}

async function written(name: string, issuer: Authority | undefined, uri: string): Promise<string> {
  assert.ok(issuer !== undefined);
  const leaf = { name: `CN=${name}`, usages: ['clientAuth'], ...current, issuer } as const;
  const { certificate, key } = await issueLeaf({ ...leaf, altNames: [{ type: 'url', value: uri }] });
  writeFileSync(place(`${name}.key`), key, { mode: 0o600 });
  writeFileSync(place(`${name}.pem`), certificate);
  return place(`${name}.pem`);
}

function authorityFile(name: string, authority: Authority | undefined): string {
  writeFileSync(place(`${name}.pem`), authority?.certificate ?? '');
  return place(`${name}.pem`);
}

/** As `partners add` proposes it. */
function adding(id: string, source: CertificateSource, sanUri?: string) {
  return {
    partnerId: id,
    reason: 'a test',
    dryRun: false,
    source,
    terminal,
    hindrance: (found: PartnerRevision | undefined) => (found === undefined ? undefined : 'known'),
    propose(_found: PartnerRevision | undefined, certificate: Obtained) {
      const identity = identityOf(id, certificate, sanUri);
      if (typeof identity === 'string') return identity;
      return { partner: somePartner({ id, issuers: certificate.issuers, identities: [identity] }) };
    },
  };
}

function sentence(changed: Changed | string): string {
  assert.ok(typeof changed === 'string');
  return changed;
}

/** Somebody else is faster, once. */
function overtaken(act: () => Promise<unknown>): PartnerStore {
  let acted = false;
  return {
    ...store,
    async addRevision(row) {
      if (!acted) {
        acted = true;
        await act();
      }
      return store.addRevision(row);
    },
  };
}

const fingerprint = (path: string): string =>
  new X509Certificate(readFileSync(path)).fingerprint256.replaceAll(':', '').toLowerCase();
const issuedTo = (id: string) =>
  openAuthorityFolder(ca)
    .inventory()
    .filter(({ partnerId }) => partnerId === id);
const newest = async (id: string) => (await store.revisionsOf(id, 1))[0]?.partner;

test('a certificate that was issued while the ledger was away is taken up by the next run', async () => {
  const away: PartnerStore = {
    ...store,
    addRevision: () => Promise.reject(new LedgerUnavailable('timeout')),
  };
  lines.length = 0;
  await assert.rejects(giveCertificate(away, adding('ash', issuedInto('ash'))), LedgerUnavailable);
  assert.match(lines.join(), /the ledger was not told.*ash\.pem.*the same command takes them up again/);
  const [first] = issuedTo('ash');
  const args = ['partners', 'add', 'ash', ...may, '--ca', ca, '--passphrase', 'env:CA_PASSPHRASE'];
  const added = await cagebridge(...args, '--out', place('ash'), '--url', 'https://pay.example.org');
  assert.equal(added.code, 0, added.said);
  assert.equal((await newest('ash'))?.identities[0]?.fingerprint256, first?.fingerprint256);
  assert.equal(issuedTo('ash').length, 1, 'nothing was issued twice');
});

test('a key without its certificate, and a certificate without its file, are gone on with', async () => {
  mkdirSync(place('beech'));
  writeFileSync(place('beech/beech.key'), plainKeyPem(await makeKey('ec-p256')), { mode: 0o600 });
  const first = await giveCertificate(
    { ...store, addRevision: () => Promise.reject(new Error('killed')) },
    adding('beech', issuedInto('beech')),
  ).catch(() => undefined);
  assert.equal(first, undefined);
  rmSync(place('beech/beech.pem'));
  const { changed, obtained } = await giveCertificate(store, adding('beech', issuedInto('beech')));
  assert.ok(typeof changed !== 'string' && obtained?.isTakenUp === true);
  const shown = new X509Certificate(readFileSync(place('beech/beech.pem')));
  assert.ok(shown.checkPrivateKey(createPrivateKey(readFileSync(place('beech/beech.key')))));
  assert.equal(issuedTo('beech').length, 1);
});

test('what was finished is never taken up, nor what is somebody else’s', async () => {
  mkdirSync(place('mine'));
  writeFileSync(place('mine/cherry.pem'), 'a note');
  for (const [id, folder] of [
    ['ash', 'ash'],
    ['cherry', 'mine'],
  ] as const) {
    const given = await giveCertificate(store, {
      ...adding(id, issuedInto(folder)),
      hindrance: () => undefined,
    });
    assert.match(sentence(given.changed), /a file of this name is there already/);
  }
  assert.deepEqual([issuedTo('ash').length, issuedTo('cherry').length], [1, 0]);
});

test('nothing is issued for a row that would be refused', async () => {
  const id = '019aab00-0000-7000-8000-0000000000e1';
  const identities = [{ sanUri: partnerUri('damson') }];
  const odd = somePartner({ id: 'odd', issuers: [bank?.certificate ?? ''], identities });
  const said = {
    origin: 'configuration',
    subject: 'configuration',
    reason: 'configured',
    at: new Date(),
  } as const;
  await store.addRevision({ id, partner: odd, revision: 1, ...said });
  const asked = adding('damson', issuedInto('damson'), partnerUri('damson'));
  const { changed } = await giveCertificate(store, asked);
  assert.match(sentence(changed), /odd and damson: have the same SAN URI/);
  assert.deepEqual([issuedTo('damson').length, existsSync(place('damson'))], [0, false]);
});

test('who is late tries his row again with the same certificate, or reads where his files are', async () => {
  const next = await written('ash-next', bank, 'urn:bank:ash');
  const source = { way: 'imported', certificate: next, issuer: [authorityFile('bank-ca', bank)] } as const;
  const disabling = overtaken(() =>
    changePartner(store, { partnerId: 'ash', reason: 'late', dryRun: false }, (found) =>
      found === undefined ? 'nobody' : { partner: { ...found.partner, enabled: false } },
    ),
  );
  const rotating = {
    ...adding('ash', source),
    hindrance: (found: PartnerRevision | undefined, now: Date) =>
      found && rotationUnderWay(found.partner, now),
    propose: (found: PartnerRevision | undefined, his: Obtained, now: Date) =>
      found === undefined
        ? 'nobody'
        : rotated(found.partner, his, { from: now, until: daysFromNow(9), now, sanUri: undefined }),
  };
  const { changed } = await giveCertificate(disabling, rotating);
  assert.ok(typeof changed !== 'string');
  assert.deepEqual([changed.partner.enabled, changed.partner.identities.length], [false, 2]);

  const twin = overtaken(() => giveCertificate(store, adding('elder', issuedInto('elder-1'))));
  const late = await giveCertificate(twin, adding('elder', issuedInto('elder-2')));
  assert.match(
    sentence(late.changed),
    /^known\. The certificate .*elder-2.elder\.pem .*certs revoke [0-9A-F]+ --ca/,
  );
});

test('two who give one certificate to two ids at the same moment are told at once', async () => {
  const source = {
    way: 'imported',
    certificate: await written('shared', bank, 'urn:bank:shared'),
    issuer: [authorityFile('bank-ca', bank)],
  } as const;
  const both = overtaken(() => giveCertificate(store, adding('fig', source)));
  const { changed } = await giveCertificate(both, adding('hazel', source));
  assert.ok(typeof changed !== 'string');
  assert.deepEqual(changed.conflicts, ['fig and hazel: have the same certificate at one time']);
  const another = await written('hazel-2', bank, 'urn:bank:hazel');
  const his = ['--certificate', another, '--issuer', place('bank-ca.pem'), '--overlap-days', '0'];
  const undone = await cagebridge('partners', 'rotate', 'hazel', ...his, '--reason', 'two had one');
  assert.equal(undone.code, 0, undone.said);
});

test('a pre-flight that fails leaves everything as it was', async () => {
  const next = await written('fig-next', moved, 'urn:bank:fig');
  const source = { way: 'imported', certificate: next, issuer: [authorityFile('moved-ca', moved)] } as const;
  const [earlier] = await store.revisionsOf('fig', 1);
  const act = { partnerId: 'fig', reason: 'yearly', dryRun: false };
  const { obtained } = await giveCertificate(store, {
    ...adding('fig', source),
    hindrance: () => undefined,
    propose: (found, his, now) =>
      rotated(found?.partner ?? somePartner(), his, { from: now, until: undefined, now, sanUri: undefined }),
  });
  assert.ok(obtained !== undefined);
  const flight = {
    url: new URL('https://127.0.0.1:1/'),
    authorities: [bank?.certificate ?? ''],
    key: readFileSync(place('fig-next.key'), 'utf8'),
    withinMs: 1,
  };
  const { seen, changed } = await fly(store, flight, {
    act,
    next: obtained,
    before: earlier,
    until: () => new Date(),
  });
  assert.equal(seen.verdict, 'failed');
  assert.ok(typeof changed !== 'string' && changed.written);
  const later = (await newest('fig')) ?? assert.fail();
  assert.deepEqual(later.issuers, earlier?.partner.issuers);
  assert.deepEqual(
    later.identities[0],
    earlier?.partner.identities[0],
    'the older one counts as long as it did',
  );
  assert.ok((later.identities[1]?.notAfter ?? daysFromNow(1)) <= new Date());
  assert.match((await store.revisionsOf('fig', 1))[0]?.reason ?? '', /^taken back: the pre-flight failed/);
});

test('who is known by a URI leaves an authority', async () => {
  const [bankCa, movedCa] = [authorityFile('bank-ca', bank), authorityFile('moved-ca', moved)];
  const uri = ['--san-uri', 'urn:bank:juniper'];
  const first = ['--certificate', await written('juniper', bank, 'urn:bank:juniper'), '--issuer', bankCa];
  assert.equal((await cagebridge('partners', 'add', 'juniper', ...may, ...first, ...uri)).code, 0);
  const change = async (...more: string[]) =>
    cagebridge('partners', 'change', 'juniper', ...more, '--reason', 'he has moved');
  const early = await change('--issuer', movedCa);
  assert.deepEqual([early.code, /first partners rotate/.test(early.said)], [1, true]);
  const second = [
    '--certificate',
    await written('juniper-2', moved, 'urn:bank:juniper'),
    '--issuer',
    movedCa,
  ];
  assert.equal((await cagebridge('partners', 'rotate', 'juniper', ...second, '--reason', 'x')).code, 0);
  assert.equal((await newest('juniper'))?.issuers.length, 2);
  const left = await change('--issuer', movedCa);
  assert.match(left.said, /^changed: juniper.*\n1 of his authorities is believed of him no longer$/);
  assert.deepEqual((await newest('juniper'))?.issuers, [moved?.certificate]);
  assert.match((await change('--issuer', place('juniper.key'))).said, /--issuer/);
  assert.match((await cagebridge('partners', 'show', 'juniper')).said, new RegExp(fingerprint(movedCa)));
});

test('what ends is told of partners, too: whether they have ever called, and by what it ends', async () => {
  const { said, code } = await cagebridge('certs', 'expiring', '--ca', ca, '--days', '450', '--json');
  assert.equal(code, 1);
  const { expiring } = JSON.parse(said) as { expiring: Record<string, string>[] };
  const of = (id: string) =>
    expiring
      .filter(({ partnerId, role }) => partnerId === id && role === 'partner')
      .map(({ where, endsBy, lastSeenAt }) => `${where} ${endsBy} ${lastSeenAt ?? 'never'}`);
  assert.deepEqual(of('juniper'), ['ledger certificate never']);
  assert.deepEqual(of('hazel'), ['ledger certificate never'], 'and nothing of a window that is over');
  const fingerprints = expiring.map(({ fingerprint256 }) => fingerprint256);
  const [beech] = issuedTo('beech');
  assert.equal(fingerprints.filter((one) => one === beech?.fingerprint256).length, 1, 'each once');
  const table = (await cagebridge('certs', 'expiring', '--days', '450')).said;
  assert.match(table, /certificate +partner +juniper +[0-9A-F]+ +ledger +never seen$/m);
  const alone = await cagebridge('certs', 'expiring', '--ca', ca, '--days', '450', '--no-ledger', '--json');
  assert.doesNotMatch(alone.said, /"ledger"/);
  const list = (await cagebridge('partners', 'list')).said;
  assert.match(list, /^juniper .* urn:bank:juniper +current +\S+Z +certificate +never$/m);
});
