/** pspRest against the PSP sandbox: every way in which a PSP misbehaves, over real TLS, with real signatures. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, Gateway } from '../../src/payments/gateways.ts';
import { pspPath } from '../../src/sandbox/psp-requests.ts';
import { runPsp, signingKey as sandboxKey, type RunningPsp } from '../sandbox/running-psp.ts';
import { type Ending, order } from './calls.ts';
import { pspTo, type PspChange } from './psp-calls.ts';

const day = (): string => new Date().toISOString().slice(0, 10);
const signingKey = { id: sandboxKey.id, secret: sandboxKey.secret.toString('base64') };

async function running(t: Ending, change: PspChange = {}): Promise<{ psp: RunningPsp; gateway: Gateway }> {
  const psp = await runPsp(t);
  const gateway = await pspTo(t, urlOf(psp), { signingKey, ...change });
  // The first handshake of a process is slow, and these tests are about the PSP's time, not ours.
  await gateway.status({ instrId: 'warm-up', correlationId: 'warm-up' });
  return { psp, gateway };
}

function urlOf({ psp }: { readonly psp: number }): string {
  return `https://127.0.0.1:${psp}${pspPath}`;
}

test('a deposit settles with echo, reference, instant and dates, and the PSP has one effect of it', async (t) => {
  const { psp, gateway } = await running(t);
  const sent = order({
    counterparty: { name: 'Jane Doe', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' },
    paymentToken: 'tok_1',
    returnUrl: 'https://casino.example/back',
  });
  const answer = await gateway.submit(sent);
  assert.ok(answer.kind === 'settled', JSON.stringify(answer.kind));
  assert.deepEqual(answer.echo, { instrId: sent.instrId, amount: sent.amount });
  assert.equal(answer.gatewayReference, 'PSP-1');
  assert.deepEqual([answer.bookingDate, answer.valueDate], [day(), day()]);
  assert.ok(answer.settledAt !== undefined && Math.abs(answer.settledAt.getTime() - Date.now()) < 10_000);
  assert.ok((answer.charges ?? []).every(({ amount }) => amount.currency === 'EUR'));
  const [effect, ...more] = await psp.effects();
  assert.deepEqual(more, []);
  assert.equal(effect?.['instructionId'], sent.instrId);
});

for (const [minor, currency, text] of [
  [1000n, 'JPY', '1000'],
  [1n, 'JPY', '1'],
  [1234n, 'KWD', '1234'],
  [12345n, 'CLF', '12345'],
] as const) {
  test(`${minor} minor units of ${currency} reach the PSP and come back exactly`, async (t) => {
    const { psp, gateway } = await running(t);
    const answer = await gateway.submit(
      order({ direction: 'DBIT', amount: { minor, currency }, counterparty: { name: 'Jane' } }),
    );
    assert.ok(answer.kind === 'settled', answer.kind);
    assert.deepEqual(answer.echo.amount, { minor, currency });
    const [effect] = await psp.effects();
    assert.deepEqual(
      [effect?.['amountMinor'], effect?.['currency'], effect?.['direction']],
      [text, currency, 'DBIT'],
    );
  });
}

test('what the PSP does not take on is declined, with its echo, and the same when asked', async (t) => {
  const { psp, gateway } = await running(t);
  const sent = order({ amount: { minor: 100_000_001n, currency: 'EUR' } });
  const declined = {
    kind: 'declined',
    echo: { instrId: sent.instrId, amount: sent.amount },
    reason: { code: 'AM02' },
  };
  assert.deepEqual(await gateway.submit(sent), declined);
  const { gatewayReference, ...asked } = (await gateway.status(sent)) as { gatewayReference?: string };
  assert.match(gatewayReference ?? '', /^PSP-/);
  assert.deepEqual(asked, declined);
  assert.deepEqual(await psp.effects(), []);
});

/** What the answer to an instruction is under each fault, how many effects the PSP has, and what it says when asked. */
const faults: readonly {
  readonly fault: { readonly mode: string; readonly delayMs?: number };
  readonly answer: Partial<Answer>;
  readonly effects: number;
  readonly asked: Answer['kind'];
}[] = [
  {
    fault: { mode: 'decline' },
    answer: { kind: 'declined', reason: { code: 'AM04' } },
    effects: 0,
    asked: 'declined',
  },
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
  // Webhooks may come twice, too soon or never: answers and questions are as ever.
  { fault: { mode: 'duplicateWebhook' }, answer: { kind: 'settled' }, effects: 1, asked: 'settled' },
  { fault: { mode: 'webhookFirst' }, answer: { kind: 'settled' }, effects: 1, asked: 'settled' },
  { fault: { mode: 'webhookNever' }, answer: { kind: 'settled' }, effects: 1, asked: 'settled' },
];

