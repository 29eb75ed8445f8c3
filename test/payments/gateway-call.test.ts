import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callGateway } from '../../src/payments/gateway-call.ts';
import type { Answer, Gateway } from '../../src/payments/gateways.ts';
import { movedClock } from '../support/clock.ts';
import { scriptedGateway, settledFor } from '../support/gateway.ts';
import { euros, paid, somePartner, someRequest } from '../support/payments.ts';
import { openWorld } from '../support/world.ts';

const echo = { instrId: 'i-1', amount: euros(1n) };
const context = { correlationId: 'c-1', traceparent: '00-trace-span-01' };

const calls: readonly (readonly [name: string, answer: Answer, ms: number, kept: boolean])[] = [
  ['one that went well', settledFor(echo), 10, false],
  ['one that went well and slowly', settledFor(echo), 1_001, true],
  ['one that went well and just in time', settledFor(echo), 1_000, false],
  ['an unknown outcome', { kind: 'unknown', cause: 'timeout' }, 10, true],
  ['one that was never sent', { kind: 'neverSent', cause: 'tlsFailed' }, 10, true],
  ['a code that nobody knows', { kind: 'pending', echo, unknownCode: 'X9' }, 10, true],
  ['a pending one', { kind: 'pending', echo }, 10, false],
  ['a decline', { kind: 'declined', echo, reason: { code: 'AM04' } }, 10, false],
];

for (const [name, answer, ms, kept] of calls) {
  test(`of a call to a gateway, ${name}, ${kept ? 'a scrubbed and cut transcript is' : 'nothing is'} kept`, async (t) => {
    const clock = movedClock();
    const gateway = { ...scriptedGateway(), scrub: (text: string) => text.replace('secret', '***') };
    const { world, told } = await openWorld(t, { clock, gateways: [gateway] });
    const askedAt = clock.now();
    const called = await callGateway(world, gateway, {
      operation: 'status',
      context,
      run: (hear) => {
        clock.move(ms);
        hear(`secret${'x'.repeat(200)}`);
        return Promise.resolve(answer);
      },
    });
    const text = `***${'x'.repeat(94)}`;
    assert.deepEqual(called, {
      answer,
      askedAt,
      ...(kept && { transcript: { operation: 'status', durationMs: ms, text } }),
    });
    assert.deepEqual(told, [
      {
        told: 'gatewayCalled',
        about: { gateway: 'bank', operation: 'status', answer: answer.kind, durationMs: ms, ...context },
      },
    ]);
  });
}

test('where nothing went over the wire there is no transcript', async (t) => {
  const gateway = scriptedGateway();
  const clock = movedClock();
  const { world } = await openWorld(t, { clock, gateways: [gateway] });
  const answer = { kind: 'neverSent', cause: 'connectionRefused' } as const;
  const run = () => Promise.resolve(answer);
  const called = await callGateway(world, gateway, { operation: 'submit', context, run });
  assert.deepEqual(called, { answer, askedAt: clock.now() });
});

test('what a submission said that brought no answer is kept with the payment', async (t) => {
  const gateway: Gateway = {
    ...scriptedGateway(),
    submit(_order, hear) {
      hear?.('> POST /payments');
      return Promise.resolve({ kind: 'unknown', cause: 'timeout' });
    },
  };
  const { payments, ledger } = await openWorld(t, { gateways: [gateway] });
  const { id } = paid(await payments.initiate(somePartner(), someRequest(), context));
  const kept = await ledger.transcriptsOf(id, 10);
  assert.deepEqual(
    kept.map(({ operation, text }) => [operation, text]),
    [['submit', '> POST /payments']],
  );
});

function tooLong(): never {
  throw new RangeError('Maximum call stack size exceeded');
}

test('an answer is not lost for a transcript that cannot be scrubbed', async (t) => {
  const gateway = { ...scriptedGateway(), scrub: tooLong };
  const clock = movedClock();
  const { world } = await openWorld(t, { clock, gateways: [gateway] });
  const answer = { kind: 'unknown', cause: 'timeout' } as const;
  const called = await callGateway(world, gateway, {
    operation: 'submit',
    context,
    run: (hear) => {
      hear('anything');
      return Promise.resolve(answer);
    },
  });
  assert.deepEqual(called, { answer, askedAt: clock.now() });
});
