/**
 * The kit that a new partner gets, used as he would: unzipped into an empty folder, his key put beside its page, and
 * the commands of the page typed as they stand there. Each stack runs where it is installed, which CI does not do.
 */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { runCommand } from '../../src/cli/commands.ts';
import { type House, openHouse } from '../support/bridge-house.ts';

let house: House;
before(async () => (house = await openHouse()));
after(async () => house.close());

/** What the shell says that runs a section's commands, line by line; its steps are shown where PRINT is set. */
async function typed(folder: string, section: RegExp, env: Record<string, string> = {}): Promise<string[]> {
  const page = await readFile(join(folder, 'README.md'), 'utf8');
  const commands = section.exec(page)?.[1] ?? assert.fail('no such section');
  const run = promisify(execFile);
  const { stdout, stderr } = await run('/bin/sh', ['-euc', commands], {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', HOME: folder, ...env },
    timeout: 100_000,
    killSignal: 'SIGKILL',
  });
  if (process.env['PRINT'] !== undefined) console.log(`${commands}\n${stdout}${stderr}`);
  return stdout.trim().split('\n');
}

/** Unzipped into an empty folder, with partner-a's key in its place. */
async function unzipped(t: TestContext): Promise<string> {
  const empty = await mkdtemp(join(tmpdir(), 'cagebridge-new-partner-'));
  t.after(() => rm(empty, { recursive: true, force: true }));
  const url = `https://localhost:${house.address.port}`;
  const args = ['partners', 'kit', 'partner-a', '--url', url, '--out', empty];
  const terminal = { env: house.whole.env, out: async () => Promise.resolve(), err: assert.fail };
  assert.equal(await runCommand(args, terminal), 0);
  const folder = join(empty, 'cagebridge-kit-partner-a');
  const unzip = spawnSync('unzip', ['-q', `${folder}.zip`], {
    cwd: empty,
    timeout: 20_000,
    encoding: 'utf8',
  });
  assert.deepEqual([unzip.status, unzip.stdout, unzip.stderr], [0, '', '']);
  await copyFile(join(house.whole.home, 'certs', 'partner-a.key'), join(folder, 'client.key'));
  return folder;
}

function skippedWithout(t: TestContext, packages: string, probes: readonly (readonly string[])[]): boolean {
  const missing = probes.some(
    ([command = '', ...args]) => spawnSync(command, args, { stdio: 'ignore', timeout: 20_000 }).status !== 0,
  );
  if (missing) t.skip(`not installed, so the kit was not tried: apt-get install ${packages}`);
  return missing;
}

const unzipThere = ['unzip', '-v'] as const;
const paid = (reference: string): RegExp => new RegExp(`^ACSC 10\\.00 EUR ${reference} [0-9a-f-]{36}$`);

/** Both calls tell of one payment. */
function checkPaid(lines: readonly string[], reference: string): void {
  assert.equal(lines.length, 2);
  for (const line of lines) assert.match(line, paid(reference));
  assert.equal(lines[0], lines[1]);
}

function withoutChance(text: string): string {
  return text.replace(/<CorrelationId>[^<]*/, '<CorrelationId>').trim();
}

test('the first call of the page, by curl, is answered as its golden message says', async (t) => {
  if (skippedWithout(t, 'curl unzip', [unzipThere, ['curl', '--version']])) return;
  const folder = await unzipped(t);
  const answer = (await typed(folder, /## The first call[\s\S]*?```sh\n([\s\S]*?)```/)).join('\n');
  const golden = await readFile(join(folder, 'messages/unknown-1.1.response.xml'), 'utf8');
  assert.equal(withoutChance(answer), withoutChance(golden));
});

test('the Python client of the kit pays and asks, over both versions of SOAP', async (t) => {
  const zeep = ['/usr/bin/python3', '-c', 'import zeep'] as const;
  if (skippedWithout(t, 'python3-zeep unzip', [unzipThere, zeep])) return;
  const folder = await unzipped(t);
  const section = /## Python[\s\S]*?```sh\n([\s\S]*?)```/;
  checkPaid(await typed(folder, section), 'my-first-payment');
  // The same references: the same payment, told in the other version.
  checkPaid(await typed(folder, section, { SOAP: '1.2' }), 'my-first-payment');
});

test('the Java client of the kit is generated, compiled, pays and asks', async (t) => {
  const packages = 'default-jdk libjaxws-java openssl unzip';
  const probes = [
    unzipThere,
    ['wsimport', '-version'],
    ['javac', '-version'],
    ['openssl', 'version'],
  ] as const;
  if (skippedWithout(t, packages, probes)) return;
  const folder = await unzipped(t);
  const lines = await typed(folder, /## Java[\s\S]*?```sh\n([\s\S]*?)```/, { SOAP: '1.2' });
  checkPaid(lines.slice(-2), 'my-second-payment');
  assert.deepEqual(await house.ledger.violations(10), []);
});
