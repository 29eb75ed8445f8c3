import assert from 'node:assert/strict';
import test from 'node:test';
import type { Direction, Payment } from '../../../src/payments/payment.ts';
import type { Partner } from '../../../src/payments/partners.ts';
import type { Acting } from '../../../src/payments/people/acts.ts';
import { cancelApproval, expireApproval } from '../../../src/payments/people/end-unsent.ts';
import type { AmountLimit } from '../../../src/payments/people/limits.ts';
import { transactionStatus } from '../../../src/payments/states.ts';
import { euros, somePartner } from '../../support/payments.ts';
import { openTestLedger, replacing, type WorldChanges } from '../../support/world.ts';
import {
  acted,
  ann,
  assertSound,
  availableOf,
  bob,
  by,
  confirmerOnly,
  context,
  declined,
  entriesOf,
  hear,
  now,
  openScene,
  pay,
  proposerOnly,
  refusedAs,
  settled,
  waitingNow,
  type Scene,
} from './scene.ts';

const aboveFive: AmountLimit = {
  exceeded: 'approve',
  per: 'payment',
  direction: 'DBIT',
  max: euros(500n),
};
const depositsToo: AmountLimit = { ...aboveFive, direction: 'CRDT' };

const openApprovals = (t: Parameters<typeof openScene>[0], changes: WorldChanges = {}) =>
  openScene(t, { amountLimits: [aboveFive, depositsToo], ...changes });

/** 10.00 that wait for approval. */
async function waiting(scene: Scene, direction: Direction = 'DBIT'): Promise<Payment> {
  const payment = await pay(scene, direction, settled(1000n));
  assert.equal(payment.state.name, 'awaitingApproval');
  assert.equal(transactionStatus(payment), 'PATC');
  return payment;
}

function verdict({ id, version }: Payment) {
  return { id, version };
}

test('a payment above a limit waits, held and unsent, until two people approve it', async (t) => {
  const scene = await openApprovals(t);
  const { desk } = scene.payments;
  for (const direction of ['DBIT', 'CRDT'] as const) {
    const payment = await waiting(scene, direction);
    assert.equal(scene.gateway.orders.length, 0);
    assert.equal(await availableOf(scene, payment), 0n);
    const [shown] = await waitingNow(scene);
    assert.deepEqual(shown?.effect, {
      state: 'completed',
      postings: [
        direction === 'CRDT'
          ? {
              debit: 'gateway:bank',
              credit: `player:lucky:${payment.instruction.playerId}`,
              amount: euros(1000n),
            }
          : {
              debit: `player:lucky:${payment.instruction.playerId}`,
              credit: 'gateway:bank',
              amount: euros(1000n),
            },
      ],
      ...(direction === 'DBIT' && { holdEnding: 'posted' }),
      availableMinor: { before: 0n, after: direction === 'CRDT' ? 1000n : 0n },
    });

    const first = acted(await desk.approve(by(ann), verdict(payment), context));
    assert.equal(first.did, 'proposed');
    assert.equal(first.payment.version, payment.version);
    const second = acted(await desk.approve(by(bob), verdict(payment), context));
    assert.equal(second.did, 'confirmed');
    assert.equal(second.payment.state.name, 'completed');
    assert.equal(scene.gateway.orders.length, 1);
    scene.gateway.orders.length = 0;
    assert.equal((await entriesOf(scene, payment)).length, 1);
    await assertSound(scene);
  }
});

test('an approval can be confirmed by its proposal’s id as well, and rejected by it', async (t) => {
  const scene = await openApprovals(t);
  const { desk } = scene.payments;
  const payment = await waiting(scene);
  const { act } = acted(await desk.approve(by(ann), verdict(payment), context));
  const asked = { id: act.id, version: payment.version };
  assert.equal(acted(await desk.approve(by(bob), asked, context)).payment.state.name, 'completed');
  const other = await waiting(scene);
  const proposal = acted(await desk.approve(by(ann), verdict(other), context)).act;
  const rejected = await desk.reject(by(bob), { id: proposal.id, version: other.version }, context);
  assert.equal(acted(rejected).payment.state.name, 'rejected');
});