for (const { fault, answer, effects, asked } of faults) {
  const { kind, cause = '' } = answer as { kind: string; cause?: string };
  const named = `${fault.mode}${fault.delayMs === undefined ? '' : ` of ${fault.delayMs} ms`}`;
  test(`${named}: ${kind} ${cause} with ${effects} effects, and ${asked} when asked`, async (t) => {
    const { psp, gateway } = await running(t, { limits: { totalTimeoutMs: 500 } });
    const armed = await psp.arm(fault);
    assert.equal(armed.status, 201, JSON.stringify(armed.body));
    const sent = order();
    const from = performance.now();
    const answered = await gateway.submit(sent);
    // Half of what a gateway waits for where nobody says otherwise.
    assert.ok(performance.now() - from < 10_000, 'within its bound');
    assert.deepEqual({ ...answered, ...answer }, answered, 'says what the table says');
    const heard = await gateway.status({ instrId: sent.instrId, correlationId: sent.correlationId });
    assert.equal(heard.kind, asked);
    assert.equal((await psp.effects()).length, effects);
    const submissions = (await psp.instructions()).map((instruction) => instruction['submissions']);
    assert.ok(
      submissions.every((count) => count === 1),
      'nothing was sent twice',
    );
  });
}

test('wrongAmount is passed on as the PSP says it: the domain compares', async (t) => {
  const { psp, gateway } = await running(t);
  await psp.arm({ mode: 'wrongAmount' });
  const answer = await gateway.submit(order());
  assert.ok(answer.kind === 'settled');
  assert.deepEqual(answer.echo.amount, { minor: 1011n, currency: 'EUR' });
});

test('a refused connection is neverSent, and nothing arrives later', async (t) => {
  const { psp, gateway } = await running(t);
  await gateway.submit(order());
  await psp.arm({ mode: 'connectionRefused' });
  const refused = await gateway.submit(order());
  assert.deepEqual(refused, { kind: 'neverSent', cause: 'connectionRefused' });
  assert.deepEqual(await gateway.status({ instrId: 'I-1', correlationId: 'c' }), {
    kind: 'unknown',
    cause: 'connectionLost',
  });
  await psp.disarm();
  assert.equal((await psp.instructions()).length, 1);
  assert.equal((await gateway.submit(order())).kind, 'settled');
});

test('every fault of the wire can meet a question or a cancellation too, and is unknown', async (t) => {
  const { psp, gateway } = await running(t, { limits: { totalTimeoutMs: 400 } });
  const sent = order();
  await gateway.submit(sent);
  const enquiry = { instrId: sent.instrId, correlationId: 'c' };
  for (const mode of ['timeoutBefore', 'error500', 'garbage', 'slow']) {
    await psp.arm({ mode, operation: 'status' });
    assert.equal((await gateway.status(enquiry)).kind, 'unknown', mode);
    await psp.arm({ mode, operation: 'cancel' });
    assert.equal((await gateway.cancel?.(enquiry))?.kind, 'unknown', mode);
  }
  assert.equal((await gateway.status(enquiry)).kind, 'settled');
});

