import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { runCommand } from '../../src/cli/commands.ts';
import { reasonFor } from '../../src/cli/failure.ts';
import { withDirectoryLock } from '../../src/pki/files.ts';

const home = mkdtempSync(join(tmpdir(), 'cagebridge-failure-'));
const file = join(home, 'file');
writeFileSync(file, '');
after(() => rmSync(home, { recursive: true }));

async function listenError(port: number, host: string): Promise<unknown> {
  const server = createServer();
  server.listen(port, host);
  const [error] = (await once(server, 'error')) as unknown[];
  return error;
}

/** Surroundings in which nothing can start, and the one sentence about each. */
const commands: readonly (readonly [string, Record<string, string>, RegExp])[] = [
  ['verify', { LEDGER_URL: 'mssql://sa:SECRET@host:99999/db' }, /^cagebridge: LEDGER_URL: is not mssql:/],
  ...['migrate', 'verify', 'payments list'].map(
    (command) =>
      [
        command,
        { LEDGER_URL: 'mssql://user@127.0.0.1:1/ledger', LEDGER_PASSWORD: 'env:SECRET', SECRET: 'SECRET' },
        /^cagebridge: the ledger cannot be used \(MSSQL_\w+\)$/,
      ] as const,
  ),
  ['verify', { LEDGER_URL: `sqlite:${home}` }, /^cagebridge: the ledger cannot be used \(SQLITE_\w+\)$/],
  [
    'migrate',
    { LEDGER_URL: `sqlite:${file}/x/l.sqlite` },
    /^cagebridge: .*: the directory cannot be made \(\w+\)$/,
  ],
  [
    'sandbox',
    { CAGEBRIDGE_HOME: file },
    /^cagebridge: .*\/file\/certs: the directory cannot be made \(\w+\)$/,
  ],
  [
    'migrate',
    { CAGEBRIDGE_HOME: '/proc' },
    /^cagebridge: \/proc\/ledger\.sqlite: cannot be used \(\w+ at open\)$/,
  ],
];

for (const [command, env, expected] of commands) {
  test(`${command} with ${Object.keys(env).join()} that cannot be is one sentence`, async () => {
    const said: string[] = [];
    const terminal = {
      env: { CAGEBRIDGE_DEV: '1', CAGEBRIDGE_HOME: home, ...env },
      out: async () => {},
      err: (line: string) => void said.push(line),
    };
    assert.equal(await runCommand(command.split(' '), terminal), 1);
    assert.match(said.join('\n'), expected);
    assert.doesNotMatch(said.join('\n'), /SECRET|\n/);
  });
}

test('a port that is taken and an address that is another machine’s are told apart', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  t.after(() => taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  assert.equal(
    reasonFor(await listenError(port, '127.0.0.1')),
    `cagebridge: port ${port} is taken by another process`,
  );
  // 192.0.2.0/24 is for documentation (RFC 5737): no machine has it.
  assert.equal(
    reasonFor(await listenError(8443, '192.0.2.1')),
    'cagebridge: 192.0.2.1 port 8443: cannot be listened on (EADDRNOTAVAIL)',
  );
});

test('a lock that another process holds is told with its place', async () => {
  const directory = join(home, 'locked');
  mkdirSync(directory);
  writeFileSync(join(directory, '.lock'), 'another');
  const waiting = withDirectoryLock(directory, { waitMsMax: 1, staleMs: 60_000 }, async () => {});
  const reason = await waiting.catch(reasonFor);
  assert.match(
    String(reason),
    /^cagebridge: .*\/\.lock: is held by another process; remove it if there is none$/,
  );
});

test('a bug is told by its type and its place in the code, never by its text', () => {
  const reason = reasonFor(new TypeError('SECRET'));
  assert.match(reason, /^cagebridge: failed with TypeError\s+at /);
  assert.doesNotMatch(reason, /SECRET/);
  assert.throws(
    () => openSync(join(file, 'below'), 'r'),
    (error) => reasonFor(error).endsWith('/file/below: cannot be used (ENOTDIR at open)'),
  );
});
