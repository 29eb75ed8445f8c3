import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  forbiddenFor,
  looksLikeCardNumber,
  readInstruction,
  type PaymentRequest,
} from '../../src/payments/instruction.ts';
import type { Instruction } from '../../src/payments/payment.ts';
import { euros, someInstruction, somePartner, someRequest, someTime } from '../support/payments.ts';

test('a request becomes an instruction: its amount read, its brand and purpose filled in', () => {
  const { propertyNames: _, ...request } = someRequest();
  assert.deepEqual(readInstruction(somePartner(), someRequest()), {
    ...request,
    partnerId: 'partner-a',
    amount: euros(1000n),
    brand: 'lucky',
    purpose: 'GAMB',
  });
});

test('brand and purpose are kept where the request names them', () => {
  const read = readInstruction(somePartner(), someRequest({ brand: 'royal', purpose: 'OTHR' }));
  assert.ok(typeof read === 'object');
  assert.deepEqual([read.brand, read.purpose], ['royal', 'OTHR']);
});

const unreadable: [string, Partial<PaymentRequest>][] = [
  ['AMOUNT_TOO_MANY_DECIMALS', { amount: { value: '10.001', currency: 'EUR' } }],
  ['AMOUNT_TOO_MANY_DECIMALS', { amount: { value: '10.0', currency: 'JPY' } }],
  ['AMOUNT_ZERO', { amount: { value: '0.00', currency: 'EUR' } }],
  ['CURRENCY_FORBIDDEN', { amount: { value: '10', currency: 'ZZZ' } }],
  ['REQUEST_INVALID', { amount: { value: '1e3', currency: 'EUR' } }],
  ['PROPERTY_UNKNOWN', { propertyNames: ['anything'] }],
];

for (const [code, change] of unreadable) {
  test(`${code}: ${JSON.stringify(change)}`, () => {
    assert.equal(readInstruction(somePartner(), someRequest(change)), code);
  });
}

const card = '4111 1111 1111 1111';
const withdrawal = { direction: 'DBIT' } as const;
const rules: [string | undefined, string, Partial<Instruction>][] = [
  [undefined, 'an ordinary deposit', {}],
  [undefined, 'exactly the limit', { amount: euros(1_000_000n) }],
  [undefined, 'a currency without a limit', { amount: { minor: 10n ** 12n, currency: 'JPY' } }],
  [undefined, 'valid for another millisecond', { validUntil: new Date(someTime.getTime() + 1) }],
  [undefined, 'a withdrawal to an IBAN', { ...withdrawal, counterparty: { iban: 'DE02120300000000202051' } }],
  [undefined, 'a withdrawal to another account', { ...withdrawal, counterparty: { otherAccount: '12345' } }],
  [undefined, 'a withdrawal to a token', { ...withdrawal, paymentToken: 'tok_1' }],
  ['BRAND_FORBIDDEN', 'a brand of others', { brand: 'other' }],
  ['CURRENCY_FORBIDDEN', 'a currency of others', { amount: { minor: 1n, currency: 'USD' } }],
  ['AMOUNT_ABOVE_LIMIT', 'a cent above the limit', { amount: euros(1_000_001n) }],
  ['CREDITOR_ACCOUNT_MISSING', 'a withdrawal to nowhere', withdrawal],
  ['CREDITOR_ACCOUNT_MISSING', 'a withdrawal to a name', { ...withdrawal, counterparty: { name: 'N' } }],
  ['CARD_NUMBER_REFUSED', 'a card number', { counterparty: { otherAccount: card } }],
  ['VALIDITY_PASSED', 'valid until this instant', { validUntil: someTime }],
];

for (const [code, what, change] of rules) {
  test(`${code ?? 'allowed'}: ${what}`, () => {
    assert.equal(forbiddenFor(somePartner(), someInstruction(change), someTime), code);
  });
}

const accounts: [what: string, account: string, expected: boolean][] = [
  ['digits alone', '4111111111111111', true],
  ['dashes between', '4111-1111-1111-1111', true],
  ['points between', '4111.1111.1111.1111', true],
  ['every punctuation', "(4111)/1111:1111,1111?'+", true],
  ['15 digits', '378282246310005', true],
  ['a wrong check digit', '4111111111111112', false],
  ['zeros', '0000000000000000', false],
  ['12 digits', '123456789015', false],
  ['few digits', '1234567', false],
  ['an IBAN', 'DE02120300000000202051', false],
  ['nothing', '', false],
];

for (const [what, account, expected] of accounts) {
  test(`${what}: ${expected ? 'looks' : 'does not look'} like a card number`, () => {
    assert.equal(looksLikeCardNumber(account), expected);
  });
}
