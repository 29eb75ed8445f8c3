import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { makeDirectory } from '../../src/platform/directory.ts';
import { Misconfigured } from '../../src/platform/misconfigured.ts';

test('a directory is made with those above it, for its owner only, and may be there', (t) => {
  const home = mkdtempSync(join(tmpdir(), 'cagebridge-directory-'));
  t.after(() => rmSync(home, { recursive: true }));
  const path = join(home, 'a', 'b');
  makeDirectory(path);
  makeDirectory(path);
  for (const made of [path, join(home, 'a')]) assert.equal(statSync(made).mode & 0o777, 0o700);
  writeFileSync(join(home, 'file'), '');
  assert.throws(() => makeDirectory(join(home, 'file', 'b')), /\/file\/b: .* cannot be made \(\w+\)$/);
  assert.throws(() => makeDirectory(join(home, 'file')), /cannot be made \(EEXIST\)$/);
});

test('where nothing can be made it is said, not tried for ever', () => {
  assert.throws(() => makeDirectory('/proc/nope/a/b'), Misconfigured);
});
