/** Money that moved by an earlier attempt, or at another amount than was asked: what people said holds from then on. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { attemptOf, type Attempt, type Payment } from '../../../src/payments/payment.ts';
import { record, type Recorded } from '../../../src/payments/record.ts';
import { recordReturn } from '../../../src/payments/returns/record-return.ts';
import { scriptedGateway, type ScriptedGateway } from '../../support/gateway.ts';
import {
  acted,
  assertSound,
  bob,
  by,
  context,
  declined,
  entriesOf,
  hear,
  now,
  openCaseOf,
  openScene,
  pay,
  pending,
  proposed,
  refusedAs,
  resolved,
  settled,
  silent,
  waitingNow,
  type Scene,
} from './scene.ts';
import { euros, paid, somePartner, someRequest } from '../../support/payments.ts';

interface Contradicted extends Scene {
  readonly psp: ScriptedGateway;
  readonly payment: Payment;
  readonly first: Attempt;
  readonly second: Attempt;
  /** One of the gateways says that it settled by that attempt. */
  readonly says: (payment: Payment, attempt: Attempt) => Promise<Recorded>;
}

/** Never sent to the bank, pending at the PSP; and then the bank says that it settled. */
async function contradicted(t: TestContext): Promise<Contradicted> {
  const bank = scriptedGateway();
  const psp = scriptedGateway({ name: 'psp' });
  bank.onSubmit = () => Promise.resolve({ kind: 'neverSent', cause: 'connectionRefused' });
  psp.onSubmit = ({ instrId }) => Promise.resolve(pending(instrId));
  psp.onStatus = ({ instrId }) => Promise.resolve(pending(instrId));
  const scene = await openScene(t, { gateways: [bank, psp] });
  const sent = paid(await scene.payments.initiate(somePartner(), someRequest(), context));
  const found = await scene.ledger.paymentByInstruction(bank.orders[0]?.instrId ?? '');
  const first = found?.attempt as Attempt;
  const second = attemptOf(sent.state) as Attempt;
  assert.deepEqual([first.gateway, second.gateway], ['bank', 'psp']);
  const says: Contradicted['says'] = (heard, attempt) => {
    const answer = settled(1000n)(attempt.instrId);
    return record(scene.world, heard, { answer, source: 'webhook', attempt }, context);
  };
  const { payment } = await says(sent, first);
  const open = await openCaseOf(scene, payment);
  assert.equal(open.evidence, `settled 10.00 EUR of attempt 1, instruction ${first.instrId}`);
  return { ...scene, psp, payment, first, second, says };
}

test('a payment that settled by an earlier attempt is completed on that one', async (t) => {
  const scene = await contradicted(t);
  const { first, second, says } = scene;
  const done = await resolved(scene, scene.payment, 'completed');
  assert.ok(done.state.name === 'completed');
  assert.deepEqual(done.state.attempt, first);
  assert.equal(done.state.settlement.gatewayReference, undefined, 'that one was the other gateway’s');
  assert.deepEqual(await now(scene, done), done);
  const booked = await entriesOf(scene, done);
  assert.equal(booked.length, 2);
  await assertSound(scene);

  assert.equal((await says(done, first)).effect, 'ignored', 'the bank says it again');
  assert.deepEqual(await entriesOf(scene, done), booked);
  const { effect, payment: twice } = await says(done, second);
  assert.equal(effect, 'caseOpened');
  assert.equal(twice.openCases[0]?.kind, 'contradiction');
  assert.deepEqual((await entriesOf(scene, done)).slice(2), ['gateway:psp suspense 1000']);
  await assertSound(scene);
});

test('what came back of it is the earlier gateway’s to say, and of the later one a contradiction', async (t) => {
  const scene = await contradicted(t);
  const done = await resolved(scene, scene.payment, 'completed');
  const word = { kind: 'return', amount: euros(400n), reason: { code: 'FOCR' } } as const;
  const back = (payment: Payment, attempt: Attempt) =>
    recordReturn(scene.world, payment, { word, attempt, by: { source: 'webhook' } }, context);
  const { payment: returned, effect } = await back(done, scene.first);
  assert.equal(effect, 'returned');
  assert.equal(returned.returns[0]?.gateway, 'bank');
  assert.equal((await back(returned, scene.second)).effect, 'caseOpened');
  await assertSound(scene);
});

test('it is not completed where the later attempt settled as well, or may have', async (t) => {
  const scene = await contradicted(t);
  const { psp, payment, second } = scene;
  const open = await openCaseOf(scene, payment);
  const id = await proposed(scene, payment, open, 'completed');
  const { version } = payment;
  psp.onStatus = () => Promise.resolve(silent());
  const confirm = () => scene.payments.desk.approve(by(bob), { id, version }, context);
  assert.equal(refusedAs(await confirm()), 'RESOLUTION_IMPOSSIBLE');
  assert.equal((await waitingNow(scene)).length, 1, 'it waits for an answer');
  scene.clock.move(1_000);
  psp.onStatus = ({ instrId }) => Promise.resolve(settled(1000n)(instrId));
  assert.equal(refusedAs(await confirm()), 'RESOLUTION_IMPOSSIBLE');
  assert.deepEqual(await waitingNow(scene), []);

  // The bank gave it back: from here on the attempt that stands is the only one that can settle.
  const aside = await resolved(scene, await now(scene, payment), 'unchanged');
  const { payment: done } = await scene.says(aside, second);
  assert.ok(done.state.name === 'completed');
  assert.equal(done.state.attempt.gateway, 'psp');
  assert.deepEqual((await entriesOf(scene, done)).slice(0, 2), [
    'gateway:bank suspense 1000',
    'suspense gateway:bank 1000',
  ]);
  assert.equal((await entriesOf(scene, done)).length, 3);
  await assertSound(scene);
});

test('one that was declined by the later attempt is corrected to the earlier one', async (t) => {
  const scene = await contradicted(t);
  const { ledger, psp, payment, first } = scene;
  psp.onStatus = ({ instrId }) => Promise.resolve(declined()(instrId));
  const id = await proposed(scene, payment, await openCaseOf(scene, payment), 'notExecuted');
  const { version } = payment;
  const rejected = acted(await scene.payments.desk.approve(by(bob), { id, version }, context)).payment;
  assert.equal(rejected.state.name, 'rejected');
  const { payment: again } = await scene.says(rejected, first);
  const done = await resolved(scene, again, 'completed');
  assert.ok(done.state.name === 'completed');
  assert.deepEqual(done.state.attempt, first);
  assert.deepEqual(await ledger.violations(9), []);
});

test('what people completed at another amount is compared with that amount', async (t) => {
  const scene = await openScene(t);
  const done = await resolved(scene, await pay(scene, 'CRDT', settled(900n)), 'completed');
  assert.deepEqual((await hear(scene, done, settled(900n))).openCases, []);
  const asked = await hear(scene, done, settled(1000n));
  assert.deepEqual(
    asked.openCases.map(({ kind, suspense }) => [kind, suspense]),
    [['mismatch', undefined]],
  );
  await assertSound(scene);
});
