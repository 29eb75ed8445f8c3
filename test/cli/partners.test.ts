/** `partners add`, `list`, `show`, `rotate`, `disable` and `enable`, over a real ledger file and a real authority. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { unzipSync } from 'fflate';
import { runCommand } from '../../src/cli/commands.ts';
import { readLedgerConfig } from '../../src/config.ts';
import type { PartnerStore } from '../../src/payments/partner-store.ts';
import { type Authority, type Credential, issueLeaf, makeAuthority } from '../../src/pki/authority.ts';
import { openAuthorityFolder } from '../../src/pki/authority-folder.ts';
import { certificateName } from '../../src/pki/certificate.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createIds } from '../../src/platform/ids.ts';
import { openStores } from '../../src/store/open.ts';
import { daysFromNow, partnerUri } from '../support/tls-callers.ts';

const home = mkdtempSync(join(tmpdir(), 'cagebridge-partners-'));
const env = { CAGEBRIDGE_DEV: '1', CAGEBRIDGE_HOME: home, CA_PASSPHRASE: 'correct horse battery' };
const current = { notBefore: daysFromNow(-1), notAfter: daysFromNow(400), keyKind: 'ec-p256' } as const;
const ids = createIds({ clock: systemClock });
const subject = `os:${userInfo().username}`;
let bank: Authority;
let other: Authority;

before(async () => {
  bank = await makeAuthority({ name: 'CN=Bank CA', ...current });
  other = await makeAuthority({ name: 'CN=Other CA', ...current });
  written('bank-ca', bank);
  written('other-ca', other);
});
after(() => rmSync(home, { recursive: true }));

/** The path of its certificate; the key lies beside it. */
function written(name: string, { certificate, key }: Credential): string {
  writeFileSync(join(home, `${name}.key`), key, { mode: 0o600 });
  const path = join(home, `${name}.pem`);
  writeFileSync(path, certificate);
  return path;
}

async function leafOf(name: string, changes: Partial<Parameters<typeof issueLeaf>[0]> = {}): Promise<string> {
  const altNames = [{ type: 'url', value: partnerUri(name) }] as const;
  const leaf = {
    name: `CN=${name}`,
    usages: ['clientAuth'],
    altNames,
    ...current,
    issuer: bank,
    ...changes,
  } as const;
  return written(name, await issueLeaf(leaf));
}

interface Typing {
  readonly args: readonly string[];
  readonly answers?: readonly string[];
}

async function typed({ args, answers }: Typing) {
  const [out, err, asked]: [string[], string[], string[]] = [[], [], []];
  const left = [...(answers ?? [])];
  const terminal = {
    env,
    out: async (line: string) => Promise.resolve(void out.push(line)),
    err: (line: string) => void err.push(line),
    ...(answers !== undefined && {
      ask: async (question: string) => {
        asked.push(question);
        return Promise.resolve(left.shift());
      },
    }),
  };
  const code = await runCommand(['partners', ...args], terminal);
  return { code, out: out.join('\n'), err: err.join('\n'), asked };
}

const cagebridge = async (...args: string[]) => typed({ args });

async function inLedger<T>(work: (store: PartnerStore) => Promise<T>): Promise<T> {
  const { ledger, partners } = await openStores({ ...readLedgerConfig(env).ledger, createIfEmpty: true });
  try {
    return await work(partners);
  } finally {
    await ledger.close();
  }
}

async function newest(id: string) {
  const [revision] = await inLedger(async (store) => store.revisionsOf(id, 1));
  return revision;
}

const fingerprint = (path: string): string =>
  new X509Certificate(readFileSync(path)).fingerprint256.replaceAll(':', '').toLowerCase();

/** What the ledger keeps of a certificate of the bank's. */
function takenFrom(path: string) {
  const leaf = new X509Certificate(readFileSync(path));
  const { serialNumber, issuerHash } = certificateName(leaf);
  const authorities = [fingerprint(bankCa)];
  return {
    fingerprint256: fingerprint(path),
    serialNumber,
    issuerHash,
    notAfter: leaf.validToDate,
    authorities,
  };
}

