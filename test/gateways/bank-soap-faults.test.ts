/** bankSoap against the bank sandbox: every way in which a bank misbehaves, over real mutual TLS. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer } from '../../src/payments/gateways.ts';
import { certificates, runBank } from '../sandbox/running-bank.ts';
import { gatewayTo } from './bank-calls.ts';
import { order } from './calls.ts';

const day = (): string => new Date().toISOString().slice(0, 10);

test('a deposit settles with echo, reference and dates, and the bank has one effect of it', async (t) => {
  const bank = await runBank(t);
  const gateway = await gatewayTo(t, bank.url);
  const sent = order({
    counterparty: { name: 'Jane Doe', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' },
  });
  assert.deepEqual(await gateway.submit(sent), {
    kind: 'settled',
    echo: { instrId: sent.instrId, amount: { minor: 1010n, currency: 'EUR' } },
    gatewayReference: 'BK-1',
    bookingDate: day(),
    valueDate: day(),
  });
  const [effect, ...more] = await bank.effects();
  assert.deepEqual(more, []);
  assert.equal(effect?.['instructionId'], sent.instrId);
});

for (const [minor, currency, text] of [
  [1000n, 'JPY', '1000'],
  [1n, 'JPY', '1'],
  [1234n, 'KWD', '1234'],
  [1n, 'KWD', '1'],
  [12345n, 'CLF', '12345'],
  [999_999_999_999_999n, 'EUR', '999999999999999'],
] as const) {
  test(`${minor} minor units of ${currency} reach the bank and come back exactly`, async (t) => {
    const bank = await runBank(t);
    const gateway = await gatewayTo(t, bank.url);
    const answer = await gateway.submit(order({ direction: 'DBIT', amount: { minor, currency } }));
    assert.ok(answer.kind === 'settled');
    assert.deepEqual(answer.echo.amount, { minor, currency });
    const [effect] = await bank.effects();
    assert.deepEqual(
      [effect?.['amountMinor'], effect?.['currency'], effect?.['direction']],
      [text, currency, 'DBIT'],
    );
  });
}

/** What the answer to an instruction is under each fault, how many effects the bank has, and what it says when asked. */
const faults: readonly {
  readonly fault: { readonly mode: string; readonly delayMs?: number };
  readonly answer: Partial<Answer>;
  readonly effects: number;
  readonly asked: Answer['kind'];
}[] = [
  { fault: { mode: 'decline' }, answer: { kind: 'declined' }, effects: 0, asked: 'declined' },
  { fault: { mode: 'pendingThenSettled' }, answer: { kind: 'pending' }, effects: 1, asked: 'settled' },
  { fault: { mode: 'pendingThenDeclined' }, answer: { kind: 'pending' }, effects: 0, asked: 'declined' },
  {
    fault: { mode: 'timeoutBefore' },
    answer: { kind: 'unknown', cause: 'timeout' },
    effects: 0,
    asked: 'notFound',
  },
  {
    fault: { mode: 'timeoutAfter' },
    answer: { kind: 'unknown', cause: 'timeout' },
    effects: 1,
    asked: 'settled',
  },
  {
    fault: { mode: 'timeoutAfter', delayMs: 20 },
    answer: { kind: 'unknown', cause: 'connectionLost' },
    effects: 1,
    asked: 'settled',
  },
  {
    fault: { mode: 'error500' },
    answer: { kind: 'unknown', cause: 'serverError' },
    effects: 0,
    asked: 'notFound',
  },
  {
    fault: { mode: 'garbage' },
    answer: { kind: 'unknown', cause: 'invalidReply' },
    effects: 1,
    asked: 'settled',
  },
  {
    fault: { mode: 'slow', delayMs: 60_000 },
    answer: { kind: 'unknown', cause: 'timeout' },
    effects: 1,
    asked: 'settled',
  },
  { fault: { mode: 'slow', delayMs: 50 }, answer: { kind: 'settled' }, effects: 1, asked: 'settled' },
  { fault: { mode: 'wrongAmount' }, answer: { kind: 'settled' }, effects: 1, asked: 'settled' },
  { fault: { mode: 'notFoundOnce' }, answer: { kind: 'settled' }, effects: 1, asked: 'notFound' },
];

for (const { fault, answer, effects, asked } of faults) {
  const { kind, cause = '' } = answer as { kind: string; cause?: string };
  const named = `${fault.mode}${fault.delayMs === undefined ? '' : ` of ${fault.delayMs} ms`}`;
  test(`${named}: ${kind} ${cause} with ${effects} effects, and ${asked} when asked`, async (t) => {
    const bank = await runBank(t);
    const gateway = await gatewayTo(t, bank.url, { limits: { totalTimeoutMs: 400 } });
    // The first handshake of a process is slow, and this test is about the bank's time, not ours.
    await gateway.status({ instrId: 'warm-up', correlationId: 'warm-up' });
    await bank.arm(fault);
    const sent = order();
    const from = performance.now();
    const answered = await gateway.submit(sent);
    // Half of what a gateway waits for where nobody says otherwise.
    assert.ok(performance.now() - from < 10_000, 'within its bound');
    assert.deepEqual({ ...answered, ...answer }, answered, 'says what the table says');
    const heard = await gateway.status({ instrId: sent.instrId, correlationId: sent.correlationId });
    assert.equal(heard.kind, asked);
    assert.equal((await bank.effects()).length, effects);
    const submissions = (await bank.instructions()).map((instruction) => instruction['submissions']);
    assert.ok(
      submissions.every((count) => count === 1),
      'nothing was sent twice',
    );
  });
}

