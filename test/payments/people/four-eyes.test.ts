import assert from 'node:assert/strict';
import test from 'node:test';
import type { Answer } from '../../../src/payments/gateways.ts';
import type { StateName } from '../../../src/payments/payment.ts';
import { actOf, type Acting } from '../../../src/payments/people/acts.ts';
import { recordBare } from '../../../src/payments/people/record-act.ts';
import {
  acted,
  ann,
  assertSound,
  bob,
  by,
  confirmerOnly,
  context,
  declined,
  entriesOf,
  hear,
  knowsNothing,
  now,
  openCaseOf,
  openScene,
  pay,
  pending,
  proposed,
  proposerOnly,
  refusedAs,
  resolved,
  settled,
  silent,
  withCase,
  type Scene,
} from './scene.ts';
import { factsFor } from '../../../src/payments/people/found.ts';
import { euros, somePayment, someStates, someTime } from '../../support/payments.ts';
import { replacing } from '../../support/world.ts';

const nobody = { id: 'nina', roles: [] };

/** A mismatch with 9.00 in suspense. */
async function mismatch(scene: Scene) {
  const payment = await pay(scene, 'CRDT', settled(900n));
  return { payment, open: await openCaseOf(scene, payment), version: payment.version };
}

const unfit: [who: string, acting: Acting, refused: string][] = [
  ['somebody without a role', by(nobody), 'ROLE_MISSING'],
  ['somebody who may only confirm', by(confirmerOnly), 'ROLE_MISSING'],
  ['somebody who gives no reason', by(ann, { reason: '' }), 'EVIDENCE_MISSING'],
  ['somebody whose reason is a sentence', by(ann, { reason: 'because of it' }), 'EVIDENCE_MISSING'],
  ['somebody who says nothing', by(ann, { comment: ' ' }), 'EVIDENCE_MISSING'],
  ['somebody who moves the cursor', by(ann, { comment: 'a\u001b[2J' }), 'EVIDENCE_MISSING'],
  ['somebody who writes a book', by(ann, { comment: 'x'.repeat(1001) }), 'EVIDENCE_MISSING'],
];

for (const [who, acting, refused] of unfit) {
  test(`I14: ${who} proposes nothing, gives no case away and says nothing of it`, async (t) => {
    const scene = await openScene(t);
    const { open, version } = await mismatch(scene);
    const { desk } = scene.payments;
    const asked = { caseId: open.id, resolution: 'completed', version } as const;
    assert.equal(refusedAs(await desk.resolveCase(acting, asked, context)), refused);
    assert.equal(refusedAs(await desk.commentCase(acting, open.id, context)), refused);
    const given = { caseId: open.id, assignee: 'bob' };
    assert.equal(refusedAs(await desk.assignCase(acting, given, context)), refused);
    assert.deepEqual(await scene.ledger.acts({}, { limit: 9 }), []);
  });
}

test('I14: who proposed cannot confirm, and who has no role for it neither', async (t) => {
  const scene = await openScene(t);
  const { payment, open, version } = await mismatch(scene);
  const id = await proposed(scene, payment, open, 'completed');
  const { desk } = scene.payments;
  const confirm = (acting: Acting) => desk.approve(acting, { id, version }, context);
  assert.equal(refusedAs(await confirm(by(ann))), 'SAME_PERSON');
  assert.equal(refusedAs(await confirm(by(proposerOnly))), 'ROLE_MISSING');
  assert.equal(refusedAs(await confirm(by(bob, { comment: '' }))), 'EVIDENCE_MISSING');
  assert.equal(acted(await confirm(by(confirmerOnly))).did, 'confirmed');
  assert.deepEqual(
    (await scene.ledger.acts({ caseId: open.id }, { limit: 9 })).map(({ subject, kind, ended }) => [
      subject,
      kind,
      ended,
    ]),
    [
      ['ann', 'proposed', true],
      ['cora', 'confirmed', false],
    ],
  );
});

