import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { soapCodec } from '../../../src/inbound/soap/codec.ts';
import type { InvalidAnswer } from '../../../src/inbound/invalid-answer.ts';
import type { SoapResult } from '../../../src/inbound/soap/door-codec.ts';
import { currencyCodes, minorDigits } from '../../../src/ledger/currencies.ts';
import { formatAmount, readAmount } from '../../../src/ledger/money.ts';
import { paymentMethods } from '../../../src/payments/payment.ts';
import type { PaymentState } from '../../../src/payments/payment.ts';
import { isRefusal, refusalRules } from '../../../src/payments/refusals.ts';
import type { Outcome, Refusal, RefusalCode } from '../../../src/payments/refusals.ts';
import type { SoapVersion } from '../../../src/platform/soap.ts';
import { parentElement, textElement } from '../../../src/platform/xml-write.ts';
import { writeEnvelope } from '../../../src/platform/soap.ts';
import { at, attempt, completed, golden, payment } from './samples.ts';

const invalid: InvalidAnswer[] = [];
const codec = soapCodec((found) => invalid.push(found));
const versions: readonly SoapVersion[] = ['1.1', '1.2'];
const seed = Date.now() ^ process.pid;

const faultCode = (version: SoapVersion, refused: RefusalCode): string | undefined =>
  /soap:(\w+)<\/(?:faultcode|soap:Value)>/.exec(
    codec.writeFault(version, { refused, outcome: 'UNKNOWN' }, 'c').body.toString(),
  )?.[1];

describe('faults', () => {
  const codes = Object.keys(refusalRules) as RefusalCode[];
  const outcomes: readonly Outcome[] = ['NOT_EXECUTED', 'EXECUTED', 'UNKNOWN'];

  for (const code of codes) {
    test(`${code} is a fault of the contract in both versions, whatever the outcome`, () => {
      invalid.length = 0;
      for (const version of versions) {
        for (const outcome of outcomes) {
          const refusal: Refusal = {
            refused: code,
            outcome,
            paymentId: '019aab00-0000-7000-8000-000000000001',
            retryAfterSeconds: 5,
            violations: [{ path: '/Deposit/Request', rule: 'missing: expected Amount' }],
          };
          const { status, body } = codec.writeFault(version, refusal, 'c-1');
          const text = body.toString('utf8');
          assert.match(
            text,
            new RegExp(
              `<Code>${code}</Code>.*<Outcome>${outcome}</Outcome>.*<CorrelationId>c-1</CorrelationId>`,
            ),
          );
          // A new reference beside an unknown outcome is how a payment is made twice.
          assert.ok(outcome !== 'UNKNOWN' || !text.includes('<Retry>NEW_ID</Retry>'));
          const isSender =
            refusalRules[code].blame === 'sender' &&
            !['SOAP_VERSION_MISMATCH', 'SOAP_MUST_UNDERSTAND'].includes(code);
          assert.equal(status, version === '1.2' && isSender ? 400 : 500);
        }
      }
      assert.deepEqual(invalid, []);
    });
  }

  test('the codes of SOAP itself', () => {
    const wanted: readonly (readonly [RefusalCode, string, string])[] = [
      ['REQUEST_INVALID', 'Client', 'Sender'],
      ['OVERLOADED', 'Server', 'Receiver'],
      ['SOAP_VERSION_MISMATCH', 'VersionMismatch', 'VersionMismatch'],
      ['SOAP_MUST_UNDERSTAND', 'MustUnderstand', 'MustUnderstand'],
    ];
    for (const [code, in11, in12] of wanted)
      assert.deepEqual([faultCode('1.1', code), faultCode('1.2', code)], [in11, in12]);
  });

  test('a fault that comes again differs in its correlation id and in what was refused, and in nothing else', () => {
    invalid.length = 0;
    const ids = ['019aab00-0000-7000-8000-000000000001', '019aab00-0000-7000-8000-000000000002'];
    const refusals = [2, 3, undefined].map((retryAfterSeconds) => ({
      refused: 'OVERLOADED' as const,
      outcome: 'UNKNOWN' as const,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    }));
    for (const version of ['1.1', '1.2'] as const) {
      for (const refusal of refusals) {
        const [first = '', second = ''] = ids.map((id) =>
          codec.writeFault(version, refusal, id).body.toString(),
        );
        assert.equal(second, first.replace(ids[0] ?? '', ids[1] ?? ''));
        assert.notEqual(second, first);
        const alone = soapCodec(() => {}).writeFault(version, refusal, ids[1] ?? '');
        assert.equal(second, alone.body.toString());
      }
    }
    assert.deepEqual(invalid, []);
  });

  test('a fault that the contract does not allow leaves without its detail, and somebody is told', () => {
    invalid.length = 0;
    const { body } = codec.writeFault('1.1', { refused: 'OVERLOADED', outcome: 'UNKNOWN' }, 'not an id!');
    assert.doesNotMatch(body.toString(), /detail/);
    assert.match(body.toString(), /<faultcode>soap:Server</);
    assert.deepEqual(invalid, [
      { answer: 'fault', findings: ['/PaymentFaultDetail/CorrelationId: pattern'] },
    ]);
  });
});

