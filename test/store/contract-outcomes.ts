/** What any engine must do to make outcomes certain: checks and events by claims, cases and acts, returns, limits, refunds. */
import assert from 'node:assert/strict';
import type { ClaimedCheck, LedgerStore } from '../../src/payments/ledger-store.ts';
import { taken } from '../support/payments.ts';
import {
  brand,
  declined,
  deposit,
  laterBy,
  pending,
  rerouted,
  settled,
  transferOf,
  unique,
  withdrawal,
} from '../support/store-commands.ts';
import {
  actOn,
  awaiting,
  confirmed,
  eventOf,
  limitOf,
  questioned,
  rescheduled,
  returned,
} from '../support/store-outcomes.ts';
import type { Contract } from './contract.ts';
import { refundRaces } from './contract-refund-races.ts';
import { refundsPaidOut } from './contract-refunds.ts';

export const outcomeContracts: readonly ((contract: Contract) => void)[] = [
  checks,
  cases,
  returns,
  limits,
  refunds,
  refundRaces,
  refundsPaidOut,
  events,
  operators,
];

const lease = { now: laterBy(60_000), leaseUntil: laterBy(70_000), limit: 10 };

function claimed(checked: readonly ClaimedCheck[]): [id: string, fence: number][] {
  return checked.map(({ payment, fence }) => [payment.id, fence]);
}

/** Deposits at a gateway of their own, due one after the other. */
async function due(ledger: LedgerStore, gateway: string, many: number): Promise<string[]> {
  const ids: string[] = [];
  for (let turn = 0; turn < many; turn += 1) {
    const check = { dueAt: laterBy(1_000 * turn), made: 0, notFound: 0 };
    const { payment } = deposit({ gateway, check });
    await ledger.acceptPayment({ payment });
    ids.push(payment.id);
  }
  return ids;
}