test('every act says who, why, of which version, and when', async (t) => {
  const scene = await openScene(t);
  const { payment, open, version } = await mismatch(scene);
  await resolved(scene, payment, 'unchanged');
  const [proposal, confirmation] = await scene.ledger.acts({ paymentId: payment.id }, { limit: 9 });
  const said = { reason: 'CHECKED', comment: 'Read in the portal of the bank.', version };
  const about = { paymentId: payment.id, caseId: open.id, detail: 'unchanged', at: scene.clock.now() };
  const { id: _, ended: __, ...first } = proposal!;
  assert.deepEqual(first, { ...said, ...about, subject: 'ann', kind: 'proposed' });
  const { id: ___, ended: ____, ...second } = confirmation!;
  const endsProposal = proposal!.id;
  assert.deepEqual(second, { ...said, ...about, subject: 'bob', kind: 'confirmed', endsProposal });
});

test('a version that nobody saw is refused, at the proposal and at the confirmation', async (t) => {
  const scene = await openScene(t);
  const { payment, open, version } = await mismatch(scene);
  const { desk } = scene.payments;
  const early = { caseId: open.id, resolution: 'completed', version: version - 1 } as const;
  assert.equal(refusedAs(await desk.resolveCase(by(ann), early, context)), 'VERSION_CHANGED');

  const id = await proposed(scene, payment, open, 'completed');
  const stale = { id, version: version - 1 };
  assert.equal(refusedAs(await desk.approve(by(bob), stale, context)), 'VERSION_CHANGED');
  // Another word changes the payment: who confirms now has seen what the proposer had not.
  const changed = await hear(scene, payment, settled(800n));
  assert.equal(changed.version, version + 1);
  const asked = { id, version: changed.version };
  assert.equal(refusedAs(await desk.approve(by(bob), asked, context)), 'VERSION_CHANGED');
  assert.equal((await now(scene, payment)).openCases.length, 2);

  // Made again, it takes the place of the one that nobody can confirm.
  const again = await proposed(scene, changed, open, 'completed');
  assert.equal(refusedAs(await desk.approve(by(bob), asked, context)), 'PROPOSAL_NOT_FOUND');
  const done = acted(await desk.approve(by(bob), { id: again, version: changed.version }, context));
  assert.equal(done.payment.state.name, 'completed');
  assert.equal(done.payment.openCases.length, 1);
  // What another gateway's word says of a payment that is completed can only be put aside.
  assert.equal((await resolved(scene, done.payment, 'unchanged')).openCases.length, 0);
  await assertSound(scene);
});

test('what cannot be is not proposed', async (t) => {
  const scene = await openScene(t);
  const payment = await hear(scene, await pay(scene, 'CRDT', settled(1000n)), declined());
  const { id: caseId } = await openCaseOf(scene, payment);
  const { desk } = scene.payments;
  for (const resolution of ['completed', 'notExecuted'] as const) {
    const asked = { caseId, resolution, version: payment.version };
    assert.equal(refusedAs(await desk.resolveCase(by(ann), asked, context)), 'RESOLUTION_IMPOSSIBLE');
  }
});

test('a case ends once, and what is not there is not found', async (t) => {
  const scene = await openScene(t);
  const { payment, open } = await mismatch(scene);
  const { desk } = scene.payments;
  const { version } = await resolved(scene, payment, 'unchanged');
  const again = { caseId: open.id, resolution: 'completed', version } as const;
  assert.equal(refusedAs(await desk.resolveCase(by(ann), again, context)), 'CASE_CLOSED');
  assert.equal(refusedAs(await desk.commentCase(by(ann), open.id, context)), 'CASE_CLOSED');
  const unknown = '01a202b2-c500-7279-8417-27795bbfb6fc';
  assert.equal(refusedAs(await desk.caseFile(unknown, context)), 'CASE_NOT_FOUND');
  assert.equal(refusedAs(await desk.commentCase(by(ann), unknown, context)), 'CASE_NOT_FOUND');
  const verdict = { id: unknown, version };
  assert.equal(refusedAs(await desk.approve(by(bob), verdict, context)), 'PROPOSAL_NOT_FOUND');
  assert.equal(refusedAs(await desk.reject(by(bob), verdict, context)), 'PROPOSAL_NOT_FOUND');
});

