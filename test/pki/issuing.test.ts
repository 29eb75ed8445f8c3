import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, webcrypto, X509Certificate } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import fc from 'fast-check';
import { type AltName, altNamesOf, isUsableName, nameTexts, sameName } from '../../src/pki/alt-names.ts';
import { issueCertificate, leafDaysMax, type LeafOrder, orderRefusal } from '../../src/pki/issuing.ts';
import { makeKey, openEncryptedKey, plainKeyPem } from '../../src/pki/keys.ts';
import { issueIntoFiles } from '../../src/pki/leaf-files.ts';
import { revokeCertificate } from '../../src/pki/revoking.ts';
import { keySigner, type Signer } from '../../src/pki/signer.ts';
import { makeRequest } from '../../src/pki/request.ts';
import {
  actTerms,
  freshAuthority,
  openssl,
  passphrases,
  type TestAuthority,
  withoutOpenssl,
} from '../support/authority.ts';
import { freshSeed } from '../support/seed.ts';

const dayMs = 86_400_000;

const client: LeafOrder = { role: 'client', partnerId: 'bank-a', names: [], days: 397, automatic: false };
const server: LeafOrder = {
  role: 'server',
  names: [{ type: 'dns', value: 'cage.example' }],
  days: 397,
  automatic: false,
};

const termsOf = ({ signer }: TestAuthority, now = new Date()) => ({ signer, now, act: actTerms() });

const url = (value: string): AltName => ({ type: 'url', value });

async function someKey() {
  return createPublicKey(await makeKey('ec-p256'));
}

describe('a certificate that was issued', () => {
  for (const [role, order, purpose, usage] of [
    ['client', client, 'sslclient', 'Client'],
    ['server', server, 'sslserver', 'Server'],
  ] as const) {
    test(`is for a ${role}, as OpenSSL sees it`, { skip: withoutOpenssl }, async (t) => {
      const authority = await freshAuthority(t);
      const { folder } = authority;
      for (const keyKind of ['ec-p256', 'rsa-2048'] as const) {
        const paths = {
          certificate: join(folder.directory, `${keyKind}.pem`),
          key: join(folder.directory, `${keyKind}.key`),
        };
        const issued = await issueIntoFiles(folder, { ...order, keyKind, paths }, termsOf(authority));
        assert.ok('entry' in issued, JSON.stringify(issued));
        const { certificate: root } = authority.root;
        await writeFile(
          join(folder.directory, 'all.crl'),
          (await readFile(folder.paths.list('root'), 'utf8')) +
            (await readFile(folder.paths.list('issuing'), 'utf8')),
        );
        assert.equal(await readFile(folder.paths.certificate('root'), 'utf8'), root);
        openssl(
          'verify',
          '-x509_strict',
          '-purpose',
          purpose,
          '-crl_check_all',
          '-CRLfile',
          join(folder.directory, 'all.crl'),
          '-CAfile',
          folder.paths.certificate('root'),
          '-untrusted',
          paths.certificate,
          paths.certificate,
        );
        const other = purpose === 'sslclient' ? 'sslserver' : 'sslclient';
        assert.throws(() =>
          openssl(
            'verify',
            '-purpose',
            other,
            '-CAfile',
            folder.paths.certificate('root'),
            '-untrusted',
            paths.certificate,
            paths.certificate,
          ),
        );
        const text = openssl('x509', '-in', paths.certificate, '-noout', '-text');
        assert.match(text, /Version: 3/);
        assert.match(text, /Basic Constraints: critical\s+CA:FALSE/);
        assert.match(
          text,
          keyKind === 'rsa-2048'
            ? /Key Usage: critical\s+Digital Signature, Key Encipherment/
            : /Key Usage: critical\s+Digital Signature\n/,
        );
        assert.match(text, new RegExp(`TLS Web ${usage} Authentication\\s*\\n`));
        assert.match(text, /Signature Algorithm: ecdsa-with-SHA256/);
        assert.match(
          text,
          role === 'client' ? /URI:urn:cagebridge:partner:bank-a\s*\n/ : /DNS:cage\.example\s*\n/,
        );
        assert.equal(statSync(paths.key).mode & 0o777, 0o600);
        const leaf = new X509Certificate(await readFile(paths.certificate, 'utf8'));
        assert.ok(leaf.checkPrivateKey(createPrivateKey(await readFile(paths.key, 'utf8'))));
      }
    });
  }

  test('begins a moment ago and ends in its issuer’s time', async (t) => {
    const authority = await freshAuthority(t, { days: { root: 500, issuing: 300 } });
    const now = new Date();
    const issued = await issueCertificate(
      authority.folder,
      { ...client, how: 'issued', publicKey: await someKey() },
      termsOf(authority, now),
    );
    assert.ok('entry' in issued);
    const leaf = new X509Certificate(issued.certificate);
    const issuer = new X509Certificate(authority.signer.certificate);
    assert.equal(leaf.validToDate.getTime(), issuer.validToDate.getTime(), 'and no longer');
    assert.ok(leaf.validFromDate < now && leaf.validFromDate >= issuer.validFromDate);
    assert.deepEqual(issued.entry.notAfter, leaf.validToDate);
    assert.deepEqual(issued.chain, [authority.signer.certificate, authority.root.certificate]);
  });

  test('writes over no file, and leaves no key where it is refused', async (t) => {
    const authority = await freshAuthority(t);
    const paths = {
      certificate: join(authority.folder.directory, 'x.pem'),
      key: join(authority.folder.directory, 'x.key'),
    };
    const order = { ...client, keyKind: 'ec-p256', paths } as const;
    const short = await issueIntoFiles(authority.folder, { ...order, days: 1 }, termsOf(authority));
    assert.deepEqual([short, existsSync(paths.key)], [{ refused: 'shortWithoutRenewal' }, false]);
    await writeFile(paths.key, 'of somebody');
    const before = authority.folder.acts().length;
    assert.deepEqual(await issueIntoFiles(authority.folder, order, termsOf(authority)), {
      refused: 'fileThere',
    });
    assert.equal(await readFile(paths.key, 'utf8'), 'of somebody');
    assert.equal(authority.folder.acts().length, before);
  });
});