function checks(contract: Contract): void {
  contract(
    'checks: what is due is claimed, the oldest first, and by nobody else before its lease ends',
    async (ledger) => {
      const gateway = unique();
      const ids = await due(ledger, gateway, 3);
      const of = { gateway };
      assert.deepEqual(await ledger.claimChecks({ ...lease, now: laterBy(-1), of }), []);
      const [first, ...more] = await ledger.claimChecks({ ...lease, limit: 2, of });
      assert.ok(first);
      assert.deepEqual([first.payment.id, more.length], [ids[0], 1]);
      assert.deepEqual(first.payment, await ledger.paymentById(ids[0]!));
      const rest = await ledger.claimChecks({ ...lease, of });
      assert.deepEqual(
        rest.map(({ payment }) => payment.id),
        [ids[2]],
      );
      assert.deepEqual(await ledger.claimChecks({ ...lease, of }), []);
      const later = { now: lease.leaseUntil, leaseUntil: laterBy(80_000), limit: 10, of };
      const again = await ledger.claimChecks(later);
      assert.deepEqual(
        again.map(({ payment }) => payment.id),
        ids,
      );
      assert.equal(again[0]?.fence, first.fence + 1);
    },
  );

  contract('checks: the payments that are in no schedule', async (ledger) => {
    const { payment: scheduled } = deposit();
    const { check: _, ...forgotten } = deposit().payment;
    for (const payment of [scheduled, forgotten]) await ledger.acceptPayment({ payment });
    const isListed = async (id: string) => {
      const page = { limit: 1, after: before(id) };
      const [found] = await ledger.payments({ states: ['submitted'], unscheduled: true }, page);
      return found?.id === id;
    };
    assert.deepEqual([await isListed(scheduled.id), await isListed(forgotten.id)], [false, true]);
    const to = { dueAt: laterBy(60_000), made: 0, notFound: 0, gateway: 'bank' };
    await ledger.recordAnswer(rescheduled(forgotten, { to }));
    assert.equal(await isListed(forgotten.id), false);
  });

  contract('checks: those of no gateway that is named, and of no gateway at all', async (ledger) => {
    const gateway = unique();
    const [id] = await due(ledger, gateway, 1);
    const { payment } = deposit({ check: { dueAt: laterBy(0), made: 0, notFound: 0 } });
    await ledger.acceptPayment({ payment: awaiting(payment) });
    const claim = { ...lease, limit: 1_000 };
    const named = await ledger.claimChecks({ ...claim, of: { noneOf: [gateway, 'bank'] } });
    const found = named.map((one) => one.payment.id);
    assert.ok(found.includes(payment.id) && !found.includes(id!));
    const all = await ledger.claimChecks({ ...claim, of: { noneOf: [] } });
    assert.ok(all.some((one) => one.payment.id === id));
  });

  contract(
    'checks: the claim that is the last one moves the schedule, and none before it',
    async (ledger) => {
      const gateway = unique();
      const [id] = await due(ledger, gateway, 1);
      const [early] = await ledger.claimChecks({ ...lease, of: { gateway } });
      const [late] = await ledger.claimChecks({ ...lease, now: lease.leaseUntil, of: { gateway } });
      assert.ok(early && late);
      const { payment } = late;
      const to = { dueAt: laterBy(300_000), made: 1, notFound: 1, notFoundAt: laterBy(61_000), gateway };
      const overtaken = rescheduled(payment, { to, fence: early.fence });
      assert.equal(await ledger.recordAnswer(overtaken), 'recorded');
      assert.deepEqual((await ledger.paymentById(id!))?.check, payment.check);
      assert.equal(await ledger.recordAnswer(rescheduled(payment, { fence: early.fence })), 'recorded');
      assert.deepEqual((await ledger.paymentById(id!))?.check, payment.check);
      const own = rescheduled(payment, { to, fence: late.fence });
      assert.equal(await ledger.recordAnswer(own), 'recorded');
      const { gateway: _, ...check } = to;
      assert.deepEqual((await ledger.paymentById(id!))?.check, check);
      // Its lease is over with it.
      const next = await ledger.claimChecks({ ...lease, now: to.dueAt, of: { gateway } });
      assert.deepEqual(claimed(next), [[id, late.fence + 1]]);
    },
  );

  contract(
    'checks: what is written without a claim counts, and makes the claims before it late',
    async (ledger) => {
      const gateway = unique();
      const [id] = await due(ledger, gateway, 1);
      const [claim] = await ledger.claimChecks({ ...lease, of: { gateway } });
      assert.ok(claim);
      const moved = pending(claim.payment);
      const check = { dueAt: laterBy(120_000), made: 0, notFound: 0 };
      const next = { ...moved.next!, check };
      await ledger.recordAnswer({ ...moved, next, check: { to: { ...check, gateway } } });
      assert.deepEqual(await ledger.paymentById(id!), next);
      const to = { dueAt: laterBy(600_000), made: 1, notFound: 0, gateway };
      await ledger.recordAnswer(rescheduled(next, { to, fence: claim.fence }));
      assert.deepEqual(await ledger.paymentById(id!), next);
      assert.equal((await ledger.claimChecks({ ...lease, now: check.dueAt, of: { gateway } })).length, 1);
      assert.equal(await ledger.recordAnswer(settled(next)), 'recorded');
      assert.equal((await ledger.paymentById(id!))?.check, undefined);
      assert.deepEqual(await ledger.claimChecks({ ...lease, now: laterBy(900_000), of: { gateway } }), []);
    },
  );

  contract('checks: from everywhere at once each is claimed once', async (ledger, openAgain) => {
    const gateway = unique();
    const ids = await due(ledger, gateway, 12);
    const ledgers = [ledger, await openAgain(), await openAgain()];
    const claims = await Promise.all(
      Array.from({ length: 6 }, (_, turn) =>
        ledgers[turn % ledgers.length]!.claimChecks({ ...lease, limit: 3, of: { gateway } }),
      ),
    );
    // Who finds a row taken from under his hands may come back with less than there is.
    claims.push(await ledger.claimChecks({ ...lease, limit: 50, of: { gateway } }));
    const all = claims.flat().map(({ payment }) => payment.id);
    assert.equal(all.length, new Set(all).size);
    assert.deepEqual(new Set(all), new Set(ids));
  });

  contract(
    'the payment and the attempt of an instruction, be it its last one or an earlier one',
    async (ledger) => {
      const { payment } = deposit();
      await ledger.acceptPayment({ payment });
      const command = rerouted(payment);
      await ledger.recordAnswer(command);
      for (const { state } of [payment, command.next!]) {
        assert.ok('attempt' in state && state.attempt);
        const { attempt } = state;
        const found = await ledger.paymentByInstruction(attempt.instrId);
        assert.deepEqual(found, { payment: command.next, attempt });
      }
      assert.equal(await ledger.paymentByInstruction(unique()), undefined);
    },
  );
}