test('a proposal ends once: of two who confirm at once, and of one who confirms and one who declines', async (t) => {
  const scene = await openScene(t);
  const { desk } = scene.payments;
  for (const other of ['approve', 'reject'] as const) {
    const { payment, open, version } = await mismatch(scene);
    const id = await proposed(scene, payment, open, 'completed');
    const [first, second] = await Promise.all([
      desk.approve(by(bob), { id, version }, context),
      desk[other](by(confirmerOnly), { id, version }, context),
    ]);
    const refusals = [first, second].filter((result) => 'refused' in result).map(refusedAs);
    assert.equal(refusals.length, 1, refusals.join());
    assert.match(refusals[0]!, /^(VERSION_CHANGED|PROPOSAL_NOT_FOUND)$/);
    const confirmations = await scene.ledger.acts({ paymentId: payment.id }, { limit: 9 });
    assert.equal(confirmations.filter(({ endsProposal }) => endsProposal === id).length, 1);
  }
  await assertSound(scene);
});

test('a confirmation and a word of the gateway at once: whichever is first, the books are sound', async (t) => {
  const scene = await openScene(t);
  for (let round = 0; round < 5; round += 1) {
    const payment = await pay(scene, 'DBIT', pending);
    const open = await openCaseOf(scene, await withCase(scene, payment, 'mismatch'));
    const seen = await now(scene, payment);
    const id = await proposed(scene, seen, open, 'notExecuted');
    knowsNothing(scene);
    const [confirmed, heard] = await Promise.all([
      scene.payments.desk.approve(by(bob), { id, version: seen.version }, context),
      hear(scene, seen, settled(1000n)),
    ]);
    const after = await now(scene, payment);
    if ('refused' in confirmed) {
      assert.equal(confirmed.refused, 'VERSION_CHANGED');
      assert.equal(after.state.name, 'completed');
    } else {
      // The word came too late to move it: it contradicts what two people said, and opens a case.
      assert.equal(after.state.name, 'rejected');
      assert.equal(heard.openCases.at(-1)?.kind, 'contradiction');
    }
    await assertSound(scene);
  }
});

test('a proposal can be taken back by who made it, and declined by who could confirm it', async (t) => {
  const scene = await openScene(t);
  const { desk } = scene.payments;
  const { payment, open, version } = await mismatch(scene);
  const first = await proposed(scene, payment, open, 'completed');
  assert.equal(
    refusedAs(await desk.reject(by(proposerOnly), { id: first, version }, context)),
    'ROLE_MISSING',
  );
  assert.equal(refusedAs(await desk.reject(by(bob), { id: first, version: 1 }, context)), 'VERSION_CHANGED');
  assert.equal(acted(await desk.reject(by(ann), { id: first, version }, context)).did, 'declined');
  const second = await proposed(scene, payment, open, 'completed');
  assert.equal(acted(await desk.reject(by(bob), { id: second, version }, context)).payment.version, version);
  assert.equal(
    refusedAs(await desk.approve(by(bob), { id: second, version }, context)),
    'PROPOSAL_NOT_FOUND',
  );
  assert.deepEqual((await now(scene, payment)).openCases.length, 1);
});

const questions: [says: string, answer: (instrId: string) => Answer, state: StateName, refused?: string][] = [
  ['nothing', silent, 'unknown', 'RESOLUTION_IMPOSSIBLE'],
  ['that it does not know it', () => ({ kind: 'notFound' }), 'rejected'],
  ['that it settled', settled(1000n), 'completed', 'VERSION_CHANGED'],
  ['that it was declined', declined(), 'rejected', 'VERSION_CHANGED'],
  ['that it is pending', pending, 'pending', 'VERSION_CHANGED'],
  ['that it settled at another amount', settled(900n), 'unknown', 'VERSION_CHANGED'],
];

