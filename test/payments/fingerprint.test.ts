import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digest, fingerprintOf } from '../../src/payments/fingerprint.ts';
import type { Instruction } from '../../src/payments/payment.ts';
import { euros, someInstruction, someTime } from '../support/payments.ts';

const whole = someInstruction({
  endToEndId: 'E2E-1',
  uetr: '97ed4827-7b6f-4491-a06f-b548d5a7512d',
  paymentToken: 'tok_1',
  counterparty: {
    name: 'Erika Mustermann',
    iban: 'DE02120300000000202051',
    otherAccount: '12',
    bic: 'BYLADEM1001',
  },
  requestedExecutionDate: '2026-11-23',
  validUntil: someTime,
  remittanceInformation: 'Invoice 7',
  returnUrl: 'https://casino.example/back',
});

/** Stored fingerprints are compared with repeats for ever: this digest changes only with a new version of the form. */
test('the first form of the fingerprint is what it was', () => {
  assert.equal(fingerprintOf(whole), 'v1:78816708292a7a9a61e06b8a3ce2798243a860ea2d154b37a42aa7dc66fb0166');
});

const meaningful: [string, Partial<Instruction>][] = [
  ['direction', { direction: 'DBIT' }],
  ['player', { playerId: 'player-2' }],
  ['player in another case', { playerId: 'Player-1' }],
  ['brand', { brand: 'royal' }],
  ['amount', { amount: euros(1001n) }],
  ['currency', { amount: { minor: 1000n, currency: 'USD' } }],
  ['method', { method: 'CARD' }],
  ['token', { paymentToken: 'tok_2' }],
  ['name', { counterparty: { ...whole.counterparty, name: 'Max Mustermann' } }],
  ['IBAN', { counterparty: { ...whole.counterparty, iban: 'DE02500105170137075030' } }],
  ['other account', { counterparty: { ...whole.counterparty, otherAccount: '13' } }],
  ['BIC', { counterparty: { ...whole.counterparty, bic: 'INGDDEFF' } }],
  ['EndToEndId', { endToEndId: 'E2E-2' }],
  ['UETR', { uetr: '97ed4827-7b6f-4491-a06f-b548d5a7512e' }],
  ['execution date', { requestedExecutionDate: '2026-11-24' }],
  ['validity', { validUntil: new Date(someTime.getTime() + 1) }],
  ['purpose', { purpose: 'OTHR' }],
  ['remittance information', { remittanceInformation: 'Invoice 8' }],
  ['return address', { returnUrl: 'https://casino.example/other' }],
];

for (const [field, change] of meaningful) {
  test(`another ${field} is another meaning`, () => {
    assert.notEqual(fingerprintOf({ ...whole, ...change }), fingerprintOf(whole));
  });
}

test('who says it, and by which reference, is not part of the meaning', () => {
  const elsewhere = { ...whole, partnerId: 'partner-b', partnerReference: 'ref-2' };
  assert.equal(fingerprintOf(elsewhere), fingerprintOf(whole));
});

test('a text that moves to the next field is another meaning, and absent is not empty', () => {
  assert.notEqual(digest(['a', 'bc']), digest(['ab', 'c']));
  assert.notEqual(digest([undefined]), digest(['']));
  assert.notEqual(digest(['a', undefined]), digest(['a']));
});