const may = ['--operation', 'deposit', '--operation', 'status', '--brand', 'main', '--currency', 'EUR'];
const because = ['--reason', 'contract 17'];
const bankCa = join(home, 'bank-ca.pem');

async function add(id: string, certificate: string, ...more: string[]) {
  const his = ['--certificate', certificate, '--issuer', bankCa];
  return cagebridge('add', id, ...may, ...his, ...because, ...more);
}

test('a partner is added by a certificate that his own authority issued, and the ledger says who did it and why', async () => {
  const path = await leafOf('acme');
  const { code, out, err } = await add('acme', path, '--amount-max', 'EUR=500.00', '--crl', 'openWhenStale');
  assert.deepEqual([code, err, out.split('\n')[0]], [0, '', `added: acme, revision 1, by ${subject}`]);
  assert.match(out, /within 5 s, until \S+Z by this certificate\nnext: cagebridge partners kit acme/);
  const revision = await newest('acme');
  const { id: _, at, ...row } = revision ?? assert.fail();
  assert.ok(Math.abs(at.getTime() - Date.now()) < 60_000);
  assert.deepEqual(row, {
    partner: {
      id: 'acme',
      enabled: true,
      issuers: [bank.certificate],
      identities: [{ fingerprint256: fingerprint(path), certificate: takenFrom(path) }],
      tokenDigests: [],
      tlsFloor: 'TLSv1.2',
      crl: 'openWhenStale',
      operations: ['deposit', 'status'],
      brands: ['main'],
      defaultBrand: 'main',
      currencies: ['EUR'],
      amountMax: [{ minor: 50_000n, currency: 'EUR' }],
    },
    revision: 1,
    origin: 'person',
    subject,
    reason: 'contract 17',
  });
  const acts = await inLedger(async (store) => store.certificateActs({ limit: 10 }));
  assert.deepEqual(
    acts.map(({ kind, partnerId, fingerprint256 }) => [kind, partnerId, fingerprint256]),
    [['imported', 'acme', fingerprint(path)]],
  );
});

test('a partner who renews by himself is known by a URI in his certificates', async () => {
  const path = await leafOf('birch');
  assert.equal((await add('birch', path, '--san-uri', partnerUri('birch'))).code, 0);
  assert.deepEqual((await newest('birch'))?.partner.identities, [
    { sanUri: partnerUri('birch'), certificate: takenFrom(path) },
  ]);
});

test('list and show tell who may come in and by what, and no token', async () => {
  await inLedger(async (store) => {
    const seen = {
      serialNumber: '0A',
      issuerHash: '0123456789abcdef',
      partnerId: 'acme',
      notAfter: daysFromNow(9),
    };
    const at = new Date('2026-11-20T10:00:00Z');
    const shown = fingerprint(join(home, 'acme.pem'));
    await store.noteSightings([{ ...seen, fingerprint256: shown, firstSeenAt: at, lastSeenAt: at }]);
  });
  const { out } = await cagebridge('list');
  const [, acme = '', birch = ''] = out.split('\n');
  assert.match(
    acme,
    /^acme +enabled +1 os:\S+ +[0-9a-f]{16} +current +\S+Z +certificate +2026-11-20T10:00Z$/,
  );
  assert.match(
    birch,
    /^birch +enabled +1 os:\S+ +urn:cagebridge:partner:birch +current +\S+Z +certificate +never$/,
  );
  const lines = (await cagebridge('list', '--json')).out
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  assert.equal(lines.length, 2);
  const page = (await cagebridge('show', 'acme')).out;
  assert.match(page, /^at most +500\.00 EUR$/m);
  assert.match(page, /^ +1 +\S+Z +os:\S+ +enabled +contract 17$/m);
  const shown = JSON.parse((await cagebridge('show', 'acme', '--json')).out) as { history: unknown[] };
  assert.equal(shown.history.length, 1);
  assert.deepEqual((await cagebridge('show', 'nobody')).code, 1);
});