test(
  'whoever has bytes signed can be an authority: the key is nowhere that it could be read',
  { skip: withoutOpenssl },
  async (t) => {
    const { folder } = await freshAuthority(t);
    const held = openEncryptedKey(await readFile(folder.paths.key('issuing'), 'utf8'), passphrases.issuing);
    const der = held?.export({ type: 'pkcs8', format: 'der' }) ?? Buffer.alloc(0);
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
    const module = await webcrypto.subtle.importKey('pkcs8', Uint8Array.from(der), algorithm, false, [
      'sign',
    ]);
    await assert.rejects(webcrypto.subtle.exportKey('pkcs8', module));
    const certificate = folder.certificates.issuing;
    const publicKey = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
    let signatures = 0;
    const signer: Signer = {
      certificate,
      chain: [folder.certificates.root],
      algorithm: 'ecdsaP256Sha256',
      publicKey,
      sign: async (bytes) => {
        signatures += 1;
        const signed = await webcrypto.subtle.sign(
          { ...algorithm, hash: 'SHA-256' },
          module,
          Uint8Array.from(bytes),
        );
        return new Uint8Array(signed);
      },
    };
    const order = { ...client, how: 'issued', publicKey: await someKey() } as const;
    const issued = await issueCertificate(folder, order, { signer, now: new Date(), act: actTerms() });
    assert.ok('entry' in issued);
    const { fingerprint256 } = issued.entry;
    const list = { of: 'issuing', signer, days: 7, now: new Date(), act: actTerms() } as const;
    await revokeCertificate(folder, { fingerprint256, reason: 'superseded', act: actTerms() }, list);
    assert.equal(signatures, 2);
    const [leaf, all] = [join(folder.directory, 'leaf.pem'), join(folder.directory, 'all.pem')];
    await writeFile(leaf, issued.certificate);
    await writeFile(all, certificate + folder.certificates.root);
    openssl(
      'verify',
      '-CAfile',
      folder.paths.certificate('root'),
      '-untrusted',
      folder.paths.certificate('issuing'),
      leaf,
    );
    openssl('crl', '-in', folder.paths.list('issuing'), '-noout', '-verify', '-CAfile', all);
  },
);

