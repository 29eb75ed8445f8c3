import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, stat, writeFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { issueLeaf } from '../../src/pki/authority.ts';
import {
  developmentCertificates,
  developmentPartnerUri,
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
    const names = ['ca', 'server', 'partner-a', 'partner-b', 'stranger', 'expired', 'bank', 'gateway-client'];
    assert.deepEqual(
      (await readdir(directory)).toSorted(),
      names.flatMap((name) => [`${name}.key`, `${name}.pem`]).toSorted(),
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
      { name: 'bank', usage: serverAuth, issued: true, addresses: loopback },
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
