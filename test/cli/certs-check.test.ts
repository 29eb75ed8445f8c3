/** `certs inspect`, `certs check` and `certs export`, over files as people bring them. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import { findingSentences } from '../../src/cli/certs-check.ts';
import { runCommand } from '../../src/cli/commands.ts';
import { type Authority, type Credential, issueLeaf, makeAuthority } from '../../src/pki/authority.ts';
import { listTermsOf, revocationList } from '../../src/pki/revocation-list.ts';
import { defaultListenerLimits, tlsListener } from '../../src/platform/tls.ts';

const password = 'correct horse 7';
const dayMs = 86_400_000;
const now = Date.now();
const validity = { notBefore: new Date(now - dayMs), notAfter: new Date(now + 20 * dayMs) };

async function certs(...args: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const status = await runCommand(['certs', ...args], {
    env: { P12_PASSWORD: password, OTHER_PASSWORD: 'another one' },
    out: async (line) => Promise.resolve(void out.push(line)),
    err: (line) => void err.push(line),
  });
  return { status, out: out.join('\n'), err: err.join('\n') };
}

interface World {
  readonly root: Authority;
  readonly issuing: Authority;
  readonly server: Credential;
  readonly client: Credential;
}

async function makeWorld(): Promise<World> {
  const ec = { keyKind: 'ec-p256', ...validity } as const;
  const root = await makeAuthority({ name: 'CN=Root', ...ec });
  const issuing = await makeAuthority({ name: 'CN=Issuing', ...ec, issuer: root });
  const leaf = {
    name: 'CN=leaf',
    altNames: [{ type: 'ip', value: '127.0.0.1' }],
    ...ec,
    issuer: issuing,
  } as const;
  const [server, client] = await Promise.all([
    issueLeaf({ ...leaf, usages: ['serverAuth'] }),
    issueLeaf({ ...leaf, usages: ['clientAuth'] }),
  ]);
  const shown = ({ certificate, key }: Credential) => ({
    certificate: certificate + issuing.certificate,
    key,
  });
  return { root, issuing, server: shown(server), client: shown(client) };
}

type Files = Readonly<Record<string, string | Uint8Array>>;

/** Files for their owner alone, in a directory of their own. */
function filesIn(t: TestContext, files: Files): (name: string) => string {
  const directory = mkdtempSync(join(tmpdir(), 'cagebridge-certs-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(directory, name), content, { mode: 0o600 });
  return (name) => join(directory, name);
}

let world: World;
before(async () => {
  world = await makeWorld();
});

interface Row {
  readonly name: string;
  readonly files: () => Files;
  readonly args?: readonly string[];
  readonly found: readonly string[];
}

const pair = (key: string = world.server.key): Files => ({
  'root.pem': world.root.certificate,
  'server.pem': world.server.certificate,
  'server.key': key,
});
const trusted = ['--authority', 'root.pem'];

const rows: readonly Row[] = [
  { name: 'a pair that is well', files: () => pair(), args: trusted, found: [] },
  { name: 'a pair, and nobody named', files: () => pair(), found: [] },
  {
    name: 'a truncated certificate',
    files: () => ({ 'server.pem': world.server.certificate.slice(0, -30) }),
    found: ['unreadable'],
  },
  { name: "another one's key", files: () => pair(world.client.key), found: ['keyMismatch'] },
  { name: 'a truncated key', files: () => pair(world.server.key.slice(0, 80)), found: ['keyUnreadable'] },
  {
    name: 'no authority of its own',
    files: () => ({
      ...pair(),
      'root.pem': world.issuing.certificate,
      'server.pem': new X509Certificate(world.client.certificate).toString(),
      'server.key': world.client.key,
      'other.pem': world.root.certificate,
    }),
    args: ['--authority', 'other.pem'],
    found: ['chainIncomplete'],
  },
  {
    name: 'for the wrong side',
    files: () => pair(),
    args: ['--purpose', 'client', ...trusted],
    found: ['wrongPurpose'],
  },
  { name: 'an empty file', files: () => ({ 'server.pem': '' }), found: ['empty'] },
  {
    name: 'a file of something else',
    files: () => ({ 'server.pem': 'no certificate' }),
    found: ['unreadable'],
  },
];

describe('certs check', () => {
  for (const { name, files, args = [], found } of rows) {
    test(name, async (t) => {
      const at = filesIn(t, files());
      const named = args.map((arg) => (arg.endsWith('.pem') ? at(arg) : arg));
      const { status, out, err } = await certs('check', at('server.pem'), ...named, '--json');
      assert.equal(err, '');
      const { findings } = JSON.parse(out) as { findings: { code: string }[] };
      assert.deepEqual([status, findings.map(({ code }) => code)], [found.length === 0 ? 0 : 1, found]);
    });
  }

  test('a directory: each file as what it is, keys under a passphrase left alone', async (t) => {
    const key = createPrivateKey(world.root.key);
    const at = filesIn(t, {
      ...pair(),
      'root.key': key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: password }),
      'both.pem': world.client.certificate + world.client.key,
      'readme.txt': 'not looked at',
    });
    const directory = at('.');
    assert.deepEqual(await certs('check', directory), {
      status: 0,
      out: '3 files checked, 0 found',
      err: '',
    });
    chmodSync(at('both.pem'), 0o644);
    const { status, out } = await certs('check', directory);
    assert.equal(status, 1);
    assert.match(out, /both\.pem +openToOthers +holds a key/);
  });

  test('a list of revoked certificates: its age, its issuer, its signature', async (t) => {
    const list = (days: number, from = now) =>
      revocationList(
        world.issuing.signer,
        listTermsOf({ number: 7, now: new Date(from), days, revoked: [] }),
      );
    const twin = await makeAuthority({ name: 'CN=Issuing', keyKind: 'ec-p256', ...validity });
    const at = filesIn(t, {
      'fresh.crl': await list(7),
      'stale.crl': await list(7, now - 8 * dayMs),
      'future.crl': await list(7, now + dayMs),
      'issuing.pem': world.issuing.certificate,
      'root.pem': world.root.certificate,
      'twin.pem': twin.certificate,
    });
    const codes = async (file: string, authority: string) => {
      const { out } = await certs('check', at(file), '--authority', at(authority), '--json');
      return (JSON.parse(out) as { findings: { code: string }[] }).findings.map(({ code }) => code);
    };
    assert.deepEqual(await codes('fresh.crl', 'issuing.pem'), []);
    assert.deepEqual(await codes('stale.crl', 'issuing.pem'), ['listStale']);
    assert.deepEqual(await codes('future.crl', 'issuing.pem'), ['listNotYetValid']);
    assert.deepEqual(await codes('fresh.crl', 'root.pem'), ['listIssuerUnknown']);
    assert.deepEqual(await codes('fresh.crl', 'twin.pem'), ['listSignatureInvalid']);
    const openssl = ['crl', '-in', at('fresh.crl'), '-CAfile', at('issuing.pem'), '-noout'];
    execFileSync('openssl', openssl, { stdio: 'pipe' });
    const { out } = await certs('inspect', at('fresh.crl'));
    assert.match(out, /^list\n {2}issuer +CN=Issuing\n(.*\n)*? {2}number +7\n(.*\n)*? {2}revoked +0$/m);
  });

  test('what cannot be read is said without what stands there', async () => {
    assert.equal(
      (await certs('check', '/nowhere/at/all.pem')).err,
      'cagebridge: /nowhere/at/all.pem: cannot be read (ENOENT)',
    );
    for (const args of [
      ['check'],
      ['check', '--purpose', 'both', 'x'],
      ['inspect'],
      ['inspect', 'a', 'b'],
      ['export'],
    ]) {
      assert.equal((await certs(...args)).status, 2, args.join(' '));
    }
  });
});

