import 'reflect-metadata';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { Extension, X509CrlGenerator, X509CrlReason } from '@peculiar/x509';
import fc from 'fast-check';
import { type Authority, type Credential, issueLeaf, makeAuthority } from '../../src/pki/authority.ts';
import { certificateName } from '../../src/pki/certificate.ts';
import { type ListingAuthority, revocationLists, type Standing } from '../../src/pki/revocation-lists.ts';
import { readList, readLists } from '../../src/pki/revoked-serials.ts';
import { listBy, type ListChanges } from '../support/revocation-lists.ts';
import { keySigner } from '../../src/pki/signer.ts';
import { signingBy } from '../../src/pki/signing.ts';
import { freshSeed } from '../support/seed.ts';
import { daysFromNow } from '../support/tls-callers.ts';

const current = { notBefore: daysFromNow(-2), notAfter: daysFromNow(30), keyKind: 'ec-p256' } as const;

let ours: Authority;
let rsa: Authority;
let sameName: Authority;
let leaves: readonly [Credential, Credential];
before(async () => {
  [ours, sameName, rsa] = await Promise.all([
    makeAuthority({ name: 'O=Bank, CN=Bank CA', ...current }),
    makeAuthority({ name: 'O=Bank, CN=Bank CA', ...current }),
    makeAuthority({ name: 'O=Bank, CN=Bank RSA CA', ...current, keyKind: 'rsa-2048' }),
  ]);
  const leaf = async () =>
    issueLeaf({ name: 'CN=x', usages: ['clientAuth'], altNames: [], ...current, issuer: ours });
  leaves = [await leaf(), await leaf()];
});

function authorityOf({ certificate }: Credential): ListingAuthority {
  const parsed = new X509Certificate(certificate);
  return { certificate: parsed, ...certificateName(parsed) };
}

const serialOf = ({ certificate }: Credential): string => new X509Certificate(certificate).serialNumber;

interface Case {
  readonly name: string;
  readonly texts: () => Promise<readonly string[]>;
  readonly asked?: () => Authority;
  readonly revoked: Standing;
  readonly other: Standing;
}

const listed = async (changes?: ListChanges): Promise<string> => listBy(ours, [leaves[0]], changes);

/** What is said of a certificate that stands on the list, and of one that does not. */
const cases: readonly Case[] = [
  { name: 'no list', texts: async () => Promise.resolve([]), revoked: 'missing', other: 'missing' },
  { name: 'a fresh list', texts: async () => [await listed()], revoked: 'revoked', other: 'good' },
  {
    name: 'a list past its next update',
    texts: async () => [await listed({ nextUpdate: daysFromNow(-0.5) })],
    revoked: 'revoked',
    other: 'stale',
  },
  {
    name: 'a list of tomorrow',
    texts: async () => [await listed({ thisUpdate: daysFromNow(1) })],
    revoked: 'revoked',
    other: 'missing',
  },
  {
    name: 'a list that another authority of the same name has signed',
    texts: async () => [await listBy(sameName, [leaves[0]])],
    revoked: 'missing',
    other: 'missing',
  },
  {
    name: 'a list of an authority that nobody asked',
    texts: async () => [await listBy(rsa, [leaves[0]])],
    revoked: 'missing',
    other: 'missing',
  },
  {
    name: 'the list of an RSA key',
    texts: async () => [await listBy(rsa, [leaves[0]])],
    asked: () => rsa,
    revoked: 'revoked',
    other: 'good',
  },
  {
    name: 'an old list and a new one in one file, in the wrong order',
    texts: async () => [(await listed({ number: 9 })) + (await listBy(ours, [], { number: 8 }))],
    revoked: 'revoked',
    other: 'good',
  },
  {
    name: 'two files',
    texts: async () => [await listBy(rsa, []), await listed()],
    revoked: 'revoked',
    other: 'good',
  },
];

for (const { name, texts, asked = () => ours, revoked, other } of cases) {
  test(`what the lists say: ${name}`, async () => {
    const lists = revocationLists();
    assert.equal(lists.load(await texts()), undefined);
    const issuer = authorityOf(asked());
    const now = new Date();
    assert.equal(lists.standingOf(issuer, serialOf(leaves[0]), now), revoked);
    assert.equal(lists.standingOf(issuer, `00${serialOf(leaves[0]).toLowerCase()}`, now), revoked);
    assert.equal(lists.standingOf(issuer, serialOf(leaves[1]), now), other);
    assert.equal(lists.known().length, other === 'missing' && name !== 'a list of tomorrow' ? 0 : 1);
  });
}