describe('what is not issued', () => {
  const refusals: readonly [string, LeafOrder, ReturnType<typeof orderRefusal>][] = [
    ['the usual client', client, undefined],
    ['the usual server', server, undefined],
    ['a server of a partner', { ...server, partnerId: 'bank-a' }, undefined],
    ['a client of the house', { ...client, names: [url('urn:cagebridge:gateway-client')] }, undefined],
    ["the partner's own name again", { ...client, names: [url('urn:cagebridge:partner:bank-a')] }, undefined],
    ['nobody', { role: 'client', names: [], days: 397, automatic: false }, 'nameless'],
    [
      "another partner's name",
      { ...client, names: [url('urn:cagebridge:partner:bank-b')] },
      'otherPartnersName',
    ],
    [
      "another partner's name in capitals",
      { ...client, names: [url('URN:CAGEBRIDGE:PARTNER:bank-b')] },
      'otherPartnersName',
    ],
    [
      "a partner's name for the house",
      { ...server, names: [url('urn:cagebridge:partner:bank-a')] },
      'otherPartnersName',
    ],
    ['a wildcard', { ...server, names: [{ type: 'dns', value: '*.cage.example' }] }, 'nameUnusable'],
    [
      'an address as a host name',
      { ...server, names: [{ type: 'dns', value: '127.0.0.1' }] },
      'nameUnusable',
    ],
    [
      'a host name as an address',
      { ...server, names: [{ type: 'ip', value: 'cage.example' }] },
      'nameUnusable',
    ],
    ['an address with a zone', { ...server, names: [{ type: 'ip', value: 'fe80::1%eth0' }] }, 'nameUnusable'],
    [
      'a line break in a name',
      { ...server, names: [{ type: 'dns', value: 'cage\n.example' }] },
      'nameUnusable',
    ],
    [
      'a NUL in a name',
      { ...server, names: [{ type: 'dns', value: 'cage.example\0.evil.example' }] },
      'nameUnusable',
    ],
    ['a relative URI', { ...client, names: [url('bank')] }, 'nameUnusable'],
    ['one day, by hand', { ...client, days: 1 }, 'shortWithoutRenewal'],
    ['29 days, by hand', { ...client, days: 29 }, 'shortWithoutRenewal'],
    ['30 days, by hand', { ...client, days: 30 }, undefined],
    ['one day, by a machine', { ...client, days: 1, automatic: true }, undefined],
    ['the longest', { ...client, days: leafDaysMax }, undefined],
    ['longer than that', { ...client, days: leafDaysMax + 1 }, 'tooLong'],
  ];

  test('by its order', async (t) => {
    const authority = await freshAuthority(t);
    for (const [what, order, expected] of refusals) {
      assert.equal(orderRefusal(order, termsOf(authority)), expected, what);
    }
    const before = authority.folder.acts();
    const issued = await issueCertificate(
      authority.folder,
      { ...client, days: 1, how: 'issued', publicKey: await someKey() },
      termsOf(authority),
    );
    assert.deepEqual(issued, { refused: 'shortWithoutRenewal' });
    assert.deepEqual(authority.folder.acts(), before, 'a refusal leaves nothing behind');
  });

  test('by an authority that is near its end, or past it', async (t) => {
    const authority = await freshAuthority(t);
    const end = new X509Certificate(authority.signer.certificate).validToDate.getTime();
    const at = (days: number) => termsOf(authority, new Date(end - days * dayMs));
    assert.equal(orderRefusal(client, at(31)), undefined);
    assert.equal(orderRefusal(client, at(29)), 'issuerEndsTooSoon');
    assert.equal(orderRefusal({ ...client, automatic: true, days: 10 }, at(2)), undefined);
    assert.equal(orderRefusal({ ...client, automatic: true, days: 10 }, at(0.5)), 'issuerEndsTooSoon');
    assert.equal(orderRefusal({ ...client, automatic: true, days: 10 }, at(-1)), 'issuerEndsTooSoon');
  });

  test("for a key that is somebody else's, an authority's, or was given away", async (t) => {
    const authority = await freshAuthority(t);
    const { folder } = authority;
    const publicKey = await someKey();
    const order = { ...client, how: 'signed', publicKey } as const;
    const first = await issueCertificate(folder, order, termsOf(authority));
    assert.ok('entry' in first);
    assert.ok('entry' in (await issueCertificate(folder, order, termsOf(authority))), 'his own key, again');
    const others = { ...order, partnerId: 'bank-b' };
    assert.deepEqual(await issueCertificate(folder, others, termsOf(authority)), { refused: 'keyOfOther' });
    const ours = { ...order, publicKey: new X509Certificate(folder.certificates.issuing).publicKey };
    assert.deepEqual(await issueCertificate(folder, ours, termsOf(authority)), { refused: 'keyOfOther' });
    const { fingerprint256 } = first.entry;
    await revokeCertificate(folder, { fingerprint256, reason: 'keyCompromise', act: actTerms() }, undefined);
    assert.deepEqual(await issueCertificate(folder, order, termsOf(authority)), {
      refused: 'keyCompromised',
    });
  });

  test('by an authority that was revoked', async (t) => {
    const authority = await freshAuthority(t);
    const fingerprint256 = authority.folder.inventory()[1]?.fingerprint256 ?? '';
    await revokeCertificate(
      authority.folder,
      { fingerprint256, reason: 'cACompromise', act: actTerms() },
      undefined,
    );
    const issued = await issueCertificate(
      authority.folder,
      { ...client, how: 'issued', publicKey: await someKey() },
      termsOf(authority),
    );
    assert.deepEqual(issued, { refused: 'issuerRevoked' });
  });
});

