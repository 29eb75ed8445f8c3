import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { readJsonText } from '../../src/platform/json-text.ts';
import { freshSeed } from '../support/seed.ts';

const depthMax = 4;

const read: readonly (readonly [string, string, unknown])[] = [
  ['an object', '{"a":1,"b":{"a":2}}', { a: 1, b: { a: 2 } }],
  ['one name in two objects of a list', '[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
  ['a name again as a value', '{"a":"a","b":["a","a"]}', { a: 'a', b: ['a', 'a'] }],
  [
    'brackets, colons and quotes in texts',
    String.raw`{"a":"{\"a\":1}","b":"[}:,\\"}`,
    { a: '{"a":1}', b: '[}:,\\' },
  ],
  ['names that differ in case', '{"a":1,"A":2}', { a: 1, A: 2 }],
  ['an empty name', '{"":1}', { '': 1 }],
  ['a text', '"a"', 'a'],
  ['a number', ' 1 ', 1],
  ['as deep as allowed', '[[[[]]]]', [[[[]]]]],
  ['many side by side', '[[],[],[],[],[],[]]', [[], [], [], [], [], []]],
];

for (const [name, text, document] of read) {
  test(`${name}: read`, () => assert.deepEqual(readJsonText(text, { depthMax }), { document }));
}

const refused: readonly (readonly [string, string, string])[] = [
  ['a member twice', '{"a":1,"a":1}', 'memberRepeated'],
  ['a member twice, with others between', '{"a":1,"b":{"a":1},"a":2}', 'memberRepeated'],
  ['a member twice, in two spellings', String.raw`{"a":1,"\u0061":2}`, 'memberRepeated'],
  ['a member twice, deep inside', '{"x":[{"a":1,"a":2}]}', 'memberRepeated'],
  ['a member twice, after a list', '{"a":[1,{"b":2}],"a":3}', 'memberRepeated'],
  ['a prototype twice', '{"__proto__":1,"__proto__":2}', 'memberRepeated'],
  ['an empty name twice', '{"":1,"":2}', 'memberRepeated'],
  ['a member twice, white space before the colon', '{"a" :1, "a"\n:2}', 'memberRepeated'],
  ['one level too deep', '[[[[[]]]]]', 'tooDeep'],
  ['objects too deep', '{"a":{"a":{"a":{"a":{}}}}}', 'tooDeep'],
  ['nothing', '', 'notWellFormed'],
  ['half a document', '{"a":', 'notWellFormed'],
  ['two documents', '{} {}', 'notWellFormed'],
  ['a comment', '{} // {}', 'notWellFormed'],
  ['a comma too many', '[1,]', 'notWellFormed'],
  ['not a number', '[NaN]', 'notWellFormed'],
];

for (const [name, text, refusal] of refused) {
  test(`${name}: ${refusal}`, () => assert.equal(readJsonText(text, { depthMax }), refusal));
}

test('100,000 levels are refused, not a crash', () => {
  assert.equal(readJsonText('['.repeat(100_000) + ']'.repeat(100_000), { depthMax: 16 }), 'tooDeep');
});

test('what JSON.stringify wrote is read as it was; with a member repeated anywhere it is refused', (t) => {
  const seed = freshSeed(t);
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      assert.deepEqual(readJsonText(text, { depthMax: 100 }), { document: JSON.parse(text) as unknown });
    }),
    { seed },
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.json(), fc.json(), (name, one, other) => {
      const member = JSON.stringify(name);
      const text = `{${member}:${one},${member}:${other}}`;
      assert.equal(readJsonText(text, { depthMax: 100 }), 'memberRepeated');
    }),
    { seed },
  );
});
