/** The contract with a PSP is a sound OpenAPI 3.1 document, closed in every object and bounded in every text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { isJsonObject, type Json, type JsonObject, readJsonFile } from '../../src/platform/json.ts';
import { compileOpenApiSchemas } from '../../src/platform/json-schema.ts';

const contract = readJsonFile('openapi/psp-v1.json', 'openapi/psp-v1.json');
const { schemas } = contract['components'] as { schemas: Readonly<Record<string, JsonObject>> };
const checks = compileOpenApiSchemas(contract, Object.keys(schemas), { violationsMax: 5 });

test('the document follows the meta-schema of OpenAPI 3.1, and all its references lead somewhere', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(contract));
  assert.equal(valid, true, JSON.stringify(errors));
  assert.equal(validator.version, '3.1');
  for (const [, reference = ''] of JSON.stringify(contract).matchAll(/"\$ref":"([^"]*)"/g)) {
    const found = reference
      .replace(/^#\//, '')
      .split('/')
      .reduce<Json | undefined>((at, name) => (isJsonObject(at) ? at[name] : undefined), contract);
    assert.ok(found !== undefined, reference);
  }
});

test('a document that is broken on purpose is seen', async () => {
  const { info: _info, ...broken } = contract;
  assert.equal((await new Validator().validate(structuredClone(broken))).valid, false);
});

test('every schema is compiled; every object is closed, every text has a bound and a pattern or a list', () => {
  const open = everySchema(contract, []).filter(({ schema }) => {
    if (schema['type'] === 'object') return schema['additionalProperties'] !== false;
    if (schema['type'] === 'array') return schema['maxItems'] === undefined;
    if (schema['type'] !== 'string' || schema['enum'] !== undefined || schema['const'] !== undefined)
      return false;
    return schema['maxLength'] === undefined || schema['pattern'] === undefined;
  });
  // Somebody else's standard says what a trace looks like; one that is not in its form is not used.
  assert.deepEqual(
    open.map(({ at }) => at.join('/')),
    ['components/parameters/Traceparent/schema'],
  );
});

const order = {
  instructionId: '019330c8f1a07c0e8f0a3f6f9c3b2a11',
  direction: 'DEPOSIT',
  amount: { currency: 'EUR', minorUnits: '1010' },
  method: 'CARD',
  brand: 'main',
  purpose: 'GAMB',
};
const payment = {
  instructionId: 'I-1',
  pspReference: 'PSP-1',
  status: 'SETTLED',
  amount: order.amount,
  updatedAt: '2026-11-22T10:00:00.000Z',
};
const event = { type: 'payment.settled', timestamp: '2026-11-22T10:00:00Z', data: payment };
const returned = {
  instructionId: 'I-1',
  pspReference: 'PSP-1',
  amount: order.amount,
  reasonCode: 'MD06',
  bookedAt: '2026-11-22T10:00:00Z',
};
const returnedEvent = { ...event, type: 'payment.charged_back', data: returned };
const rejection = {
  title: 'not taken on',
  code: 'REJECTED',
  instructionId: 'I-1',
  amount: order.amount,
  reasonCode: 'AM02',
};

const iban = 'MT31MALT01100000000000000000123';
const amountOf = (minorUnits: Json) => ({ ...order, amount: { currency: 'EUR', minorUnits } });

/** `breaks` is the rule that refuses; undefined where the value is allowed. */
const rows: readonly [what: string, schema: string, value: JsonObject, breaks: string | undefined][] = [
  ['an order', 'PaymentOrder', order, undefined],
  ['a party with an account', 'PaymentOrder', { ...order, party: { name: 'Zoë Özil', iban } }, undefined],
  ['a party with two accounts', 'PaymentOrder', { ...order, party: { iban, otherAccount: '1' } }, 'not'],
  ['a party of nothing', 'PaymentOrder', { ...order, party: {} }, 'minProperties'],
  ['an amount as a number', 'PaymentOrder', amountOf(1010), 'type'],
  ['a leading zero', 'PaymentOrder', amountOf('01'), 'pattern'],
  ['a sign', 'PaymentOrder', amountOf('-1'), 'pattern'],
  ['a line feed behind the digits', 'PaymentOrder', amountOf('1\n'), 'pattern'],
  ['nineteen digits', 'PaymentOrder', amountOf('1'.repeat(19)), 'maxLength'],
  ['an id that a path would swallow', 'PaymentOrder', { ...order, instructionId: '..' }, 'pattern'],
  ['a control character', 'PaymentOrder', { ...order, remittanceInformation: 'a\u0007' }, 'pattern'],
  ['an address without TLS', 'PaymentOrder', { ...order, returnUrl: 'http://casino.example/' }, 'pattern'],
  ['a stranger', 'PaymentOrder', { ...order, extra: true }, 'additionalProperties'],
  ['a payment', 'Payment', payment, undefined],
  ['a status of next year', 'Payment', { ...payment, status: 'A_STATUS_OF_NEXT_YEAR' }, undefined],
  [
    'an instant that is not in UTC',
    'Payment',
    { ...payment, updatedAt: '2026-11-22T10:00:00+01:00' },
    'pattern',
  ],
  ['a reason in lower case', 'Payment', { ...payment, reasonCode: 'ac04' }, 'pattern'],
  ['a rejection', 'Rejection', rejection, undefined],
  ['another problem as a rejection', 'Rejection', { ...rejection, code: 'DUPLICATE' }, 'const'],
  ['an event', 'Event', event, undefined],
  ['an event of a broken payment', 'Event', { ...event, data: { ...payment, status: 1 } }, 'type'],
  ['an event of a return', 'Event', returnedEvent, undefined],
  ['a return as a payment', 'Event', { ...returnedEvent, type: 'payment.settled' }, 'required'],
  ['a payment as a return', 'Event', { ...event, type: 'payment.returned' }, 'required'],
  ['an event of next year', 'Event', { ...event, type: 'payment.reviewed', data: [1] }, undefined],
  ['a return with a name of its own', 'Return', { ...returned, returnReference: 'R-1' }, undefined],
  ['a return with a status', 'Return', { ...returned, status: 'SETTLED' }, 'additionalProperties'],
  ['an empty object', 'Cancellation', {}, undefined],
  ['a member of tomorrow', 'Cancellation', { why: 'no' }, 'additionalProperties'],
];

for (const [what, name, value, breaks] of rows) {
  test(`${name} ${breaks === undefined ? 'allows' : `refuses by ${breaks}`}: ${what}`, () => {
    const rules = checks[name]?.(value).map(({ rule }) => rule);
    if (breaks === undefined) assert.deepEqual(rules, []);
    else assert.ok(rules?.includes(breaks), JSON.stringify(rules));
  });
}

interface Place {
  readonly at: readonly string[];
  readonly schema: JsonObject;
}

/** Every object of the document that says what type a value has. */
function everySchema(value: Json, at: readonly string[]): Place[] {
  if (Array.isArray(value)) return value.flatMap((item: Json, n) => everySchema(item, [...at, String(n)]));
  if (!isJsonObject(value)) return [];
  const below = Object.entries(value).flatMap(([name, part]) => everySchema(part, [...at, name]));
  const isSchema = typeof value['type'] === 'string' && !at.includes('securitySchemes');
  return isSchema ? [{ at, schema: value }, ...below] : below;
}
