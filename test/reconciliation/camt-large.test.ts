import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCamt } from '../../src/reconciliation/statements/camt/camt.ts';
import { largeCamt, largeCamtSum } from '../support/camt-file.ts';
import { camtBounds } from '../support/camt-read.ts';

const bounds = { ...camtBounds, bytesMax: 2 ** 30 };

test('a statement of many entries reads to its last one, and they come to its closing balance', async () => {
  const entries = 20_000;
  let [count, sum, closing] = [0, 0n, 0n];
  let last = '';
  for await (const part of readCamt(largeCamt(entries), bounds)) {
    last = part.part;
    if (part.part === 'balance' && part.balance.type === 'CLBD') closing = part.balance.amount.minor;
    if (part.part !== 'entry') continue;
    count += 1;
    sum += part.entry.direction === 'DBIT' ? -part.entry.amount.minor : part.entry.amount.minor;
  }
  assert.deepEqual(
    [count, sum, closing, last],
    [entries, largeCamtSum(entries), largeCamtSum(entries), 'closed'],
  );
});

test('no more of the file is asked for than what its reader has taken', async () => {
  let chunks = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of largeCamt(10_000)) {
      chunks += 1;
      yield chunk;
    }
  }
  let entries = 0;
  let ahead = 0;
  for await (const part of readCamt(counted(), bounds)) {
    if (part.part !== 'entry') continue;
    entries += 1;
    // A chunk has fifty entries; the head of the file is one more.
    ahead = Math.max(ahead, chunks - 1 - Math.ceil(entries / 50));
  }
  assert.equal(ahead <= 1, true, `${ahead} chunks ahead`);
  assert.equal(entries, 10_000);
});