function cases(contract: Contract): void {
  contract(
    'cases: opened, assigned, proposed, confirmed; each act is kept as it was said',
    async (ledger) => {
      const { payment } = deposit();
      await ledger.acceptPayment({ payment });
      const opened = questioned(payment);
      await ledger.recordAnswer(opened);
      const { openCase, next } = opened;
      const list = { caseId: openCase.id };
      assert.deepEqual(await ledger.cases(list, { limit: 10 }), [openCase]);
      for (const detail of ['ben', 'anna']) {
        const act = {
          kind: 'assigned',
          caseId: openCase.id,
          detail,
          id: unique().replace(/^./, detail === 'anna' ? 'f' : '0'),
        } as const;
        assert.equal(await ledger.recordAct(actOn(next, act)), 'recorded');
      }
      assert.deepEqual(await ledger.cases({ ...list, open: true }, { limit: 10 }), [
        { ...openCase, assignee: 'anna' },
      ]);
      const proposal = actOn(next, { kind: 'proposed', caseId: openCase.id, detail: 'unchanged' });
      for (let run = 0; run < 2; run += 1) assert.equal(await ledger.recordAct(proposal), 'recorded');
      const open = async () => ledger.acts({ paymentId: payment.id, openProposals: true }, { limit: 10 });
      assert.deepEqual(await open(), [{ ...proposal.act, ended: false }]);
      const end = confirmed(next, openCase, proposal.act);
      for (let run = 0; run < 2; run += 1) assert.equal(await ledger.recordAct(end), 'recorded');
      assert.deepEqual(await ledger.paymentById(payment.id), end.next);
      assert.deepEqual(await ledger.payments({ partnerId: 'partner-a' }, { limit: 0 }), []);
      assert.deepEqual(await open(), []);
      const [closed] = await ledger.cases(
        { ...list, open: false, kind: 'noAnswer', paymentId: payment.id },
        { limit: 10 },
      );
      assert.deepEqual(closed?.end, { resolution: 'unchanged', at: laterBy(3_000) });
      assert.deepEqual(await ledger.cases({ ...list, open: true }, { limit: 10 }), []);
      const acts = await ledger.acts({ caseId: openCase.id }, { limit: 10 });
      assert.deepEqual(new Set(acts.map(({ kind }) => kind)), new Set(['assigned', 'proposed', 'confirmed']));
      assert.deepEqual(await ledger.acts({ actId: proposal.act.id }, { limit: 1 }), [
        { ...proposal.act, ended: true },
      ]);
      const after = acts[0]!.id;
      assert.deepEqual(await ledger.acts({ caseId: openCase.id }, { limit: 10, after }), acts.slice(1));
      const newest = { caseId: openCase.id, newestFirst: true };
      assert.deepEqual(await ledger.acts(newest, { limit: 10 }), acts.toReversed());
      assert.deepEqual(await ledger.acts(newest, { limit: 10, after: acts[1]!.id }), acts.slice(0, 1));
      assert.deepEqual(
        (await ledger.acts({ caseId: openCase.id, kind: 'assigned' }, { limit: 10 })).map(
          ({ detail }) => detail,
        ),
        ['ben', 'anna'],
      );
    },
  );

  contract(
    'a case or a proposal that was ended before is stale, and nothing of the act is written',
    async (ledger) => {
      const { payment } = deposit();
      await ledger.acceptPayment({ payment });
      const opened = questioned(payment);
      await ledger.recordAnswer(opened);
      const proposal = actOn(opened.next, { kind: 'proposed', caseId: opened.openCase.id });
      await ledger.recordAct(proposal);
      const end = confirmed(opened.next, opened.openCase, proposal.act);
      await ledger.recordAct(end);
      const { endCases = [] } = end;
      const next = { ...end.next, version: end.next.version + 1 };
      const caseAgain = actOn(end.next, {}, { next, endCases });
      assert.equal(await ledger.recordAct(caseAgain), 'stale');
      const proposalAgain = actOn(end.next, { kind: 'declined', endsProposal: proposal.act.id });
      assert.equal(await ledger.recordAct(proposalAgain), 'stale');
      assert.equal(await ledger.recordAct(actOn(opened.next, {})), 'stale');
      assert.deepEqual(await ledger.paymentById(payment.id), end.next);
      assert.equal((await ledger.acts({ paymentId: payment.id }, { limit: 10 })).length, 2);
    },
  );

  contract('two people who end one proposal at once: one does', async (ledger, openAgain) => {
    const { payment } = deposit();
    await ledger.acceptPayment({ payment });
    const opened = questioned(payment);
    await ledger.recordAnswer(opened);
    const proposal = actOn(opened.next, { kind: 'proposed', caseId: opened.openCase.id });
    await ledger.recordAct(proposal);
    const others = [ledger, await openAgain()];
    const results = await Promise.all(
      [0, 1, 2, 3].map((turn) =>
        others[turn % 2]!.recordAct(
          turn % 2 === 0
            ? confirmed(opened.next, opened.openCase, proposal.act)
            : actOn(opened.next, { subject: 'ben', kind: 'declined', endsProposal: proposal.act.id }),
        ),
      ),
    );
    assert.deepEqual(results.toSorted(), ['recorded', 'stale', 'stale', 'stale']);
  });
}