describe('certs export and inspect', () => {
  test('a keystore is written once, for its owner, and told without its key', async (t) => {
    const at = filesIn(t, pair());
    const args = ['--p12', at('server.p12'), '--certificate', at('server.pem'), '--key', at('server.key')];
    const more = [
      '--with-root',
      at('root.pem'),
      '--passphrase',
      'env:P12_PASSWORD',
      '--ca',
      at('none'),
      '--no-ledger',
    ];
    const dry = await certs('export', ...args, ...more, '--dry-run');
    assert.equal(dry.status, 0, dry.err);
    assert.throws(() => statSync(at('server.p12')));
    const { status, err } = await certs('export', ...args, ...more);
    assert.deepEqual([status, err], [0, '']);
    assert.equal(statSync(at('server.p12')).mode & 0o777, 0o600);
    const opened = ['pkcs12', '-in', at('server.p12'), '-passin', `pass:${password}`, '-nodes'];
    const key = createPrivateKey(execFileSync('openssl', opened, { stdio: 'pipe' }));
    assert.ok(key.equals(createPrivateKey(world.server.key)));
    const again = await certs('export', ...args, ...more);
    assert.deepEqual([again.status, /is there already/.test(again.err)], [1, true]);

    assert.match((await certs('inspect', at('server.p12'))).err, /has a password.*\(passwordNeeded\)/);
    assert.match(
      (await certs('inspect', at('server.p12'), '--passphrase', 'env:OTHER_PASSWORD')).err,
      /\(wrongPassword\)/,
    );
    const told = await certs('inspect', at('server.p12'), '--passphrase', 'env:P12_PASSWORD', '--json');
    const { format, holds } = JSON.parse(told.out) as {
      format: string;
      holds: { kind: string; fits?: boolean }[];
    };
    assert.deepEqual(
      [format, holds.map(({ kind, fits }) => [kind, fits])],
      [
        'PKCS#12',
        [
          ['certificate', undefined],
          ['certificate', undefined],
          ['certificate', undefined],
          ['key', true],
        ],
      ],
    );
    assert.equal(told.out.includes('PRIVATE'), false);
  });

  test("a keystore is refused for another one's key, a short password, an alias that Java folds", async (t) => {
    const at = filesIn(t, { ...pair(world.client.key), short: 'short' });
    const args = [
      '--p12',
      at('x.p12'),
      '--certificate',
      at('server.pem'),
      '--key',
      at('server.key'),
      '--no-ledger',
    ];
    const refused = async (...more: readonly string[]) => certs('export', ...args, ...more);
    assert.match(
      (await refused('--passphrase', 'env:P12_PASSWORD')).err,
      /is not the key of the first certificate/,
    );
    assert.match((await refused('--passphrase', `file:${at('short')}`)).err, /8 to 128 letters of ASCII/);
    assert.equal((await refused('--passphrase', 'env:P12_PASSWORD', '--alias', 'Bank')).status, 2);
  });

  test('a request, DER, and what a key is: never the key', async (t) => {
    const at = filesIn(t, { ...pair(), 'leaf.der': new X509Certificate(world.server.certificate).raw });
    const made = ['req', '-new', '-key', at('server.key'), '-subj', '/CN=bank', '-out', at('bank.csr')];
    execFileSync('openssl', [...made, '-addext', 'subjectAltName=DNS:bank.example'], { stdio: 'pipe' });
    assert.match(
      (await certs('inspect', at('bank.csr'))).out,
      /^request\n(.*\n)*? {2}names +DNS:bank.example\n {2}key proved +yes$/m,
    );
    assert.match(
      (await certs('inspect', at('leaf.der'))).out,
      /leaf\.der: DER\n\ncertificate\n {2}subject +CN=leaf\n/,
    );
    const key = await certs('inspect', at('server.key'));
    assert.match(key.out, /^key\n {2}key +EC prime256v1$/m);
    assert.equal(key.out.includes('PRIVATE'), false);
    const text = readFileSync(at('server.pem'), 'utf8');
    const { out } = await certs('inspect', at('server.pem'), '--json');
    const [leaf] = (JSON.parse(out) as { holds: { fingerprint256: string }[] }).holds;
    assert.equal(
      leaf?.fingerprint256,
      new X509Certificate(text).fingerprint256.replaceAll(':', '').toLowerCase(),
    );
  });

  test('a living server: its chain, both protocols, and whether it is believed', async (t) => {
    const server = createServer(tlsListener(world.server, defaultListenerLimits)).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await new Promise((listening) => server.once('listening', listening));
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const at = filesIn(t, pair());
    const believed = await certs('inspect', address, '--authority', at('root.pem'));
    assert.equal(believed.status, 0, believed.err);
    assert.match(
      believed.out,
      /TLSv1\.3 +TLS_AES_256_GCM_SHA384, believed\n {2}TLSv1\.2 +ECDHE-ECDSA-AES256-GCM-SHA384, believed/,
    );
    assert.equal(believed.out.match(/^certificate$/gm)?.length, 2);
    const stranger = await certs('inspect', address, '--json');
    assert.equal(stranger.status, 1);
    const { handshakes } = JSON.parse(stranger.out) as { handshakes: { refused?: string }[] };
    assert.deepEqual(
      handshakes.map(({ refused }) => refused),
      ['SELF_SIGNED_CERT_IN_CHAIN', 'SELF_SIGNED_CERT_IN_CHAIN'].map(
        () => 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      ),
    );
    server.close();
    await new Promise((closed) => server.once('close', closed));
    const gone = await certs('inspect', address);
    assert.deepEqual([gone.status, /no handshake \(ECONNREFUSED\)/.test(gone.out)], [1, true]);
  });
});

test('the page for security says of every finding what to do about it', () => {
  const page = readFileSync(new URL('../../docs/certificates.md', import.meta.url), 'utf8');
  const [, table = ''] = page.split('## What was found');
  for (const code of Object.keys(findingSentences)) assert.ok(table.includes(`\`${code}\``), code);
});
