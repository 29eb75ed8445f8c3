import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { appendFile, chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { filedCertificate, openAuthorityFolder } from '../../src/pki/authority-folder.ts';
import { makeAuthorityFolder } from '../../src/pki/authority-making.ts';
import { readRecord } from '../../src/pki/authority-record.ts';
import { issueCertificate } from '../../src/pki/issuing.ts';
import { keyKinds, makeKey } from '../../src/pki/keys.ts';
import { Misconfigured } from '../../src/platform/misconfigured.ts';
import {
  actTerms,
  emptyFolder,
  freshAuthority,
  newAuthority,
  openssl,
  passphrases,
  withoutOpenssl,
} from '../support/authority.ts';

const dayMs = 86_400_000;

describe('an authority that was made', () => {
  test('is a folder for its owner alone, and has nothing but the root above it', async (t) => {
    const { folder } = await freshAuthority(t, {});
    const files = readdirSync(folder.directory, { recursive: true, withFileTypes: true });
    for (const entry of files) {
      const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o777;
      assert.equal(mode, entry.isDirectory() ? 0o700 : 0o600, entry.name);
    }
    assert.equal(statSync(folder.directory).mode & 0o777, 0o700);
    const [root, issuing] = [folder.certificates.root, folder.certificates.issuing].map(
      (pem) => new X509Certificate(pem),
    );
    assert.ok(root?.ca && issuing?.ca && issuing.checkIssued(root) && issuing.verify(root.publicKey));
    assert.ok(root.verify(root.publicKey));
    assert.deepEqual(
      folder.inventory().map(({ role, how, serialNumber }) => [role, how, serialNumber]),
      [
        ['root', 'made', root.serialNumber],
        ['issuing', 'made', issuing.serialNumber],
      ],
    );
    assert.ok(root.validToDate.getTime() - Date.now() > 7_000 * dayMs);
    const siblings = readdirSync(join(folder.directory, '..'));
    assert.deepEqual(siblings, ['ca'], 'nothing is left of the place where it was put together');
  });

  test('has its keys under passphrases, a different one for each', async (t) => {
    const { folder } = await freshAuthority(t);
    for (const name of ['root', 'issuing'] as const) {
      const text = await readFile(folder.paths.key(name), 'utf8');
      assert.doesNotMatch(text, /BEGIN (?:RSA |EC )?PRIVATE KEY/);
      assert.throws(() => createPrivateKey(text));
      const signer = await folder.signer(name, passphrases[name]);
      assert.equal(signer.certificate, folder.certificates[name]);
      const other = passphrases[name === 'root' ? 'issuing' : 'root'];
      await assert.rejects(folder.signer(name, other), (error: unknown) => {
        assert.ok(error instanceof Misconfigured);
        assert.match(error.message, /\.key: is not opened by this passphrase$/);
        assert.ok(!error.message.includes(other), 'the passphrase is not repeated');
        return true;
      });
    }
  });

  test('is what OpenSSL takes it for', { skip: withoutOpenssl }, async (t) => {
    const { folder } = await freshAuthority(t);
    const { paths } = folder;
    for (const name of ['root', 'issuing'] as const) {
      process.env['CAGEBRIDGE_TEST_PASSPHRASE'] = passphrases[name];
      openssl(
        'pkey',
        '-in',
        paths.key(name),
        '-passin',
        'env:CAGEBRIDGE_TEST_PASSPHRASE',
        '-noout',
        '-check',
      );
    }
    const text = openssl('x509', '-in', paths.certificate('issuing'), '-noout', '-text');
    assert.match(text, /Version: 3/);
    assert.match(text, /Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    assert.match(text, /Key Usage: critical\s+Certificate Sign, CRL Sign/);
    assert.match(text, /Subject Key Identifier/);
    assert.match(text, /Authority Key Identifier/);
    assert.match(openssl('x509', '-in', paths.certificate('root'), '-noout', '-text'), /CA:TRUE, pathlen:1/);
    openssl('verify', '-CAfile', paths.certificate('root'), paths.certificate('issuing'));
    for (const name of ['root', 'issuing'] as const) {
      const all = join(folder.directory, 'all.pem');
      await writeFile(all, folder.certificates.root + folder.certificates.issuing);
      openssl('crl', '-in', paths.list(name), '-noout', '-verify', '-CAfile', all);
    }
  });

  test('can be of every kind of key that is offered', { skip: withoutOpenssl }, async (t) => {
    for (const keyKind of keyKinds.filter((kind) => kind !== 'rsa-4096')) {
      const { folder } = await freshAuthority(t, { keyKind });
      openssl('verify', '-CAfile', folder.paths.certificate('root'), folder.paths.certificate('issuing'));
      const expected = keyKind.startsWith('rsa') ? 'rsaSha256' : 'ecdsaP256Sha256';
      assert.equal((await folder.signer('issuing', passphrases.issuing)).algorithm, expected);
    }
  });

  test('never outlives its root', async (t) => {
    const { folder } = await freshAuthority(t, { days: { root: 100, issuing: 1_826 } });
    const [root, issuing] = folder.inventory();
    assert.deepEqual(issuing?.notAfter, root?.notAfter);
  });
});

describe('a folder where something is', () => {
  test('gets no authority, and keeps what it has', async (t) => {
    const directory = join(await emptyFolder(t), 'ca');
    await mkdir(directory);
    assert.notEqual(
      await makeAuthorityFolder(directory, newAuthority()),
      'taken',
      'an empty folder is a place for one',
    );
    const before = await readFile(join(directory, 'root.key'), 'utf8');
    assert.equal(await makeAuthorityFolder(directory, newAuthority()), 'taken');
    assert.equal(await readFile(join(directory, 'root.key'), 'utf8'), before);
    const file = join(directory, 'root.pem');
    assert.equal(await makeAuthorityFolder(file, newAuthority()), 'taken');
  });

  test('gets one authority where two are made at once', async (t) => {
    const directory = join(await emptyFolder(t), 'ca');
    const made = await Promise.all([1, 2, 3].map(() => makeAuthorityFolder(directory, newAuthority())));
    const winners = made.filter((one) => one !== 'taken');
    assert.equal(winners.length, 1);
    assert.deepEqual(openAuthorityFolder(directory).certificates, winners[0]?.certificates);
    assert.deepEqual(readdirSync(join(directory, '..')), ['ca']);
  });
});

describe('a folder that is not as it was left', () => {
  const damages: readonly [string, RegExp, (directory: string) => Promise<unknown>][] = [
    ['no record', /: holds no authority$/, (directory) => rm(join(directory, 'record.jsonl'))],
    [
      'a record that was cut',
      /record\.jsonl: does not end with a line break: it was cut$/,
      (directory) => appendFile(join(directory, 'record.jsonl'), '{"id":"x"'),
    ],
    [
      'a line that is no act',
      /record\.jsonl: line 5: is no act of an authority$/,
      (directory) =>
        appendFile(join(directory, 'record.jsonl'), '{"kind":"issued","at":"2026-01-01T00:00:00Z"}\n'),
    ],
    [
      'a line of another kind',
      /line 5: is no act/,
      (directory) =>
        appendFile(join(directory, 'record.jsonl'), '{"kind":"constructor","at":"2026-01-01T00:00:00Z"}\n'),
    ],
    [
      'a line that is no JSON',
      /line 5: is no act/,
      (directory) => appendFile(join(directory, 'record.jsonl'), 'SECRET\n'),
    ],
    [
      'no root certificate',
      /root\.pem cannot be read \(ENOENT\)$/,
      (directory) => rm(join(directory, 'root.pem')),
    ],
    [
      'a root key that was put away',
      /root\.key: is not here; bring the key back/,
      (directory) => rm(join(directory, 'root.key')),
    ],
    [
      'a root key for everybody',
      /root\.key is a secret that others than its owner can use/,
      (directory) => chmod(join(directory, 'root.key'), 0o644),
    ],
  ];

  for (const [damage, said, make] of damages) {
    test(`${damage} is said in a sentence`, async (t) => {
      const { folder } = await freshAuthority(t);
      await make(folder.directory);
      await assert.rejects(
        async () => {
          const opened = openAuthorityFolder(folder.directory);
          opened.inventory();
          await opened.signer('root', passphrases.root);
        },
        (error: unknown) => {
          assert.ok(error instanceof Misconfigured, String(error));
          assert.match(error.message, said);
          assert.doesNotMatch(error.message, /SECRET/);
          return true;
        },
      );
    });
  }

  test("the key of another authority is not this one's", async (t) => {
    const [{ folder }, other] = [await freshAuthority(t), await freshAuthority(t, {})];
    const certificate = folder.certificates.issuing;
    const foreign = (await readFile(other.folder.paths.key('issuing'), 'utf8')).replace(
      /^[\s\S]*?END CERTIFICATE-----\n/,
      certificate,
    );
    await writeFile(folder.paths.key('issuing'), foreign);
    await assert.rejects(
      openAuthorityFolder(folder.directory).signer('issuing', passphrases.issuing),
      /is not the key of the certificate/,
    );
  });

  test('a certificate whose process died before it was filed is in the inventory, and nowhere else', async (t) => {
    const { folder, signer } = await freshAuthority(t);
    const publicKey = createPublicKey(await makeKey('ec-p256'));
    const order = {
      role: 'client',
      partnerId: 'bank-a',
      names: [],
      days: 397,
      automatic: false,
      how: 'issued',
      publicKey,
    } as const;
    const issued = await issueCertificate(folder, order, { signer, now: new Date(), act: actTerms() });
    assert.ok('entry' in issued);
    assert.equal(await filedCertificate(folder, issued.entry), issued.certificate);
    await rm(folder.paths.issuedFile(issued.entry));
    assert.equal(await filedCertificate(openAuthorityFolder(folder.directory), issued.entry), undefined);
    assert.equal(folder.inventory().at(-1)?.serialNumber, issued.entry.serialNumber);
  });

  test("the lock and the half-written files of a process that died are nobody's", async (t) => {
    const { folder } = await freshAuthority(t);
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
    if (boot === '') return t.skip('nobody can tell here whether a process is alive');
    // Whoever writes the lock says who he is; this one takes his words and a number that no process has.
    const token = await folder.change(() => readFile(join(folder.directory, '.lock'), 'utf8'));
    await writeFile(join(folder.directory, '.lock'), token.replace(/^\d+/, '4194305'));
    const left = join(folder.directory, 'issued', 'X.pem.0.new');
    await writeFile(left, 'half');
    const from = performance.now();
    await folder.change(() => Promise.resolve());
    assert.ok(performance.now() - from < 10_000, 'nobody waits until it grows stale');
    assert.equal(existsSync(left), false);
  });
});

test('a record reads as it was written', async (t) => {
  const { folder } = await freshAuthority(t);
  const text = await readFile(folder.paths.record, 'utf8');
  const acts = readRecord(text, 'record');
  assert.deepEqual(acts, folder.acts());
  assert.ok(
    acts.every(
      ({ at, subject, reason, id }) =>
        at instanceof Date && subject === 'os:test' && reason !== '' && id.length === 36,
    ),
  );
});
