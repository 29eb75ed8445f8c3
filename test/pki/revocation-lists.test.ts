import 'reflect-metadata';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { Extension, X509CrlGenerator, X509CrlReason } from '@peculiar/x509';
import fc from 'fast-check';
import { type Authority, type Credential, issueLeaf, makeAuthority } from '../../src/pki/authority.ts';
import { certificateName } from '../../src/pki/certificate.ts';
import {
  type ListingAuthority,
  type RevocationLists,
  revocationLists,
} from '../../src/pki/revocation-lists.ts';
import type { Standing } from '../../src/pki/held-list.ts';
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

const openssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

const skip = openssl ? false : 'openssl is not installed';

/** Loads them, and says what is told of them. */
function load(lists: RevocationLists, texts: readonly string[], now = new Date()): readonly string[] {
  return lists.load(texts, now).map(({ code, at }) => `${at} ${code}`);
}

const someLists = (...authorities: readonly Authority[]): RevocationLists => {
  const asked = authorities.map(authorityOf);
  return revocationLists(() => asked);
};

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
    const lists = someLists(asked());
    const now = new Date();
    lists.load(await texts(), now);
    const issuer = authorityOf(asked());
    assert.equal(lists.standingOf(issuer, serialOf(leaves[0]), now), revoked);
    assert.equal(lists.standingOf(issuer, `00${serialOf(leaves[0]).toLowerCase()}`, now), revoked);
    assert.equal(lists.standingOf(issuer, serialOf(leaves[1]), now), other);
    assert.equal(lists.listOf(issuer, now).standing, other);
  });
}

test('a list of a lower number takes the place of none, and the one before is asked further on', async () => {
  const lists = someLists(ours);
  const [issuer, now] = [authorityOf(ours), new Date()];
  assert.deepEqual(load(lists, [await listed({ number: 5 })]), []);
  assert.deepEqual(
    load(lists, [await listBy(ours, [], { number: 4 })]),
    ['0 listOlder'],
    'asked by nobody yet',
  );
  assert.equal(lists.standingOf(issuer, serialOf(leaves[0]), now), 'revoked');
  assert.equal(lists.standingOf(issuer, serialOf(leaves[1]), now), 'good');
  assert.deepEqual(load(lists, [await listBy(ours, leaves, { number: 6 })]), []);
  assert.equal(lists.standingOf(issuer, serialOf(leaves[1]), now), 'revoked');
});

test('at the same number the date decides, as for authorities that do not count', async () => {
  const lists = someLists(ours);
  const [issuer, now] = [authorityOf(ours), new Date()];
  load(lists, [await listed({ thisUpdate: daysFromNow(-0.5) }), await listBy(ours, [])]);
  assert.equal(lists.standingOf(issuer, serialOf(leaves[0]), now), 'revoked');
  assert.deepEqual(load(lists, [await listBy(ours, [])]), ['0 listOlder']);
  assert.deepEqual(load(lists, [await listBy(ours, leaves, { thisUpdate: daysFromNow(-0.4) })]), []);
  assert.equal(lists.standingOf(issuer, serialOf(leaves[1]), now), 'revoked');
});

test('an older list of one authority keeps no other from its newer one', async () => {
  const lists = someLists(ours, rsa);
  load(lists, [await listBy(ours, [], { number: 5 }), await listBy(rsa, [], { number: 5 })]);
  const texts = [await listBy(ours, [], { number: 4 }), await listBy(rsa, [leaves[0]], { number: 6 })];
  assert.deepEqual(load(lists, texts), ['0 listOlder']);
  assert.equal(lists.standingOf(authorityOf(rsa), serialOf(leaves[0]), new Date()), 'revoked');
  assert.equal(lists.standingOf(authorityOf(ours), serialOf(leaves[1]), new Date()), 'good');
  assert.deepEqual(load(lists, texts), ['0 listOlder'], 'looked at again: the same');
});

test('an authority whose list is gone keeps the one that it had', async () => {
  const lists = someLists(ours, rsa);
  const issuer = authorityOf(ours);
  load(lists, [await listed({ nextUpdate: daysFromNow(1) })]);
  assert.equal(lists.standingOf(issuer, serialOf(leaves[0]), new Date()), 'revoked');
  assert.deepEqual(load(lists, [await listBy(rsa, [])]), []);
  assert.equal(lists.standingOf(issuer, serialOf(leaves[0]), new Date()), 'revoked');
  assert.equal(lists.standingOf(issuer, serialOf(leaves[1]), new Date()), 'good');
  assert.equal(lists.standingOf(issuer, serialOf(leaves[1]), daysFromNow(2)), 'stale');
});

