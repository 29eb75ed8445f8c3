/** What keeps a bridge from showing another certificate, and what does not. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import { type Authority, type Credential, issueLeaf, makeAuthority } from '../../src/pki/authority.ts';
import { type PartFiles, partRefusal } from '../../src/pki/certificate-set.ts';
import { acceptableReasons, toleratedFindings } from '../../src/pki/identity-refusal.ts';
import type { TlsIdentity } from '../../src/platform/tls.ts';
import { daysFromNow } from '../support/tls-callers.ts';

const ec = { keyKind: 'ec-p256' } as const;
const current = { notBefore: daysFromNow(-1), notAfter: daysFromNow(90) };
const ended = { notBefore: daysFromNow(-9), notAfter: daysFromNow(-1) };
const dns = (value: string) => ({ type: 'dns', value }) as const;
const ip = (value: string) => ({ type: 'ip', value }) as const;
const host = [dns('pay.example'), ip('192.0.2.1')];

let root: Authority;
let below: Authority;
let crossed: Authority;

before(async () => {
  root = await makeAuthority({ name: 'CN=Root', ...current, ...ec });
  below = await makeAuthority({ name: 'CN=Below', ...current, ...ec, issuer: root });
  crossed = await makeAuthority({ name: 'CN=Crossed', ...ended, ...ec });
});

type Changes = Partial<Parameters<typeof issueLeaf>[0]> & { readonly chain?: () => readonly Credential[] };

async function pair({ chain, ...changes }: Changes): Promise<TlsIdentity> {
  const terms = { name: 'CN=door', usages: ['serverAuth'], altNames: host, ...current, ...ec } as const;
  const leaf = await issueLeaf({ ...terms, issuer: chain === undefined ? root : below, ...changes });
  const above = (chain?.() ?? []).map(({ certificate }) => certificate).join('');
  return { certificate: leaf.certificate + above, key: leaf.key };
}

interface Row {
  readonly name: string;
  readonly served: Changes;
  /** The served one itself where nothing is said. */
  readonly next?: Changes;
  readonly purpose?: 'clientAuth';
  readonly publicHost?: string;
  readonly accepted?: readonly string[];
  readonly refused?: string;
}

const noUse = { usages: [] } as const;
const names = (...altNames: NonNullable<Changes['altNames']>): Changes => ({ altNames });

