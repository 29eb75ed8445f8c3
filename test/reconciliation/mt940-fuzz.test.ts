import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { StatementPart } from '../../src/reconciliation/statements/statement.ts';
import { mt940Bounds, mt940Of, mt940Parts } from '../support/mt940-read.ts';
import { freshSeed } from '../support/seed.ts';
import { assertCheap } from '../support/cheapest.ts';

const files = globSync('test/reconciliation/fixtures/mt940/*.sta')
  .toSorted()
  .map((file) => readFileSync(file));

/** Statements one after another, everything else within them; a refusal ends it all. */
function assertInOrder(parts: readonly StatementPart[]): void {
  let open = false;
  for (const [place, { part }] of parts.entries()) {
    if (part === 'opened') assert.equal(open, false);
    else if (part === 'closed' || part === 'entry' || part === 'balance') assert.equal(open, true);
    if (part === 'opened' || part === 'closed') open = part === 'opened';
    if (part === 'refused') assert.equal(place, parts.length - 1);
  }
  assert.ok(!open || parts.at(-1)?.part === 'refused');
}

const edit = fc.record({
  kind: fc.constantFrom('flip', 'insert', 'delete', 'repeat', 'move'),
  at: fc.nat(),
  length: fc.integer({ min: 1, max: 60 }),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
    fc
      .constantFrom(
        ':20:',
        '\n:61:',
        '\n:86:',
        '\n-\n',
        '-}',
        '{2:I942',
        '{4:',
        '//',
        '?20',
        'EREF+',
        '/REMI/',
        ',',
        '\r',
        '\n',
      )
      .map((text) => new TextEncoder().encode(text)),
  ),
});

function edited(
  file: Uint8Array,
  { kind, at, length, bytes }: { kind: string; at: number; length: number; bytes: Uint8Array },
): Uint8Array {
  const from = file.length === 0 ? 0 : at % file.length;
  const before = file.subarray(0, from);
  const piece = file.subarray(from, from + length);
  const after = file.subarray(from + length);
  switch (kind) {
    case 'flip':
      return Buffer.concat([before, piece.map((byte) => byte ^ (1 << (at % 8))), after]);
    case 'insert':
      return Buffer.concat([before, bytes, piece, after]);
    case 'delete':
      return Buffer.concat([before, after]);
    case 'repeat':
      return Buffer.concat([before, piece, piece, after]);
    default:
      return Buffer.concat([after, before, piece]);
  }
}

test('a file that was changed anywhere is read or refused, and its parts stay in order', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.array(edit, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 500 }),
      async (file, edits, chunkBytes) => {
        const changed = edits.reduce<Uint8Array>(edited, file);
        assertInOrder(await mt940Parts(changed, { chunkBytes }));
      },
    ),
    { seed: freshSeed(t), numRuns: 1500 },
  );
});

test('random bytes are read or refused', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
      assertInOrder(await mt940Parts(bytes));
    }),
    { seed: freshSeed(t), numRuns: 500 },
  );
});

const repeated: readonly [string, (times: number) => string][] = [
  ['ends of messages on one line', (times) => '-}{4:'.repeat(times)],
  ['slash words', (times) => mt940Of(`:61:260102C1,NTRFA\n:86:${'/EREF/x'.repeat(times)}`)],
  ['words of German banks', (times) => mt940Of(`:61:260102C1,NTRFA\n:86:051?20${'EREF+x '.repeat(times)}`)],
  ['separators', (times) => mt940Of(`:61:260102C1,NTRFA\n:86:051?20${'?2'.repeat(times)}`)],
  ['empty subfields', (times) => mt940Of(`:61:260102C1,NTRFA\n:86:051${'?20'.repeat(times)}`)],
  ['blanks', (times) => mt940Of(`:61:260102C1,NTRFA${' '.repeat(times)}x\n:86:${' '.repeat(times)}x`)],
  [
    'slashes',
    (times) => mt940Of(`:61:260102C1,NTRFA\n/OCMT/${'/'.repeat(times)}\n:86:/REMI/${'/'.repeat(times)}x`),
  ],
  ['control characters', (times) => mt940Of(`:61:260102C1,NTRFA\n:86:${'\u0001'.repeat(times)}x`)],
  ['digits', (times) => mt940Of(`:25:${'1'.repeat(times)}EUR\n:61:260102C${'1'.repeat(times)},NTRFA`)],
  ['letters in an account', (times) => mt940Of(`:25:${'A'.repeat(times)}`)],
  ['headers', (times) => ':20:A\n'.repeat(times / 10)],
  ['empty lines', (times) => mt940Of(`:61:260102C1,NTRFA\n:86:${'\n'.repeat(times)}`)],
  ['texts of one letter', (times) => mt940Of(`:61:260102C1,NTRFA\n${':86:x\n'.repeat(times)}`)],
];
for (const [name, file] of repeated) {
  test(`the time for ${name} grows with their number`, async () => {
    const bounds = { ...mt940Bounds, textBytesMax: 1024 * 1024 };
    const text = file(140_000);
    await assertCheap(5_000, async () => assertInOrder(await mt940Parts(text, { bounds })));
  });
}
