/** Money that moved by an earlier attempt, or at another amount than was asked: what people said holds from then on. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { attemptOf, type Attempt, type Payment } from '../../../src/payments/payment.ts';
import { record } from '../../../src/payments/record.ts';
import { scriptedGateway } from '../../support/gateway.ts';
import {
  ann,
  by,
  openCaseOf,
  refusedAs,
  context,
  assertSound,
  entriesOf,
  hear,
  openScene,
  pay,
  pending,
  resolved,
  settled,
} from './scene.ts';
import { paid, somePartner, someRequest } from '../../support/payments.ts';

test('what an earlier attempt settled completes no payment that stands on a later one', async (t) => {
  const bank = scriptedGateway();
  const psp = scriptedGateway({ name: 'psp' });
  bank.onSubmit = () => Promise.resolve({ kind: 'neverSent', cause: 'connectionRefused' });
  psp.onSubmit = ({ instrId }) => Promise.resolve(pending(instrId));
  const scene = await openScene(t, { gateways: [bank, psp] });
  const payment = paid(await scene.payments.initiate(somePartner(), someRequest(), context));
  const found = await scene.ledger.paymentByInstruction(bank.orders[0]?.instrId ?? '');
  const first = found?.attempt as Attempt;
  const second = attemptOf(payment.state) as Attempt;
  assert.deepEqual([first.gateway, second.gateway], ['bank', 'psp']);
  const says = (now: Payment, attempt: Attempt) =>
    record(
      scene.world,
      now,
      { answer: settled(1000n)(attempt.instrId), source: 'webhook', attempt },
      context,
    );

  const { payment: contradicted } = await says(payment, first);
  const open = await openCaseOf(scene, contradicted);
  assert.equal(open.evidence, `settled 10.00 EUR of attempt 1, instruction ${first.instrId}`);
  const asked = { caseId: open.id, resolution: 'completed', version: contradicted.version } as const;
  const refused = await scene.payments.desk.resolveCase(by(ann), asked, context);
  assert.equal(refusedAs(refused), 'RESOLUTION_IMPOSSIBLE');

  // The bank gave it back: from here on the attempt that stands is the only one that can settle.
  const aside = await resolved(scene, contradicted, 'unchanged');
  const { payment: done } = await says(aside, second);
  assert.ok(done.state.name === 'completed');
  assert.equal(done.state.attempt.gateway, 'psp');
  assert.deepEqual((await entriesOf(scene, done)).slice(0, 2), [
    'gateway:bank suspense 1000',
    'suspense gateway:bank 1000',
  ]);
  assert.equal((await entriesOf(scene, done)).length, 3);
  await assertSound(scene);
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
