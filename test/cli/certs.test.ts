import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { describe, type TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { runCommand } from '../../src/cli/commands.ts';
import { openStores } from '../../src/store/open.ts';
import { issueLeaf, makeAuthority } from '../../src/pki/authority.ts';
import { nameHash } from '../../src/pki/certificate.ts';

const secrets = {
  P: 'the one at hand, for tests',
  R: 'the root is far away, too',
  NEXT: 'of the next one, for tests',
  SHORT: 'too short',
};

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Everything that was said in this file: nothing of it may be a secret. */
const everything: string[] = [];

async function certs(home: string, ...args: readonly string[]): Promise<Said> {
  return cagebridge(home, 'certs', ...args);
}

async function cagebridge(home: string, ...args: readonly string[]): Promise<Said> {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = {
    env: { ...secrets, CAGEBRIDGE_HOME: join(home, 'var') },
    out: async (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
  };
  const code = await runCommand(args, terminal);
  everything.push(...out, ...err);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

interface Document {
  readonly did: string;
  readonly dryRun: boolean;
  readonly audit?: string;
  readonly files: readonly string[];
  readonly certificates: readonly Record<string, unknown>[];
  readonly denied?: string;
  readonly lists?: readonly { number: number; revoked: number }[];
}

async function document(home: string, ...args: readonly string[]): Promise<Document> {
  const { code, out, err } = await certs(home, ...args, '--json');
  assert.deepEqual([code, err], [0, ''], args.join(' '));
  return JSON.parse(out) as Document;
}

async function place(t: Pick<TestContext, 'after'>): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'cagebridge-certs-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  return home;
}

const signs = ['--passphrase', 'env:P'];
const ec = ['--key', 'ec-p256'];

async function withAuthority(
  t: Pick<TestContext, 'after'>,
): Promise<{ home: string; ca: string; at: string[] }> {
  const home = await place(t);
  const ca = join(home, 'ca');
  const made = await document(
    home,
    'init',
    '--name',
    'Test House',
    ...ec,
    '--ca',
    ca,
    ...signs,
    '--root-passphrase',
    'env:R',
  );
  assert.deepEqual([made.did, made.audit, made.certificates.length], ['made', 'folder', 2]);
  return { home, ca, at: ['--ca', ca] };
}

/** Each file below a directory with its content, to see whether anything changed. */
function contents(directory: string): Map<string, string> {
  if (!existsSync(directory)) return new Map();
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files.map(({ parentPath, name }) => [
      join(parentPath, name),
      readFileSync(join(parentPath, name), 'utf8'),
    ]),
  );
}

describe('certs, without a ledger', () => {
  test('makes an authority, issues, signs, imports, revokes, lists', async (t) => {
    const { home, ca, at } = await withAuthority(t);
    const out = join(home, 'out');
    const issued = await document(
      home,
      'issue',
      'client',
      '--partner',
      'bank-a',
      ...ec,
      ...at,
      ...signs,
      '--out',
      out,
    );
    assert.deepEqual(issued.files, [join(out, 'client-bank-a.pem'), join(out, 'client-bank-a.key')]);
    assert.deepEqual(issued.certificates[0]?.['names'], ['URI:urn:cagebridge:partner:bank-a']);
    for (const file of issued.files) assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(out).mode & 0o777, 0o700);
    const server = await document(
      home,
      'issue',
      'server',
      '--dns',
      'cage.example',
      '--ip',
      '::1',
      ...ec,
      ...at,
      ...signs,
      '--out',
      out,
    );
    assert.deepEqual(server.certificates[0]?.['names'], ['DNS:cage.example', 'IP:::1']);

    await document(home, 'csr', 'client', '--partner', 'bank-b', ...ec, '--out', out);
    const signed = await document(
      home,
      'sign',
      join(out, 'client-bank-b.csr'),
      '--partner',
      'bank-b',
      ...at,
      ...signs,
      '--out',
      join(home, 'signed'),
    );
    assert.deepEqual([signed.did, signed.certificates[0]?.['how']], ['signed', 'signed']);

    const own = await makeAuthority({ name: 'CN=Bank CA', keyKind: 'ec-p256', ...soon() });
    const theirs = await issueLeaf({
      name: 'CN=bank',
      keyKind: 'ec-p256',
      usages: ['clientAuth'],
      altNames: [],
      issuer: own,
      ...soon(),
    });
    await writeFile(join(home, 'theirs.pem'), theirs.certificate);
    await writeFile(join(home, 'their-ca.pem'), own.certificate);
    const imported = await document(
      home,
      'import',
      join(home, 'theirs.pem'),
      '--partner',
      'bank-c',
      '--issuer',
      join(home, 'their-ca.pem'),
      ...at,
    );
    assert.deepEqual([imported.did, imported.certificates[0]?.['partnerId']], ['imported', 'bank-c']);

    const serial = String(signed.certificates[0]?.['serialNumber']);
    const revoked = await document(home, 'revoke', serial, '--reason', 'superseded', ...at, ...signs);
    assert.deepEqual([revoked.did, revoked.denied, revoked.audit], ['revoked', 'no', 'folder']);
    assert.deepEqual(revoked.files, [join(ca, 'crl', 'issuing.crl.pem')]);
    const byFile = await document(
      home,
      'revoke',
      join(home, 'theirs.pem'),
      '--reason',
      'affiliationChanged',
      ...at,
    );
    assert.deepEqual(
      [byFile.did, byFile.files],
      ['revoked', []],
      'it stands on no list of ours, and needs no passphrase',
    );
    const published = await document(home, 'crl', '--days', '3', ...at, ...signs);
    assert.deepEqual(
      published.lists?.map(({ number, revoked: count }) => [number, count]),
      [[3, 1]],
    );
    await document(home, 'crl', '--root', ...at, '--root-passphrase', 'env:R');

    const { out: lines } = await certs(home, 'list', '--json', ...at);
    const listed = lines.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      listed.map(({ role, partnerId, how, state }) => [role, partnerId, how, state]),
      [
        ['root', undefined, 'made', 'valid'],
        ['issuing', undefined, 'made', 'valid'],
        ['client', 'bank-a', 'issued', 'valid'],
        ['server', undefined, 'issued', 'valid'],
        ['client', 'bank-b', 'signed', 'revoked: superseded'],
        ['client', 'bank-c', 'imported', 'revoked: affiliationChanged'],
      ],
    );
    const { out: table } = await certs(home, 'list', ...at, '--partner', 'bank-a');
    assert.match(
      table,
      /^serial number .* state\n[4-7][0-9A-F]{39} +client +bank-a +issued +URI:urn:cagebridge:partner:bank-a +\d{4}-\d\d-\d\d +valid$/,
    );
    const acts = readFileSync(join(ca, 'record.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { subject: string; reason: string; id: string });
    assert.equal(new Set(acts.map(({ id }) => id)).size, acts.length);
    assert.ok(acts.every(({ subject, reason }) => subject.startsWith('os:') && reason !== ''));
  });

  test('publishes the list of each authority that issued, each under its own passphrase, and ends one by the root', async (t) => {
    const { home, ca, at } = await withAuthority(t);
    const [before] = (
      await document(home, 'issue', 'client', '--partner', 'bank-a', ...ec, ...at, ...signs, '--out', home)
    ).certificates;
    await document(
      home,
      'rotate',
      'ca',
      ...ec,
      ...at,
      '--passphrase',
      'env:NEXT',
      '--root-passphrase',
      'env:R',
    );
    const next = ['--passphrase', 'env:NEXT', '--retired-passphrase', 'env:P'];
    const revoked = await document(
      home,
      'revoke',
      String(before?.['serialNumber']),
      '--reason',
      'superseded',
      ...at,
      ...next,
    );
    const [retired = ''] = revoked.files;
    assert.match(retired, /crl\/[4-7][0-9A-F]{39}\.crl\.pem$/);
    const { files, lists } = await document(home, 'crl', ...at, ...next);
    assert.deepEqual(files, [join(ca, 'crl', 'issuing.crl.pem'), retired]);
    assert.deepEqual(
      lists?.map(({ number, revoked: count }) => [number, count]),
      [
        [2, 0],
        [3, 1],
      ],
    );
    const wrong = await certs(home, 'crl', ...at, '--passphrase', 'env:NEXT');
    assert.equal(wrong.code, 1);
    assert.match(wrong.err, /retired\/[0-9A-F]{40}\.key: is not opened by this passphrase$/);
    const issuing = await document(
      home,
      'revoke',
      join(ca, 'issuing.pem'),
      '--reason',
      'cACompromise',
      ...at,
      '--root-passphrase',
      'env:R',
    );
    assert.deepEqual(issuing.files, [join(ca, 'crl', 'root.crl.pem')]);
    const refused = await certs(
      home,
      'issue',
      'client',
      '--partner',
      'bank-b',
      ...ec,
      ...at,
      '--passphrase',
      'env:NEXT',
      '--out',
      home,
    );
    assert.equal(refused.code, 1);
    assert.match(refused.err, /^cagebridge: the issuing authority is revoked; /);
  });

  test('says to people what it did, and where', async (t) => {
    const { home, at } = await withAuthority(t);
    const { code, out } = await certs(
      home,
      'issue',
      'client',
      '--partner',
      'bank-a',
      ...ec,
      ...at,
      ...signs,
      '--out',
      join(home, 'out'),
      '--reason',
      'a new bank',
    );
    assert.equal(code, 0);
    assert.match(
      out,
      /^issued {3}client certificate of bank-a\nserial {3}[0-9A-F]{40}\nsha-256 {2}[0-9a-f]{64}\nnames {4}URI:\S+\nuntil {4}\S+Z\nwrote {4}\S+client-bank-a\.pem\nwrote {4}\S+client-bank-a\.key\naudit {4}the folder's own record \(there is no ledger here\)$/,
    );
  });

  test('writes nothing in a dry run', async (t) => {
    const fresh = await place(t);
    const wouldMake = await document(
      fresh,
      'init',
      '--name',
      'House',
      '--ca',
      join(fresh, 'ca'),
      ...signs,
      '--dry-run',
    );
    assert.deepEqual([wouldMake.did, wouldMake.dryRun, wouldMake.files.length], ['nothing', true, 7]);
    assert.deepEqual(readdirSync(fresh), []);

    const { home, ca, at } = await withAuthority(t);
    await document(home, 'csr', 'client', '--partner', 'bank-b', ...ec, '--out', home);
    const own = await makeAuthority({ name: 'CN=Bank CA', keyKind: 'ec-p256', ...soon() });
    const theirs = await issueLeaf({
      name: 'CN=bank',
      keyKind: 'ec-p256',
      usages: ['clientAuth'],
      altNames: [],
      issuer: own,
      ...soon(),
    });
    await writeFile(join(home, 'theirs.pem'), theirs.certificate + own.certificate);
    await writeFile(join(home, 'their-ca.pem'), own.certificate);
    const issued = await document(
      home,
      'issue',
      'client',
      '--partner',
      'bank-a',
      ...ec,
      ...at,
      ...signs,
      '--out',
      home,
    );
    const before = contents(home);
    const trials: readonly (readonly string[])[] = [
      ['issue', 'server', '--dns', 'cage.example', ...at, ...signs, '--out', join(home, 'new')],
      ['csr', 'client', '--partner', 'bank-d', '--out', join(home, 'new')],
      [
        'sign',
        join(home, 'client-bank-b.csr'),
        '--partner',
        'bank-b',
        ...at,
        ...signs,
        '--out',
        join(home, 'new'),
      ],
      [
        'import',
        join(home, 'theirs.pem'),
        '--partner',
        'bank-c',
        '--issuer',
        join(home, 'their-ca.pem'),
        ...at,
      ],
      [
        'revoke',
        String(issued.certificates[0]?.['fingerprint256']),
        '--reason',
        'superseded',
        ...at,
        ...signs,
      ],
      ['crl', ...at, ...signs],
    ];
    for (const args of trials) {
      const { did, dryRun } = await document(home, ...args, '--dry-run');
      assert.deepEqual([did, dryRun], ['nothing', true], args[0]);
      const people = await certs(home, ...args, '--dry-run');
      assert.match(people.out, /^dry run {2}nothing is written/, args[0]);
      assert.deepEqual(contents(home), before, args[0]);
      assert.ok(!existsSync(join(home, 'new')), args[0]);
    }
    assert.ok(existsSync(ca));
  });
});

function soon(): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 90 * 86_400_000) };
}