test('a file of which one list cannot be read is not taken, and the other files are', async () => {
  const good = await listBy(rsa, []);
  for (const text of [
    `${good}${good.slice(0, -40)}`,
    '',
    'no PEM',
    ours.certificate,
    '-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n',
  ]) {
    const lists = someLists(ours, rsa);
    load(lists, [await listed()]);
    assert.deepEqual(load(lists, [good, text]), ['1 listUnreadable']);
    assert.equal(lists.standingOf(authorityOf(ours), serialOf(leaves[0]), new Date()), 'revoked');
    assert.equal(lists.listOf(authorityOf(rsa), new Date()).standing, 'good');
  }
});

describe('a newer list that is not in date', () => {
  const ended = { thisUpdate: daysFromNow(-3), nextUpdate: daysFromNow(-1) };
  const ahead = { thisUpdate: daysFromNow(1), nextUpdate: daysFromNow(3) };

  for (const { says, dates, code } of [
    { says: 'past its next update', dates: ended, code: 'listStale' },
    { says: 'of tomorrow', dates: ahead, code: 'listNotYetValid' },
  ]) {
    test(`${says}: the one in date says who is good, and both say who is revoked`, async () => {
      for (const together of [true, false]) {
        const lists = someLists(ours);
        const fresh = await listBy(ours, [], { number: 5, nextUpdate: daysFromNow(10) });
        const newer = await listed({ number: 6, ...dates });
        if (!together) load(lists, [fresh]);
        assert.deepEqual(load(lists, together ? [newer, fresh] : [newer]), [`0 ${code}`]);
        const [issuer, now] = [authorityOf(ours), new Date()];
        assert.equal(lists.standingOf(issuer, serialOf(leaves[0]), now), 'revoked');
        assert.equal(lists.standingOf(issuer, serialOf(leaves[1]), now), 'good');
        assert.equal(lists.standingOf(issuer, serialOf(leaves[1]), daysFromNow(11)), 'stale');
      }
    });
  }

  test('counts from its day on, and is then told of no more', async () => {
    const lists = someLists(ours);
    const texts = [await listBy(ours, [], { number: 5, nextUpdate: daysFromNow(1) })];
    load(lists, texts);
    const newer = [await listed({ number: 6, ...ahead })];
    assert.deepEqual(load(lists, newer), ['0 listNotYetValid']);
    assert.equal(lists.standingOf(authorityOf(ours), serialOf(leaves[1]), daysFromNow(2)), 'good');
    assert.deepEqual(load(lists, newer, daysFromNow(2)), []);
    assert.equal(
      lists.listOf(authorityOf(ours), daysFromNow(2)).nextUpdate?.getTime(),
      wholeSecond(ahead.nextUpdate),
    );
  });
});

const wholeSecond = (at: Date): number => Math.floor(at.getTime() / 1_000) * 1_000;

describe('who has signed a list', () => {
  test('a list of a known name that nobody of that name has signed is told of, and asked by nobody', async () => {
    const lists = someLists(ours);
    load(lists, [await listBy(ours, [], { number: 5 })]);
    assert.deepEqual(load(lists, [await listBy(sameName, [leaves[0]], { number: 6 })]), [
      '0 listSignatureInvalid',
    ]);
    assert.equal(lists.standingOf(authorityOf(ours), serialOf(leaves[0]), new Date()), 'good');
  });

  test('each of two authorities of one name has its own', async () => {
    const lists = someLists(ours, sameName);
    assert.deepEqual(load(lists, [await listBy(sameName, [leaves[0]]), await listBy(ours, [])]), []);
    assert.equal(lists.standingOf(authorityOf(ours), serialOf(leaves[0]), new Date()), 'good');
    assert.equal(lists.standingOf(authorityOf(sameName), serialOf(leaves[0]), new Date()), 'revoked');
  });

  test('a list of a name that no authority has is told of as nobody’s, and found once somebody has', async () => {
    const lists = someLists();
    assert.deepEqual(load(lists, [await listed()]), ['0 listIssuerUnknown']);
    assert.equal(lists.standingOf(authorityOf(ours), serialOf(leaves[0]), new Date()), 'revoked');
  });

  test('an authority whose key is not for lists signs none', { skip }, async () => {
    const bare = await certifiedAgain(ours, 'keyCertSign');
    const lists = someLists(bare);
    assert.deepEqual(load(lists, [await listed()]), ['0 listIssuerMayNotSign']);
    assert.equal(lists.standingOf(authorityOf(bare), serialOf(leaves[0]), new Date()), 'missing');
  });
});