const rows: readonly Row[] = [
  { name: 'the next one of the same kind', served: {}, next: {} },
  { name: 'at a start: without extended key usage', served: noUse },
  { name: 'renewed: without extended key usage, as before', served: noUse, next: noUse },
  {
    name: 'without extended key usage for the first time',
    served: {},
    next: noUse,
    refused: 'noExtendedKeyUsage',
  },
  {
    name: 'the same, and a person says it is meant',
    served: {},
    next: noUse,
    accepted: ['noExtendedKeyUsage'],
  },
  { name: 'for clients, at a door', served: {}, next: { usages: ['clientAuth'] }, refused: 'wrongPurpose' },
  {
    name: 'another reason is meant than the one that is found',
    served: {},
    next: { usages: ['clientAuth'] },
    accepted: ['noExtendedKeyUsage', 'namesLost'],
    refused: 'wrongPurpose',
  },
  {
    name: 'a client without extended key usage, as before',
    served: noUse,
    next: noUse,
    purpose: 'clientAuth',
  },
  { name: 'at a start: it has ended', served: ended, refused: 'expired' },
  { name: 'the next one has ended, too', served: ended, next: ended, refused: 'expired' },
  {
    name: 'nobody says that an end is meant',
    served: {},
    next: ended,
    accepted: ['expired'],
    refused: 'expired',
  },
  {
    name: 'an issuer in its chain has ended, as before',
    served: { chain: () => [below, crossed] },
    next: { chain: () => [below, crossed] },
  },
  {
    name: 'at a start: an issuer in its chain has ended',
    served: { chain: () => [below, crossed] },
    refused: 'expired',
  },
  {
    name: 'an issuer in its chain has ended for the first time',
    served: { chain: () => [below, root] },
    next: { chain: () => [below, crossed] },
    refused: 'chainOutOfOrder',
  },
  {
    name: 'its intermediate is missing',
    served: { chain: () => [below] },
    next: { chain: () => [] },
    refused: 'chainIncomplete',
  },
  {
    name: 'the same, and meant',
    served: { chain: () => [below] },
    next: { chain: () => [] },
    accepted: ['chainIncomplete'],
  },
  {
    name: 'RSA of 1024 bits, as before: TLS serves by none',
    served: { keyKind: 'rsa-1024' },
    next: { keyKind: 'rsa-1024' },
    refused: 'refusedByTls',
  },
  {
    name: 'RSA of 1024 bits, and meant: TLS serves by none',
    served: {},
    next: { keyKind: 'rsa-1024' },
    accepted: ['weakKey'],
    refused: 'refusedByTls',
  },
  { name: 'more names', served: {}, next: names(...host, dns('two.example')) },
  { name: 'a name is lost', served: {}, next: names(dns('pay.example')), refused: 'namesLost' },
  { name: 'another host altogether', served: {}, next: names(dns('inside.example')), refused: 'namesLost' },
  { name: 'the same, and meant', served: {}, next: names(dns('inside.example')), accepted: ['namesLost'] },
  { name: 'a wildcard over it', served: names(dns('pay.example.org')), next: names(dns('*.example.org')) },
  {
    name: 'a wildcard that is gone',
    served: names(dns('*.example.org')),
    next: names(dns('pay.example.org')),
    refused: 'namesLost',
  },
  {
    name: 'a wildcard, again, in capitals',
    served: names(dns('*.example.org')),
    next: names(dns('*.EXAMPLE.org')),
  },
  { name: 'an address of IPv6', served: names(ip('2001:db8::1')), next: names(ip('2001:db8::1')) },
  { name: 'a URI is nobody’s host', served: names(...host, { type: 'url', value: 'urn:x:y' }), next: {} },
  {
    name: 'a client is called by no host',
    served: { usages: ['clientAuth'] },
    next: { usages: ['clientAuth'], altNames: [] },
    purpose: 'clientAuth',
  },
  { name: 'the public host is in it', served: {}, next: {}, publicHost: 'pay.example' },
  { name: 'the public address is in it', served: {}, next: {}, publicHost: '192.0.2.1' },
  {
    name: 'at a start: the public host is missing',
    served: {},
    publicHost: 'else.example',
    refused: 'publicNameMissing',
  },
  {
    name: 'the public host is missing, whatever a person means',
    served: {},
    next: names(dns('inside.example')),
    publicHost: 'pay.example',
    accepted: acceptableReasons,
    refused: 'publicNameMissing',
  },
  {
    name: 'a common name is no host',
    served: names(),
    next: { ...names(), name: 'CN=pay.example' },
    publicHost: 'pay.example',
    refused: 'publicNameMissing',
  },
];

for (const { name, served, next, purpose = 'serverAuth', publicHost, accepted = [], refused } of rows) {
  test(`${name}: ${refused ?? 'it serves'}`, async () => {
    const standing: PartFiles = { identity: await pair(served) };
    const files = next === undefined ? standing : { identity: await pair(next) };
    const rules = { purpose, accepted, now: new Date(), developmentAllowed: true } as const;
    const refusal = partRefusal(files, standing, {
      ...rules,
      ...(publicHost !== undefined && { publicHost }),
    });
    assert.equal(refusal?.reason, refused, refusal?.detail);
    assert.doesNotMatch(JSON.stringify(refusal ?? {}), /example|192/, 'no value');
  });
}