function returns(contract: Contract): void {
  contract(
    'returns: kept in parts beside the payment, with a case there is no row too many',
    async (ledger) => {
      const { payment } = deposit({ minor: 5_000n });
      await ledger.acceptPayment({ payment });
      const ended = settled(payment);
      await ledger.recordAnswer(ended);
      const first = returned(ended.next!, 1_000n);
      assert.equal(await ledger.recordAnswer(first), 'recorded');
      assert.equal(await ledger.recordAnswer(first), 'recorded');
      const second = returned(first.next, 500n, {
        kind: 'chargeback',
        receivableMinor: 200n,
        at: laterBy(6_000),
      });
      await ledger.recordAnswer(second);
      const opened = questioned(second.next);
      await ledger.recordAnswer(opened);
      const third = returned(opened.next, 1n, { at: laterBy(7_000) });
      const { reference: _, ...made } = third.returned;
      const next = { ...third.next, returns: [...opened.next.returns, made] };
      await ledger.recordAnswer({ ...third, returned: made, next });
      assert.deepEqual(await ledger.paymentById(payment.id), next);
      const { partnerId, partnerReference, playerId } = payment.instruction;
      assert.deepEqual(await ledger.paymentByReference(partnerId, partnerReference), next);
      assert.deepEqual(await ledger.payments({ player: { brand, playerId } }, { limit: 5 }), [next]);
      const [balance] = await ledger.playerBalances(`player:${brand}:${playerId}`);
      assert.equal(balance?.postedMinor, 5_000n - 1_000n - 300n - 1n);
    },
  );

  contract(
    'returns: one reference of a gateway is one return, whatever payment it is said of',
    async (ledger) => {
      const gateway = unique();
      const commands = [deposit({ gateway }), deposit({ gateway })];
      const reference = `R-${unique()}`;
      const outcomes: unknown[] = [];
      for (const { payment } of commands) {
        await ledger.acceptPayment({ payment });
        const ended = settled(payment);
        await ledger.recordAnswer(ended);
        outcomes.push(await ledger.recordAnswer(returned(ended.next!, 10n, { reference })));
      }
      assert.deepEqual(outcomes, ['recorded', 'taken']);
      assert.deepEqual((await ledger.paymentById(commands[1]!.payment.id))?.returns, []);
    },
  );

  contract(
    'a return is stale where a refund that was taken on meanwhile leaves no room for it',
    async (ledger) => {
      const { payment } = deposit({ minor: 1_000n });
      await ledger.acceptPayment({ payment });
      const ended = settled(payment);
      await ledger.recordAnswer(ended);
      const { playerId: player } = payment.instruction;
      const taking = withdrawal({ player, minor: 600n, refundOf: payment.id });
      const settledMinor = 1_000n;
      const refund = { originalId: payment.id, settledMinor };
      assert.equal((await ledger.acceptPayment({ ...taking, refund })).kind, 'accepted');
      const tooMuch = { ...returned(ended.next!, 401n, { kind: 'chargeback' }), settledMinor };
      assert.equal(await ledger.recordAnswer(tooMuch), 'stale');
      assert.deepEqual(await ledger.paymentById(payment.id), ended.next);
      const allThatIsLeft = { ...returned(ended.next!, 400n, { kind: 'chargeback' }), settledMinor };
      assert.equal(await ledger.recordAnswer(allThatIsLeft), 'recorded');
    },
  );

  contract(
    'a return that would take more than there is is short, and can be told again as owed',
    async (ledger) => {
      const { payment } = deposit({ minor: 1_000n });
      await ledger.acceptPayment({ payment });
      const ended = settled(payment);
      await ledger.recordAnswer(ended);
      await ledger.transfer(
        transferOf({ player: payment.instruction.playerId, minor: 900n, direction: 'toPlay' }),
      );
      assert.equal(await ledger.recordAnswer(returned(ended.next!, 500n)), 'short');
      assert.deepEqual(await ledger.paymentById(payment.id), ended.next);
      const owed = returned(ended.next!, 500n, { receivableMinor: 400n });
      assert.equal(await ledger.recordAnswer(owed), 'recorded');
      assert.deepEqual(await ledger.paymentById(payment.id), owed.next);
    },
  );
}

