/** What pspRest writes and what it makes of a reply, as files: each is what a PSP's own log would show. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Reply, Written } from '../../src/gateways/exchange.ts';
import { readPspContract } from '../../src/gateways/psp-rest/contract.ts';
import {
  readCancelReply,
  readRefundReply,
  readStatusReply,
  readSubmitReply,
} from '../../src/gateways/psp-rest/replies.ts';
import { requestWriter } from '../../src/gateways/psp-rest/requests.ts';
import type { Answer, Order } from '../../src/payments/gateways.ts';
import { readSigningSecret, verifySignature } from '../../src/platform/request-signature.ts';
import { order } from './calls.ts';
import { goldenReply, signingKey } from './psp-calls.ts';

const contract = readPspContract();
const secret = readSigningSecret(signingKey.secret);
assert.ok(secret);
const key = { id: signingKey.id, secret };
const at = new Date('2026-11-22T10:00:00.123Z');
const writer = requestWriter({ contract, basePath: '/psp/v1', signingKey: key, exponents: {} });

const instrId = '0190f5e27c0a7c00a000000000000001';
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const refund = order({
  instrId: '0190f5e27c0a7c00a00000000000000f',
  direction: 'DBIT',
  amount: { minor: 510n, currency: 'EUR' },
  endToEndId: 'E2E-2',
  remittanceInformation: 'half of it back',
  refundOf: { instrId, gatewayReference: 'PSP-7' },
  correlationId: 'c-2',
});

const deposit = order({
  instrId,
  endToEndId: "E2E/1-(a):b?.,'+ ",
  uetr: '7a562c67-ca16-48ba-b074-65581be6f001',
  counterparty: { name: 'Jürgen Ångström', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' },
  requestedExecutionDate: '2026-11-23',
  remittanceInformation: 'cage deposit',
  returnUrl: 'https://casino.example/back',
  traceparent,
});

const enquiry = { instrId, correlationId: 'c-1', traceparent };

const requests: readonly (readonly [name: string, written: Written | undefined])[] = [
  ['psp-deposit', writer.order(deposit, at)],
  [
    'psp-withdrawal-jpy',
    writer.order(
      order({
        instrId: '0190f5e27c0a7c00a000000000000002',
        direction: 'DBIT',
        amount: { minor: 1000n, currency: 'JPY' },
        counterparty: { name: 'Hanako', otherAccount: '1234 5678' },
      }),
      at,
    ),
  ],
  [
    'psp-deposit-kwd-token',
    writer.order(
      order({
        instrId: '0190f5e27c0a7c00a000000000000003',
        amount: { minor: 1234n, currency: 'KWD' },
        method: 'EWALLET',
        paymentToken: 'tok_<&>"\'',
        counterparty: {},
      }),
      at,
    ),
  ],
  ['psp-refund', writer.refund(refund, at)],
  ['psp-question', writer.question(enquiry, at)],
  ['psp-cancellation', writer.cancellation(enquiry, at)],
];

for (const [name, written] of requests) {
  test(`the request ${name} is byte for byte the golden one, and its signature holds`, async () => {
    assert.ok(written);
    const { method, path, headers, body } = written;
    const lines = Object.entries(headers).map(([header, value]) => `${header}: ${value}`);
    const text = [`${method} ${path}`, ...lines, '', body.toString('utf8')].join('\n');
    assert.equal(`${text}\n`, await readFile(`test/gateways/golden/${name}.request.txt`, 'utf8'));
    const request = { method, path, idempotencyKey: headers['Idempotency-Key'], body };
    const verified = verifySignature(request, headers, { keys: [key], clock: { now: () => at } });
    assert.deepEqual(verified, { keyId: key.id });
  });
}

const unwritable: readonly (readonly [what: string, fields: Partial<Order>])[] = [
  ['a name that is longer than the PSP takes', { counterparty: { name: 'x'.repeat(141) } }],
  ['an empty name', { counterparty: { name: '' } }],
  ['a line break in a text', { remittanceInformation: 'a\nb' }],
  ['an IBAN that is none', { counterparty: { iban: 'none' } }],
  ['two accounts', { counterparty: { iban: 'DE89370400440532013000', otherAccount: '1' } }],
  ['an id that the PSP cannot take', { instrId: 'a/b' }],
  ['an id that leads elsewhere', { instrId: '..' }],
  ['a UETR that is none', { uetr: 'x' }],
  ['a return address that is not https', { returnUrl: 'http://casino.example/' }],
  ['more money than the PSP counts', { amount: { minor: 10n ** 18n, currency: 'EUR' } }],
  ['a currency that is no money', { amount: { minor: 1n, currency: 'XAU' } }],
];

for (const [what, fields] of unwritable) {
  test(`an order with ${what} is not written at all`, () => {
    assert.equal(writer.order(order(fields), at), undefined);
  });
}

const unwritableRefunds: readonly (readonly [what: string, fields: Partial<Order>])[] = [
  ['of nothing that it gives back', { refundOf: undefined as never }],
  ['of a payment whose id leads elsewhere', { refundOf: { instrId: '..' } }],
  ['of more money than the PSP counts', { amount: { minor: 10n ** 18n, currency: 'EUR' } }],
  ['with a line break in a text', { remittanceInformation: 'a\nb' }],
];

for (const [what, fields] of unwritableRefunds) {
  test(`a refund ${what} is not written at all`, () => {
    assert.equal(writer.refund({ ...refund, ...fields }, at), undefined);
  });
}

test('a question about what is no id is not written', () => {
  for (const wrong of ['', '..', 'a/b', 'a?b', 'é', 'x'.repeat(36)]) {
    assert.equal(writer.question({ ...enquiry, instrId: wrong }, at), undefined);
    assert.equal(writer.cancellation({ ...enquiry, instrId: wrong }, at), undefined);
  }
});

const echo = { instrId, amount: { minor: 1010n, currency: 'EUR' } };
const said = { echo, gatewayReference: 'PSP-7' };
const settled: Answer = {
  kind: 'settled',
  ...said,
  settledAt: new Date('2026-11-22T10:00:01.500Z'),
  bookingDate: '2026-11-22',
  valueDate: '2026-11-23',
  charges: [
    { kind: 'processing', amount: { minor: 25n, currency: 'EUR' } },
    { kind: 'scheme', amount: { minor: 7n, currency: 'JPY' } },
  ],
};
const notFound: Answer = { kind: 'notFound' };
const duplicate: Answer = { kind: 'unknown', cause: 'duplicate' };
const fault: Answer = { kind: 'unknown', cause: 'gatewayFault' };

/** One reader for each verb: what the same reply means to an instruction, a refund, a question and a cancellation. */
const replies: readonly {
  readonly name: string;
  readonly submitted: Answer;
  readonly refunded?: Answer;
  readonly asked?: Answer;
  readonly cancelled?: Answer;
}[] = [
  { name: 'psp-settled', submitted: settled },
  { name: 'psp-pending', submitted: { kind: 'pending', ...said } },
  {
    name: 'psp-requires-action',
    submitted: {
      kind: 'pending',
      ...said,
      nextAction: {
        redirectUrl: 'https://psp.example/3ds/7?x=1',
        expiresAt: new Date('2026-11-22T10:15:00Z'),
      },
    },
    refunded: { kind: 'pending', ...said, unknownCode: 'REQUIRES_ACTION' },
  },
  { name: 'psp-declined', submitted: { kind: 'declined', ...said, reason: { code: 'AM04' } } },
  { name: 'psp-cancelled', submitted: { kind: 'cancelled', ...said, reason: { code: 'CUST' } } },
  { name: 'psp-expired', submitted: { kind: 'expired', ...said, reason: { code: 'DS24' } } },
  {
    name: 'psp-unknown-status',
    submitted: { kind: 'pending', ...said, unknownCode: 'PARTIALLY_SETTLED' },
  },
  {
    name: 'psp-unknown-reason',
    submitted: { kind: 'pending', ...said, reason: { code: 'ZZ99' }, unknownCode: 'DECLINED/ZZ99' },
  },
  {
    name: 'psp-settled-with-reason',
    submitted: { kind: 'pending', ...said, reason: { code: 'AM04' }, unknownCode: 'SETTLED/AM04' },
  },
  { name: 'psp-declined-duplicate', submitted: duplicate },
  {
    name: 'psp-rejected',
    submitted: { kind: 'declined', echo, reason: { code: 'AC04' } },
    asked: fault,
    cancelled: fault,
  },
  {
    name: 'psp-rejected-unknown-reason',
    submitted: { kind: 'pending', echo, reason: { code: 'ZZ99' }, unknownCode: 'REJECTED/ZZ99' },
    asked: fault,
    cancelled: fault,
  },
  { name: 'psp-duplicate', submitted: duplicate },
  { name: 'psp-not-found', submitted: fault, asked: notFound, cancelled: notFound },
  { name: 'psp-no-such-address', submitted: fault },
  { name: 'psp-unauthorized', submitted: fault },
  { name: 'psp-too-many-requests', submitted: fault },
  { name: 'psp-internal-error', submitted: { kind: 'unknown', cause: 'serverError' } },
];

const reading = { contract, exponents: {} };

for (const { name, submitted, refunded = submitted, asked = submitted, cancelled = asked } of replies) {
  test(`the reply ${name}`, async () => {
    const reply: Reply = await goldenReply(name);
    assert.deepEqual(readSubmitReply(reply, reading), submitted);
    assert.deepEqual(readRefundReply(reply, reading), refunded);
    // Only an instruction is answered with "created".
    const present = reply.status === 201 ? { ...reply, status: 200 } : reply;
    assert.deepEqual(readStatusReply(present, reading), asked);
    assert.deepEqual(readCancelReply(present, reading), cancelled);
    if (reply.status === 201) {
      assert.deepEqual(readStatusReply(reply, reading), { kind: 'unknown', cause: 'invalidReply' });
    }
  });
}