const broken: readonly (readonly [string, (pair: TlsIdentity) => TlsIdentity, string])[] = [
  ['no certificate', ({ key }) => ({ certificate: 'none', key }), 'certificateUnreadable'],
  ['no key', ({ certificate }) => ({ certificate, key: 'none' }), 'keyUnreadable'],
  [
    'cut off behind the leaf',
    ({ certificate, key }) => ({ certificate: `${certificate}${certificate.slice(0, 300)}`, key }),
    'certificateUnreadable',
  ],
];

for (const [name, spoil, reason] of broken) {
  test(`whatever a person means, nobody serves by ${name}`, async () => {
    const served = await pair({});
    const rules = {
      purpose: 'serverAuth',
      accepted: acceptableReasons,
      now: new Date(),
      developmentAllowed: true,
    } as const;
    const refusal = partRefusal({ identity: spoil(await pair({})) }, { identity: served }, rules);
    assert.equal(refusal?.reason, reason);
  });
}

test('a start is told what is odd and serves all the same, and not what has ended: that is refused', async () => {
  const rules = { purpose: 'serverAuth', now: new Date() } as const;
  const odd = await pair({ usages: ['clientAuth'], ...ended });
  assert.deepEqual(toleratedFindings(odd, rules), [
    { reason: 'wrongPurpose', detail: 'certificate 0 of the chain' },
  ]);
  assert.deepEqual(toleratedFindings(await pair({}), rules), []);
});

const keyOf = (curve: string, name: string): string[] => [
  '-newkey',
  'ec',
  '-pkeyopt',
  `ec_paramgen_curve:${curve}`,
  '-nodes',
  '-keyout',
  `${name}.key`,
];

/** By OpenSSL, because our own maker makes none: on secp256k1, below an authority that was certified with SHA-1. */
function oddPairs(t: TestContext): TlsIdentity[] {
  const directory = mkdtempSync(join(tmpdir(), 'cagebridge-odd-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const at = (name: string): string => join(directory, name);
  const openssl = (...args: string[]): void =>
    void execFileSync('openssl', args, { cwd: directory, stdio: 'ignore' });
  writeFileSync(at('ca.ext'), 'basicConstraints=critical,CA:true\n');
  writeFileSync(at('leaf.ext'), 'subjectAltName=DNS:pay.example,IP:192.0.2.1\nextendedKeyUsage=serverAuth\n');
  openssl('req', '-x509', ...keyOf('P-256', 'root'), '-out', 'root.pem', '-subj', '/CN=Root', '-days', '9');
  const certify = (name: string, curve: string, issuer: string, hash: string): void => {
    const extensions = name === 'below' ? 'ca.ext' : 'leaf.ext';
    openssl('req', '-new', ...keyOf(curve, name), '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const by = ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`, '-CAcreateserial', hash];
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...by,
      '-out',
      `${name}.pem`,
      '-days',
      '9',
      '-extfile',
      extensions,
    );
  };
  certify('below', 'P-256', 'root', '-sha1');
  const read = (file: string): string => readFileSync(at(file), 'utf8');
  return ['one', 'two'].map((name) => {
    certify(name, 'secp256k1', 'below', '-sha256');
    return { certificate: read(`${name}.pem`) + read('below.pem'), key: read(`${name}.key`) };
  });
}

test('another curve and SHA-1 above it, as before: it serves; for the first time: weakKey', async (t) => {
  const [one = assert.fail(), two = assert.fail()] = oddPairs(t);
  const rules = { purpose: 'serverAuth', now: new Date(), developmentAllowed: true } as const;
  const refusalOf = (identity: TlsIdentity, served: TlsIdentity, ...accepted: string[]) =>
    partRefusal({ identity }, { identity: served }, { ...rules, accepted })?.reason;
  assert.equal(refusalOf(one, one), undefined, 'at a start');
  assert.equal(refusalOf(two, one), undefined);
  const good = await pair({ chain: () => [below] });
  assert.equal(refusalOf(one, good), 'weakKey');
  assert.equal(refusalOf(one, good, 'weakKey'), 'weakSignature');
  assert.equal(refusalOf(one, good, 'weakKey', 'weakSignature'), undefined);
});