function limits(contract: Contract): void {
  contract(
    'limits: what ended without money does not count, nor what is older, or of another kind',
    async (ledger) => {
      const partnerId = `partner-${unique()}`;
      const scope = { kind: 'partner', partnerId } as const;
      const limited = [limitOf(2_000n, { scope })];
      const accept = async (wanted: Parameters<typeof deposit>[0], more = limited) =>
        (await ledger.acceptPayment({ ...deposit({ partnerId, ...wanted }), limits: more })).kind;
      assert.equal(await accept({ acceptedAt: laterBy(-86_400_001) }), 'accepted');
      assert.equal(await accept({ currency: 'JPY' }), 'accepted');
      const { payment } = deposit({ partnerId });
      assert.equal((await ledger.acceptPayment({ payment, limits: limited })).kind, 'accepted');
      assert.equal((await ledger.acceptPayment({ payment, limits: limited })).kind, 'accepted');
      assert.equal(await accept({}), 'accepted');
      assert.equal(await accept({ minor: 1n }), 'overLimit');
      assert.equal(
        await accept({ minor: 1n }, [limitOf(0n, { scope, direction: 'DBIT', exceeded: 'refuse' })]),
        'overLimit',
      );
      await ledger.recordAnswer(declined(payment));
      assert.equal(await accept({ minor: 1_001n }), 'overLimit');
      assert.equal(await accept({ minor: 1_000n }), 'accepted');
      const other = { ...deposit({ partnerId: `${partnerId}-b` }), limits: limited };
      assert.equal((await ledger.acceptPayment(other)).kind, 'overLimit');
    },
  );

  contract(
    'limits: of a brand and of a player, and refusing goes before asking for approval',
    async (ledger) => {
      const player = unique();
      await ledger.transfer(transferOf({ player, minor: 5_000n }));
      const ofPlayer = { scope: { kind: 'player', brand, playerId: player }, direction: 'DBIT' } as const;
      const ask = limitOf(1_000n, { ...ofPlayer, exceeded: 'approve' });
      const accept = async (minor: bigint, more: readonly ReturnType<typeof limitOf>[]) => {
        const command = withdrawal({ player, minor });
        const ifApprovalNeeded = awaiting(command.payment);
        return {
          command,
          result: await ledger.acceptPayment({ ...command, ifApprovalNeeded, limits: [ask, ...more] }),
        };
      };
      const first = await accept(1_000n, []);
      assert.deepEqual(taken(first.result), first.command.payment);
      const second = await accept(2_000n, []);
      assert.deepEqual(taken(second.result), awaiting(second.command.payment));
      assert.deepEqual(await ledger.paymentById(second.command.payment.id), awaiting(second.command.payment));
      const [balance] = await ledger.playerBalances(`player:${brand}:${player}`);
      assert.equal(balance?.heldMinor, 3_000n);
      const short = await accept(2_001n, []);
      assert.equal(taken(short.result).state.name, 'rejected');
      const third = await accept(1n, [limitOf(3_000n, ofPlayer)]);
      assert.deepEqual(third.result, { kind: 'overLimit' });
      assert.equal(await ledger.paymentById(third.command.payment.id), undefined);
      const ofBrand = limitOf(0n, { scope: { kind: 'brand', brand: unique() }, direction: 'DBIT' });
      assert.deepEqual((await accept(1n, [ofBrand])).result, { kind: 'overLimit' });
      const approved = await ledger.recordAct(actOn(awaiting(second.command.payment), { kind: 'commented' }));
      assert.equal(approved, 'recorded');
    },
  );

  contract('limits: 50 at once from everywhere are counted exactly', async (ledger, openAgain) => {
    const partnerId = `partner-${unique()}`;
    const ledgers = [ledger, await openAgain()];
    const limited = [
      limitOf(7_999n, { scope: { kind: 'partner', partnerId } }),
      limitOf(100_000n, { scope: { kind: 'brand', brand: `none-${unique()}` } }),
    ];
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, turn) =>
        ledgers[turn % 2]!.acceptPayment({ ...deposit({ partnerId }), limits: limited }),
      ),
    );
    assert.equal(results.filter(({ kind }) => kind === 'accepted').length, 7);
    assert.equal(results.filter(({ kind }) => kind === 'overLimit').length, 43);
    assert.equal((await ledger.payments({ partnerId }, { limit: 50 })).length, 7);
  });
}

