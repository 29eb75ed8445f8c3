import 'reflect-metadata';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { Pkcs10CertificateRequest } from '@peculiar/x509';
import type { AltName } from '../../src/pki/alt-names.ts';
import { derElement, pemOf } from '../../src/pki/der.ts';
import { signIntoFile } from '../../src/pki/leaf-files.ts';
import { makeKey } from '../../src/pki/keys.ts';
import { makeRequest, readRequest } from '../../src/pki/request.ts';
import { keySigner } from '../../src/pki/signer.ts';
import { actTerms, emptyFolder, freshAuthority, openssl, withoutOpenssl } from '../support/authority.ts';

const hisName: AltName = { type: 'url', value: 'urn:cagebridge:partner:bank-a' };

async function request(
  names: readonly AltName[] = [],
  kind: Parameters<typeof makeKey>[0] = 'ec-p256',
): Promise<string> {
  return makeRequest(keySigner(await makeKey(kind)), { name: 'CN=whatever', names });
}

/** With one bit of its signature, or of what it signs, turned over. */
function spoilt(pem: string, place: 'signature' | 'subject'): string {
  const der = Buffer.from(new Pkcs10CertificateRequest(pem).rawData);
  const at = place === 'signature' ? der.length - 1 : der.indexOf('whatever');
  der[at] = (der[at] ?? 0) ^ 1;
  return pemOf('CERTIFICATE REQUEST', der);
}

test('a request is read for its key, and proves that somebody has it', async () => {
  for (const kind of ['ec-p256', 'rsa-2048'] as const) {
    const key = await makeKey(kind);
    const pem = await makeRequest(keySigner(key), { name: 'CN=x', names: [hisName] });
    const read = await readRequest(pem, [hisName]);
    assert.ok('publicKey' in read, JSON.stringify(read));
    assert.ok(keySigner(createPrivateKey(key.export({ type: 'pkcs8', format: 'pem' }))).publicKey.length > 0);
    const spki = read.publicKey.export({ type: 'spki', format: 'der' });
    assert.deepEqual(Buffer.from(keySigner(key).publicKey), spki);
    const asKeytoolWritesIt = pem.replaceAll('CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST');
    assert.ok('publicKey' in (await readRequest(asKeytoolWritesIt, [hisName])));
  }
});

describe('nothing is signed for', () => {
  const good = request();
  const cases: readonly [string, () => Promise<string> | string, string, AltName[]?][] = [
    ['nothing', () => '', 'unreadable'],
    ['a certificate', () => '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n', 'unreadable'],
    ['a request that was cut', async () => (await good).slice(0, -40), 'unreadable'],
    [
      'DER that is something else',
      () => pemOf('CERTIFICATE REQUEST', derElement(0x30, Buffer.from('x'))),
      'unreadable',
    ],
    ['two requests', async () => (await good) + (await good), 'unreadable'],
    ['a request that is too long', async () => (await good) + ' '.repeat(70_000), 'unreadable'],
    ['a signature that is not of this key', async () => spoilt(await good, 'signature'), 'unproven'],
    ['a request that was changed', async () => spoilt(await good, 'subject'), 'unproven'],
    ['RSA of 1024 bits', () => request([], 'rsa-1024'), 'keyKind'],
    [
      "another partner's name",
      () => request([{ type: 'url', value: 'urn:cagebridge:partner:bank-b' }]),
      'nameNotHis',
    ],
    [
      'his own name and another one',
      () => request([hisName, { type: 'dns', value: 'cage.example' }]),
      'nameNotHis',
    ],
    [
      'a name that almost is allowed',
      () => request([{ type: 'dns', value: 'bank.example.evil' }]),
      'nameNotHis',
      [{ type: 'dns', value: 'bank.example' }],
    ],
  ];

  for (const [what, make, refused, allowed = [hisName]] of cases) {
    test(what, async () => assert.deepEqual(await readRequest(await make(), allowed), { refused }));
  }
});