describe('results', () => {
  const states: readonly PaymentState[] = [
    { name: 'received' },
    { name: 'awaitingApproval', expiresAt: at('09:00:00') },
    { name: 'submitted', attempt },
    { name: 'pending', attempt },
    { name: 'unknown', attempt, since: at('09:00:00') },
    completed,
    { name: 'rejected', attempt, reason: { code: 'AC04' }, endedAt: at('09:00:00') },
    { name: 'cancelled', reason: { code: 'FOCR', information: 'called off' }, endedAt: at('09:00:00') },
    { name: 'expired', reason: { code: 'DS24' }, gatewayReference: 'x', endedAt: at('09:00:00') },
  ];
  for (const state of states) {
    test(`a payment ${state.name} is a result of the contract`, () => {
      invalid.length = 0;
      for (const version of versions) {
        for (const operation of ['deposit', 'withdrawal'] as const) {
          assert.ok(Buffer.isBuffer(codec.writeResult(version, { operation, payment: payment(state) })));
        }
        const status = {
          payment: payment(state),
          history: [{ version: 1, state: state.name, at: at('08:00:00') }],
        };
        assert.ok(Buffer.isBuffer(codec.writeResult(version, { operation: 'status', status })));
      }
      assert.deepEqual(invalid, []);
    });
  }

  test('a history of 50 lines fits, one of 51 is a defect', () => {
    const line = { version: 1, state: 'submitted', at: at('08:00:00') } as const;
    const report = (lines: number): SoapResult => ({
      operation: 'status',
      status: { payment: payment(completed), history: Array.from({ length: lines }, () => line) },
    });
    assert.ok(Buffer.isBuffer(codec.writeResult('1.1', report(50))));
    assert.ok(isRefusal(codec.writeResult('1.1', report(51))));
  });

  test('a result that the contract does not allow becomes a Server fault that says how the payment stands', () => {
    invalid.length = 0;
    const broken = payment({
      ...completed,
      attempt: { ...attempt, gateway: 'John Doe & Sons' },
    } as PaymentState);
    const context = { correlationId: 'c-1' };
    const refusal = codec.writeResult('1.2', { operation: 'deposit', payment: broken }, context);
    assert.ok(isRefusal(refusal));
    assert.deepEqual(
      { ...refusal },
      { refused: 'INTERNAL_ERROR', outcome: 'EXECUTED', paymentId: broken.id },
    );
    assert.deepEqual(invalid, [
      {
        answer: 'deposit',
        paymentId: broken.id,
        findings: ['/DepositResponse/Result/Gateway: pattern'],
        ...context,
      },
    ]);
    const fault = codec.writeFault('1.2', refusal, 'c-1');
    assert.equal(fault.status, 500);
    assert.match(
      fault.body.toString(),
      /<Outcome>EXECUTED<.*<PaymentId>019aab00-0000-7000-8000-000000000001</,
    );
  });

  test('a text that XML cannot carry does not stop an answer', () => {
    const state: PaymentState = { name: 'pending', attempt, gatewayReference: 'a\u0001\uD800b' };
    const body = codec.writeResult('1.1', { operation: 'deposit', payment: payment(state) });
    assert.ok(!isRefusal(body));
    assert.match(body.toString('utf8'), /<GatewayReference>a\uFFFD\uFFFDb</);
  });
});

const chars = (set: string, max: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...set.split('')), minLength: 1, maxLength: max });

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });

const leaf = (name: string, value: string | undefined): string | undefined =>
  value === undefined ? undefined : textElement(name, value);

