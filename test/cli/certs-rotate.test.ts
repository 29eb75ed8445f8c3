/** `certs rotate` and `certs expiring`: the next certificate beside the present one, tried before anything depends on it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { runCommand } from '../../src/cli/commands.ts';
import { makeAuthority } from '../../src/pki/authority.ts';
import { finishReplacing } from '../../src/pki/identity-files.ts';
import { defaultListenerLimits, mutualTlsListener } from '../../src/platform/tls.ts';

const passphrase = ['--passphrase', 'env:CA_PASSPHRASE'];
const made = mkdtempSync(join(tmpdir(), 'cagebridge-rotate-'));
const env = { CA_PASSPHRASE: 'correct horse battery', CAGEBRIDGE_HOME: join(made, 'home') };

async function certs(...args: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const status = await runCommand(['certs', ...args], {
    env,
    out: async (line) => Promise.resolve(void out.push(line)),
    err: (line) => void err.push(line),
  });
  return { status, out: out.join('\n'), err: err.join('\n') };
}

/** One authority and its first certificates, copied for each test: keys under a passphrase take their time. */
before(async () => {
  const ca = ['--ca', join(made, 'ca'), ...passphrase];
  const out = ['--out', made, '--key', 'ec-p256', '--days', '60', ...ca];
  const init = await certs('init', '--name', 'Bank', '--key', 'ec-p256', ...ca);
  assert.equal(init.status, 0, init.err);
  assert.equal(
    (await certs('issue', 'server', '--dns', 'pay.example', '--ip', '127.0.0.1', ...out)).status,
    0,
  );
  assert.equal((await certs('issue', 'client', '--uri', 'urn:cagebridge:gateway-client', ...out)).status, 0);
});
after(() => rmSync(made, { recursive: true, force: true }));

interface Place {
  readonly at: (...names: readonly string[]) => string;
  readonly rotate: (what: string, ...more: readonly string[]) => ReturnType<typeof certs>;
  readonly ca: readonly string[];
}

