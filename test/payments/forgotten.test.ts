import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { fingerprintOf } from '../../src/payments/fingerprint.ts';
import type { LedgerStore } from '../../src/payments/ledger-store.ts';
import { attemptOf, type Payment } from '../../src/payments/payment.ts';
import { movedClock } from '../support/clock.ts';
import { scriptedGateway, settledFor } from '../support/gateway.ts';
import { euros, paid, someAttempt, someInstruction, somePartner, someRequest } from '../support/payments.ts';
import { pending } from '../support/store-commands.ts';
import { openWorld, replacing, type TestWorld } from '../support/world.ts';

const forever = new AbortController().signal;

async function openScene(t: TestContext) {
  const gateway = scriptedGateway();
  const clock = movedClock();
  return { ...(await openWorld(t, { gateways: [gateway], clock })), gateway, clock };
}

let references = 0;

/** As a build takes it on that knows of no checks. */
async function takenOn(
  { ledger, world }: TestWorld,
  name: 'submitted' | 'pending',
  answerInMs = 0,
): Promise<Payment> {
  references += 1;
  const instruction = someInstruction({ partnerReference: `left-${references}` });
  const acceptedAt = world.clock.now();
  const answerBefore = new Date(acceptedAt.getTime() + answerInMs);
  const instrId = world.ids.uuid().replaceAll('-', '');
  const attempt = { ...someAttempt, instrId, intendedAt: acceptedAt, sendBefore: acceptedAt, answerBefore };
  const payment: Payment = {
    id: world.ids.uuid(),
    instruction,
    fingerprint: fingerprintOf(instruction),
    acceptedAt,
    version: 1,
    state: { name: 'submitted', attempt },
    openCases: [],
    returns: [],
  };
  await ledger.acceptPayment({ payment });
  if (name === 'submitted') return payment;
  const heard = pending(payment);
  assert.equal(await ledger.recordAnswer(heard), 'recorded');
  return heard.next ?? payment;
}

async function now({ ledger }: TestWorld, { id }: Payment): Promise<Payment> {
  const payment = await ledger.paymentById(id);
  assert.ok(payment);
  return payment;
}

test('I10: what another build took on and nobody asks about is asked about, and is in the schedule then', async (t) => {
  const scene = await openScene(t);
  const settles = await takenOn(scene, 'submitted');
  const waits = await takenOn(scene, 'pending');
  scene.gateway.onStatus = ({ instrId }) => {
    const isKnown = instrId === attemptOf(settles.state)?.instrId;
    return Promise.resolve(isKnown ? settledFor({ instrId, amount: euros(1000n) }) : { kind: 'notFound' });
  };
  assert.deepEqual(await scene.payments.askForgotten(forever), { asked: 2 });
  assert.equal((await now(scene, settles)).state.name, 'completed');
  const { check } = await now(scene, waits);
  assert.deepEqual(check, { dueAt: new Date(scene.clock.now().getTime() + 1_000), made: 0, notFound: 0 });
  assert.deepEqual(await scene.payments.askForgotten(forever), { asked: 0 });
  assert.deepEqual(await scene.ledger.violations(9), []);
});

test('one whose sender may still wait for the reply is left to a later time', async (t) => {
  const scene = await openScene(t);
  await takenOn(scene, 'submitted', 5_000);
  assert.deepEqual(await scene.payments.askForgotten(forever), { asked: 0 });
  scene.clock.move(5_000);
  assert.deepEqual(await scene.payments.askForgotten(forever), { asked: 1 });
  assert.deepEqual(await scene.payments.askForgotten(forever), { asked: 0 });
});

test('one whose gateway is not configured any more comes into the schedule, and people are told', async (t) => {
  const scene = await openScene(t);
  const payment = await takenOn(scene, 'pending');
  (scene.world.gateways as Map<string, unknown>).delete('bank');
  assert.deepEqual(await scene.payments.askForgotten(forever), { asked: 1 });
  assert.ok((await now(scene, payment)).check);
  assert.equal(scene.told[0]?.about['alarm'], 'gatewayMissing');
  assert.deepEqual(await scene.payments.askForgotten(forever), { asked: 0 });
});

test('so many at a time, the oldest first, and those that are in a schedule not at all', async (t) => {
  const scene = await openScene(t);
  scene.gateway.onSubmit = () => Promise.resolve({ kind: 'unknown', cause: 'timeout' });
  paid(await scene.payments.initiate(somePartner(), someRequest(), { correlationId: 'c-1' }));
  const asked: string[] = [];
  const payments: LedgerStore['payments'] = async (filter, page) => {
    const found = await scene.ledger.payments(filter, page);
    asked.push(...found.map(({ id }) => id));
    return found;
  };
  const small = await openWorld(t, {
    ledger: replacing(scene.ledger, { payments }),
    gateways: [scene.gateway],
    clock: scene.clock,
    limits: { recoveryPageMax: 2 },
  });
  const left = [];
  for (let index = 0; index < 3; index += 1) left.push((await takenOn(scene, 'pending')).id);
  assert.deepEqual(await small.payments.askForgotten(forever), { asked: 2 });
  assert.deepEqual(asked, left.slice(0, 2));
  assert.deepEqual(await small.payments.askForgotten(forever), { asked: 1 });
  assert.deepEqual(await small.payments.askForgotten(AbortSignal.abort()), { asked: 0 });
});
