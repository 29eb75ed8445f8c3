import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, stat, writeFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { readSigningSecret } from '../../src/platform/request-signature.ts';
import { issueLeaf } from '../../src/pki/authority.ts';
import {
  developmentCertificates,
  developmentPartnerUri,
  developmentSecrets,
  isDevelopmentCertificate,
} from '../../src/pki/development.ts';

const dayMs = 86_400_000;
const clock = { now: () => new Date() };
const inDays = (days: number) => ({ now: () => new Date(Date.now() + days * dayMs) });

async function emptyDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'cagebridge-pki-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return join(directory, 'home', 'certs');
}

describe('development certificates', () => {
  test('are files that only their owner can use, and nothing else is left beside them', async (t) => {
    const directory = await emptyDirectory(t);
    const made = await developmentCertificates(directory, { clock });
    assert.equal((await stat(directory)).mode & 0o777, 0o700);
    const names = 'ca server public partner-a partner-b stranger expired bank psp gateway-client'.split(' ');
    assert.deepEqual(
      (await readdir(directory)).toSorted(),
      [
        ...names.flatMap((name) => [`${name}.key`, `${name}.pem`]),
        'close-signing.key',
        'psp-signing.key',
        'psp-webhook.key',
      ].toSorted(),
    );
    for (const { certificate, key, certificatePath, keyPath } of Object.values(made)) {
      assert.equal((await stat(keyPath)).mode & 0o777, 0o600);
      assert.equal(await readFile(certificatePath, 'utf8'), certificate);
      assert.equal(await readFile(keyPath, 'utf8'), key);
    }
  });

  test('say who they are for, and who issued them', async (t) => {
    const made = await developmentCertificates(await emptyDirectory(t), { clock });
    const ca = new X509Certificate(made.ca.certificate);
    assert.equal(ca.ca, true);
    const clientAuth = '1.3.6.1.5.5.7.3.2';
    const serverAuth = '1.3.6.1.5.5.7.3.1';
    const loopback = ['127.0.0.1', '::1'];
    const partnerA = `URI:${developmentPartnerUri('partner-a')}`;
    const rows = [
      { name: 'server', usage: serverAuth, issued: true, addresses: loopback },
      { name: 'public', usage: serverAuth, issued: true, addresses: loopback },
      { name: 'bank', usage: serverAuth, issued: true, addresses: loopback },
      { name: 'psp', usage: serverAuth, issued: true, addresses: loopback },
      { name: 'partner-a', usage: clientAuth, issued: true, san: partnerA },
      {
        name: 'partner-b',
        usage: clientAuth,
        issued: true,
        san: `URI:${developmentPartnerUri('partner-b')}`,
      },
      { name: 'gateway-client', usage: clientAuth, issued: true, san: 'URI:urn:cagebridge:gateway-client' },
      { name: 'expired', usage: clientAuth, issued: true, san: partnerA },
      { name: 'stranger', usage: clientAuth, issued: false, san: partnerA },
    ] as const;
    for (const row of rows) {
      const certificate = new X509Certificate(made[row.name].certificate);
      assert.deepEqual(certificate.keyUsage, [row.usage], row.name);
      assert.equal(certificate.verify(ca.publicKey), row.issued, row.name);
      assert.equal(certificate.ca, false, row.name);
      assert.equal(certificate.publicKey.asymmetricKeyType, 'rsa', row.name);
      assert.equal(certificate.validToDate.getTime() < Date.now(), row.name === 'expired', row.name);
      if ('san' in row) assert.equal(certificate.subjectAltName, row.san);
      else {
        assert.equal(certificate.checkHost('localhost'), 'localhost');
        for (const address of row.addresses) assert.equal(certificate.checkIP(address), address);
      }
    }
  });

  test('are reused while they last, and made anew when a week is left, one is missing, or one is foreign', async (t) => {
    const directory = await emptyDirectory(t);
    const first = await developmentCertificates(directory, { clock });
    assert.deepEqual(await developmentCertificates(directory, { clock: inDays(80) }), first);

    const damages: readonly [string, () => Promise<unknown>][] = [
      ['missing', () => rm(first['partner-b'].keyPath)],
      ['no certificate', () => writeFile(first.server.certificatePath, 'no certificate')],
      ['no key', () => writeFile(first.bank.keyPath, 'no key')],
      ['another key', () => writeFile(first.bank.keyPath, first.server.key)],
      ['another authority', () => writeFile(first.bank.certificatePath, first.stranger.certificate)],
      ['a key for everybody', () => chmod(first.ca.keyPath, 0o644)],
      [
        'an older version made the folder',
        async () => {
          await rm(first.psp.keyPath);
          await rm(first.psp.certificatePath);
        },
      ],
    ];
    let before = first;
    for (const [damage, make] of damages) {
      await make();
      const after = await developmentCertificates(directory, { clock });
      assert.notEqual(after.ca.certificate, before.ca.certificate, damage);
      assert.deepEqual(await developmentCertificates(directory, { clock }), after, damage);
      before = after;
    }
    const nearTheEnd = await developmentCertificates(directory, { clock: inDays(84) });
    assert.notEqual(nearTheEnd.ca.certificate, before.ca.certificate);
    const beforeTheStart = await developmentCertificates(directory, { clock: inDays(-3) });
    assert.notEqual(beforeTheStart.ca.certificate, nearTheEnd.ca.certificate);
  });

  test('are one set for all who start at once', async (t) => {
    const directory = await emptyDirectory(t);
    const sets = await Promise.all([1, 2, 3].map(() => developmentCertificates(directory, { clock })));
    assert.deepEqual(sets[1], sets[0]);
    assert.deepEqual(sets[2], sets[0]);
  });

  test('are recognised, whoever holds them; others are not', async (t) => {
    const made = await developmentCertificates(await emptyDirectory(t), { clock });
    for (const [name, { certificate }] of Object.entries(made)) {
      assert.equal(isDevelopmentCertificate(certificate), true, name);
    }
    const validity = { notBefore: new Date(), notAfter: new Date(Date.now() + dayMs) };
    const similar = await issueLeaf({
      name: 'O=Cagebridge development only Ltd, CN=bank',
      usages: ['serverAuth'],
      altNames: [],
      ...validity,
    });
    assert.equal(isDevelopmentCertificate(similar.certificate), false);
  });
});

