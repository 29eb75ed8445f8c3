import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { createIds } from '../../src/platform/ids.ts';

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function idsAt(times: readonly number[], random?: (bytes: number) => Uint8Array): string[] {
  let turn = 0;
  const ids = createIds({ clock: { now: () => new Date(times[turn++] ?? 0) }, ...(random && { random }) });
  return times.map(() => ids.uuid());
}

test('every id is a UUIDv7, and sorts after the one before it whatever the clock does', (t) => {
  const seed = Date.now() ^ process.pid;
  t.diagnostic(`seed ${seed}`);
  const instants = fc.array(fc.integer({ min: 0, max: 2 ** 48 - 10_000 }), { minLength: 1, maxLength: 200 });
  const property = fc.property(instants, (times) => {
    const made = idsAt(times);
    made.forEach((id) => assert.match(id, uuidV7));
    assert.deepEqual(made, made.toSorted());
    assert.equal(new Set(made).size, made.length);
  });
  fc.assert(property, { seed });
});

test('the first 48 bits are the time in milliseconds', () => {
  const at = Date.parse('2026-11-22T12:00:00.123Z');
  const [id = ''] = idsAt([at]);
  assert.equal(Number.parseInt(id.replace('-', '').slice(0, 12), 16), at);
});

test('a millisecond with more ids than the counter holds borrows from the next one', () => {
  const made = idsAt(Array.from({ length: 10_000 }, () => 1_000));
  assert.equal(new Set(made).size, made.length);
  assert.deepEqual(made, made.toSorted());
  assert.ok(new Set(made.map((id) => id.slice(0, 13))).size >= 3);
});

test('version and variant stand whatever the random source says', () => {
  for (const fill of [0x00, 0xff]) {
    const [id = ''] = idsAt([0], (bytes) => Buffer.alloc(bytes, fill));
    assert.match(id, uuidV7);
  }
});
