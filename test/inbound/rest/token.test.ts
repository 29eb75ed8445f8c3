import assert from 'node:assert/strict';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { internalToken, tokenPath } from '../../../src/inbound/rest/token.ts';
import { Misconfigured } from '../../../src/platform/misconfigured.ts';

async function freshHome(t: TestContext): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'cagebridge-token-'));
  t.after(() => rm(home, { recursive: true }));
  return join(home, 'not-there-yet');
}

test('the token is made once, for its owner alone', async (t) => {
  const home = await freshHome(t);
  const token = await internalToken(home);
  assert.match(token, /^[A-Za-z0-9_-]{43}$/);
  assert.equal((await stat(tokenPath(home))).mode & 0o777, 0o600);
  assert.equal(await readFile(tokenPath(home), 'utf8'), `${token}\n`);
  assert.equal(await internalToken(home), token);
});

test('no part of the token is in a name, not while it is made either', async (t) => {
  const home = await freshHome(t);
  await mkdir(home);
  const names: string[] = [];
  const watcher = watch(home, (_event, name) => names.push(name ?? ''));
  t.after(() => watcher.close());
  const token = await internalToken(home);
  while (!names.includes('internal-token')) await once(watcher, 'change');
  assert.ok(names.some((name) => name.endsWith('.new')));
  for (const name of names) assert.ok(!name.includes(token.slice(0, 8)));
});

test('bridges that start together end with the same token, and leave nothing else behind', async (t) => {
  const home = await freshHome(t);
  const tokens = await Promise.all(Array.from({ length: 20 }, () => internalToken(home)));
  assert.equal(new Set(tokens).size, 1);
  assert.equal((await readdir(home)).length, 1);
});

test('a token that others can read is no secret, and the start is refused', async (t) => {
  const home = await freshHome(t);
  await internalToken(home);
  await chmod(tokenPath(home), 0o640);
  await assert.rejects(internalToken(home), Misconfigured);
});

test('a file without a token is not taken for one', async (t) => {
  const home = await freshHome(t);
  await internalToken(home);
  await writeFile(tokenPath(home), '\n');
  await assert.rejects(internalToken(home), Misconfigured);
});
