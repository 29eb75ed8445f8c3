/** The files of a part are read again once they have changed, and only then. */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type CertificateSource, sourceReader } from '../../src/config/certificates.ts';

const laterMs = 60_000;

/** A source of one list and one pair, and a clock that is a minute ahead of the files. */
async function opened(t: TestContext, clock = { now: () => new Date(Date.now() + laterMs) }) {
  const home = await mkdtemp(join(tmpdir(), 'cagebridge-source-'));
  t.after(async () => rm(home, { recursive: true, force: true }));
  const path = (name: string): string => join(home, name);
  await writeFile(path('list.pem'), 'one');
  await writeFile(path('server.pem'), 'certificate');
  await writeFile(path('server.key'), 'key', { mode: 0o600 });
  const source: CertificateSource = {
    part: 'x',
    at: '/x',
    certificate: 'file:server.pem',
    key: 'file:server.key',
    authorities: ['env:CA'],
    revocationLists: ['file:list.pem'],
  };
  return { path, read: sourceReader(source, { home, env: { CA: 'authority' } }, clock) };
}

test('what has not changed is not read again', async (t) => {
  const { read } = await opened(t);
  const first = read();
  assert.deepEqual(first, {
    identity: { certificate: 'certificate', key: 'key' },
    authorities: ['authority'],
    revocationLists: ['one'],
  });
  assert.equal(read(), first);
});

test('a change is found, however it was made', async (t) => {
  const { path, read } = await opened(t);
  const long = new Date('2020-01-01T00:00:00Z');
  const list = (): string | undefined => read().revocationLists?.[0];
  await utimes(path('list.pem'), long, long);
  assert.equal(list(), 'one');
  await writeFile(path('list.pem'), 'two');
  await utimes(path('list.pem'), long, long);
  assert.equal(list(), 'two', 'of the same length, and dated back');
  await writeFile(path('other.pem'), 'six');
  await utimes(path('other.pem'), long, long);
  await rename(path('other.pem'), path('list.pem'));
  assert.equal(list(), 'six', 'another file under its name');
});

test('what was changed a moment ago is read again, because it may change again at the same instant', async (t) => {
  const { path, read } = await opened(t, { now: () => new Date() });
  const first = read();
  assert.notEqual(read(), first);
  await writeFile(path('list.pem'), 'two');
  assert.deepEqual(read().revocationLists, ['two']);
});

test('a file that is gone, too long, or a key that others can read is told, and found again', async (t) => {
  const { path, read } = await opened(t);
  read();
  await rename(path('list.pem'), path('away.pem'));
  assert.throws(
    read,
    /^Misconfigured: \/x\/revocationLists\/0: the file list\.pem cannot be read \(ENOENT\)/,
  );
  await rename(path('away.pem'), path('list.pem'));
  read();
  await truncate(path('list.pem'), 64 * 1024 * 1024 + 1);
  assert.throws(
    read,
    /^Misconfigured: \/x\/revocationLists\/0: the file list\.pem is longer than 67108864 bytes/,
  );
  await writeFile(path('list.pem'), 'one');
  read();
  await chmod(path('server.key'), 0o644);
  assert.throws(read, /^Misconfigured: \/x\/key: the file server\.key is a secret/);
});
