import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { soapCodec } from '../../../src/inbound/soap/codec.ts';
import type { SoapMessage, SoapResult } from '../../../src/inbound/soap/door-codec.ts';
import { isRefusal } from '../../../src/payments/refusals.ts';
import type { Refusal } from '../../../src/payments/refusals.ts';
import type { SoapVersion } from '../../../src/platform/soap.ts';
import { at, attempt, completed, golden, history, payment, rejected, returns } from './samples.ts';

const codec = soapCodec((invalid) =>
  assert.fail(`an answer of ours is invalid: ${invalid.findings.join(', ')}`),
);

interface Pair {
  readonly name: string;
  readonly version: SoapVersion;
  readonly message: SoapMessage;
  readonly result: SoapResult;
}

const pairs: readonly Pair[] = [
  {
    name: 'deposit-1.1',
    version: '1.1',
    message: {
      operation: 'deposit',
      request: {
        direction: 'CRDT',
        partnerReference: 'DEP-2026-000001',
        endToEndId: 'E2E/0001 (A)',
        uetr: 'eb6305c9-1f7f-49de-aed0-16487c27b42d',
        playerId: 'player.4711',
        brand: 'north',
        amount: { value: '100.5', currency: 'EUR' },
        method: 'INSTANT_TRANSFER',
        counterparty: { name: 'Zoë Müller & Søn', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' },
        requestedExecutionDate: '2026-11-23',
        validUntil: new Date('2026-11-23T23:59:59Z'),
        purpose: 'GAMB',
        remittanceInformation: 'Einzahlung 你好',
        returnUrl: 'https://north.example/cage?from=bank&ok=1',
        propertyNames: [],
      },
    },
    result: { operation: 'deposit', payment: payment(completed) },
  },
  {
    name: 'deposit-1.2',
    version: '1.2',
    message: {
      operation: 'deposit',
      request: {
        direction: 'CRDT',
        partnerReference: 'DEP-2',
        playerId: 'player.4711',
        amount: { value: '1000', currency: 'JPY' },
        method: 'CARD',
        paymentToken: 'tok_<1>&x',
        propertyNames: [],
      },
    },
    result: {
      operation: 'deposit',
      payment: payment(
        {
          name: 'pending',
          attempt,
          gatewayReference: 'R-1',
          reason: { code: 'NARR' },
          nextAction: { redirectUrl: 'https://bank.example/3ds?a=1&b=2', expiresAt: at('08:15:00') },
        },
        {
          openCases: [{ id: 'c', paymentId: 'p', kind: 'mismatch', evidence: 'e', openedAt: at('08:00:05') }],
        },
        { amount: { minor: 1_000n, currency: 'JPY' }, partnerReference: 'DEP-2' },
      ),
    },
  },
  {
    name: 'withdrawal-1.1',
    version: '1.1',
    message: {
      operation: 'withdrawal',
      request: {
        direction: 'DBIT',
        partnerReference: 'WDR-1',
        playerId: 'player.4711',
        amount: { value: '12.005', currency: 'KWD' },
        method: 'BANK_TRANSFER',
        counterparty: { name: 'Jane Doe', otherAccount: '00123/456 (B)' },
        propertyNames: [],
      },
    },
    result: {
      operation: 'withdrawal',
      payment: payment(
        rejected,
        { version: 1 },
        { direction: 'DBIT', amount: { minor: 12_005n, currency: 'KWD' }, partnerReference: 'WDR-1' },
      ),
    },
  },
  {
    name: 'withdrawal-1.2',
    version: '1.2',
    message: {
      operation: 'withdrawal',
      request: {
        direction: 'DBIT',
        partnerReference: 'WDR_2',
        playerId: 'p',
        brand: 'south',
        amount: { value: '0.01', currency: 'USD' },
        method: 'EWALLET',
        paymentToken: 'wallet:1',
        propertyNames: ['channel'],
      },
    },
    result: {
      operation: 'withdrawal',
      payment: payment(
        { name: 'unknown', attempt, since: at('08:00:31') },
        {},
        { direction: 'DBIT', amount: { minor: 1n, currency: 'USD' }, partnerReference: 'WDR_2' },
      ),
    },
  },
  {
    name: 'status-1.1',
    version: '1.1',
    message: { operation: 'status', identifier: { partnerReference: 'DEP-2026-000001' } },
    result: { operation: 'status', status: { payment: payment(completed, { version: 3 }), history } },
  },
  {
    name: 'status-1.2',
    version: '1.2',
    message: { operation: 'status', identifier: { paymentId: '019aab00-0000-7000-8000-000000000001' } },
    result: {
      operation: 'status',
      status: { payment: payment({ name: 'received' }, { version: 1 }), history: [] },
    },
  },
];

describe('golden pairs', () => {
  for (const { name, version, message, result } of pairs) {
    test(`${name}: the request is read`, () => {
      assert.deepEqual(codec.readMessage(golden(`${name}.request`), { media: { version } }), message);
    });
    test(`${name}: the response is written, byte for byte, every time`, () => {
      const written = codec.writeResult(version, result);
      assert.ok(!isRefusal(written));
      assert.equal(written.toString('utf8'), golden(`${name}.response`).toString('utf8'));
      assert.deepEqual(codec.writeResult(version, result), written);
    });
  }

  test('what came back is told in all and one by one, and the status stays ACSC', () => {
    const returned = payment(completed, { version: 5, returns });
    const written = codec.writeResult('1.1', { operation: 'deposit', payment: returned });
    assert.ok(!isRefusal(written));
    assert.equal(written.toString('utf8'), golden('returned-1.1.response').toString('utf8'));
  });

  for (const [version, status] of [
    ['1.1', 500],
    ['1.2', 400],
  ] as const) {
    test(`fault-${version}: the violations are named without a value`, () => {
      const refusal = codec.readMessage(golden(`fault-${version}.request`), { media: { version } });
      assert.ok(isRefusal(refusal));
      const fault = codec.writeFault(version, refusal, '019aab00-0000-7000-8000-0000000000ff');
      assert.equal(fault.status, status);
      assert.equal(fault.body.toString('utf8'), golden(`fault-${version}.response`).toString('utf8'));
      assert.doesNotMatch(fault.body.toString('utf8'), /DE89|Jane|Iban|CASH|\+5/);
    });
  }

  test('the fault of a reference used twice says what is known of the first payment', () => {
    const refusal: Refusal = {
      refused: 'REFERENCE_REUSED',
      outcome: 'EXECUTED',
      paymentId: '019aab00-0000-7000-8000-000000000001',
    };
    const fault = codec.writeFault('1.1', refusal, '019aab00-0000-7000-8000-0000000000ff');
    assert.equal(fault.body.toString('utf8'), golden('reused-1.1.response').toString('utf8'));
  });
});
