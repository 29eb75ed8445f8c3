import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeNewFile } from '../../src/pki/files.ts';
import { writeFileAtomically } from '../../src/platform/atomic-file.ts';

test('what a killed process left of this very file goes with the next write, and nothing else does', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'cagebridge-files-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const [one, two] = [randomUUID(), randomUUID()];
  const long = new Date(Date.now() - 61_000);
  const put = async (name: string, at = long): Promise<string> => {
    await writeFile(join(directory, name), 'a key', { mode: 0o600 });
    await utimes(join(directory, name), at, at);
    return name;
  };
  const gone = [await put(`server.key.${one}.new`), await put(`server.key.${one}.new.${two}.new`)];
  const kept = [
    await put(`server.key.${two}.new`, new Date()),
    await put(`server.pem.${one}.new`),
    await put(`other.server.key.${one}.new`),
    await put('server.key.new'),
    await put('server.key.mine.new'),
  ];
  await writeFileAtomically(join(directory, 'server.key'), 'next', 0o600);
  assert.deepEqual((await readdir(directory)).toSorted(), [...kept, 'server.key'].toSorted());
  assert.equal(await readFile(join(directory, 'server.key'), 'utf8'), 'next');
  assert.equal((await stat(join(directory, 'server.key'))).mode & 0o777, 0o600);

  for (const name of gone) await put(name);
  assert.equal(await writeNewFile(join(directory, 'server.key'), 'third'), false, 'it is there');
  assert.deepEqual((await readdir(directory)).toSorted(), [...kept, 'server.key'].toSorted());
  assert.equal(await readFile(join(directory, 'server.key'), 'utf8'), 'next');
});