test('a list of a lower number takes the place of none, and the one before is asked further on', async () => {
  const lists = revocationLists();
  const [issuer, now] = [authorityOf(ours), new Date()];
  lists.load([await listed({ number: 5 })]);
  assert.equal(lists.standingOf(issuer, serialOf(leaves[0]), now), 'revoked');
  assert.equal(lists.load([await listBy(ours, [], { number: 4 })]), 'listOlder');
  assert.equal(lists.standingOf(issuer, serialOf(leaves[0]), now), 'revoked');
  assert.equal(lists.load([await listBy(ours, leaves, { number: 6 })]), undefined);
  assert.equal(lists.standingOf(issuer, serialOf(leaves[1]), now), 'revoked');
});

test('at the same number the date decides, as for authorities that do not count', async () => {
  const lists = revocationLists();
  const [issuer, now] = [authorityOf(ours), new Date()];
  lists.load([await listed({ thisUpdate: daysFromNow(-0.5) }), await listBy(ours, [])]);
  assert.equal(lists.standingOf(issuer, serialOf(leaves[0]), now), 'revoked');
  assert.equal(lists.load([await listBy(ours, [])]), 'listOlder');
  assert.equal(lists.load([await listBy(ours, leaves, { thisUpdate: daysFromNow(-0.4) })]), undefined);
  assert.equal(lists.standingOf(issuer, serialOf(leaves[1]), now), 'revoked');
});

test('an authority whose list is gone keeps the one that it had', async () => {
  const lists = revocationLists();
  const issuer = authorityOf(ours);
  lists.load([await listed({ nextUpdate: daysFromNow(1) })]);
  assert.equal(lists.standingOf(issuer, serialOf(leaves[0]), new Date()), 'revoked');
  assert.equal(lists.load([await listBy(rsa, [])]), undefined);
  assert.equal(lists.standingOf(issuer, serialOf(leaves[0]), new Date()), 'revoked');
  assert.equal(lists.standingOf(issuer, serialOf(leaves[1]), new Date()), 'good');
  assert.equal(lists.standingOf(issuer, serialOf(leaves[1]), daysFromNow(2)), 'stale');
});

test('a file of which one list cannot be read is not taken, and leaves the lists before', async () => {
  const lists = revocationLists();
  lists.load([await listed()]);
  const good = await listBy(rsa, []);
  for (const [text, fault] of [
    [`${good}${good.slice(0, -40)}`, 'listUnreadable'],
    ['', 'listUnreadable'],
    ['no PEM', 'listUnreadable'],
    [ours.certificate, 'listUnreadable'],
    ['-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n', 'listUnreadable'],
  ] as const) {
    assert.equal(lists.load([good, text]), fault);
  }
  assert.equal(lists.standingOf(authorityOf(ours), serialOf(leaves[0]), new Date()), 'revoked');
});

test('however a list is damaged, it is refused or says the same: nothing is thrown', async (t) => {
  const text = await listed();
  const der = Buffer.from(text.replaceAll(/-----[^\n]*-----/g, ''), 'base64');
  const key = new X509Certificate(ours.certificate).publicKey;
  const place = fc.nat({ max: der.length - 1 });
  fc.assert(
    fc.property(place, fc.nat({ max: 255 }), fc.option(place, { freq: 4 }), (at, byte, end) => {
      const damaged = Buffer.from(der);
      damaged[at] = byte;
      const left = damaged.subarray(0, end ?? der.length);
      const read = readList(left);
      assert.ok(typeof read === 'string' || left.equals(der) || !read.isSignedBy(key));
    }),
    { seed: freshSeed(t), numRuns: 3_000 },
  );
});

/** A list whose entries all give a reason; the last one says more. */
async function listSaying(...more: readonly Extension[]): Promise<Buffer> {
  const { keys, algorithm, crypto } = signingBy(keySigner(createPrivateKey(ours.key)));
  const reason = X509CrlReason.keyCompromise;
  const entries = ['01', '02', '03'].map((serialNumber) => ({ serialNumber, reason, extensions: [] }));
  const last = { serialNumber: '04', reason, extensions: [...more] };
  const terms = { issuer: 'CN=x', entries: [...entries, last], signingAlgorithm: algorithm };
  const list = await X509CrlGenerator.create({ ...terms, signingKey: keys.privateKey }, crypto);
  return Buffer.from(list.rawData);
}