const unfit: [who: string, first: Acting | undefined, second: Acting, refused: string][] = [
  ['nobody without a role approves', undefined, by({ id: 'nina', roles: [] }), 'ROLE_MISSING'],
  ['who may only confirm does not begin', undefined, by(confirmerOnly), 'ROLE_MISSING'],
  ['nobody approves without a reason', undefined, by(ann, { reason: '' }), 'EVIDENCE_MISSING'],
  ['one person is not two', by(ann), by(ann), 'SAME_PERSON'],
  ['who may only propose does not end it', by(ann), by(proposerOnly), 'ROLE_MISSING'],
];

for (const [rule, first, second, refused] of unfit) {
  test(`I14: ${rule}`, async (t) => {
    const scene = await openApprovals(t);
    const payment = await waiting(scene);
    const { desk } = scene.payments;
    if (first !== undefined) acted(await desk.approve(first, verdict(payment), context));
    assert.equal(refusedAs(await desk.approve(second, verdict(payment), context)), refused);
    assert.equal(scene.gateway.orders.length, 0);
  });
}

test('a version that nobody saw is neither approved nor rejected', async (t) => {
  const scene = await openApprovals(t);
  const { id, version } = await waiting(scene);
  const { desk } = scene.payments;
  const stale = { id, version: version + 1 };
  assert.equal(refusedAs(await desk.approve(by(ann), stale, context)), 'VERSION_CHANGED');
  assert.equal(refusedAs(await desk.reject(by(ann), stale, context)), 'VERSION_CHANGED');
});

const forbidden: [rule: string, changes: Partial<Partner>][] = [
  ['the partner is not enabled', { enabled: false }],
  ['OPERATION_FORBIDDEN', { operations: ['deposit'] }],
  ['BRAND_FORBIDDEN', { brands: ['royal'] }],
  ['CURRENCY_FORBIDDEN', { currencies: ['JPY'] }],
  ['AMOUNT_ABOVE_LIMIT', { amountMax: [euros(999n)] }],
  ['the partner is not enabled', { id: 'somebody-else' }],
];

for (const [rule, changes] of forbidden) {
  test(`what the partner may not do any more is not approved: ${rule}, ${Object.keys(changes).join()}`, async (t) => {
    let partner = somePartner();
    const scene = await openApprovals(t, { directory: { partners: () => [partner] } });
    const payment = await waiting(scene);
    const { desk } = scene.payments;
    acted(await desk.approve(by(ann), verdict(payment), context));
    partner = somePartner(changes);
    const refusal = await desk.approve(by(bob), verdict(payment), context);
    assert.equal(refusedAs(refusal), 'APPROVAL_NOT_POSSIBLE');
    assert.deepEqual('violations' in refusal && refusal.violations, [{ path: '/', rule }]);
    assert.equal(scene.gateway.orders.length, 0);
  });
}

test('limits and routes are those of the moment of approval', async (t) => {
  const limits = [aboveFive];
  const scene = await openScene(t, { amountLimits: limits });
  const payment = await waiting(scene);
  const approve = () => scene.payments.desk.approve(by(ann), verdict(payment), context);
  limits.push({ ...aboveFive, exceeded: 'refuse', max: euros(999n) });
  const above = await approve();
  assert.deepEqual('violations' in above && above.violations, [{ path: '/', rule: 'AMOUNT_ABOVE_LIMIT' }]);
  limits.pop();
  (scene.world.gateways as Map<string, unknown>).delete('bank');
  const routeless = await approve();
  assert.deepEqual('violations' in routeless && routeless.violations, [{ path: '/', rule: 'NO_ROUTE' }]);
  const [shown] = await waitingNow(scene);
  assert.deepEqual(shown?.effect?.postings, []);
});

test('one person rejects: the hold is the player’s again, and nobody can approve any more', async (t) => {
  const scene = await openApprovals(t);
  const { desk } = scene.payments;
  const payment = await waiting(scene);
  acted(await desk.approve(by(ann), verdict(payment), context));
  assert.equal(
    refusedAs(await desk.reject(by(bob, { comment: '' }), verdict(payment), context)),
    'EVIDENCE_MISSING',
  );
  const { payment: after } = acted(await desk.reject(by(proposerOnly), verdict(payment), context));
  assert.deepEqual(after.state.name === 'rejected' && after.state.reason, { code: 'AG01' });
  assert.equal(await availableOf(scene, payment), 1000n);
  for (const verb of ['approve', 'reject'] as const) {
    assert.equal(refusedAs(await desk[verb](by(bob), verdict(after), context)), 'APPROVAL_NOT_POSSIBLE');
  }
  assert.deepEqual(await waitingNow(scene), []);
  await assertSound(scene);
});

