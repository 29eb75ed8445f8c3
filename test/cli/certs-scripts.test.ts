/** The shell scripts of certs/: each with its dry run, against an authority and a ledger of their own. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { runCommand } from '../../src/cli/commands.ts';
import { readLedgerConfig } from '../../src/config.ts';
import { issueLeaf, makeAuthority } from '../../src/pki/authority.ts';
import { fingerprintOf } from '../../src/pki/certificate.ts';
import { openStores } from '../../src/store/open.ts';
import { daysFromNow } from '../support/tls-callers.ts';

const scripts = resolve(import.meta.dirname, '../../certs');
const directory = mkdtempSync(join(tmpdir(), 'cagebridge-scripts-'));
const at = (...names: readonly string[]) => join(directory, ...names);
const env = {
  CAGEBRIDGE_HOME: at('home'),
  CERTS_CA: at('ca'),
  CERTS_OUT: at('out'),
  CERTS_PASSPHRASE: 'env:CA_PASSPHRASE',
  CA_PASSPHRASE: 'correct horse battery',
};
const authority = ['--ca', env.CERTS_CA, '--passphrase', env.CERTS_PASSPHRASE];

async function cagebridge(...args: readonly string[]): Promise<string> {
  const [out, err]: [string[], string[]] = [[], []];
  const status = await runCommand(args, {
    env,
    out: async (line) => Promise.resolve(void out.push(line)),
    err: (line) => void err.push(line),
  });
  assert.deepEqual([status, err.join('\n')], [0, '']);
  return out.join('\n');
}

async function script(name: string, ...args: readonly string[]) {
  return scriptIn({}, name, ...args);
}

async function scriptIn(more: Readonly<Record<string, string>>, name: string, ...args: readonly string[]) {
  const child = spawn(join(scripts, name), args, {
    env: { ...process.env, ...env, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  const status = await new Promise<number | null>((ended) => child.once('close', ended));
  return { status, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() };
}

before(async () => {
  await cagebridge('certs', 'init', '--name', 'Bank', '--key', 'ec-p256', ...authority);
  await cagebridge('migrate');
  const names = ['--dns', 'pay.example', '--key', 'ec-p256', '--out', env.CERTS_OUT];
  await cagebridge('certs', 'issue', 'server', ...names, ...authority);
});
after(() => rmSync(directory, { recursive: true, force: true }));

const files = () => readdirSync(directory, { recursive: true }).map(String).toSorted();

test('a partner is taken in and ended', async () => {
  const terms = ['--operation', 'status', '--brand', 'main', '--currency', 'EUR', '--reason', 'a new bank'];
  const wanted = ['oak', ...terms, '--url', 'https://pay.example'];
  const dry = await script('onboard-partner.sh', ...wanted, '--dry-run');
  assert.deepEqual([dry.status, dry.err, existsSync(at('out', 'oak.pem'))], [0, '', false]);
  const added = await script('onboard-partner.sh', ...wanted);
  assert.deepEqual([added.status, added.err], [0, '']);
  assert.match(added.out, /^added: oak, revision 1/);
  assert.match(added.out, /1 file checked, 0 found\n$/);
  assert.equal(statSync(at('out', 'oak.key')).mode & 0o777, 0o600);

  const kept = await script('revoke-partner.sh', 'oak', '--reason', 'keyCompromise', '--dry-run');
  assert.deepEqual([kept.status, kept.err], [0, '']);
  assert.match(await cagebridge('certs', 'list', '--partner', 'oak', '--ca', env.CERTS_CA), /valid$/);

  const next = ['--partner', 'oak', '--out', at('next'), '--reason', 'yearly', ...authority];
  assert.match(await cagebridge('certs', 'rotate', 'client', ...next), /^rotated: oak, revision 2/);
  assert.match(
    await cagebridge('certs', 'list', '--partner', 'oak', '--ca', env.CERTS_CA),
    /valid\n.*valid$/,
  );

  const ended = await script('revoke-partner.sh', 'oak', '--reason', 'keyCompromise');
  assert.deepEqual([ended.status, ended.err], [0, '']);
  assert.match(
    await cagebridge('certs', 'list', '--partner', 'oak', '--ca', env.CERTS_CA),
    /revoked: keyCompromise\n.*revoked: keyCompromise$/,
  );
  assert.match(await cagebridge('partners', 'list'), /^oak +disabled/m);
});

test('a partner who brought his certificate is ended without an authority: it is denied', async () => {
  const inDate = { notBefore: daysFromNow(-1), notAfter: daysFromNow(400), keyKind: 'ec-p256' } as const;
  const issuer = await makeAuthority({ name: 'CN=His CA', ...inDate });
  const leaf = await issueLeaf({ name: 'CN=elm', usages: ['clientAuth'], altNames: [], ...inDate, issuer });
  writeFileSync(at('his-ca.pem'), issuer.certificate);
  writeFileSync(at('elm.pem'), leaf.certificate);
  const may = ['--operation', 'status', '--brand', 'main', '--currency', 'EUR', '--reason', 'a new bank'];
  const his = ['--certificate', at('elm.pem'), '--issuer', at('his-ca.pem')];
  await cagebridge('partners', 'add', 'elm', ...may, ...his);
  const alone = { CERTS_CA: '', CERTS_PASSPHRASE: '' };
  const ended = await scriptIn(alone, 'revoke-partner.sh', 'elm', '--reason', 'keyCompromise');
  assert.deepEqual([ended.status, ended.err], [0, '']);
  const fingerprint = fingerprintOf(new X509Certificate(leaf.certificate));
  const { ledger, partners } = await openStores(readLedgerConfig(env).ledger);
  try {
    const named = (await partners.denials()).map(({ certificate }) => certificate);
    const denied = named.flatMap((one) => ('fingerprint256' in one ? [one.fingerprint256] : []));
    assert.ok(denied.includes(fingerprint));
    // Whoever is denied by his authority takes everybody else of that authority with him.
    for (const file of [at('his-ca.pem'), at('ca', 'issuing.pem'), at('ca', 'root.pem')]) {
      assert.ok(!denied.includes(fingerprintOf(new X509Certificate(readFileSync(file)))), file);
    }
  } finally {
    await ledger.close();
  }
});

test('a step that fails does not keep the next one from being done, and is told at the end', async () => {
  const { status, err } = await script('revoke-partner.sh', 'nobody', '--reason', 'keyCompromise');
  assert.deepEqual(
    [status, err],
    [
      1,
      'cagebridge: there is no partner of this id in the ledger (cagebridge partners list tells who there is)\n',
    ],
  );
});

test("a door's certificate and the issuing authority are rotated, and looked at after it", async () => {
  const untouched = files();
  for (const name of ['rotate-server.sh', 'rotate-ca.sh']) {
    const { status, err } = await script(name, '--dry-run');
    assert.deepEqual([status, err, files()], [0, '', untouched], name);
  }
  const ca = await script('rotate-ca.sh');
  assert.deepEqual([ca.status, ca.err], [0, '']);
  assert.match(ca.out, /5 files checked, 0 found\n$/);
  const server = await script('rotate-server.sh', '--key', 'ec-p256');
  assert.deepEqual([server.status, server.err], [0, '']);
  assert.match(
    server.out,
    /^1 file checked, 0 found\nrotated +server certificate\n(.*\n)+1 file checked, 0 found\n$/,
  );
});

test('each says how it is called, and is called by no other words', async () => {
  for (const name of readdirSync(scripts).filter((file) => file.endsWith('.sh'))) {
    const { status, out } = await script(name, '--help');
    assert.deepEqual([status, out.startsWith(`usage: certs/${name}`)], [0, true], name);
  }
  for (const name of ['revoke-partner.sh', 'onboard-partner.sh']) {
    assert.equal((await script(name)).status, 2, name);
    assert.equal((await script(name, '--dry-run')).status, 2, name);
  }
});

test('shellcheck has nothing to say', (t) => {
  const names = readdirSync(scripts).filter((file) => file.endsWith('.sh'));
  const checked = spawnSync('shellcheck', names, { cwd: scripts });
  if (checked.error !== undefined) return t.skip('there is no shellcheck here');
  assert.equal(checked.stdout.toString(), '');
});