const value = Buffer.from('0500', 'hex');
for (const { says, more, fault } of [
  { says: 'nothing more', more: [], fault: undefined },
  { says: 'what may be left unread', more: [new Extension('1.2.3.4', false, value)], fault: undefined },
  {
    says: 'what must be understood',
    more: [new Extension('1.2.3.4', true, value)],
    fault: 'listNotUnderstood',
  },
  { says: 'another issuer', more: [new Extension('2.5.29.29', true, value)], fault: 'listIndirect' },
  {
    says: 'another issuer, uncritical',
    more: [new Extension('2.5.29.29', false, value)],
    fault: 'listIndirect',
  },
]) {
  test(`one entry among many says ${says}: ${fault ?? 'read'}`, async () => {
    const read = readList(await listSaying(...more));
    if (typeof read === 'string') assert.equal(read, fault);
    else assert.deepEqual([fault, ...read.serials], [undefined, '1', '2', '3', '4']);
  });
}

const openssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** What an authority of other people publishes, made by openssl as its configuration says. */
async function opensslList(extensions: string, entries = ''): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cagebridge-lists-'));
  try {
    await writeFile(join(folder, 'ca.pem'), ours.certificate);
    await writeFile(join(folder, 'ca.key'), ours.key, { mode: 0o600 });
    await writeFile(join(folder, 'index.txt'), entries);
    await writeFile(join(folder, 'number'), '0A\n');
    const lines = [
      '[ca]',
      'default_ca=d',
      '[d]',
      `database=${folder}/index.txt`,
      `crlnumber=${folder}/number`,
    ];
    lines.push('default_md=sha256', 'default_crl_days=7', 'crl_extensions=x', '[x]', extensions);
    await writeFile(join(folder, 'c.cnf'), `${lines.join('\n')}\n`);
    const of = (name: string): string => join(folder, name);
    const args = ['ca', '-config', of('c.cnf'), '-gencrl', '-keyfile', of('ca.key'), '-cert', of('ca.pem')];
    execFileSync('openssl', [...args, '-out', of('list.pem')], { stdio: 'ignore' });
    return await readFile(of('list.pem'), 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const skip = openssl ? false : 'openssl is not installed';

test(
  'lists that openssl makes are read, and those for a part of the certificates refused',
  { skip },
  async () => {
    const known = 'authorityKeyIdentifier=keyid';
    const serial = serialOf(leaves[0]);
    const entry = `R\t270101000000Z\t261101000000Z,keyCompromise\t${serial}\tunknown\t/CN=x\n`;
    const read = readLists(await opensslList(known, entry));
    assert.ok(typeof read !== 'string');
    assert.equal(read[0]?.number, 10n);
    assert.deepEqual([...(read[0]?.serials ?? [])], [serial.replace(/^0+/, '')]);
    assert.equal(read[0]?.isSignedBy(new X509Certificate(ours.certificate).publicKey), true);

    const partial = `${known}\nissuingDistributionPoint=critical,@p\n[p]\nonlyuser=TRUE`;
    assert.equal(readLists(await opensslList(partial)), 'listNotUnderstood');
    assert.equal(readLists(await opensslList(`${known}\n2.5.29.27=critical,DER:020101`)), 'listDelta');
    assert.equal(readLists(await opensslList(`${known}\n1.2.3.4=critical,DER:0500`)), 'listNotUnderstood');
    assert.ok(typeof readLists(await opensslList(`${known}\n1.2.3.4=DER:0500`)) !== 'string');
  },
);

test('a list of 200,000 certificates is read whole', { skip }, async () => {
  const entries = Array.from(
    { length: 200_000 },
    (_, index) =>
      `R\t270101000000Z\t261101000000Z,keyCompromise\t${(2n ** 124n + BigInt(index) * 977n).toString(16).toUpperCase()}\tunknown\t/CN=x${index}\n`,
  );
  const lists = revocationLists();
  const text = await opensslList('authorityKeyIdentifier=keyid', entries.join(''));
  assert.equal(lists.load([text]), undefined);
  const issuer = authorityOf(ours);
  assert.equal(lists.standingOf(issuer, (2n ** 124n + 199_999n * 977n).toString(16), new Date()), 'revoked');
  assert.equal(lists.known()[0]?.revoked, 200_000);
});
