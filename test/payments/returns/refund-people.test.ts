import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Answer, Order } from '../../../src/payments/gateways.ts';
import { attemptOf, type Payment } from '../../../src/payments/payment.ts';
import { beforeCompletion } from '../../../src/payments/returns/before-completion.ts';
import type { WorldChanges } from '../../support/world.ts';
import { scriptedGateway, settledFor } from '../../support/gateway.ts';
import { euros, paid, somePartner, someRequest } from '../../support/payments.ts';
import {
  acted,
  ann,
  bob,
  by,
  context,
  declined,
  hear,
  openScene,
  resolved,
  settled,
  type Scene,
} from '../people/scene.ts';

const refunder = somePartner({ operations: ['deposit', 'status', 'refund'] });

interface RefundScene {
  readonly scene: Scene;
  readonly refunds: readonly Order[];
  readonly deposit: Payment;
}

async function openRefundScene(
  t: TestContext,
  onRefund: (order: Order) => Promise<Answer>,
  changes: WorldChanges = {},
): Promise<RefundScene> {
  const gateway = scriptedGateway({ onRefund });
  const scene = {
    ...(await openScene(t, { gateways: [gateway], directory: { partners: () => [refunder] }, ...changes })),
    gateway,
  };
  const deposit = paid(await scene.payments.initiate(refunder, someRequest(), context));
  return { scene, refunds: gateway.refunds, deposit };
}

async function refundOf({ scene, deposit }: RefundScene): Promise<Payment> {
  const request = { partnerReference: 'back-1', amount: { value: '10.00', currency: 'EUR' } };
  return paid(await scene.payments.refund(refunder, deposit.id, request, context));
}

async function stored({ ledger }: Scene, { id }: Payment): Promise<Payment> {
  const payment = await ledger.paymentById(id);
  assert.ok(payment);
  return payment;
}

test('a refund above a limit waits for two people, and goes the deposit’s way then', async (t) => {
  const limit = { exceeded: 'approve', per: 'payment', direction: 'DBIT', max: euros(500n) } as const;
  const open = await openRefundScene(t, (order) => Promise.resolve(settledFor(order)), {
    amountLimits: [limit],
    // Where withdrawals go is nothing to it.
    routes: [{ direction: 'CRDT', gateways: ['bank'] }],
  });
  const { scene, refunds, deposit } = open;
  const waiting = await refundOf(open);
  assert.equal(waiting.state.name, 'awaitingApproval');
  assert.equal(refunds.length, 0);
  const asked = { id: waiting.id, version: waiting.version };
  acted(await scene.payments.desk.approve(by(ann), asked, context));
  const { payment } = acted(await scene.payments.desk.approve(by(bob), asked, context));
  assert.equal(payment.state.name, 'completed');
  assert.equal(refunds.length, 1);
  assert.ok(refunds[0]?.refundOf);
  assert.equal((await stored(scene, deposit)).returns[0]?.reference, payment.id);
});

test('a refund that two people correct to completed has its row on the deposit', async (t) => {
  const open = await openRefundScene(t, ({ instrId }) => Promise.resolve(declined()(instrId)));
  const { scene, deposit } = open;
  const refund = await refundOf(open);
  assert.equal(refund.state.name, 'rejected');
  const contradicted = await hear(scene, refund, settled(1000n));
  await resolved(scene, contradicted, 'completed');
  assert.equal((await stored(scene, refund)).state.name, 'completed');
  assert.deepEqual(
    (await stored(scene, deposit)).returns.map(({ kind, reference }) => [kind, reference]),
    [['refund', refund.id]],
  );
});

test('a refund that changed since it was read writes no row on the deposit', async (t) => {
  const open = await openRefundScene(t, () => Promise.resolve({ kind: 'unknown', cause: 'timeout' }));
  const { scene, deposit } = open;
  const refund = await refundOf(open);
  const said = declined()(attemptOf(refund.state)?.instrId ?? '');
  await hear(scene, refund, () => said);
  await beforeCompletion(scene.world, refund, { source: 'recovery' }, context);
  assert.deepEqual((await stored(scene, deposit)).returns, []);
});
