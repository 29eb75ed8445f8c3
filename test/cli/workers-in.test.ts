import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workersIn } from '../../src/cli/workers-in.ts';

const said = (text?: string): number => workersIn(text === undefined ? {} : { CAGEBRIDGE_WORKERS: text });

test('how many processes serve: 1 to 64, 1 where nothing is said, and nothing else', () => {
  assert.deepEqual([said(), said(''), said('1'), said('8'), said('64')], [1, 1, 1, 8, 64]);
  for (const text of ['0', '65', '100', '-1', '1.5', 'two', ' 2', '1e1'])
    assert.throws(() => said(text), /^Misconfigured: CAGEBRIDGE_WORKERS: is no whole number from 1 to 64$/);
});