describe('properties', () => {
  test(
    'whatever usable names go in come out, each once, beside the partner’s own',
    { timeout: 60_000 },
    async (t) => {
      const authority = await freshAuthority(t);
      const publicKey = await someKey();
      const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/);
      const name: fc.Arbitrary<AltName> = fc.oneof(
        fc
          .array(label, { minLength: 2, maxLength: 4 })
          .map((labels) => ({ type: 'dns', value: `${labels.join('.')}a` }) as const),
        fc.ipV4().map((value) => ({ type: 'ip', value }) as const),
        fc.ipV6().map((value) => ({ type: 'ip', value }) as const),
        fc
          .stringMatching(/^urn:[a-z]{2,8}:[A-Za-z0-9:.-]{1,40}$/)
          .map((value) => ({ type: 'url', value }) as const),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(name, { maxLength: 6 }), async (names) => {
          fc.pre(names.every(isUsableName));
          const order = { ...server, partnerId: 'bank-a', names, how: 'issued', publicKey } as const;
          const issued = await issueCertificate(authority.folder, order, termsOf(authority));
          assert.ok('entry' in issued, JSON.stringify(issued));
          const found = altNamesOf(issued.certificate);
          const wanted: AltName[] = [{ type: 'url', value: 'urn:cagebridge:partner:bank-a' }, ...names];
          for (const one of wanted) assert.equal(found.filter((other) => sameName(one, other)).length, 1);
          for (const one of found) assert.ok(wanted.some((other) => sameName(one, other)));
          assert.deepEqual(issued.entry.names, nameTexts(found));
        }),
        { numRuns: 40, seed: freshSeed(t) },
      );
    },
  );

  test('whatever text is a name never makes more of it than one name, or nothing', (t) => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        if (isUsableName({ type: 'dns', value })) assert.match(value, /^[A-Za-z0-9.-]+$/);
        if (isUsableName({ type: 'ip', value })) assert.match(value, /^[0-9a-fA-F.:]+$/);
        if (isUsableName({ type: 'url', value })) assert.match(value, /^[\x21-\x7e]+$/);
      }),
      { seed: freshSeed(t) },
    );
  });

  test(
    'serial numbers are positive, of 20 bytes, and none is there twice',
    { timeout: 60_000 },
    async (t) => {
      const authority = await freshAuthority(t);
      const publicKey = await someKey();
      const serials: string[] = [];
      for (let index = 0; index < 64; index += 1) {
        const issued = await issueCertificate(
          authority.folder,
          { ...client, how: 'issued', publicKey },
          termsOf(authority),
        );
        assert.ok('entry' in issued);
        serials.push(issued.entry.serialNumber);
      }
      assert.equal(new Set(serials).size, serials.length);
      for (const serial of serials) assert.match(serial, /^[4-7][0-9A-F]{39}$/);
      // Of 64 random numbers, each of the 158 bits is once set and once not, but for one in 2^56.
      const bits = serials.map((serial) => BigInt(`0x${serial}`));
      for (let bit = 0n; bit < 158n; bit += 1n) {
        const set = bits.filter((number) => ((number >> bit) & 1n) === 1n).length;
        assert.ok(set > 0 && set < serials.length, `bit ${bit} never changes`);
      }
      assert.deepEqual(
        authority.folder
          .inventory()
          .slice(2)
          .map(({ serialNumber }) => serialNumber),
        serials,
      );
    },
  );
});

test('a request that we make is one that OpenSSL verifies', { skip: withoutOpenssl }, async (t) => {
  const { folder } = await freshAuthority(t);
  for (const kind of ['ec-p256', 'rsa-2048'] as const) {
    const key = await makeKey(kind);
    assert.match(plainKeyPem(key), /^-----BEGIN PRIVATE KEY-----/);
    const path = join(folder.directory, 'x.csr');
    await writeFile(
      path,
      await makeRequest(keySigner(key), { name: 'CN=bank', names: [{ type: 'dns', value: 'bank.example' }] }),
    );
    assert.match(openssl('req', '-in', path, '-noout', '-verify', '-text'), /DNS:bank\.example/);
  }
});