test('of two who end the waiting at once, one does', async (t) => {
  const scene = await openApprovals(t);
  const { desk } = scene.payments;
  const payment = await waiting(scene);
  acted(await desk.approve(by(ann), verdict(payment), context));
  const results = await Promise.all([
    desk.approve(by(bob), verdict(payment), context),
    desk.approve(by(confirmerOnly), verdict(payment), context),
    desk.reject(by(proposerOnly), verdict(payment), context),
  ]);
  const refusals = results.filter((result) => 'refused' in result);
  assert.equal(refusals.length, 2);
  // Who reads between the two finds the payment as he saw it and no proposal any more, and may not make one.
  const told = ['VERSION_CHANGED', 'ROLE_MISSING'];
  for (const refusal of refusals) assert.ok(told.includes(refusedAs(refusal)), refusedAs(refusal));
  assert.equal(scene.gateway.orders.length, (await now(scene, payment)).state.name === 'completed' ? 1 : 0);
  await assertSound(scene);
});

test('whoever says no a moment after somebody else did has seen another payment', async (t) => {
  const base = await openTestLedger(t);
  let before: (() => Promise<unknown>) | undefined;
  const ledger = replacing(base, {
    recordAct: async (command) => {
      const first = before;
      before = undefined;
      await first?.();
      return base.recordAct(command);
    },
  });
  const scene = await openApprovals(t, { ledger });
  const payment = await waiting(scene);
  const reject = () => scene.payments.desk.reject(by(bob), verdict(payment), context);
  before = reject;
  assert.equal(refusedAs(await reject()), 'VERSION_CHANGED');
  assert.equal((await now(scene, payment)).state.name, 'rejected');
  await assertSound(scene);
});

test('an approved payment that takes long goes on, and the answer does not wait for it', async (t) => {
  const scene = await openApprovals(t, { limits: { copyWaitMs: 1 } });
  const { desk } = scene.payments;
  const payment = await waiting(scene);
  acted(await desk.approve(by(ann), verdict(payment), context));
  const answered = Promise.withResolvers<void>();
  scene.gateway.onSubmit = async ({ instrId }) => {
    await answered.promise;
    return declined()(instrId);
  };
  const { payment: sent } = acted(await desk.approve(by(bob), verdict(payment), context));
  assert.equal(sent.state.name, 'submitted');
  answered.resolve();
  await scene.payments.drained(AbortSignal.timeout(5_000));
  assert.equal((await now(scene, payment)).state.name, 'rejected');
  await assertSound(scene);
});

test('a payment that waited too long expires by its check, and cannot be approved after that', async (t) => {
  const scene = await openApprovals(t, { limits: { approvalWithinMs: 60_000 } });
  const { desk } = scene.payments;
  const payment = await waiting(scene);
  acted(await desk.approve(by(ann), verdict(payment), context));
  assert.equal((await expireApproval(scene.world, payment, context)).state.name, 'awaitingApproval');
  scene.clock.move(60_000);
  const late = await desk.approve(by(bob), verdict(payment), context);
  assert.deepEqual('violations' in late && late.violations, [{ path: '/', rule: 'DS24' }]);
  assert.deepEqual(await scene.payments.checkDue(AbortSignal.timeout(5_000)), { checked: 1 });
  const expired = await now(scene, payment);
  assert.deepEqual(expired.state.name === 'expired' && expired.state.reason, { code: 'DS24' });
  assert.equal(expired.check, undefined);
  assert.equal(await availableOf(scene, payment), 1000n);
  assert.deepEqual(await waitingNow(scene), []);
  assert.deepEqual(await scene.payments.checkDue(AbortSignal.timeout(5_000)), { checked: 0 });
  await assertSound(scene);
});