test('what a wizard asks is what is missing, and nothing where nobody types', async () => {
  const path = await leafOf('cedar', { altNames: [{ type: 'url', value: 'urn:bank:cedar' }] });
  const answers = [
    'deposit status',
    'main',
    'EUR, USD',
    'EUR=500.00',
    path,
    bankCa,
    '',
    'asked for by finance',
    'yes',
  ];
  const { code, asked, err } = await typed({ args: ['add', 'cedar'], answers });
  assert.deepEqual([code, err, asked.length], [0, '', 9]);
  assert.match(
    asked.at(-1) ?? '',
    /^Add cedar, by the certificate of \S+cedar\.pem: deposit, status for main in EUR, USD, at most EUR=500\.00\?/,
  );
  const { partner, reason } = (await newest('cedar')) ?? assert.fail();
  assert.deepEqual(
    [partner.currencies, partner.operations],
    [
      ['EUR', 'USD'],
      ['deposit', 'status'],
    ],
  );
  assert.equal(reason, 'asked for by finance');
  const none = await typed({
    args: ['add', 'dogwood', ...may, ...because, '--certificate', path, '--issuer', bankCa],
    answers: [],
  });
  assert.deepEqual([none.asked, none.code], [[], 1], 'the certificate is another partner');
  assert.equal((await typed({ args: ['add', 'dogwood'] })).code, 2);
});

test('an answer that cannot be used is asked for again, and nobody is added who was not meant', async () => {
  const path = await leafOf('maple');
  const tried = ['DEPOSIT', 'deposit', 'nowhere', 'main', 'XXY', 'EUR', 'USD=5.00', ''];
  const files = [path, join(home, 'other-ca.pem'), bankCa];
  const answers = [...tried, ...files, '', 'a test', 'perhaps', 'no'];
  const { code, err, asked } = await typed({ args: ['add', 'maple'], answers });
  assert.deepEqual([code, asked.length], [1, answers.length]);
  const said = [
    /^--operation is one of/,
    /unknown brand/,
    /ISO 4217/,
    /^--amount-max/,
    /do not lead .* to its root/,
    /^say yes or no/,
    /^cagebridge: nothing was done$/,
  ];
  const lines = err.split('\n');
  for (const [index, sentence] of said.entries()) assert.match(lines[index] ?? '', sentence);
  assert.equal(await newest('maple'), undefined);

  const gaveUp = await typed({ args: ['add', 'maple'], answers: ['x', 'y', 'z', 'deposit'] });
  assert.deepEqual([gaveUp.code, gaveUp.asked.length], [2, 3]);
  const known = await typed({ args: ['add'], answers: [' acme '] });
  assert.deepEqual([known.code, known.asked.length], [1, 1], 'an id that is taken is told of first');
  assert.match(known.err, /there is a partner of this id already/);
  const usage = await typed({ args: ['rotate', 'acme', '--overlap-days', 'many', ...because] });
  assert.match(usage.err, /^cagebridge: .*\nusage: cagebridge partners rotate ID CERTIFICATE/);
  assert.doesNotMatch(usage.err, /partners kit/);
});

test('an issued certificate has its key in a file of its own, and the kit has everything but the key', async () => {
  const ca = join(home, 'ca');
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
  const out: string[] = [];
  const terminal = {
    env,
    out: async (line: string) => Promise.resolve(void out.push(line)),
    err: (line: string) => void out.push(line),
  };
  assert.equal(await runCommand(['certs', ...init], terminal), 0, out.join('\n'));
  const folder = join(home, 'elm');
  const issue = [
    '--ca',
    ca,
    '--passphrase',
    'env:CA_PASSPHRASE',
    '--out',
    folder,
    '--url',
    'https://pay.example.org',
  ];
  const dry = await cagebridge('add', 'elm', ...may, ...issue, ...because, '--dry-run');
  assert.deepEqual([dry.code, dry.err, existsSync(folder)], [0, '', false]);
  assert.match(dry.out, /^would be added: elm, revision 1/);
  assert.equal(await newest('elm'), undefined);

  const added = await cagebridge('add', 'elm', ...may, ...issue, ...because, '--json');
  assert.deepEqual([added.code, added.err], [0, '']);
  const told = JSON.parse(added.out) as { key: string; certificate: string; kit: { path: string } };
  assert.equal(statSync(told.key).mode & 0o777, 0o600);
  const { partner } = (await newest('elm')) ?? assert.fail();
  assert.equal(partner.identities[0]?.fingerprint256, fingerprint(told.certificate));
  assert.equal(partner.issuers.length, 2, 'the issuing authority and its root');
  const kit = new Map(
    Object.entries(unzipSync(readFileSync(told.kit.path))).map(([name, bytes]) => [
      name,
      Buffer.from(bytes).toString(),
    ]),
  );
  assert.ok(
    kit
      .get('cagebridge-kit-elm/certificates/client.pem')
      ?.startsWith(readFileSync(told.certificate, 'utf8').slice(0, 200)),
  );
  for (const [name, text] of kit) assert.doesNotMatch(text, /PRIVATE KEY/, name);
  assert.doesNotMatch(added.out, /PRIVATE KEY/);

  const [ours] = openAuthorityFolder(ca)
    .acts()
    .filter(({ kind }) => kind === 'issued');
  const acts = await inLedger(async (store) => store.certificateActs({ limit: 50 }));
  assert.ok(
    acts.some(({ id, kind }) => id === ours?.id && kind === 'issued'),
    'the same act in both records',
  );
});

