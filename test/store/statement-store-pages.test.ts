/** Questions that are asked in parts answer as one would. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keyOf } from '../../src/store/reconciliation/keys.ts';
import { inParts, inWindows } from '../../src/store/reconciliation/pages.ts';
import { freshSeed } from '../support/seed.ts';

const ids = fc.uniqueArray(fc.bigInt({ min: 1n, max: 90_000n }), { maxLength: 40 });

test('a page in windows is the page that one question would have given', async (t) => {
  const seed = freshSeed(t);
  await fc.assert(
    fc.asyncProperty(
      ids,
      fc.bigInt({ min: 0n, max: 90_000n }),
      fc.integer({ min: 1, max: 50 }),
      async (all, after, limit) => {
        const table = all.toSorted((a, b) => (a < b ? -1 : 1));
        const last = async () => table.at(-1) ?? 0n;
        const found = await inWindows({ after: `${after}`, limit }, last, async (page) =>
          table.filter((id) => id > BigInt(page.after ?? 0) && id <= BigInt(page.until)).slice(0, page.limit),
        );
        assert.deepEqual(found, table.filter((id) => id > after).slice(0, limit));
      },
    ),
    { seed, numRuns: 200 },
  );
});

test('values are asked for at most so many at a time, each once', async () => {
  const sizes: number[] = [];
  const values = Array.from({ length: 1_203 }, (_, place) => place % 1_201);
  const answers = await inParts(values, async (part) => {
    sizes.push(part.length);
    return part;
  });
  assert.deepEqual(sizes, [500, 500, 201]);
  assert.equal(new Set(answers).size, 1_201);
});

test('a key is a short text of ASCII as it stands, and of any other its digest', () => {
  assert.equal(keyOf('RF18 5390'), 'RF18 5390');
  for (const text of ['é', 'x'.repeat(201), 'a\nb']) assert.match(keyOf(text), /^sha256:[0-9a-f]{64}$/);
  assert.notEqual(keyOf('é'), keyOf('è'));
});