test('wrongAmount is passed on as the bank says it: the domain compares', async (t) => {
  const bank = await runBank(t);
  const gateway = await gatewayTo(t, bank.url);
  await bank.arm({ mode: 'wrongAmount' });
  const answer = await gateway.submit(order());
  assert.ok(answer.kind === 'settled');
  assert.deepEqual(answer.echo.amount, { minor: 1011n, currency: 'EUR' });
});

test('a decline carries its reason', async (t) => {
  const bank = await runBank(t);
  const gateway = await gatewayTo(t, bank.url);
  await bank.arm({ mode: 'decline' });
  const answer = await gateway.submit(order());
  assert.ok(answer.kind === 'declined');
  assert.deepEqual(answer.reason, { code: 'AM04' });
});

test('a refused connection is neverSent, and nothing arrives later', async (t) => {
  const bank = await runBank(t);
  const gateway = await gatewayTo(t, bank.url);
  await gateway.submit(order());
  await bank.arm({ mode: 'connectionRefused' });
  assert.deepEqual(await gateway.submit(order()), { kind: 'neverSent', cause: 'connectionRefused' });
  await bank.disarm();
  assert.equal((await bank.instructions()).length, 1);
  assert.equal((await gateway.submit(order())).kind, 'settled');
});

test('a connection that is reset before its handshake is over is neverSent', async (t) => {
  const bank = await runBank(t);
  const gateway = await gatewayTo(t, bank.url);
  await bank.arm({ mode: 'connectionRefused', count: 1 });
  assert.equal((await gateway.submit(order())).kind, 'neverSent');
  assert.equal((await gateway.submit(order())).kind, 'settled');
});

test('a question that cannot be asked is unknown, never neverSent: it says nothing about the payment', async (t) => {
  const bank = await runBank(t);
  const gateway = await gatewayTo(t, bank.url);
  await bank.arm({ mode: 'connectionRefused' });
  assert.deepEqual(await gateway.status({ instrId: 'I-1', correlationId: 'c' }), {
    kind: 'unknown',
    cause: 'connectionLost',
  });
});

test('every fault of the wire can meet a question too, and is unknown', async (t) => {
  const bank = await runBank(t);
  const gateway = await gatewayTo(t, bank.url, { limits: { totalTimeoutMs: 300 } });
  const sent = order();
  await gateway.submit(sent);
  for (const mode of ['timeoutBefore', 'error500', 'garbage', 'slow']) {
    await bank.arm({ mode, operation: 'status' });
    assert.equal((await gateway.status({ instrId: sent.instrId, correlationId: 'c' })).kind, 'unknown', mode);
  }
  assert.equal((await gateway.status({ instrId: sent.instrId, correlationId: 'c' })).kind, 'settled');
});

test('an order with an id that the bank holds for other content is unknown: ask', async (t) => {
  const bank = await runBank(t);
  const gateway = await gatewayTo(t, bank.url);
  const sent = order();
  await gateway.submit(sent);
  const other = { ...sent, amount: { minor: 2020n, currency: 'EUR' } };
  assert.deepEqual(await gateway.submit(other), { kind: 'unknown', cause: 'duplicate' });
});

test('a bank whose certificate nobody vouches for, or that bears another name, gets nothing', async (t) => {
  const bank = await runBank(t);
  const certs = await certificates();
  const identity = certs['gateway-client'];
  for (const tls of [
    { identity, authorities: [certs.stranger.certificate] },
    { identity, authorities: [certs.ca.certificate], servername: 'bank.example' },
  ]) {
    const gateway = await gatewayTo(t, bank.url, { tls });
    assert.deepEqual(await gateway.submit(order()), { kind: 'neverSent', cause: 'tlsFailed' });
  }
  assert.deepEqual(await bank.instructions(), []);
});

test('a bank that refuses our certificate is unknown: in TLS 1.3 it may say so after we wrote', async (t) => {
  const bank = await runBank(t);
  const certs = await certificates();
  const gateway = await gatewayTo(t, bank.url, {
    tls: { identity: certs.stranger, authorities: [certs.ca.certificate] },
  });
  const answer = await gateway.submit(order());
  assert.deepEqual(answer, { kind: 'unknown', cause: 'connectionLost' });
  assert.deepEqual(await bank.instructions(), []);
});
