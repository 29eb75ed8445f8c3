/** Files for Java and Windows: what we write others read, and what others write we read. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { type Credential, issueLeaf, makeAuthority } from '../../src/pki/authority.ts';
import { isUsablePassword, pkcs12From, readPkcs12 } from '../../src/pki/pkcs12.ts';

const password = 'correct horse 7';
const now = Date.now();
const validity = { notBefore: new Date(now - 60_000), notAfter: new Date(now + 86_400_000) };

interface Pair extends Credential {
  readonly chain: readonly X509Certificate[];
}

async function pairOf(keyKind: 'ec-p256' | 'rsa-2048'): Promise<Pair> {
  const root = await makeAuthority({ name: 'CN=Root', keyKind: 'ec-p256', ...validity });
  const leaf = await issueLeaf({
    name: 'CN=leaf',
    usages: ['clientAuth'],
    altNames: [],
    keyKind,
    issuer: root,
    ...validity,
  });
  return { ...leaf, chain: [leaf, root].map(({ certificate }) => new X509Certificate(certificate)) };
}

function emptyDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'cagebridge-p12-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const hasKeytool = spawnSync('keytool', ['-help']).error === undefined;

for (const kind of ['ec-p256', 'rsa-2048'] as const) {
  describe(`PKCS#12 with ${kind}`, () => {
    test('OpenSSL and Java read it, with the key under AES-256', async (t) => {
      const { key, chain } = await pairOf(kind);
      const file = join(emptyDirectory(t), 'bank.p12');
      writeFileSync(file, await pkcs12From({ key: createPrivateKey(key), chain, alias: 'bank', password }));
      const read = spawnSync('openssl', [
        'pkcs12',
        '-in',
        file,
        '-passin',
        `pass:${password}`,
        '-info',
        '-nodes',
      ]);
      assert.equal(read.status, 0, read.stderr.toString());
      assert.match(read.stderr.toString(), /MAC: sha256, Iteration 10000/);
      assert.match(
        read.stderr.toString(),
        /PBES2, PBKDF2, AES-256-CBC, Iteration 600000, PRF hmacWithSHA256/,
      );
      assert.ok(createPrivateKey(read.stdout).equals(createPrivateKey(key)));
      if (!hasKeytool) return t.diagnostic('there is no keytool here');
      const listed = execFileSync('keytool', [
        '-list',
        '-v',
        '-keystore',
        file,
        '-storepass',
        password,
      ]).toString();
      assert.match(listed, /Entry type: PrivateKeyEntry/);
      assert.match(listed, /Certificate chain length: 2/);
      assert.ok(listed.includes(chain[0]!.fingerprint256));
    });

    test('we read what OpenSSL writes, now and long ago', async (t) => {
      const { key, chain } = await pairOf(kind);
      const directory = emptyDirectory(t);
      const [certificates, keyFile] = [join(directory, 'chain.pem'), join(directory, 'leaf.key')];
      writeFileSync(certificates, chain.map(String).join(''));
      writeFileSync(keyFile, key);
      for (const age of [[], ['-legacy'], ['-keypbe', 'NONE', '-certpbe', 'NONE']]) {
        const out = join(directory, 'made.p12');
        const args = ['-in', certificates, '-inkey', keyFile, '-passout', `pass:${password}`, '-out', out];
        execFileSync('openssl', ['pkcs12', '-export', ...age, ...args], { stdio: 'pipe' });
        const found = readPkcs12(readFileSync(out), password);
        assert.ok(typeof found !== 'string', age.join(' '));
        assert.deepEqual(
          found.certificates.map(({ fingerprint256 }) => fingerprint256).toSorted(),
          chain.map(({ fingerprint256 }) => fingerprint256).toSorted(),
        );
        assert.ok(found.keys[0]?.equals(createPrivateKey(key)));
      }
    });
  });
}

test('we read what we write, byte for byte, and not with another password', async () => {
  const { key, chain } = await pairOf('ec-p256');
  const bytes = await pkcs12From({ key: createPrivateKey(key), chain, alias: 'bank', password });
  const found = readPkcs12(bytes, password);
  assert.ok(typeof found !== 'string');
  assert.deepEqual(
    found.certificates.map(({ raw }) => raw),
    chain.map(({ raw }) => raw),
  );
  assert.equal(found.keys.length, 1);
  assert.ok(found.keys[0]?.equals(createPrivateKey(key)));
  assert.equal(readPkcs12(bytes, 'another one'), 'wrongPassword');
  assert.equal(readPkcs12(bytes.subarray(0, -10), password), 'unreadable');
  assert.equal(readPkcs12(Buffer.from('no file of this kind'), password), 'unreadable');
});

test('a password is of letters that every stack writes alike, and not a short one', () => {
  const rows = [
    ['correct horse', true],
    ['short', false],
    ['pässwörter', false],
    ['line\nbreak', false],
    ['x'.repeat(129), false],
  ] as const;
  for (const [text, isUsable] of rows) assert.equal(isUsablePassword(text), isUsable, text);
});