test('a rotation gives each certificate its window, one at a time, and ends the older on request', async () => {
  const next = await leafOf('acme-next', { altNames: [{ type: 'url', value: partnerUri('acme') }] });
  const his = ['--certificate', next, '--issuer', bankCa];
  const rotate = async (...more: string[]) => cagebridge('rotate', 'acme', ...more, '--reason', 'yearly');
  assert.equal((await rotate('--finish')).err, 'cagebridge: no rotation is under way');
  const { code, out, err } = await rotate(...his, '--overlap-days', '7');
  assert.deepEqual([code, err], [0, '']);
  assert.match(
    out,
    /^rotated: acme, revision 2, by os:\S+\n {2}[0-9a-f]{64} until \S+Z\n {2}[0-9a-f]{64} from \S+Z\nnext: when .* --finish --reason TEXT$/,
  );
  const [old, fresh] = (await newest('acme'))?.partner.identities ?? [];
  assert.deepEqual(
    [old?.fingerprint256, fresh?.fingerprint256],
    [fingerprint(join(home, 'acme.pem')), fingerprint(next)],
  );
  assert.equal((old?.notAfter?.getTime() ?? 0) - (fresh?.notBefore?.getTime() ?? 0), 7 * 86_400_000);
  assert.match((await rotate(...his)).err, /a rotation is under way/);
  const unable = await rotate(...his, '--url', 'https://pay.example.org');
  assert.deepEqual([unable.code, /--url needs --key/.test(unable.err)], [2, true]);
  assert.equal((await rotate('--finish')).code, 0);
  const rows = (await cagebridge('list')).out.split('\n').filter((line) => line.startsWith('acme'));
  assert.deepEqual(
    rows.map((line) => / (current|ended|next) /.exec(line)?.[1]),
    ['ended', 'current'],
  );
  const kinds = (await inLedger(async (store) => store.certificateActs({ limit: 50 })))
    .filter(({ partnerId }) => partnerId === 'acme')
    .map(({ kind }) => kind);
  assert.deepEqual(kinds, ['imported', 'imported', 'rotated']);
});

async function change(...more: string[]) {
  return cagebridge('change', 'acme', ...more, '--reason', 'contract 18');
}

test('what a partner may do is changed, and what is not named stays as it was', async () => {
  assert.equal((await change('--amount-max', 'EUR=750.00', '--tls-floor', '1.3')).code, 0);
  const { partner, reason } = (await newest('acme')) ?? assert.fail();
  assert.deepEqual(
    [partner.amountMax, partner.tlsFloor, partner.crl, partner.operations, reason],
    [[{ minor: 75_000n, currency: 'EUR' }], 'TLSv1.3', 'openWhenStale', ['deposit', 'status'], 'contract 18'],
  );
  assert.equal((await change('--currency', 'USD', '--json')).code, 0);
  const later = (await newest('acme'))?.partner;
  assert.deepEqual(
    [later?.currencies, later?.amountMax, later?.identities],
    [['USD'], [], partner.identities],
  );
  assert.match((await change()).err, /say what changes/);
  assert.match((await change('--brand', 'nowhere')).err, /unknown brand/);
});

