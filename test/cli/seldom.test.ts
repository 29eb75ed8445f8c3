import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seldom } from '../../src/cli/seldom.ts';

test('what is quick is not told, and what takes long once in a while', () => {
  let nowMs = 100;
  const told: string[] = [];
  const tell = seldom<string>(
    50,
    (each) => told.push(each),
    () => nowMs,
  );
  for (const [atMs, word] of [
    [149, 'a'],
    [150, 'b'],
    [199, 'c'],
    [200, 'd'],
    [400, 'e'],
    [420, 'f'],
  ] as const) {
    nowMs = atMs;
    tell(word);
  }
  assert.deepEqual(told, ['b', 'd', 'e']);
});