function refunds(contract: Contract): void {
  contract(
    'refunds: never more than was settled, what came back and what is on its way included',
    async (ledger, openAgain) => {
      const player = unique();
      await ledger.transfer(transferOf({ player, minor: 10_000n }));
      const { payment } = deposit({ player, minor: 5_000n });
      await ledger.acceptPayment({ payment });
      const ended = settled(payment);
      await ledger.recordAnswer(ended);
      const back = returned(ended.next!, 1_000n);
      await ledger.recordAnswer(back);
      const refund = { originalId: payment.id, settledMinor: 5_000n };
      const giveBack = (minor: bigint) => ({
        ...withdrawal({ player, minor, refundOf: payment.id }),
        refund,
      });
      assert.deepEqual(await ledger.acceptPayment(giveBack(4_001n)), { kind: 'overRefund' });
      const first = giveBack(3_000n);
      for (let run = 0; run < 2; run += 1) {
        assert.deepEqual(taken(await ledger.acceptPayment(first)), first.payment);
      }
      assert.deepEqual(await ledger.acceptPayment(giveBack(1_001n)), { kind: 'overRefund' });
      const other = await openAgain();
      const results = await Promise.all(
        [0, 1, 2, 3].map((turn) => (turn % 2 === 0 ? ledger : other).acceptPayment(giveBack(600n))),
      );
      assert.deepEqual(results.map(({ kind }) => kind).toSorted(), [
        'accepted',
        'overRefund',
        'overRefund',
        'overRefund',
      ]);
      await ledger.recordAnswer(declined(first.payment));
      assert.equal((await ledger.acceptPayment(giveBack(3_400n))).kind, 'accepted');
      const listed = await ledger.payments({ refundOf: payment.id }, { limit: 10 });
      assert.equal(listed.length, 3);
      assert.ok(listed.every(({ instruction }) => instruction.refundOf === payment.id));
    },
  );
}