function placeFor(t: TestContext): Place {
  const directory = mkdtempSync(join(tmpdir(), 'cagebridge-rotate-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  cpSync(made, directory, { recursive: true });
  const at: Place['at'] = (...names) => join(directory, ...names);
  const ca = ['--ca', at('ca'), ...passphrase];
  const out = ['--out', directory, '--key', 'ec-p256', ...ca];
  return {
    at,
    ca,
    rotate: (what, ...more) => certs('rotate', what, ...(what === 'ca' ? ca : out), ...more),
  };
}

const read = (path: string): string => readFileSync(path, 'utf8');

/** Everything in a directory, to see that nothing has changed. */
function contentsOf(directory: string): Record<string, string> {
  const names = readdirSync(directory, { recursive: true }).map(String).toSorted();
  const files = names.filter((name) => statSync(join(directory, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, read(join(directory, name))]));
}

describe('certs rotate server', () => {
  test('the next one has the names of the one before, was tried in both protocols, and OpenSSL verifies it', async (t) => {
    const { at, rotate } = placeFor(t);
    const old = { certificate: read(at('server.pem')), key: read(at('server.key')) };
    const expiring = ['expiring', '--ca', at('ca'), '--days', '90', '--json'];
    const soon = await certs(...expiring);
    assert.equal(soon.status, 1);
    const ends = (JSON.parse(soon.out) as { expiring: { role: string }[] }).expiring.map(({ role }) => role);
    assert.deepEqual(ends, ['server', 'client']);

    const { status, out, err } = await rotate('server', '--reason', 'yearly');
    assert.deepEqual([status, err], [0, '']);
    assert.match(out, /^tried +TLSv1\.3 shakes hands\ntried +TLSv1\.2 shakes hands$/m);
    assert.equal(/PRIVATE|battery/.test(out), false);
    const next = new X509Certificate(read(at('server.pem')));
    assert.ok(next.checkPrivateKey(createPrivateKey(read(at('server.key')))));
    assert.equal(next.subjectAltName, new X509Certificate(old.certificate).subjectAltName);
    assert.notEqual(read(at('server.key')), old.key);
    assert.deepEqual(
      { certificate: read(at('server.previous.pem')), key: read(at('server.previous.key')) },
      old,
    );
    const files = readdirSync(at()).filter((name) => name.startsWith('server'));
    assert.deepEqual(files.toSorted(), [
      'server.key',
      'server.pem',
      'server.previous.key',
      'server.previous.pem',
    ]);
    for (const name of files) assert.equal(statSync(at(name)).mode & 0o777, 0o600, name);
    const verify = [
      'verify',
      '-CAfile',
      at('ca', 'root.pem'),
      '-untrusted',
      at('server.pem'),
      '-purpose',
      'sslserver',
    ];
    execFileSync('openssl', [...verify, at('server.pem')], { stdio: 'pipe' });
    const acts = read(at('ca', 'record.jsonl'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; reason: string });
    assert.deepEqual(
      acts.slice(-2).map(({ kind, reason }) => [kind, reason]),
      [
        ['issued', 'yearly'],
        ['rotated', 'yearly'],
      ],
    );

    const replaced = JSON.parse((await certs(...expiring)).out) as { expiring: { role: string }[] };
    assert.deepEqual(
      replaced.expiring.map(({ role }) => role),
      ['client'],
    );
    const check = await certs(
      'check',
      at('server.pem'),
      '--authority',
      at('ca', 'root.pem'),
      '--purpose',
      'server',
    );
    assert.deepEqual([check.status, check.out], [0, '1 file checked, 0 found']);
    assert.equal((await certs('list', '--ca', at('ca'))).status, 0);
  });

  test('whom partners do not believe is never served: nothing is written', async (t) => {
    const { at, rotate } = placeFor(t);
    const stranger = await makeAuthority({
      name: 'CN=Somebody else',
      keyKind: 'ec-p256',
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 86_400_000),
    });
    writeFileSync(at('stranger.pem'), stranger.certificate);
    const present = read(at('server.pem'));
    const { status, err } = await rotate('server', '--authority', at('stranger.pem'));
    assert.deepEqual([status, err.includes('chainIncomplete')], [1, true]);
    assert.deepEqual(
      [read(at('server.pem')), readdirSync(at()).includes('server.previous.pem')],
      [present, false],
    );
  });

  test('a dry run writes nothing at all', async (t) => {
    const { at, rotate } = placeFor(t);
    const untouched = contentsOf(at());
    for (const what of ['server', 'client', 'ca']) {
      const { status, out, err } = await rotate(what, '--dry-run');
      assert.deepEqual([status, err, out.startsWith('dry run')], [0, '', true], what);
    }
    assert.deepEqual(contentsOf(at()), untouched);
  });

  test('the door is looked at until it shows the new one', async (t) => {
    const { at, rotate } = placeFor(t);
    const identity = () => ({ cert: read(at('server.pem')), key: read(at('server.key')) });
    const server = createServer(identity()).listen(0, '127.0.0.1');
    // As the bridge does it: whoever comes next meets what the files hold now.
    server.on('connection', () => server.setSecureContext(identity()));
    t.after(() => server.close());
    await new Promise((listening) => server.once('listening', listening));
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { status, out, err } = await rotate('server', '--at', address);
    assert.deepEqual([status, err], [0, '']);
    assert.match(out, new RegExp(`^door +${address} shows it$`, 'm'));
  });

  test('what a killed run left half done is put right', async (t) => {
    const { at, rotate } = placeFor(t);
    assert.equal((await rotate('server')).status, 0);
    const served = read(at('server.pem'));
    // Killed between the two renames: the next key has arrived, its certificate has not.
    renameSync(at('server.pem'), at('server.next.pem'));
    renameSync(at('server.previous.pem'), at('server.pem'));
    assert.equal(await finishReplacing(at('server')), true);
    assert.equal(read(at('server.pem')), served);
    // Killed before the first: nothing has happened yet.
    writeFileSync(at('server.next.pem'), read(at('client.pem')));
    writeFileSync(at('server.next.key'), read(at('client.key')));
    assert.equal(await finishReplacing(at('server')), false);
    assert.equal(read(at('server.pem')), served);
    assert.deepEqual(
      readdirSync(at()).filter((name) => name.includes('.next.')),
      [],
    );
  });
});

describe('certs rotate client', () => {
  test('on loopback, where nobody else is named', async (t) => {
    const { at, rotate } = placeFor(t);
    const { status, out, err } = await rotate('client');
    assert.deepEqual([status, err], [0, '']);
    assert.match(out, /^tried +TLSv1\.3 shakes hands\ntried +TLSv1\.2 shakes hands$/m);
    assert.match(
      new X509Certificate(read(at('client.pem'))).subjectAltName ?? '',
      /^URI:urn:cagebridge:gateway-client$/,
    );
  });

  test('at the gateway that will meet it, which believes it or does not', async (t) => {
    const { at, rotate } = placeFor(t);
    const identity = { certificate: read(at('server.pem')), key: read(at('server.key')) };
    const stranger = await makeAuthority({
      name: 'CN=Somebody else',
      keyKind: 'ec-p256',
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 86_400_000),
    });
    const gateway = async (believed: string) => {
      const options = mutualTlsListener(identity, [believed], defaultListenerLimits);
      const server = createServer({ ...options, rejectUnauthorized: true }, (_, response) => {
        response.writeHead(405).end();
      }).listen(0, '127.0.0.1');
      t.after(() => server.close());
      await new Promise((listening) => server.once('listening', listening));
      return `127.0.0.1:${(server.address() as AddressInfo).port}`;
    };
    const its = ['--against-authority', at('ca', 'root.pem')];
    const present = read(at('client.pem'));
    const refused = await rotate('client', '--against', await gateway(stranger.certificate), ...its);
    assert.equal(refused.status, 1);
    assert.match(
      refused.err,
      /^cagebridge: the trial failed \(TLSv1\.3 E\w+, TLSv1\.2 E\w+\): nothing was written/,
    );
    assert.equal(read(at('client.pem')), present);
    const { status, err } = await rotate(
      'client',
      '--against',
      await gateway(read(at('ca', 'root.pem'))),
      ...its,
    );
    assert.deepEqual([status, err], [0, '']);
    assert.notEqual(read(at('client.pem')), present);
  });
});