describe('properties', () => {
  const identifier = chars('ABCxyz019._-', 35);
  const swift = chars("ABCxyz019/-?:().,'+ ", 34);
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
    .filter((value) => /^\P{Cc}{1,140}$/u.test(value));
  const money = fc
    .tuple(fc.bigInt({ min: 0n, max: 9_999_999_999_999n }), fc.constantFrom(...currencyCodes()))
    .map(([minor, currency]) => ({ minor, currency }));
  const request = fc.record({
    operation: fc.constantFrom('Deposit', 'Withdrawal'),
    reference: identifier,
    endToEndId: optional(swift),
    playerId: identifier,
    brand: optional(identifier),
    amount: money,
    method: fc.constantFrom(...paymentMethods),
    token: optional(chars('!~<&>"\'azAZ09', 256)),
    name: text,
    iban: optional(fc.constant('NL91ABNA0417164300')),
    validUntil: optional(
      fc.date({ min: new Date('2000-01-01'), max: new Date('9000-01-01'), noInvalidDate: true }),
    ),
    information: optional(text),
    property: optional(identifier),
  });

  test('a valid request that is written and read again is the same', (t) => {
    t.diagnostic(`seed ${seed}`);
    fc.assert(
      fc.property(request, fc.constantFrom(...versions), fc.boolean(), (asked, version, wide) => {
        const isDeposit = asked.operation === 'Deposit';
        const party = parentElement(isDeposit ? 'Debtor' : 'Creditor', [
          textElement('Name', asked.name),
          asked.iban === undefined ? undefined : parentElement('Account', [textElement('IBAN', asked.iban)]),
        ]);
        const parts = [
          textElement('MessageId', asked.reference),
          textElement('CreationDateTime', '2026-11-22T08:00:00Z'),
          textElement('PartnerReference', asked.reference),
          leaf('EndToEndId', asked.endToEndId),
          textElement('PlayerId', asked.playerId),
          leaf('Brand', asked.brand),
          textElement('Amount', formatAmount(asked.amount), { Ccy: asked.amount.currency }),
          textElement('PaymentMethod', asked.method),
          leaf('PaymentToken', asked.token),
          party,
          leaf('ValidUntil', asked.validUntil?.toISOString()),
          leaf('RemittanceInformation', asked.information),
          asked.property === undefined
            ? undefined
            : parentElement('Property', [textElement('Name', asked.property), '<Value/>']),
        ];
        const wrapper = parentElement(`p:${asked.operation}`, [parentElement('p:Request', parts)], {
          'xmlns:p': 'urn:cagebridge:payments:v1',
          xmlns: 'urn:cagebridge:types:v1',
        });
        const bytes = writeEnvelope(version, wrapper);
        const body = wide
          ? Buffer.from(`\uFEFF${bytes.toString('utf8').replace(' encoding="UTF-8"', '')}`, 'utf16le')
          : bytes;
        assert.deepEqual(codec.readMessage(body, { media: { version } }), {
          operation: isDeposit ? 'deposit' : 'withdrawal',
          request: {
            direction: isDeposit ? 'CRDT' : 'DBIT',
            partnerReference: asked.reference,
            ...(asked.endToEndId !== undefined && { endToEndId: asked.endToEndId }),
            playerId: asked.playerId,
            ...(asked.brand !== undefined && { brand: asked.brand }),
            amount: { value: formatAmount(asked.amount), currency: asked.amount.currency },
            method: asked.method,
            ...(asked.token !== undefined && { paymentToken: asked.token }),
            counterparty: { name: asked.name, ...(asked.iban !== undefined && { iban: asked.iban }) },
            ...(asked.validUntil !== undefined && { validUntil: asked.validUntil }),
            ...(asked.information !== undefined && { remittanceInformation: asked.information }),
            propertyNames: asked.property === undefined ? [] : [asked.property],
          },
        });
      }),
      { seed, numRuns: 500 },
    );
  });

  test('an amount is told in the digits of its currency, and read as the same money', (t) => {
    t.diagnostic(`seed ${seed}`);
    fc.assert(
      fc.property(money, (amount) => {
        const body = codec.writeResult('1.1', {
          operation: 'deposit',
          payment: payment({ name: 'received' }, {}, { amount }),
        });
        assert.ok(!isRefusal(body));
        const [, currency, value] =
          /<InstructedAmount Ccy="(\w{3})">([\d.]+)</.exec(body.toString('utf8')) ?? [];
        assert.deepEqual(readAmount(value!, currency!), amount);
        assert.equal(value!.split('.')[1]?.length ?? 0, minorDigits(amount.currency));
      }),
      { seed, numRuns: 300 },
    );
  });

  test('damaged requests are read or refused, in bounded time, and never thrown at', (t) => {
    t.diagnostic(`seed ${seed}`);
    const originals = ['deposit-1.1', 'deposit-1.2', 'withdrawal-1.1', 'status-1.2'].map((name) =>
      golden(`${name}.request`),
    );
    const damaged = fc
      .tuple(
        fc.constantFrom(...originals),
        fc.array(
          fc.tuple(
            fc.nat(2_000),
            fc.nat(6),
            fc.constantFrom(
              '',
              '<',
              '>',
              '&',
              '"',
              "'",
              '<!--',
              '-->',
              '<![CDATA[',
              ']]>',
              '<?x',
              '?>',
              '\0',
              '\uFFFF',
              '/',
              ' ',
              'xmlns=""',
              '9',
            ),
          ),
          { maxLength: 5 },
        ),
      )
      .map(([original, edits]) =>
        edits.reduce((bytes, [where, cut, put]) => {
          const from = where % bytes.length;
          return Buffer.concat([bytes.subarray(0, from), Buffer.from(put), bytes.subarray(from + cut)]);
        }, original),
      );
    fc.assert(
      fc.property(
        fc.oneof({ weight: 5, arbitrary: damaged }, fc.uint8Array({ maxLength: 500 })),
        fc.constantFrom(...versions),
        (bytes, version) => {
          const before = process.cpuUsage();
          const read = codec.readMessage(Buffer.from(bytes), { media: { version } });
          const { user, system } = process.cpuUsage(before);
          assert.ok(user + system < 250_000);
          if (isRefusal(read)) {
            assert.notEqual(read.refused, 'INTERNAL_ERROR');
            invalid.length = 0;
            codec.writeFault(version, read, 'c-1');
            assert.deepEqual(invalid, []);
          }
        },
      ),
      { seed, numRuns: 3_000 },
    );
  });
});
