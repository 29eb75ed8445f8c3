import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Answer, Order } from '../../../src/payments/gateways.ts';
import type { LedgerStore } from '../../../src/payments/ledger-store.ts';
import type { Payment } from '../../../src/payments/payment.ts';
import { scriptedGateway, settledFor } from '../../support/gateway.ts';
import { euros, paid, somePartner, someRequest } from '../../support/payments.ts';
import {
  acted,
  ann,
  assertSound,
  bob,
  by,
  context,
  declined,
  fund,
  hear,
  openCaseOf,
  openScene,
  proposed,
  refusedAs,
  resolved,
  settled,
  silent,
  type Scene,
  withCase,
} from '../people/scene.ts';
import { openTestLedger, replacing, type WorldChanges } from '../../support/world.ts';

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
  await resolved(scene, await hear(scene, refund, settled(1000n)), 'completed');
  assert.equal((await stored(scene, refund)).state.name, 'completed');
  assert.deepEqual(
    (await stored(scene, deposit)).returns.map(({ kind, reference }) => [kind, reference]),
    [['refund', refund.id]],
  );
});

/** A ledger in which something else happens right before people's word is written, once. */
function interrupted(real: LedgerStore): {
  ledger: LedgerStore;
  first: (run: () => Promise<unknown>) => void;
} {
  let before: (() => Promise<unknown>) | undefined;
  const ledger = replacing(real, {
    recordAct: async (command) => {
      const run = command.original && before;
      if (run !== undefined) before = undefined;
      await run?.();
      return real.recordAct(command);
    },
  });
  return { ledger, first: (run) => void (before = run) };
}

test('two people whose "completed" is overtaken by a decline have written nothing, on the deposit neither', async (t) => {
  const { ledger, first } = interrupted(await openTestLedger(t));
  const open = await openRefundScene(t, () => Promise.resolve(silent()), { ledger });
  const { scene, deposit } = open;
  const refund = await withCase(scene, await refundOf(open));
  scene.gateway.onStatus = () => Promise.resolve(silent());
  first(() => hear(scene, refund, declined()));
  const id = await proposed(scene, refund, await openCaseOf(scene, refund), 'completed');
  const { version } = refund;
  const confirming = await scene.payments.desk.approve(by(bob), { id, version }, context);
  assert.equal(refusedAs(confirming), 'VERSION_CHANGED');
  assert.equal((await stored(scene, refund)).state.name, 'rejected');
  assert.deepEqual(await stored(scene, deposit), deposit);
  await assertSound(scene);
});

/** A refund of 10.00 that was declined; the word that it settled after all is a contradiction. */
async function contradicted(open: RefundScene): Promise<Payment> {
  const refund = await refundOf(open);
  assert.equal(refund.state.name, 'rejected');
  return hear(open.scene, refund, settled(1000n));
}

const another = { partnerReference: 'back-2', amount: { value: '10.00', currency: 'EUR' } };

/** By the first of them the bank declines, and it pays out the rest. */
function declinesOne(): (order: Order) => Promise<Answer> {
  let many = 0;
  return (order) => {
    many += 1;
    return Promise.resolve(many === 1 ? declined()(order.instrId) : settledFor(order));
  };
}

async function assertPaidTwice({ scene, deposit }: RefundScene): Promise<void> {
  const after = await stored(scene, deposit);
  const refunds = await scene.ledger.payments({ refundOf: deposit.id }, { limit: 9 });
  assert.deepEqual(
    refunds.map(({ state }) => state.name),
    ['completed', 'completed'],
  );
  assert.deepEqual(
    new Set(after.returns.map(({ reference }) => reference)),
    new Set(refunds.map(({ id }) => id)),
  );
  assert.deepEqual(
    after.openCases.map(({ kind, evidence }) => [kind, evidence]),
    [
      [
        'mismatch',
        `refund 10.00 EUR with reference ${refunds[0]?.id} so that more came back than was settled`,
      ],
    ],
  );
  const opened = scene.told.filter(
    ({ told, about }) =>
      told === 'alarm' && about['alarm'] === 'caseOpened' && about['paymentId'] === deposit.id,
  );
  assert.equal(opened.length, 1);
  await assertSound(scene);
}

test('a correction by which more came back than was settled is told, and opens a case on the deposit', async (t) => {
  const open = await openRefundScene(t, declinesOne());
  const refund = await contradicted(open);
  paid(await open.scene.payments.refund(refunder, open.deposit.id, another, context));
  await resolved(open.scene, refund, 'completed');
  await assertPaidTwice(open);
});

test('a refund that is taken on while another one is corrected is counted all the same', async (t) => {
  const { ledger, first } = interrupted(await openTestLedger(t));
  const open = await openRefundScene(t, declinesOne(), { ledger });
  const refund = await contradicted(open);
  // It is the deposit that has no room for both, not the player.
  await fund(open.scene, refund.instruction.playerId, 1000n);
  first(() => open.scene.payments.refund(refunder, open.deposit.id, another, context));
  await resolved(open.scene, refund, 'completed');
  await assertPaidTwice(open);
});