for (const [says, answer, expected, refused] of questions) {
  test(`a payment that nobody heard of was not executed, and its gateway says ${says}`, async (t) => {
    const scene = await openScene(t);
    const payment = await withCase(scene, await pay(scene, 'DBIT', silent));
    const id = await proposed(scene, payment, await openCaseOf(scene, payment), 'notExecuted');
    scene.gateway.onStatus = ({ instrId }) => Promise.resolve(answer(instrId));
    const asked = scene.gateway.enquiries.length;
    scene.clock.move(3_600_000);
    const result = await scene.payments.desk.approve(by(bob), { id, version: payment.version }, context);
    assert.equal(scene.gateway.enquiries.length, asked + 1, 'a fresh question');
    const { state } = await now(scene, payment);
    assert.equal(state.name, expected);
    if (refused === undefined) {
      assert.equal(acted(result).did, 'confirmed');
      assert.deepEqual(state.name === 'rejected' && state.reason, { code: 'ED05' });
    } else {
      assert.equal(refusedAs(result), refused);
      if (expected === 'unknown' && answer === silent) {
        const [waits, ...others] = await scene.ledger.acts({ paymentId: payment.id }, { limit: 9 });
        assert.deepEqual([waits?.ended, others], [false, []], 'the proposal waits for an answer');
        return;
      }
      const [proposal, fallen] = await scene.ledger.acts({ paymentId: payment.id }, { limit: 9 });
      assert.equal(fallen?.kind, 'declined');
      assert.equal(fallen.endsProposal, proposal?.id);
      assert.match(fallen.detail ?? '', /^the gateway says /);
    }
    await assertSound(scene);
  });
}

test('a payment that its gateway had is asked about as well, and absence within the grace proves nothing', async (t) => {
  const scene = await openScene(t);
  const payment = await withCase(scene, await pay(scene, 'DBIT', pending), 'mismatch');
  const id = await proposed(scene, payment, await openCaseOf(scene, payment), 'notExecuted');
  scene.gateway.onStatus = () => Promise.resolve({ kind: 'notFound' });
  const confirm = () => scene.payments.desk.approve(by(bob), { id, version: payment.version }, context);
  assert.equal(refusedAs(await confirm()), 'RESOLUTION_IMPOSSIBLE');
  assert.equal((await now(scene, payment)).state.name, 'pending');
  knowsNothing(scene);
  assert.equal(acted(await confirm()).payment.state.name, 'rejected');
  await assertSound(scene);
});

test('what an older build let be proposed and cannot be is not confirmed', async (t) => {
  const scene = await openScene(t);
  const payment = await hear(scene, await pay(scene, 'CRDT', settled(1000n)), declined());
  const { id: caseId } = await openCaseOf(scene, payment);
  const about = { payment, caseId, kind: 'proposed', detail: 'completed' } as const;
  const act = actOf(scene.world, by(ann), about);
  assert.equal(await recordBare(scene.world, payment, act), 'recorded');
  const asked = { id: act.id, version: payment.version };
  assert.equal(
    refusedAs(await scene.payments.desk.approve(by(bob), asked, context)),
    'RESOLUTION_IMPOSSIBLE',
  );
});

test('a gateway that still says pending, or the word that is in suspense, makes the proposal fall', async (t) => {
  const scene = await openScene(t);
  const waiting = await withCase(scene, await pay(scene, 'CRDT', pending));
  const first = await proposed(scene, waiting, await openCaseOf(scene, waiting), 'completed');
  scene.gateway.onStatus = ({ instrId }) => Promise.resolve(pending(instrId));
  const { desk } = scene.payments;
  const asked = { id: first, version: waiting.version };
  assert.equal(refusedAs(await desk.approve(by(bob), asked, context)), 'RESOLUTION_IMPOSSIBLE');
  assert.equal(refusedAs(await desk.approve(by(bob), asked, context)), 'PROPOSAL_NOT_FOUND');

  const { payment, open, version } = await mismatch(scene);
  const second = await proposed(scene, payment, open, 'notExecuted');
  scene.gateway.onStatus = ({ instrId }) => Promise.resolve(settled(900n)(instrId));
  const refusal = await desk.approve(by(bob), { id: second, version }, context);
  assert.equal(refusedAs(refusal), 'RESOLUTION_IMPOSSIBLE');
  assert.deepEqual(await entriesOf(scene, payment), ['gateway:bank suspense 900']);
});

