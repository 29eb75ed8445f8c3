import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scarceLines } from '../../src/inbound/scarce-lines.ts';

test('so many lines in a second, and as many again in the next', () => {
  let now = 5;
  const may = scarceLines(2, () => now);
  assert.deepEqual([may(), may(), may(), may()], [true, true, false, false]);
  now += 999;
  assert.equal(may(), false);
  now += 1;
  assert.deepEqual([may(), may(), may()], [true, true, false]);
});
