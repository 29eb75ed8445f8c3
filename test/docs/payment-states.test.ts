import assert from 'node:assert/strict';
import test from 'node:test';
import { stateTable } from '../../src/payments/states.ts';
import { pageNow, pageWithStates } from '../tools/states.ts';

test('the diagram of the states is the one that the table draws now', () => {
  assert.equal(pageNow(), pageWithStates(), 'draw it anew: npm run states');
});

test('every state has its row', () => {
  const rows = [...pageNow().matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name);
  assert.deepEqual(rows, Object.keys(stateTable));
});
