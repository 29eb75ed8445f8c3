import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCsv } from '../../src/reconciliation/statements/csv/csv.ts';
import { pspRestSettlement } from '../../src/reconciliation/statements/csv/profiles/psp-rest.ts';
import { largeCsv, largeCsvSum } from '../support/csv-file.ts';
import { csvBounds } from '../support/csv-read.ts';

const bounds = { ...csvBounds, bytesMax: 2 ** 30 };
const read = readCsv(pspRestSettlement);

test('a settlement of many lines reads to its last one, and they come to what was written', async () => {
  const rows = 20_000;
  let [count, sum, line] = [0, 0n, 0];
  for await (const part of read(largeCsv(rows), bounds)) {
    if (part.part === 'refused') assert.fail(part.rule);
    if (part.part !== 'entry') continue;
    count += 1;
    sum += part.entry.direction === 'DBIT' ? -part.entry.amount.minor : part.entry.amount.minor;
    line = part.entry.line;
  }
  // Two lines a row, one header.
  assert.deepEqual([count, sum, line], [rows, largeCsvSum(rows), 2 * rows]);
});

test('no more of the file is asked for than a few pieces beyond what its reader has taken', async () => {
  let bytes = 0;
  let ahead = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of largeCsv(20_000)) {
      bytes += chunk.length;
      yield chunk;
    }
  }
  let last = 0;
  for await (const part of read(counted(), bounds)) {
    if (part.part !== 'entry') continue;
    if (bytes > last) ahead = Math.max(ahead, bytes - last);
    last = bytes;
  }
  assert.equal(ahead < 128 * 1024, true, `${ahead} bytes ahead`);
});