test('a gateway that is not configured any more cannot be asked, and people decide without it', async (t) => {
  const scene = await openScene(t);
  const payment = await withCase(scene, await pay(scene, 'CRDT', silent));
  (scene.world.gateways as Map<string, unknown>).delete('bank');
  assert.equal((await resolved(scene, payment, 'notExecuted')).state.name, 'rejected');
});

test('a case is given to an operator and commented, whatever happens to its payment meanwhile', async (t) => {
  const scene = await openScene(t);
  const { payment, open } = await mismatch(scene);
  const { desk } = scene.payments;
  await scene.ledger.putOperator({
    ...ann,
    id: 'gone',
    tokenDigests: [],
    createdAt: new Date(0),
    disabledAt: new Date(),
  });
  for (const assignee of ['stranger', 'gone']) {
    const refused = await desk.assignCase(by(ann), { caseId: open.id, assignee }, context);
    assert.equal(refusedAs(refused), 'REQUEST_INVALID');
  }
  const given = await desk.assignCase(by(ann), { caseId: open.id, assignee: 'bob' }, context);
  assert.ok(!('refused' in given) && given.open.assignee === 'bob');
  const [noted] = await Promise.all([
    desk.commentCase(by(bob), open.id, context),
    hear(scene, payment, settled(800n)),
  ]);
  assert.equal(refusedAs(noted), 'not refused');
  const file = await desk.caseFile(open.id, context);
  assert.ok(!('refused' in file));
  assert.equal(file.found.assignee, 'bob');
  assert.deepEqual(
    file.acts.map(({ kind }) => kind),
    ['assigned', 'commented'],
  );
  assert.equal(file.proposal, undefined);
});

test('a case shows how it can be resolved and what each would do, before it is done', async (t) => {
  const scene = await openScene(t);
  const payment = await pay(scene, 'DBIT', settled(1300n), 1100n);
  const open = await openCaseOf(scene, payment);
  const id = await proposed(scene, payment, open, 'completed');
  const { desk } = scene.payments;
  const file = await desk.caseFile(open.id, context);
  assert.ok(!('refused' in file));
  assert.equal(file.proposal?.id, id);
  assert.deepEqual(
    file.choices.map(({ resolution, effect: { state, postings, holdEnding, availableMinor } }) => [
      resolution,
      state,
      postings.map(({ amount }) => amount.minor),
      holdEnding,
      availableMinor.before,
      availableMinor.after,
    ]),
    [
      ['completed', 'completed', [1100n, 200n], 'posted', 100n, 0n],
      ['notExecuted', 'rejected', [1300n], 'voided', 100n, 1100n],
      ['unchanged', 'unknown', [1300n], undefined, 100n, 100n],
    ],
  );
  const waiting = await desk.approvals({ limit: 10 }, context);
  assert.ok(!('refused' in waiting));
  assert.deepEqual(
    waiting.map((one) => [one.id, one.kind, one.effect]),
    [[id, 'resolution', file.choices[0]?.effect]],
  );

  await resolved(scene, payment, 'completed');
  const closed = await desk.caseFile(open.id, context);
  assert.ok(!('refused' in closed));
  assert.deepEqual(
    [closed.choices, closed.proposal, closed.found.end?.resolution],
    [[], undefined, 'completed'],
  );
});