describe('certs, with a ledger', () => {
  test('a revocation is on the deny list, and every act in the audit; saying it again finishes what was begun', async (t) => {
    const { home, at } = await withAuthority(t);
    await cagebridge(home, 'migrate');
    const issued = await document(
      home,
      'issue',
      'client',
      '--partner',
      'bank-a',
      ...ec,
      ...at,
      ...signs,
      '--out',
      home,
    );
    assert.equal(issued.audit, 'ledger');
    const alone = await document(
      home,
      'issue',
      'client',
      '--partner',
      'bank-b',
      ...ec,
      ...at,
      ...signs,
      '--out',
      home,
      '--no-ledger',
    );
    assert.equal(alone.audit, 'folder');
    const [fingerprint256, other] = [issued, alone].map(({ certificates }) =>
      String(certificates[0]?.['fingerprint256']),
    ) as [string, string];

    const revoke = [
      'revoke',
      fingerprint256,
      '--reason',
      'keyCompromise',
      '--comment',
      'a laptop was stolen',
      ...at,
      ...signs,
    ];
    const offline = await document(home, ...revoke, '--no-ledger');
    assert.equal(offline.denied, 'no', 'as where the process was killed between folder and ledger');
    const online = await document(home, ...revoke);
    assert.equal(online.denied, 'denied');
    await document(home, ...revoke);
    const lost = ['revoke', 'f'.repeat(64), '--deny-only', '--reason', 'keyCompromise', '--dry-run'];
    assert.equal((await document(home, ...lost)).did, 'nothing');
    const would = await certs(home, ...lost);
    assert.match(would.out, /^dry run {2}nothing is written\nwould deny sha-256 f{64}$/m);
    await writeFile(join(home, 'issuer.pem'), readFileSync(join(home, 'ca', 'issuing.pem')));
    const denied = await document(
      home,
      'revoke',
      'ABCD',
      '--deny-only',
      '--issuer',
      join(home, 'issuer.pem'),
      '--reason',
      'unspecified',
    );
    assert.deepEqual([denied.did, denied.denied, denied.audit], ['denied', 'denied', 'ledger']);
    const again = await document(
      home,
      'revoke',
      'ab:cd',
      '--deny-only',
      '--issuer',
      join(home, 'issuer.pem'),
      '--reason',
      'unspecified',
    );
    assert.equal(again.denied, 'known');
    await document(home, 'revoke', join(home, 'client-bank-b.pem'), '--deny-only', '--reason', 'superseded');

    const stores = await openStores({ url: `sqlite:${join(home, 'var', 'ledger.sqlite')}` });
    try {
      const denials = await stores.partners.denials();
      const issuerHash = nameHash(
        new X509Certificate(readFileSync(join(home, 'issuer.pem'), 'utf8')).subject,
      );
      const [first, second] = [issued, alone].map(({ certificates }) => certificates[0]?.['serialNumber']);
      assert.deepEqual(
        denials.map(({ certificate, reason, comment }) => [certificate, reason, comment]),
        [
          [{ fingerprint256 }, 'keyCompromise', 'a laptop was stolen'],
          [{ issuerHash, serialNumber: first }, 'keyCompromise', 'a laptop was stolen'],
          [{ issuerHash, serialNumber: 'ABCD' }, 'unspecified', 'unspecified'],
          [{ fingerprint256: other }, 'superseded', 'superseded'],
          [{ issuerHash, serialNumber: second }, 'superseded', 'superseded'],
        ],
      );
      const acts = await stores.partners.certificateActs({ limit: 100 });
      assert.deepEqual(
        acts.map(({ kind, partnerId, fingerprint256: of, serialNumber }) => [
          kind,
          partnerId,
          of ?? serialNumber,
        ]),
        [
          ['issued', 'bank-a', fingerprint256],
          ['revoked', 'bank-a', fingerprint256],
          ['listPublished', undefined, acts[2]?.fingerprint256],
          ['listPublished', undefined, acts[2]?.fingerprint256],
          ['revoked', undefined, 'ABCD'],
          ['revoked', undefined, other],
        ],
      );
      assert.ok(acts.every(({ subject }) => subject.startsWith('os:')));
    } finally {
      await stores.ledger.close();
    }
  });

  test('one that fails afterwards undoes nothing, and is told of', async (t) => {
    const { home, at } = await withAuthority(t);
    await cagebridge(home, 'migrate');
    const database = new Database(join(home, 'var', 'ledger.sqlite'));
    for (const table of ['certificate_act', 'certificate_denial']) {
      database.exec(
        `create trigger no_${table} before insert on ${table} begin select raise(abort, 'SECRET'); end`,
      );
    }
    database.close();
    const issued = await certs(
      home,
      'issue',
      'client',
      '--partner',
      'bank-a',
      ...ec,
      ...at,
      ...signs,
      '--out',
      home,
      '--json',
    );
    assert.equal(issued.code, 0);
    assert.match(issued.err, /^cagebridge: it is done; the ledger's audit could not be told \(\w+\)$/);
    const { code, out, err } = await certs(
      home,
      'revoke',
      join(home, 'client-bank-a.pem'),
      '--reason',
      'keyCompromise',
      ...at,
      ...signs,
    );
    assert.deepEqual([code, out], [1, '']);
    assert.match(
      err,
      /^cagebridge: it is revoked, and on its list; the doors do not know yet, .*: say it again$/,
    );
    const { out: listed } = await certs(home, 'list', ...at, '--partner', 'bank-a');
    assert.match(listed, /revoked: keyCompromise$/);
  });

  test('one that is there and cannot be opened stops everything before it begins', async (t) => {
    const { home, ca, at } = await withAuthority(t);
    await cagebridge(home, 'migrate');
    await chmod(join(home, 'var', 'ledger.sqlite'), 0o644);
    const before = contents(ca);
    const { code, err } = await certs(
      home,
      'issue',
      'client',
      '--partner',
      'bank-a',
      ...ec,
      ...at,
      ...signs,
      '--out',
      join(home, 'out'),
    );
    assert.equal(code, 1);
    assert.match(err, /^cagebridge: .*ledger\.sqlite/);
    assert.deepEqual(contents(ca), before);
    assert.ok(!existsSync(join(home, 'out')));
  });
});

describe('what is refused, in one sentence', () => {
  let home = '';
  let ca = '';
  const cleanUp: (() => unknown)[] = [];
  test.before(async () => {
    const made = await withAuthority({
      after: (work: () => unknown) => void cleanUp.push(work),
    });
    ({ home, ca } = made);
    await writeFile(join(home, 'none.pem'), 'SECRET');
    await writeFile(join(home, 'open'), secrets.P);
    await chmod(join(home, 'open'), 0o644);
  });
  test.after(async () => {
    for (const work of cleanUp) await work();
  });

  const client = ['issue', 'client', '--partner', 'bank-a', ...ec];
  const cases: readonly [string, () => readonly string[], RegExp][] = [
    [
      'a second authority',
      () => ['init', '--name', 'House', ...ec, ...signs, '--ca', ca],
      /: is not empty; an authority is made in a folder of its own$/,
    ],
    [
      'no authority',
      () => [...client, ...signs, '--ca', join(home, 'nothing')],
      /nothing: holds no authority$/,
    ],
    [
      'a wrong passphrase',
      () => [...client, '--passphrase', 'env:R', '--ca', ca],
      /issuing\.key: is not opened by this passphrase$/,
    ],
    [
      'a passphrase that is too short',
      () => [...client, '--passphrase', 'env:SHORT', '--ca', ca],
      /^cagebridge: --passphrase: has less than 12 characters$/,
    ],
    [
      'a passphrase as an argument',
      () => [...client, '--passphrase', 'hunter2hunter2', '--ca', ca],
      /^cagebridge: --passphrase: is not a reference: write env:NAME or file:PATH$/,
    ],
    [
      'a passphrase that is not there',
      () => [...client, '--passphrase', 'env:NOBODY', '--ca', ca],
      /^cagebridge: --passphrase: the variable NOBODY is not set$/,
    ],
    [
      'a passphrase that others can read',
      () => [...client, '--passphrase', `file:${join(home, 'open')}`, '--ca', ca],
      /is a secret that others than its owner can use; make it 0600$/,
    ],
    ['one day by hand', () => [...client, '--days', '1', ...signs, '--ca', ca], /say --automatic$/],
    ['nobody', () => ['issue', 'client', ...ec, ...signs, '--ca', ca], /needs a name: --dns, --ip or --uri$/],
    [
      'a name that is none',
      () => ['issue', 'server', '--dns', 'SECRET one', ...ec, ...signs, '--ca', ca],
      /^cagebridge: a name cannot be used: /,
    ],
    [
      "another partner's name",
      () => [...client, '--uri', 'urn:cagebridge:partner:SECRET', ...signs, '--ca', ca],
      /^cagebridge: --uri is another partner's name/,
    ],
    [
      'a request that is none',
      () => ['sign', join(home, 'none.pem'), '--partner', 'bank-a', ...signs, '--ca', ca],
      /^cagebridge: the file holds no certificate or request that can be read/,
    ],
    [
      'a file that is not there',
      () => ['sign', join(home, 'nowhere'), '--partner', 'bank-a', ...signs, '--ca', ca],
      /nowhere cannot be read \(ENOENT\)$/,
    ],
    [
      'a certificate that is none',
      () => [
        'import',
        join(home, 'none.pem'),
        '--partner',
        'bank-a',
        '--issuer',
        join(ca, 'root.pem'),
        '--ca',
        ca,
      ],
      /^cagebridge: the file holds no certificate/,
    ],
    [
      'an authority as a client',
      () => [
        'import',
        join(ca, 'issuing.pem'),
        '--partner',
        'bank-a',
        '--issuer',
        join(ca, 'root.pem'),
        '--ca',
        ca,
      ],
      /^cagebridge: nobody would accept the certificate: noExtendedKeyUsage \(certificate\), /,
    ],
    [
      'what the record does not have',
      () => ['revoke', 'ABCD', '--reason', 'superseded', ...signs, '--ca', ca],
      /has no such certificate; --deny-only refuses it at the doors all the same$/,
    ],
    [
      'the root',
      () => ['revoke', join(ca, 'root.pem'), '--reason', 'superseded', ...signs, '--ca', ca],
      /a root is on no list: take it out of what trusts it$/,
    ],
    [
      'a deny list that is nowhere',
      () => ['revoke', 'f'.repeat(64), '--deny-only', '--reason', 'superseded'],
      /there is no ledger here whose deny list it could be put on$/,
    ],
    [
      'a deny list that is nowhere, said as a trial',
      () => ['revoke', 'f'.repeat(64), '--deny-only', '--reason', 'superseded', '--dry-run'],
      /there is no ledger here whose deny list it could be put on$/,
    ],
  ];
  for (const [what, args, said] of cases) {
    test(what, async () => {
      const records = contents(ca);
      const { code, out, err } = await certs(home, ...args());
      assert.deepEqual([code, out], [1, ''], err);
      assert.match(err, said);
      assert.equal(err.split('\n').length, 1);
      assert.doesNotMatch(err, /SECRET|hunter2/);
      assert.deepEqual(contents(ca), records);
    });
  }
});

describe('usage', () => {
  const usages: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /say init, issue, /],
    [['nonsense'], /say init, issue, /],
    [['constructor'], /say init, issue, /],
    [['init', ...signs], /--name is the organisation/],
    [['init', '--name', 'a\nb', ...signs], /--name is the organisation/],
    [['init', '--name', 'House'], /say --passphrase env:NAME/],
    [['init', '--name', 'House', ...signs, '--key', 'rsa-1024'], /--key is one of/],
    [['init', '--name', 'House', ...signs, '--days', '0'], /--days is a number of days, 1 to 3653/],
    [['init', '--name', 'House', ...signs, '--root-days', '99999'], /--root-days is a number of days/],
    [['issue', ...signs], /say server or client/],
    [['issue', 'client', 'more', ...signs], /say server or client, and nothing after it/],
    [['issue', 'client', '--partner', 'SECRET Bank', ...signs], /--partner is the partner's id/],
    [
      ['issue', 'client', '--partner', 'a', '--days', 'SECRET', ...signs],
      /--days is a number of days, 1 to 825/,
    ],
    [['issue', 'client', '--partner', 'a', '--fast', ...signs], /Unknown option '--fast'/],
    [['csr'], /say server or client/],
    [['sign', '--partner', 'a', ...signs], /say the file of one request/],
    [['sign', 'x', ...signs], /say --partner ID/],
    [['sign', 'x', '--partner', 'a', '--dns', 'x.example', ...signs], /say --role server/],
    [['sign', 'x', '--partner', 'a', '--role', 'authority', ...signs], /say server or client/],
    [['import', '--partner', 'a'], /say the file of one certificate/],
    [['import', 'x'], /say --partner ID/],
    [['revoke', '--reason', 'superseded', ...signs], /say one serial number, fingerprint or file/],
    [['revoke', 'AB', ...signs], /--reason is one of unspecified, keyCompromise, /],
    [['revoke', 'AB', '--reason', 'certificateHold', ...signs], /--reason is one of/],
    [['revoke', 'AB', '--reason', 'superseded', '--comment', 'a\nb', ...signs], /--comment is one line/],
    [['revoke', 'AB', '--reason', 'superseded', '--deny-only'], /a serial number with --issuer FILE/],
    [['list', 'x'], /./],
  ];
  for (const [args, said] of usages) {
    test(['certs', ...args].join(' ').replaceAll('\n', ' '), async (t) => {
      const home = await place(t);
      const { code, out, err } = await certs(home, ...args);
      assert.deepEqual([code, out], [2, ''], err);
      const [first = '', ...others] = err.split('\n');
      assert.match(first, said);
      assert.match(others.join('\n'), /usage: cagebridge certs /);
      assert.doesNotMatch(first, /SECRET/);
      assert.deepEqual(readdirSync(home), []);
    });
  }
});

test('nothing that was said in all of this is a secret', () => {
  const all = everything.join('\n');
  assert.ok(everything.length > 100);
  for (const secret of [...Object.values(secrets), 'PRIVATE KEY']) assert.ok(!all.includes(secret));
});