const oursListing = (): ListingAuthority => authorityOf(ours);

describe('what was met before is remembered', () => {
  test('a list that is older than one that another process met says of nobody that he is good', async () => {
    const first = someLists(ours);
    load(first, [await listBy(ours, [], { number: 6 })]);
    const met = first.unremembered();
    assert.deepEqual(
      met.map(({ number }) => number),
      [6n],
    );
    first.remember(met);
    assert.deepEqual(first.unremembered(), []);

    for (const learnsLate of [false, true]) {
      const next = someLists(ours);
      if (!learnsLate) next.remember(met);
      const told = load(next, [await listed({ number: 5 })]);
      if (learnsLate) next.remember(met);
      assert.deepEqual(told, learnsLate ? [] : ['0 listOlder']);
      assert.equal(next.standingOf(oursListing(), serialOf(leaves[0]), new Date()), 'revoked');
      assert.equal(next.standingOf(oursListing(), serialOf(leaves[1]), new Date()), 'stale');
      assert.deepEqual(next.unremembered(), [], 'an older one is nothing to remember');
      assert.deepEqual(load(next, [await listBy(ours, [], { number: 6 })]), []);
      assert.equal(next.standingOf(oursListing(), serialOf(leaves[0]), new Date()), 'good');
    }
  });

  test('a process goes on with its list while others are ahead, and takes theirs when it comes', async () => {
    const lists = someLists(ours);
    lists.remember([]);
    load(lists, [await listBy(ours, [], { number: 5 })]);
    const [version] = lists.unremembered();
    assert.ok(version);
    lists.remember([{ ...version, number: 7n }]);
    assert.equal(lists.standingOf(oursListing(), serialOf(leaves[0]), new Date()), 'good');
    assert.deepEqual(load(lists, [await listBy(ours, [], { number: 5 })]), [], 'the same, read again');
    assert.deepEqual(load(lists, [await listBy(ours, [], { number: 6 })]), []);
    assert.equal(lists.standingOf(oursListing(), serialOf(leaves[0]), new Date()), 'good');
    assert.deepEqual(load(lists, [await listed({ number: 7 })]), []);
    assert.equal(lists.standingOf(oursListing(), serialOf(leaves[1]), new Date()), 'good');
  });

  test(
    'an authority is the same under a renewed certificate, and another one under another key',
    { skip },
    async () => {
      const lists = someLists(ours, rsa, sameName);
      const texts = [await listed(), await listBy(rsa, []), await listBy(sameName, [])];
      load(lists, texts);
      const names = lists.unremembered().map(({ authority }) => authority);
      assert.equal(new Set(names).size, 3);
      assert.ok(names.every((name) => /^[0-9a-f]{64}$/.test(name)));
      const renewed = someLists(await certifiedAgain(ours, 'cRLSign,keyCertSign'));
      renewed.load(texts, new Date());
      assert.deepEqual(
        renewed.unremembered().map(({ authority }) => names.includes(authority)),
        [true],
      );
    },
  );
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

/** The same name and key under another certificate. */
async function certifiedAgain(authority: Authority, keyUsage: string): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), 'cagebridge-lists-'));
  try {
    const of = (name: string): string => join(folder, name);
    await writeFile(of('ca.pem'), authority.certificate);
    await writeFile(of('ca.key'), authority.key, { mode: 0o600 });
    await writeFile(of('ext'), `basicConstraints=critical,CA:TRUE\nkeyUsage=critical,${keyUsage}\n`);
    const args = ['x509', '-in', of('ca.pem'), '-signkey', of('ca.key'), '-clrext', '-extfile', of('ext')];
    execFileSync('openssl', [...args, '-days', '30', '-out', of('again.pem')], { stdio: 'ignore' });
    return { ...authority, certificate: await readFile(of('again.pem'), 'utf8') };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What an authority of other people publishes, made by openssl as its configuration says. */
async function opensslList(
  extensions: string,
  entries = '',
  { by = ours, more = [] }: { readonly by?: Authority; readonly more?: readonly string[] } = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cagebridge-lists-'));
  try {
    await writeFile(join(folder, 'ca.pem'), by.certificate);
    await writeFile(join(folder, 'ca.key'), by.key, { mode: 0o600 });
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
    execFileSync('openssl', [...args, ...more, '-out', of('list.pem')], { stdio: 'ignore' });
    return await readFile(of('list.pem'), 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

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

    for (const marked of ['critical,', '']) {
      for (const scope of [
        'onlyuser=TRUE',
        'onlyCA=TRUE',
        'indirectCRL=TRUE',
        'onlysomereasons=keyCompromise',
      ]) {
        const partial = `${known}\nissuingDistributionPoint=${marked}@p\n[p]\n${scope}`;
        assert.equal(readLists(await opensslList(partial)), 'listPartial', `${marked}${scope}`);
      }
    }
    assert.equal(readLists(await opensslList(`${known}\n2.5.29.27=critical,DER:020101`)), 'listDelta');
    assert.equal(readLists(await opensslList(`${known}\n1.2.3.4=critical,DER:0500`)), 'listNotUnderstood');
    assert.ok(typeof readLists(await opensslList(`${known}\n1.2.3.4=DER:0500`)) !== 'string');
  },
);

test('a list in DER is read as one in PEM is', { skip }, async () => {
  const pem = await listed();
  const der = Buffer.from(pem.replaceAll(/-----[^\n]*-----/g, ''), 'base64');
  const lists = someLists(ours);
  assert.deepEqual(load(lists, [der.toString('latin1')]), []);
  assert.equal(lists.standingOf(authorityOf(ours), serialOf(leaves[0]), new Date()), 'revoked');
  assert.deepEqual(load(lists, [der.subarray(0, -1).toString('latin1')]), ['0 listUnreadable']);
  assert.deepEqual(
    load(lists, [`${der.toString('latin1')}\n`]),
    ['0 listUnreadable'],
    'with anything behind it',
  );
});

const pss = (...more: readonly string[]): readonly string[] =>
  ['rsa_padding_mode:pss', ...more].flatMap((one) => ['-sigopt', one]);

test('a list under RSASSA-PSS is believed, with one hash for all of it', { skip }, async () => {
  const key = new X509Certificate(rsa.certificate).publicKey;
  for (const { more, said } of [
    { more: pss('rsa_pss_saltlen:32'), said: true },
    { more: pss('rsa_pss_saltlen:20'), said: true },
    { more: [...pss('rsa_pss_saltlen:64'), '-md', 'sha512'], said: true },
    { more: pss('rsa_pss_saltlen:32', 'rsa_mgf1_md:sha512'), said: 'listSignatureWeak' },
    { more: [...pss('rsa_pss_saltlen:20'), '-md', 'sha1'], said: 'listSignatureWeak' },
  ]) {
    const read = readLists(await opensslList('authorityKeyIdentifier=keyid', '', { by: rsa, more }));
    assert.equal(typeof read === 'string' ? read : read[0]?.isSignedBy(key), said, more.join(' '));
    if (typeof read !== 'string')
      assert.equal(read[0]?.isSignedBy(new X509Certificate(ours.certificate).publicKey), false);
  }
});

const numbered = async (hex: string): Promise<ReturnType<typeof readLists>> =>
  readLists(await opensslList(`2.5.29.20=DER:${hex}`));

test('a number that is below zero, or longer than 20 octets, is no number of a list', { skip }, async () => {
  const greatest = await numbered(`021500${'ff'.repeat(20)}`);
  assert.equal(typeof greatest === 'string' ? greatest : greatest[0]?.number, 2n ** 160n - 1n);
  for (const hex of [`021501${'00'.repeat(20)}`, `02160001${'00'.repeat(20)}`, '0201ff', '0200'])
    assert.equal(await numbered(hex), 'listUnreadable', hex);
});

test('a list of 200,000 certificates is read whole', { skip }, async () => {
  const entries = Array.from(
    { length: 200_000 },
    (_, index) =>
      `R\t270101000000Z\t261101000000Z,keyCompromise\t${(2n ** 124n + BigInt(index) * 977n).toString(16).toUpperCase()}\tunknown\t/CN=x${index}\n`,
  );
  const lists = someLists(ours);
  const text = await opensslList('authorityKeyIdentifier=keyid', entries.join(''));
  assert.deepEqual(load(lists, [text]), []);
  const issuer = authorityOf(ours);
  for (const nth of [0n, 100_000n, 199_999n])
    assert.equal(lists.standingOf(issuer, (2n ** 124n + nth * 977n).toString(16), new Date()), 'revoked');
  assert.equal(lists.standingOf(issuer, (2n ** 124n + 200_000n * 977n).toString(16), new Date()), 'good');
});