test('names that are allowed may be asked for, however they are written', async () => {
  const allowed: AltName[] = [hisName, { type: 'dns', value: 'Bank.Example' }, { type: 'ip', value: '::1' }];
  const asked: AltName[] = [
    { type: 'dns', value: 'bank.EXAMPLE' },
    { type: 'ip', value: '0:0:0:0:0:0:0:1' },
    hisName,
  ];
  assert.ok('publicKey' in (await readRequest(await request(asked), allowed)));
});

const made = async (t: Parameters<typeof emptyFolder>[0], ...args: readonly string[]): Promise<string> => {
  const path = join(await emptyFolder(t), 'x');
  execFileSync(
    'openssl',
    ['req', '-new', '-nodes', '-subj', '/CN=x', '-keyout', `${path}.key`, '-out', path, ...args],
    { stdio: 'ignore' },
  );
  return readFile(path, 'utf8');
};

describe('requests that OpenSSL makes', { skip: withoutOpenssl }, () => {
  const rsa = ['-newkey', 'rsa:2048'];
  const cases: readonly [string, readonly string[], string | undefined][] = [
    ['RSA', rsa, undefined],
    ['RSA, signed with PSS', [...rsa, '-sigopt', 'rsa_padding_mode:pss'], undefined],
    ['RSA over SHA-512', [...rsa, '-sha512'], undefined],
    ['RSA over SHA-1', [...rsa, '-sha1'], 'weakSignature'],
    ['RSA of 1024 bits', ['-newkey', 'rsa:1024'], 'keyKind'],
    ['EC P-256', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], undefined],
    ['EC P-384', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'], 'keyKind'],
    ['EC secp256k1', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1'], 'keyKind'],
    ['Ed25519', ['-newkey', 'ed25519'], 'keyKind'],
    [
      "a person's address as a name",
      [...rsa, '-addext', 'subjectAltName=email:a@bank.example'],
      'nameNotHis',
    ],
    [
      'a name of a kind that nobody gets, and that is not taken over',
      [...rsa, '-addext', 'subjectAltName=otherName:1.2.3.4;UTF8:x'],
      undefined,
    ],
    ['a request to be an authority', [...rsa, '-addext', 'basicConstraints=critical,CA:TRUE'], undefined],
  ];

  for (const [what, args, refused] of cases) {
    test(what, async (t) => {
      const read = await readRequest(await made(t, ...args), [hisName]);
      assert.equal('refused' in read ? read.refused : undefined, refused);
    });
  }

  test('get what the partner may have, and nothing of what they ask for beside it', async (t) => {
    const { folder, signer } = await freshAuthority(t);
    const asked = await made(
      t,
      ...rsa,
      '-addext',
      'basicConstraints=critical,CA:TRUE',
      '-addext',
      'keyUsage=keyCertSign',
      '-addext',
      'extendedKeyUsage=serverAuth,codeSigning',
    );
    const path = join(folder.directory, 'signed.pem');
    const order = {
      role: 'client',
      partnerId: 'bank-a',
      names: [],
      days: 397,
      automatic: false,
      request: asked,
      path,
    } as const;
    const signed = await signIntoFile(folder, order, { signer, now: new Date(), act: actTerms() });
    assert.ok('entry' in signed, JSON.stringify(signed));
    assert.equal(signed.entry.how, 'signed');
    const text = openssl('x509', '-in', path, '-noout', '-text');
    assert.match(text, /CA:FALSE/);
    assert.match(text, /Subject: CN = bank-a\n/);
    assert.doesNotMatch(text, /Certificate Sign|Server Authentication|Code Signing/);
    openssl(
      'verify',
      '-purpose',
      'sslclient',
      '-CAfile',
      folder.paths.certificate('root'),
      '-untrusted',
      path,
      path,
    );
    const again = await signIntoFile(folder, order, { signer, now: new Date(), act: actTerms() });
    assert.deepEqual(again, { refused: 'fileThere' });
  });
});

test('a key with an exponent of 3 gets nothing', { skip: withoutOpenssl }, async (t) => {
  const folder = await emptyFolder(t);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 });
  await writeFile(join(folder, 'k'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const pem = openssl('req', '-new', '-key', join(folder, 'k'), '-subj', '/CN=x');
  assert.deepEqual(await readRequest(pem, [hisName]), { refused: 'keyKind' });
});
