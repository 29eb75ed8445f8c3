/** What is found in a certificate, its chain and its key before anybody meets them. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, webcrypto, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import {
  BasicConstraintsExtension,
  type Extension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate as ParsedCertificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { type Authority, type Credential, issueLeaf, makeAuthority } from '../../src/pki/authority.ts';
import { checkIdentity, type CheckRules, type Finding } from '../../src/pki/certificate-check.ts';
import { asVersion1 } from '../support/tls-version1.ts';

const dayMs = 86_400_000;
const now = new Date();
const validity = {
  notBefore: new Date(now.getTime() - dayMs),
  notAfter: new Date(now.getTime() + 30 * dayMs),
};
const ec = { keyKind: 'ec-p256' } as const;
const keyPem = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const otherKey = keyPem.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

interface World {
  readonly root: Authority;
  readonly issuing: Authority;
  readonly stranger: Authority;
  readonly leaf: Credential;
  readonly chain: string;
}

async function makeWorld(): Promise<World> {
  const root = await makeAuthority({ name: 'CN=Root', ...validity, ...ec });
  const issuing = await makeAuthority({ name: 'CN=Issuing', ...validity, ...ec, issuer: root });
  const stranger = await makeAuthority({ name: 'CN=Issuing', ...validity, ...ec });
  const leaf = await leafOf(issuing, {});
  return { root, issuing, stranger, leaf, chain: leaf.certificate + issuing.certificate };
}

function leafOf(
  issuer: Authority,
  options: Partial<Parameters<typeof issueLeaf>[0]>,
): ReturnType<typeof issueLeaf> {
  return issueLeaf({
    name: 'CN=leaf',
    usages: ['clientAuth'],
    altNames: [],
    ...validity,
    ...ec,
    issuer,
    ...options,
  });
}

/** What our own maker never makes: signed with what the row says, with the extensions that it says. */
async function oddCertificate(
  issuer: Authority | undefined,
  { hash = 'SHA-256', extensions = [] }: { hash?: string; extensions?: readonly Extension[] },
): Promise<Credential> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const above = issuer && new ParsedCertificate(issuer.certificate);
  const signingKey = issuer === undefined ? keys.privateKey : await signingKeyOf(issuer, hash);
  const certificate = await X509CertificateGenerator.create({
    subject: 'CN=odd',
    issuer: above?.subject ?? 'CN=odd',
    ...validity,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    extensions: [...extensions],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`,
  };
}

async function signingKeyOf({ key }: Authority, hash: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(key.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', der, { name: 'ECDSA', namedCurve: 'P-256', hash }, true, [
    'sign',
  ]);
}

const clientUse = new ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.2']);

interface Row {
  readonly name: string;
  readonly make: (world: World) => Promise<Credential> | Credential;
  readonly rules?: (world: World) => Partial<CheckRules>;
  readonly found: readonly string[];
}

const trusted = ({ root }: World): Partial<CheckRules> => ({ authorities: [root.certificate] });
const untrusted = (): Partial<CheckRules> => ({});

const rows: readonly Row[] = [
  { name: 'a whole chain', make: ({ chain, leaf: { key } }) => ({ certificate: chain, key }), found: [] },
  {
    name: 'a chain with its root in it',
    make: ({ chain, root, leaf: { key } }) => ({ certificate: chain + root.certificate, key }),
    found: [],
  },
  {
    name: 'remarks between the blocks, and lines of Windows',
    make: ({ chain, leaf: { key } }) => ({
      certificate: `Bag\n${chain}rest\n`.replaceAll('\n', '\r\n'),
      key,
    }),
    found: [],
  },
  {
    name: 'a leaf alone, where nobody says whom they trust',
    make: ({ leaf }) => leaf,
    rules: untrusted,
    found: [],
  },
  { name: 'a leaf without its intermediate', make: ({ leaf }) => leaf, found: ['chainIncomplete 0'] },
  {
    name: 'a leaf under an authority of the same name with another key',
    make: async ({ stranger }) => leafOf(stranger, {}),
    rules: ({ issuing }) => ({ authorities: [issuing.certificate] }),
    found: ['chainIncomplete 0'],
  },
  {
    name: 'no authority at all',
    make: ({ chain, leaf: { key } }) => ({ certificate: chain, key }),
    rules: () => ({ authorities: [] }),
    found: ['authoritiesMissing 1'],
  },
  {
    name: 'the intermediate first',
    make: ({ issuing, leaf }) => ({ certificate: issuing.certificate + leaf.certificate, key: leaf.key }),
    rules: untrusted,
    found: [
      'chainOutOfOrder 0',
      'noExtendedKeyUsage 0',
      'wrongKeyUsage 0',
      'leafIsAuthority 0',
      'chainOutOfOrder 0',
      'issuerNotAuthority 1',
    ],
  },
  {
    name: 'a wrong authority after the leaf',
    make: ({ leaf, root }) => ({ certificate: leaf.certificate + root.certificate, key: leaf.key }),
    found: ['chainOutOfOrder 0'],
  },
  {
    name: "another one's key",
    make: ({ chain }) => ({ certificate: chain, key: otherKey }),
    found: ['keyMismatch 0'],
  },
  {
    name: 'a key that is none',
    make: ({ chain }) => ({ certificate: chain, key: 'no key' }),
    found: ['keyUnreadable 0'],
  },
  {
    name: 'a key under a passphrase, which a server cannot type',
    make: ({ chain }) => ({
      certificate: chain,
      key: keyPem.privateKey
        .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
        .toString(),
    }),
    found: ['keyUnreadable 0'],
  },
  {
    name: 'a certificate that was cut off',
    make: ({ leaf }) => ({ certificate: leaf.certificate.slice(0, -40), key: leaf.key }),
    found: ['certificateUnreadable 0'],
  },
  {
    name: 'an intermediate that was cut off',
    make: ({ chain, leaf: { key } }) => ({ certificate: chain.slice(0, -40), key }),
    found: ['certificateUnreadable 0'],
  },
  {
    name: 'bytes within a certificate that are none',
    make: ({ leaf }) => ({
      certificate: leaf.certificate.replace(/\n[A-Za-z0-9+/]{64}\n/, '\n'),
      key: leaf.key,
    }),
    found: ['certificateUnreadable 0'],
  },
  {
    name: 'an empty file',
    make: () => ({ certificate: '', key: '' }),
    found: ['certificateUnreadable 0', 'keyUnreadable 0'],
  },
  {
    name: 'one that ended',
    make: async ({ root }) =>
      leafOf(root, {
        notBefore: new Date(now.getTime() - 2 * dayMs),
        notAfter: new Date(now.getTime() - 1_000),
      }),
    found: ['expired 0'],
  },
  {
    name: 'one that begins tomorrow',
    make: async ({ root }) => leafOf(root, { notBefore: new Date(now.getTime() + dayMs) }),
    found: ['notYetValid 0'],
  },
  {
    name: 'an authority that ended',
    make: ({ chain, leaf: { key } }) => ({ certificate: chain, key }),
    rules: (world) => ({ ...trusted(world), now: new Date(now.getTime() + 31 * dayMs) }),
    found: ['expired 0', 'expired 1', 'expired 2'],
  },
  {
    name: 'a certificate for servers',
    make: async ({ root }) => leafOf(root, { usages: ['serverAuth'] }),
    found: ['wrongPurpose 0'],
  },
  {
    name: 'the same as a server',
    make: async ({ root }) => leafOf(root, { usages: ['serverAuth'] }),
    rules: (world) => ({ ...trusted(world), purpose: 'serverAuth' }),
    found: [],
  },
  {
    name: 'no extended key usage',
    make: async ({ root }) => leafOf(root, { usages: [] }),
    found: ['noExtendedKeyUsage 0'],
  },
  {
    name: 'X.509 version 1',
    make: async ({ root }) => asVersion1(await leafOf(root, {}), root),
    found: ['version1 0', 'noExtendedKeyUsage 0'],
  },
  {
    name: 'RSA of 1024 bits',
    make: async ({ root }) => leafOf(root, { keyKind: 'rsa-1024' }),
    found: ['weakKey 0'],
  },
  {
    name: 'SHA-1',
    make: async ({ root }) => oddCertificate(root, { hash: 'SHA-1', extensions: [clientUse] }),
    found: ['weakSignature 0'],
  },
  {
    name: 'an authority as a leaf',
    make: async ({ root }) =>
      oddCertificate(root, { extensions: [new BasicConstraintsExtension(true, 0, true), clientUse] }),
    found: ['leafIsAuthority 0'],
  },
  {
    name: 'a key that may only encrypt',
    make: async ({ root }) =>
      oddCertificate(root, {
        extensions: [new KeyUsagesExtension(KeyUsageFlags.keyEncipherment, true), clientUse],
      }),
    found: ['wrongKeyUsage 0'],
  },
  {
    name: 'issued by a leaf',
    make: async ({ leaf, chain }) => {
      const below = await oddCertificate({ ...leaf } as Authority, { extensions: [clientUse] });
      return { certificate: below.certificate + chain, key: below.key };
    },
    found: ['chainOutOfOrder 0', 'issuerNotAuthority 1'],
  },
  {
    name: 'an authority too deep',
    make: async ({ root }) => {
      const upper = await makeAuthority({
        name: 'CN=Upper',
        ...validity,
        ...ec,
        issuer: root,
        pathLength: 0,
      });
      const lower = await makeAuthority({ name: 'CN=Lower', ...validity, ...ec, issuer: upper });
      const leaf = await leafOf(lower, {});
      return { certificate: leaf.certificate + lower.certificate + upper.certificate, key: leaf.key };
    },
    found: ['pathTooLong 2'],
  },
  {
    name: 'a signature that another key made',
    make: async ({ root }) => {
      const twin = await makeAuthority({ name: 'CN=Root', ...validity, ...ec });
      const leaf = await oddCertificate(twin, { extensions: [clientUse] });
      return { certificate: leaf.certificate + root.certificate, key: leaf.key };
    },
    found: ['signatureInvalid 0'],
  },
];

describe('a certificate is checked before anybody meets it', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
  });
  for (const { name, make, rules = trusted, found } of rows) {
    test(name, async () => {
      const made = await make(world);
      const findings = checkIdentity(made, { purpose: 'clientAuth', now, ...rules(world) });
      assert.deepEqual(findings.map(said), found);
    });
  }

  test('OpenSSL agrees with whom nothing was found in, and with whom something was', async () => {
    const clean = rows.filter(({ found, rules }) => found.length === 0 && rules === undefined);
    for (const { make } of clean)
      assert.equal(verifiedByOpenssl(world, (await make(world)).certificate), true);
    const words = [
      'expired 0',
      'notYetValid 0',
      'weakKey 0',
      'weakSignature 0',
      'wrongPurpose 0',
      'pathTooLong 2',
    ];
    const refused = rows.filter(({ found: [only, ...more], rules }) => {
      return rules === undefined && more.length === 0 && words.includes(only ?? '');
    });
    assert.equal(refused.length, words.length);
    for (const { name, make } of refused) {
      assert.equal(verifiedByOpenssl(world, (await make(world)).certificate), false, name);
    }
  });
});

function said({ code, at }: Finding): string {
  return `${code} ${at}`;
}

function verifiedByOpenssl({ root }: World, certificate: string): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'cagebridge-check-'));
  try {
    const [ca, chain, leaf] = ['ca.pem', 'chain.pem', 'leaf.pem'].map((name) => join(directory, name));
    writeFileSync(ca!, root.certificate);
    writeFileSync(chain!, certificate);
    writeFileSync(leaf!, new X509Certificate(certificate).toString());
    const rules = ['-purpose', 'sslclient', '-auth_level', '2'];
    execFileSync('openssl', ['verify', '-CAfile', ca!, '-untrusted', chain!, ...rules, leaf!], {
      stdio: 'pipe',
    });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