test('what is pending can be cancelled, and never settles then; what is final is told as it is', async (t) => {
  const { psp, gateway } = await running(t);
  await psp.arm({ mode: 'pendingThenSettled', delayMs: 60_000 });
  const [open, done] = [order(), order()];
  assert.equal((await gateway.submit(open)).kind, 'pending');
  assert.equal((await gateway.submit(done)).kind, 'settled');
  const cancelled = await gateway.cancel?.(open);
  assert.ok(cancelled?.kind === 'cancelled');
  assert.deepEqual(cancelled.echo, { instrId: open.instrId, amount: open.amount });
  assert.equal((await gateway.status(open)).kind, 'cancelled');
  assert.equal((await gateway.cancel?.(done))?.kind, 'settled');
  assert.deepEqual(await gateway.cancel?.({ instrId: 'nobody-knows-it', correlationId: 'c' }), {
    kind: 'notFound',
  });
  assert.equal((await psp.effects()).length, 1);
});

test('an order with an id that the PSP holds for other content is unknown: ask', async (t) => {
  const { gateway } = await running(t);
  const sent = order();
  await gateway.submit(sent);
  const other = { ...sent, amount: { minor: 2020n, currency: 'EUR' } };
  assert.deepEqual(await gateway.submit(other), { kind: 'unknown', cause: 'duplicate' });
});

test('a key that the PSP does not hold, or a clock that is far from its own: unknown, and nothing is taken on', async (t) => {
  const { psp } = await running(t);
  const otherKey = { id: sandboxKey.id, secret: Buffer.alloc(32, 9).toString('base64') };
  const late = new Date(Date.now() - 400_000);
  for (const change of [{ signingKey: otherKey }, { signingKey, clock: { now: () => late } }]) {
    const gateway = await pspTo(t, urlOf(psp), change);
    assert.deepEqual(await gateway.submit(order()), { kind: 'unknown', cause: 'gatewayFault' });
    assert.equal((await gateway.status({ instrId: 'I-1', correlationId: 'c' })).kind, 'unknown');
  }
  assert.deepEqual(await psp.instructions(), []);
});

test('during a rotation the PSP takes either key', async (t) => {
  const next = { id: 'next', secret: Buffer.alloc(32, 5) };
  const psp = await runPsp(t, {}, { signingKeys: [sandboxKey, next] });
  const nextKey = { id: next.id, secret: next.secret.toString('base64') };
  for (const key of [signingKey, nextKey]) {
    const gateway = await pspTo(t, urlOf(psp), { signingKey: key });
    assert.equal((await gateway.submit(order())).kind, 'settled');
  }
});

test('a settled deposit is given back, in parts, and each part is asked about by its own id', async (t) => {
  const { psp, gateway } = await running(t);
  const deposit = order();
  assert.equal((await gateway.submit(deposit)).kind, 'settled');
  const refundOf = { instrId: deposit.instrId };
  const part = (minor: bigint) => order({ direction: 'DBIT', amount: { minor, currency: 'EUR' }, refundOf });
  const first = part(1_000n);
  const settled = await gateway.refund?.(first);
  assert.ok(settled?.kind === 'settled');
  assert.deepEqual(settled.echo, { instrId: first.instrId, amount: first.amount });
  assert.deepEqual(await gateway.status(first), settled);
  const tooMuch = await gateway.refund?.(part(11n));
  assert.ok(tooMuch?.kind === 'declined');
  assert.deepEqual(tooMuch.reason, { code: 'AM02' });

  await psp.arm({ mode: 'timeoutAfter', operation: 'refund', delayMs: 5_000 });
  const last = part(10n);
  assert.deepEqual(await gateway.refund?.(last), { kind: 'unknown', cause: 'timeout' });
  assert.equal((await gateway.status(last)).kind, 'settled');
  const stranger = order({ direction: 'DBIT', refundOf: { instrId: 'nobody-knows-it' } });
  assert.equal((await gateway.refund?.(stranger))?.kind, 'declined');
  assert.equal((await psp.effects()).length, 3);
});