test('a case that can only be put aside shows that nothing is posted', async (t) => {
  const scene = await openScene(t);
  const payment = await hear(scene, await pay(scene, 'CRDT', settled(1000n)), declined());
  const file = await scene.payments.desk.caseFile((await openCaseOf(scene, payment)).id, context);
  assert.ok(!('refused' in file));
  assert.deepEqual(
    file.choices.map(({ resolution, effect }) => [resolution, effect.postings, effect.availableMinor]),
    [['unchanged', [], { before: 1000n, after: 1000n }]],
  );
});

test('a case on a payment that is with no gateway can be put aside, and a broken reference is loud', async (t) => {
  const scene = await openScene(t);
  const received = somePayment(someStates.received);
  const open = {
    id: 'c',
    paymentId: received.id,
    kind: 'mismatch',
    evidence: 'e',
    openedAt: someTime,
  } as const;
  const facts = await factsFor(scene.world, received, open);
  assert.equal(facts.availableMinor, 0n);
  await assert.rejects(factsFor(scene.world, received, { ...open, suspense: euros(1n) }), RangeError);
});

test('what the player has may change between reading and writing: it is decided again', async (t) => {
  const first = await openScene(t);
  const payment = await hear(first, await pay(first, 'DBIT', declined()), settled(1000n));
  let reads = 0;
  const ledger = replacing(first.ledger, {
    // The first reading is of a moment at which the player had more.
    playerBalances: async (account) => {
      const balances = await first.ledger.playerBalances(account);
      reads += 1;
      return reads > 1 ? balances : balances.map((one) => ({ ...one, postedMinor: one.postedMinor + 500n }));
    },
  });
  await first.payments.transfer(
    {
      transferId: 'spent',
      brand: 'lucky',
      playerId: payment.instruction.playerId,
      direction: 'toPlay',
      amount: { minor: 700n, currency: 'EUR' },
    },
    context,
  );
  const scene = await openScene(t, { ledger });
  const open = await openCaseOf(scene, payment);
  const id = await proposed(scene, payment, open, 'completed');
  acted(await scene.payments.desk.approve(by(bob), { id, version: payment.version }, context));
  assert.equal(reads, 2);
  assert.deepEqual(
    (await entriesOf(scene, payment)).map((entry) => entry.split(' ').at(-1)),
    ['1000', '300', '700'],
  );
  await assertSound(scene);
});

test('what changes for ever is given up, loudly', async (t) => {
  const first = await openScene(t);
  const payment = await pay(first, 'CRDT', settled(900n));
  const open = await openCaseOf(first, payment);
  const id = await proposed(first, payment, open, 'completed');
  const short = await openScene(t, {
    ledger: replacing(first.ledger, { recordAct: () => Promise.resolve('short') }),
  });
  await assert.rejects(short.payments.desk.approve(by(bob), { id, version: payment.version }, context));
  const stale = await openScene(t, {
    ledger: replacing(first.ledger, { recordAct: () => Promise.resolve('stale') }),
  });
  await assert.rejects(stale.payments.desk.commentCase(by(bob), open.id, context));
  const asked = { caseId: open.id, resolution: 'unchanged', version: payment.version } as const;
  assert.equal(refusedAs(await stale.payments.desk.resolveCase(by(ann), asked, context)), 'VERSION_CHANGED');
  const verdict = { id, version: payment.version };
  assert.equal(refusedAs(await stale.payments.desk.reject(by(bob), verdict, context)), 'PROPOSAL_NOT_FOUND');
  assert.equal(refusedAs(await stale.payments.desk.approve(by(bob), verdict, context)), 'PROPOSAL_NOT_FOUND');
});

test('a case that the gateway has answered meanwhile is closed to who confirms', async (t) => {
  const scene = await openScene(t);
  const payment = await withCase(scene, await pay(scene, 'CRDT', silent));
  const id = await proposed(scene, payment, await openCaseOf(scene, payment), 'completed');
  const { version } = await hear(scene, payment, settled(1000n));
  assert.equal(
    refusedAs(await scene.payments.desk.approve(by(bob), { id, version }, context)),
    'CASE_CLOSED',
  );
});