describe('development secrets', () => {
  test('are made with the certificates, for their owner alone, and stay when the certificates are made anew', async (t) => {
    const directory = await emptyDirectory(t);
    const { ca } = await developmentCertificates(directory, { clock });
    const made = await developmentSecrets(directory);
    assert.match(made.pspSigning, /^[A-Za-z0-9+/]{43}=$/);
    assert.match(made.pspWebhook, /^whsec_[A-Za-z0-9+/]{43}=$/);
    assert.notEqual(made.pspWebhook, `whsec_${made.pspSigning}`);
    for (const [name, secret] of [
      ['psp-signing.key', made.pspSigning],
      ['psp-webhook.key', made.pspWebhook],
    ] as const) {
      assert.equal((await stat(join(directory, name))).mode & 0o777, 0o600);
      assert.equal(await readFile(join(directory, name), 'utf8'), `${secret}\n`);
    }
    assert.ok(readSigningSecret(`${made.pspSigning}\n`), 'the bridge reads what was made');
    await rm(ca.keyPath);
    await developmentCertificates(directory, { clock });
    assert.deepEqual(await developmentSecrets(directory), made);
  });

  test('are made one by one where one is missing, broken or open to others, also beside certificates that stay', async (t) => {
    const directory = await emptyDirectory(t);
    const certificates = await developmentCertificates(directory, { clock });
    const path = join(directory, 'psp-signing.key');
    const damages: readonly [string, () => Promise<unknown>][] = [
      ['missing', () => rm(path)],
      ['empty', () => writeFile(path, '')],
      ['short', () => writeFile(path, 'c2hvcnQ=\n')],
      ['for everybody', () => chmod(path, 0o644)],
    ];
    let before = await developmentSecrets(directory);
    for (const [damage, make] of damages) {
      await make();
      assert.deepEqual(await developmentCertificates(directory, { clock }), certificates, damage);
      const after = await developmentSecrets(directory);
      assert.notEqual(after.pspSigning, before.pspSigning, damage);
      assert.equal(after.pspWebhook, before.pspWebhook, damage);
      before = after;
    }
  });

  test('are one for all who start at once', async (t) => {
    const directory = await emptyDirectory(t);
    const [first, ...others] = await Promise.all([1, 2, 3].map(() => developmentSecrets(directory)));
    for (const other of others) assert.deepEqual(other, first);
  });
});