function events(contract: Contract): void {
  contract(
    'events: kept once, claimed until the lease ends, settled under the last claim alone',
    async (ledger) => {
      const event = eventOf();
      assert.equal(await ledger.receiveWebhook(event), 'received');
      assert.equal(await ledger.receiveWebhook(event), 'received');
      assert.equal(await ledger.receiveWebhook({ ...event, id: unique() }), 'known');
      const { gateway, eventId } = event;
      const elsewhere = eventOf({ eventId, gateway: `${gateway}-b` });
      assert.equal(await ledger.receiveWebhook(elsewhere), 'received');

      const claim = async (now: Date, leaseUntil: Date) =>
        (await ledger.claimWebhooks({ now, leaseUntil, limit: 1_000 })).find(({ id }) => id === event.id);
      const first = await claim(laterBy(1_000), laterBy(2_000));
      assert.ok(first);
      assert.deepEqual(first, { ...event, state: 'waiting', tries: 0, fence: first.fence });
      assert.equal(await claim(laterBy(1_500), laterBy(2_500)), undefined);
      const second = await claim(laterBy(2_000), laterBy(3_000));
      assert.equal(second?.fence, first.fence + 1);
      assert.equal(second.tries, 0, 'a claim that lapsed was no look at it');
      const settle = (
        { fence, tries }: { fence: number; tries: number },
        state: 'waiting' | 'applied' | 'listed',
        dueAt: Date,
      ) => ledger.settleWebhook({ id: event.id, fence, tries: tries + 1, state, dueAt });
      assert.equal(await settle(first, 'listed', laterBy(0)), 'superseded');
      assert.equal(await settle(second, 'waiting', laterBy(9_000)), 'settled');
      assert.equal(await claim(laterBy(8_999), laterBy(10_000)), undefined);
      const third = await claim(laterBy(9_000), laterBy(10_000));
      assert.equal(third?.tries, 1);
      for (let run = 0; run < 2; run += 1) {
        assert.equal(await settle(third, 'applied', laterBy(9_000)), 'settled');
      }
      assert.equal(await claim(laterBy(99_000), laterBy(99_001)), undefined);
      const [kept] = await ledger.webhooks(
        { gateway, state: 'applied' },
        { limit: 1_000, after: before(event.id) },
      );
      assert.deepEqual(kept, { ...event, state: 'applied', tries: 2 });
    },
  );

  contract(
    'events: one that comes to everywhere at once is kept once, and claimed once',
    async (ledger, openAgain) => {
      const ledgers = [ledger, await openAgain(), await openAgain()];
      const event = eventOf();
      const received = await Promise.all(
        Array.from({ length: 12 }, (_, turn) =>
          ledgers[turn % 3]!.receiveWebhook(turn === 0 ? event : { ...event, id: unique() }),
        ),
      );
      assert.equal(received.filter((result) => result === 'received').length, 1);
      const claims = await Promise.all(
        ledgers.map((own) =>
          own.claimWebhooks({ now: laterBy(1_000), leaseUntil: laterBy(2_000), limit: 1_000 }),
        ),
      );
      const own = claims.flat().filter(({ eventId }) => eventId === event.eventId);
      assert.equal(own.length, 1);
      const [{ id, fence } = { id: '', fence: 0 }] = own;
      assert.equal(
        await ledger.settleWebhook({ id, fence, tries: 1, state: 'applied', dueAt: laterBy(0) }),
        'settled',
      );
    },
  );
}

/** The greatest text of hexadecimal digits that sorts before this one. */
function before(id: string): string {
  return id.slice(0, -1) + String.fromCharCode(id.charCodeAt(id.length - 1) - 1);
}

function operators(contract: Contract): void {
  contract(
    'operators: added, changed, switched off; who somebody is and since when stays',
    async (ledger) => {
      const anna = {
        id: `anna-${unique().slice(0, 8)}`,
        roles: ['propose', 'confirm'],
        tokenDigests: ['a'.repeat(64), 'b'.repeat(64)],
        createdAt: laterBy(0),
      } as const;
      const found = async () => (await ledger.operators()).find(({ id }) => id === anna.id);
      await ledger.putOperator(anna);
      assert.deepEqual(await found(), anna);
      const changed = { ...anna, roles: [], tokenDigests: [], disabledAt: laterBy(1_000) };
      for (let run = 0; run < 2; run += 1) await ledger.putOperator({ ...changed, createdAt: laterBy(5) });
      assert.deepEqual(await found(), changed);
    },
  );
}