test('a partner is disabled and enabled again, and of two people at once one has to look again', async () => {
  const disable = async () => cagebridge('disable', 'birch', '--reason', 'contract ended');
  const both = await Promise.all([disable(), disable()]);
  assert.deepEqual(
    both.map(({ code }) => code).toSorted((a, b) => a - b),
    [0, 1],
  );
  assert.match(both.find(({ code }) => code === 1)?.err ?? '', /look again|is disabled already/);
  assert.equal((await newest('birch'))?.partner.enabled, false);
  assert.match((await cagebridge('list')).out, /^birch +disabled/m);
  assert.equal((await cagebridge('enable', 'birch', '--reason', 'a mistake', '--dry-run')).code, 0);
  assert.equal((await newest('birch'))?.partner.enabled, false);
  assert.equal((await cagebridge('enable', 'birch', '--reason', 'a mistake')).code, 0);
  assert.deepEqual([(await newest('birch'))?.partner.enabled, (await newest('birch'))?.revision], [true, 3]);
});

test('a rotation to a certificate that is revoked is taken back, and the older one counts on', async () => {
  const issuer = join(home, 'bank-ca.pem');
  const oak = ['--certificate', await leafOf('oak'), '--issuer', issuer, ...may, ...because];
  assert.equal((await cagebridge('add', 'oak', ...oak)).code, 0);
  const next = await leafOf('oak-next', { altNames: [{ type: 'url', value: partnerUri('oak') }] });
  const rotate = async (...more: string[]) => cagebridge('rotate', 'oak', ...more, '--reason', 'yearly');
  assert.equal((await rotate('--certificate', next, '--issuer', issuer)).code, 0);
  const denial = { reason: 'keyCompromise', comment: 'lost', subject, at: new Date() } as const;
  const certificate = { fingerprint256: fingerprint(next) };
  await inLedger((store) => store.denyCertificate({ id: ids.uuid(), certificate, ...denial }));
  assert.match((await rotate('--finish')).err, /is revoked: partners rotate ID --abandon/);
  assert.equal((await rotate('--finish', '--abandon')).code, 2);
  assert.equal((await rotate('--abandon')).code, 0);
  const { partner } = (await newest('oak')) ?? assert.fail();
  const [old, ended] = partner.identities;
  assert.deepEqual([old?.fingerprint256, old?.notAfter], [fingerprint(join(home, 'oak.pem')), undefined]);
  assert.ok(ended?.notAfter !== undefined && ended.notAfter <= new Date());
  assert.match((await rotate('--abandon')).err, /no rotation is under way/);
});

test('who is handed back to the configuration is what it says from the next start on', async () => {
  const follow = async () => cagebridge('follow', 'oak', '--reason', 'a new token');
  assert.equal((await newest('oak'))?.origin, 'person');
  assert.equal((await follow()).code, 0);
  const { origin, subject: who } = (await newest('oak')) ?? assert.fail();
  assert.deepEqual([origin, who], ['configuration', subject]);
  assert.match((await follow()).err, /follows the configuration already/);
  assert.equal((await cagebridge('follow', 'nobody', '--reason', 'x')).code, 1);
});

interface Refused {
  readonly why: string;
  readonly certificate?: () => Promise<string>;
  readonly issuer?: () => string;
  readonly more?: readonly string[];
  readonly said: RegExp;
  readonly code?: number;
}

let good: Promise<string> | undefined;

async function goodLeaf(): Promise<string> {
  return (good ??= leafOf('good', { altNames: [{ type: 'url', value: 'urn:bank:good' }] }));
}