test('a rotation that is done is told as done, where only its note cannot be written', async (t) => {
  const { at, rotate } = placeFor(t);
  const [certificate, key] = [read(at('server.pem')), read(at('server.key'))];
  const own = { certificate, key };
  const options = mutualTlsListener(own, [read(at('ca', 'root.pem'))], defaultListenerLimits);
  const server = createServer(options, (_, response) => response.writeHead(405).end());
  // The folder goes while the next one is tried: its certificate was issued, and nothing is in place yet.
  server.once('secureConnection', () => renameSync(at('ca', 'record.jsonl'), at('ca', 'record.gone')));
  server.listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((listening) => server.once('listening', listening));
  const present = read(at('client.pem'));
  const against = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const its = ['--against-authority', at('ca', 'root.pem')];
  const { status, out, err } = await rotate('client', '--against', against, ...its);
  assert.match(err, /record\.jsonl.*\ncagebridge: it is done; only the note of it is missing/);
  assert.deepEqual([status, /^rotated /m.test(out)], [0, true]);
  assert.notEqual(read(at('client.pem')), present);
});

describe('certs rotate ca', () => {
  test('another one issues below the same root, and what the one before issued stays valid', async (t) => {
    const { at, rotate, ca } = placeFor(t);
    const old = read(at('ca', 'issuing.pem'));
    const { status, out, err } = await rotate('ca');
    assert.deepEqual([status, err], [0, '']);
    assert.match(out, /^tried +TLSv1\.3 shakes hands\ntried +TLSv1\.2 shakes hands$/m);
    const next = new X509Certificate(read(at('ca', 'issuing.pem')));
    assert.notEqual(read(at('ca', 'issuing.pem')), old);
    assert.match(next.subject, /G2$/m);
    const issued = await certs(
      'issue',
      'server',
      '--dns',
      'new.example',
      '--key',
      'ec-p256',
      '--out',
      at('new'),
      ...ca,
    );
    assert.equal(issued.status, 0, issued.err);
    const leaf = new X509Certificate(read(at('new', 'server.pem')));
    assert.ok(leaf.verify(next.publicKey));
    for (const file of [at('server.pem'), at('new', 'server.pem')]) {
      execFileSync('openssl', ['verify', '-CAfile', at('ca', 'root.pem'), '-untrusted', file, file], {
        stdio: 'pipe',
      });
    }
  });

  test('what cannot be read is said with its usage', async () => {
    for (const args of [
      [],
      ['nothing'],
      ['server', '--name', '../x'],
      ['client', '--partner'],
      // A partner's name in our own certificate would let us in as him.
      ['server', '--partner', 'oak'],
      ['server', '--partner=oak'],
      ['client', '--partner=oak', '--against', 'x:1'],
      ['server', '--against', 'x'],
      ['server', '--at', 'nowhere'],
    ]) {
      assert.equal((await certs('rotate', ...args)).status, 2, args.join(' '));
    }
  });
});
