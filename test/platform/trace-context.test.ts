import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import { readTraceparent, spanUnder, traceparentOf } from '../../src/platform/trace-context.ts';
import { freshSeed } from '../support/seed.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

const read: readonly (readonly [string, string, boolean])[] = [
  ['sampled', `00-${traceId}-${spanId}-01`, true],
  ['not sampled', `00-${traceId}-${spanId}-00`, false],
  ['flags that are not ours to know', `00-${traceId}-${spanId}-fe`, false],
  ['all flags', `00-${traceId}-${spanId}-ff`, true],
  ['a version of the future', `01-${traceId}-${spanId}-01`, true],
  ['a version of the future with more fields', `cc-${traceId}-${spanId}-01-what-comes-then`, true],
  ['a version of the future with an empty field', `cc-${traceId}-${spanId}-01-`, true],
];

for (const [name, header, sampled] of read) {
  test(`${name}: read`, () => assert.deepEqual(readTraceparent(header), { traceId, spanId, sampled }));
}

const refused: readonly (readonly [string, string | undefined])[] = [
  ['no header', undefined],
  ['an empty one', ''],
  ['version ff', `ff-${traceId}-${spanId}-01`],
  ['a trace id of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
  ['a span id of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['upper case', `00-${traceId.toUpperCase()}-${spanId}-01`],
  ['a fifth field in version 00', `00-${traceId}-${spanId}-01-00`],
  ['an empty fifth field in version 00', `00-${traceId}-${spanId}-01-`],
  ['a longer field without its dash in a version of the future', `cc-${traceId}-${spanId}-01.x`],
  ['a trace id too short', `00-${traceId.slice(1)}-${spanId}-01`],
  ['a span id too long', `00-${traceId}-${spanId}0-01`],
  ['no flags', `00-${traceId}-${spanId}`],
  ['one digit of flags', `00-${traceId}-${spanId}-1`],
  ['white space', ` 00-${traceId}-${spanId}-01`],
  ['two headers, as Node joins them', `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`],
  ['a second line', `00-${traceId}-${spanId}-01\n`],
];

for (const [name, header] of refused) {
  test(`${name}: no trace`, () => assert.equal(readTraceparent(header), undefined));
}

test('our span is a new one in the same trace', () => {
  const parent = { traceId, spanId, sampled: true };
  const child = spanUnder(parent, () => Buffer.from('0102030405060708', 'hex'));
  assert.equal(traceparentOf(child), `00-${traceId}-0102030405060708-01`);
});

test('without a caller’s trace a new one begins, which nobody records', () => {
  const first = spanUnder(undefined, (bytes) => Buffer.alloc(bytes, 0xab));
  assert.equal(traceparentOf(first), `00-${'ab'.repeat(16)}-${'ab'.repeat(8)}-00`);
});

test('chance that comes up with zeros makes an id all the same', () => {
  const { traceId: trace, spanId: span } = spanUnder(undefined, (bytes) => Buffer.alloc(bytes));
  assert.deepEqual([trace, span], [`${'0'.repeat(31)}1`, `${'0'.repeat(15)}1`]);
});

function hex(length: number): fc.Arbitrary<string> {
  return fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter((id) => !/^0+$/.test(id));
}

test('what is written is read as it was', (t) => {
  const spans = fc.record(
    { traceId: hex(32), spanId: hex(16), sampled: fc.boolean() },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(spans, (span) => {
      assert.deepEqual(readTraceparent(traceparentOf(span)), span);
      const child = readTraceparent(traceparentOf(spanUnder(span, randomBytes)));
      assert.deepEqual([child?.traceId, child?.sampled], [span.traceId, span.sampled]);
      assert.notEqual(child?.spanId, span.spanId);
    }),
    { seed: freshSeed(t) },
  );
});
