import assert from 'node:assert/strict';
import test from 'node:test';
import { deepFreeze, isJsonObject, type JsonObject, overlay } from '../../src/platform/json.ts';
import { compileJsonSchema } from '../../src/platform/json-schema.ts';

/** What is below, what is laid over it, and what comes of it. */
const overlays: readonly (readonly [JsonObject, JsonObject, JsonObject])[] = [
  [{ a: 1 }, {}, { a: 1 }],
  [{ a: 1 }, { a: 2, b: 3 }, { a: 2, b: 3 }],
  [{ a: { b: 1, c: 2 } }, { a: { c: 3 } }, { a: { b: 1, c: 3 } }],
  [{ a: [1, 2] }, { a: [3] }, { a: [3] }],
  [{ a: { b: 1 } }, { a: null }, { a: null }],
  [{ a: 1 }, { a: { b: 1 } }, { a: { b: 1 } }],
];

for (const [below, above, joined] of overlays) {
  test(`${JSON.stringify(above)} over ${JSON.stringify(below)}`, () => {
    assert.deepEqual(overlay(below, above), joined);
  });
}

test('a member called __proto__ changes nobody', () => {
  const above = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"x":1}}') as JsonObject;
  const joined = overlay({}, above);
  assert.equal((joined as { polluted?: boolean }).polluted, undefined);
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  assert.ok(Object.hasOwn(joined, '__proto__'));
});

test('a frozen tree is frozen to its leaves, and what is no tree stays what it is', () => {
  const tree = deepFreeze({ a: [{ b: 1 }] });
  assert.throws(() => Object.assign(tree.a[0]!, { b: 2 }), TypeError);
  assert.equal(deepFreeze(7), 7);
  assert.equal(deepFreeze(null), null);
});

test('a list and null are no objects', () => {
  assert.deepEqual([{}, [], null, 'x', undefined].map(isJsonObject), [true, false, false, false, false]);
});

test('violations say place, rule and member, at most so many, and no value', () => {
  const schema = {
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    properties: { name: { type: 'string' }, list: { type: 'array', items: { type: 'integer', maximum: 5 } } },
  };
  const violationsOf = compileJsonSchema(schema, { violationsMax: 3 });
  assert.deepEqual(violationsOf({ name: 'x', list: [1] }), []);
  assert.deepEqual(violationsOf({ other: 'SECRET' }), [
    { path: '/', rule: 'required', message: "must have required property 'name'", member: 'name' },
    {
      path: '/',
      rule: 'additionalProperties',
      message: 'must NOT have additional properties',
      member: 'other',
    },
  ]);
  const many = violationsOf({ name: 'x', list: ['SECRET', 9, 9, 9, 9] });
  assert.deepEqual(many[0], { path: '/list/0', rule: 'type', message: 'must be integer' });
  assert.equal(many.length, 3);
});