const refused: readonly Refused[] = [
  {
    why: 'a certificate that ended',
    certificate: async () => leafOf('x', { notAfter: daysFromNow(-0.5) }),
    said: /not taken: expired$/,
  },
  {
    why: 'a certificate of tomorrow',
    certificate: async () => leafOf('x', { notBefore: daysFromNow(1) }),
    said: /notYetValid/,
  },
  {
    why: "a server's certificate",
    certificate: async () => leafOf('x', { usages: ['serverAuth'] }),
    said: /wrongPurpose/,
  },
  {
    why: 'a certificate without usages',
    certificate: async () => leafOf('x', { usages: [] }),
    said: /noExtendedKeyUsage/,
  },
  { why: 'a short key', certificate: async () => leafOf('x', { keyKind: 'rsa-1024' }), said: /weakKey/ },
  {
    why: 'another authority',
    certificate: async () => leafOf('x'),
    issuer: () => join(home, 'other-ca.pem'),
    said: /do not lead from the certificate to its root/,
  },
  { why: 'a URI that it does not bear', more: ['--san-uri', 'urn:x:y'], said: /does not bear this SAN URI/ },
  {
    why: 'a certificate that stands for somebody',
    certificate: async () => Promise.resolve(join(home, 'cedar.pem')),
    said: /cedar and x: have the same certificate at one time/,
  },
  {
    why: 'a URI that stands for somebody',
    certificate: async () => {
      const altNames = [{ type: 'url', value: 'urn:bank:willow' }] as const;
      const willow = await leafOf('willow', { altNames });
      assert.equal((await add('willow', willow, '--san-uri', 'urn:bank:willow')).code, 0);
      return leafOf('x', { altNames });
    },
    more: ['--san-uri', 'urn:bank:willow'],
    said: /willow and x: have the same SAN URI/,
  },
  {
    why: 'a certificate with the name of another partner, who is known by his fingerprint or not at all',
    certificate: async () => leafOf('x', { altNames: [{ type: 'url', value: partnerUri('nobody-yet') }] }),
    said: /bears the name of another partner/,
  },
  {
    why: 'the name of another partner as his own',
    more: ['--san-uri', partnerUri('acme')],
    said: /--san-uri is the name of another partner/,
  },
  { why: 'a brand without books', more: ['--brand', 'nowhere'], said: /--brand: unknown brand/ },
  {
    why: 'a currency that is none',
    more: ['--currency', 'XXY'],
    said: /--currency is a code of ISO 4217/,
    code: 2,
  },
  {
    why: 'a limit in a currency that is not his',
    more: ['--amount-max', 'USD=5.00'],
    said: /--amount-max is an amount in one of his currencies/,
    code: 2,
  },
  { why: 'a limit that is no amount', more: ['--amount-max', 'EUR=5.001'], said: /--amount-max/, code: 2 },
  {
    why: 'two ways at once',
    more: ['--ca', 'ca'],
    said: /--certificate FILE and --issuer FILE, or --ca DIR/,
    code: 2,
  },
  {
    why: 'an unknown policy',
    more: ['--crl', 'maybe'],
    said: /--crl is one of notRequired, openWhenStale, closedWhenStale/,
    code: 2,
  },
  { why: 'no reason', more: ['--reason', ' '], said: /--reason says why/, code: 2 },
];

for (const { why, certificate, issuer = () => bankCa, more = [], said, code: wanted = 1 } of refused) {
  test(`nobody is added: ${why}`, async () => {
    const path = await (certificate?.() ?? goodLeaf());
    const his = ['--certificate', path, '--issuer', issuer()];
    const { code, err } = await cagebridge('add', 'x', ...may, ...his, ...because, ...more);
    assert.match(err, said);
    assert.equal(code, wanted);
  });
}

test('whoever was refused is not in the ledger', async () => {
  assert.equal(await newest('x'), undefined);
});

test('a certificate that was revoked stands for nobody again', async () => {
  const path = await leafOf('gorse');
  const denial = { reason: 'keyCompromise', comment: 'lost', subject, at: new Date() } as const;
  const id = '019aab00-0000-7000-8000-0000000000d1';
  const certificate = { fingerprint256: fingerprint(path) };
  await inLedger(async (store) => store.denyCertificate({ id, certificate, ...denial }));
  const { code, err } = await add('gorse', path);
  assert.deepEqual([code, err], [1, 'cagebridge: the certificate was revoked, which is for ever']);
});

test('an id is never given to another', async () => {
  const { code, err } = await add('acme', await leafOf('fir'));
  assert.deepEqual(
    [code, err],
    [
      1,
      'cagebridge: there is a partner of this id already: partners change gives him other terms, partners rotate another certificate',
    ],
  );
});