test('who is first, of the schedule and of the person who approves, is right', async (t) => {
  const scene = await openApprovals(t, { limits: { approvalWithinMs: 60_000 } });
  const { desk } = scene.payments;
  const payment = await waiting(scene);
  acted(await desk.approve(by(ann), verdict(payment), context));
  acted(await desk.approve(by(bob), verdict(payment), context));
  scene.clock.move(60_000);
  // As the schedule read it before it was approved.
  assert.equal((await expireApproval(scene.world, payment, context)).state.name, 'completed');
  await assertSound(scene);
});

test('who calls off what was approved meanwhile finds it sent', async (t) => {
  const scene = await openApprovals(t);
  const { desk } = scene.payments;
  const payment = await waiting(scene);
  acted(await desk.approve(by(ann), verdict(payment), context));
  acted(await desk.approve(by(bob), verdict(payment), context));
  const sent = await cancelApproval(scene.world, payment, context);
  assert.equal(sent.state.name, 'completed');
});

test('an end that is never written is given up, loudly', async (t) => {
  const first = await openApprovals(t);
  const payment = await waiting(first);
  first.clock.move(86_400_000);
  const scene = await openApprovals(t, {
    clock: first.clock,
    ledger: replacing(first.ledger, { recordAnswer: () => Promise.resolve('stale') }),
  });
  await assert.rejects(expireApproval(scene.world, payment, context));
});

test('a partner calls off what waits for approval, unless it was approved first', async (t) => {
  const partner = somePartner({ operations: ['deposit', 'withdrawal', 'status', 'cancel'] });
  const scene = await openApprovals(t, { directory: { partners: () => [partner] } });
  const payment = await waiting(scene);
  const cancelled = await scene.payments.cancel(partner, payment.id, context);
  assert.ok(!('refused' in cancelled) && cancelled.state.name === 'cancelled');
  assert.deepEqual(cancelled.state.reason, { code: 'DS02' });
  assert.equal(await availableOf(scene, payment), 1000n);
  assert.deepEqual(await scene.payments.cancel(partner, payment.id, context), cancelled);

  const other = await waiting(scene);
  const { desk } = scene.payments;
  acted(await desk.approve(by(ann), verdict(other), context));
  const approved = desk.approve(by(bob), verdict(other), context);
  const refusal = await scene.payments.cancel(partner, other.id, context);
  const { state } = await now(scene, other);
  await approved;
  assert.equal('refused' in refusal, state.name !== 'cancelled');
  await assertSound(scene);
});

test('approvals are listed page by page: payments, then proposals about cases', async (t) => {
  const scene = await openScene(t, { amountLimits: [depositsToo] });
  const { desk } = scene.payments;
  const ids: string[] = [];
  for (let count = 0; count < 3; count += 1) ids.push((await waiting(scene, 'CRDT')).id);
  for (let count = 0; count < 3; count += 1) {
    const { id, version } = await pay(scene, 'DBIT', settled(900n));
    const [open] = await scene.ledger.cases({ paymentId: id }, { limit: 1 });
    const asked = { caseId: open!.id, resolution: 'unchanged', version } as const;
    ids.push(acted(await desk.resolveCase(by(ann), asked, context)).act.id);
  }
  const listed: string[] = [];
  for (let after: string | undefined; ;) {
    const page = await desk.approvals({ limit: 2, ...(after !== undefined && { after }) }, context);
    assert.ok(!('refused' in page));
    listed.push(...page.map(({ id }) => id));
    after = page.at(-1)?.id;
    if (page.length < 2) break;
  }
  assert.deepEqual(listed, ids);
});

test('a proposal that has to be made again is listed without an effect', async (t) => {
  const scene = await openScene(t);
  const { desk } = scene.payments;
  const payment = await pay(scene, 'CRDT', settled(900n));
  const [open] = await scene.ledger.cases({ paymentId: payment.id }, { limit: 1 });
  const asked = { caseId: open!.id, resolution: 'unchanged', version: payment.version } as const;
  const { act } = acted(await desk.resolveCase(by(ann), asked, context));
  await hear(scene, payment, settled(800n));
  const page = await desk.approvals({ limit: 9 }, context);
  assert.ok(!('refused' in page));
  assert.deepEqual(
    page.map(({ id, effect }) => [id, effect]),
    [[act.id, undefined]],
  );
});
