/** Who proposed it has to be somebody who may, when it is confirmed; and what people said last is seen first. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  acted,
  ann,
  bob,
  by,
  confirmerOnly,
  context,
  openCaseOf,
  openScene,
  pay,
  proposed,
  refusedAs,
  settled,
  waitingNow,
  type Scene,
} from './scene.ts';
import type { Payment } from '../../../src/payments/payment.ts';
import { euros } from '../../support/payments.ts';

const aboveFive = { exceeded: 'approve', per: 'payment', direction: 'CRDT', max: euros(500n) } as const;

const gone: [what: string, changes: object][] = [
  ['was disabled', { disabledAt: new Date(0) }],
  ['lost the role', { roles: ['confirm'] }],
];

/** 10.00 that wait for two people. */
async function waitingPayment(scene: Scene): Promise<Payment> {
  const payment = await pay(scene, 'CRDT', settled(1000n));
  assert.equal(payment.state.name, 'awaitingApproval');
  return payment;
}

async function leaves({ ledger }: Scene, changes: object): Promise<void> {
  await ledger.putOperator({ ...ann, tokenDigests: [], createdAt: new Date(0), ...changes });
}

for (const [what, changes] of gone) {
  test(`what somebody proposed who ${what} since is confirmed by nobody`, async (t) => {
    const scene = await openScene(t);
    const { desk } = scene.payments;
    const payment = await pay(scene, 'CRDT', settled(900n));
    const open = await openCaseOf(scene, payment);
    const { version } = payment;
    const id = await proposed(scene, payment, open, 'completed');
    await leaves(scene, changes);
    assert.equal(refusedAs(await desk.approve(by(bob), { id, version }, context)), 'PROPOSAL_NOT_FOUND');
    assert.deepEqual(await waitingNow(scene), []);
    const file = await desk.caseFile(open.id, context);
    assert.ok(!('refused' in file) && file.proposal === undefined);

    // Somebody else takes its place.
    const asked = { caseId: open.id, resolution: 'completed', version } as const;
    const { act } = acted(await desk.resolveCase(by(bob), asked, context));
    assert.equal(act.endsProposal, id);
    const done = acted(await desk.approve(by(confirmerOnly), { id: act.id, version }, context));
    assert.equal(done.payment.state.name, 'completed');
    assert.deepEqual(await scene.ledger.violations(9), []);
  });

  test(`a payment that somebody approved who ${what} since takes two others`, async (t) => {
    const scene = await openScene(t, { amountLimits: [aboveFive] });
    const { desk } = scene.payments;
    const payment = await waitingPayment(scene);
    const verdict = { id: payment.id, version: payment.version };
    const { act: first } = acted(await desk.approve(by(ann), verdict, context));
    await leaves(scene, changes);
    const [waiting] = await waitingNow(scene);
    assert.equal(waiting?.proposal, undefined);
    const { did, act } = acted(await desk.approve(by(bob), verdict, context));
    assert.deepEqual([did, act.endsProposal], ['proposed', first.id]);
    const sent = acted(await desk.approve(by(confirmerOnly), verdict, context));
    assert.deepEqual([sent.did, sent.act.endsProposal], ['confirmed', act.id]);
    assert.deepEqual(await scene.ledger.violations(9), []);
  });
}

test('a case shows what people did last, oldest first', async (t) => {
  const scene = await openScene(t);
  const { desk } = scene.payments;
  const open = await openCaseOf(scene, await pay(scene, 'CRDT', settled(900n)));
  const comments = Array.from({ length: 205 }, (_, index) => `Comment ${index}.`);
  for (const comment of comments) await desk.commentCase(by(ann, { comment }), open.id, context);
  const file = await desk.caseFile(open.id, context);
  assert.ok(!('refused' in file));
  assert.deepEqual(
    file.acts.map(({ comment }) => comment),
    comments.slice(-200),
  );
});
