/** What any engine must do with a refund that settles: its row is on its original in the same transaction, or nowhere. */
import assert from 'node:assert/strict';
import type { LedgerStore } from '../../src/payments/ledger-store.ts';
import type { Payment } from '../../src/payments/payment.ts';
import { taken } from '../support/payments.ts';
import { declined, deposit, settled, withdrawal } from '../support/store-commands.ts';
import { paidBack, questioned, returned } from '../support/store-outcomes.ts';
import type { Contract } from './contract.ts';

/** A settled deposit of 50.00, and refunds of it that are under way. */
async function refunding(
  ledger: LedgerStore,
  minors: readonly bigint[],
): Promise<{ original: Payment; under: readonly Payment[] }> {
  const { payment } = deposit({ minor: 5_000n });
  await ledger.acceptPayment({ payment });
  const ended = settled(payment);
  await ledger.recordAnswer(ended);
  const { playerId: player } = payment.instruction;
  const refund = { originalId: payment.id, settledMinor: 5_000n };
  const under: Payment[] = [];
  for (const minor of minors) {
    const command = { ...withdrawal({ player, minor, refundOf: payment.id }), refund };
    under.push(taken(await ledger.acceptPayment(command)));
  }
  return { original: ended.next!, under };
}

export function refundsPaidOut(contract: Contract): void {
  contract(
    'a refund that settles: its row is on its original with it, once, whatever came back meanwhile',
    async (ledger) => {
      const { original, under } = await refunding(ledger, [1_000n]);
      const [refund] = under;
      const back = returned(original, 500n);
      await ledger.recordAnswer(back);
      const command = paidBack(refund!, original);
      for (let run = 0; run < 2; run += 1) assert.equal(await ledger.recordAnswer(command), 'recorded');
      assert.deepEqual(await ledger.paymentById(refund!.id), command.next);
      const version = back.next.version + 1;
      const returns = [back.returned, command.original.returned];
      assert.deepEqual(await ledger.paymentById(original.id), { ...back.next, version, returns });
      const history = await ledger.historyOf(original.id, 10);
      assert.deepEqual(history.at(-1), { version, state: 'completed', at: command.answer.at });
      assert.equal(history.length, version);
    },
  );

  contract('a refund that was declined meanwhile is stale, and writes nothing at all', async (ledger) => {
    const { original, under } = await refunding(ledger, [1_000n]);
    const [refund] = under;
    const ended = declined(refund!);
    await ledger.recordAnswer(ended);
    assert.equal(await ledger.recordAnswer(paidBack(refund!, original)), 'stale');
    assert.deepEqual(await ledger.paymentById(original.id), original);
    assert.deepEqual(await ledger.paymentById(refund!.id), ended.next);
  });

  contract(
    'settled against declined, from everywhere: the row is there or not, as the refund is',
    async (ledger, openAgain) => {
      const other = await openAgain();
      for (let round = 0; round < 10; round += 1) {
        const { original, under } = await refunding(ledger, [1_000n]);
        const [refund] = under;
        const [first, second] = round % 2 === 0 ? [ledger, other] : [other, ledger];
        const command = paidBack(refund!, original);
        const results = await Promise.all([
          first.recordAnswer(command),
          second.recordAnswer(declined(refund!)),
        ]);
        assert.deepEqual(results.toSorted(), ['recorded', 'stale']);
        const isPaidOut = results[0] === 'recorded';
        assert.equal(
          (await ledger.paymentById(refund!.id))?.state.name,
          isPaidOut ? 'completed' : 'rejected',
        );
        const rows = isPaidOut ? [command.original.returned] : [];
        const version = original.version + rows.length;
        assert.deepEqual(await ledger.paymentById(original.id), { ...original, version, returns: rows });
      }
    },
  );

  contract(
    'a command whose acknowledgement was lost, run again while its first run commits',
    async (ledger, openAgain) => {
      const other = await openAgain();
      for (let round = 0; round < 5; round += 1) {
        const { original, under } = await refunding(ledger, [1_000n]);
        const command = paidBack(under[0]!, original);
        const runs = [ledger, other, ledger, other].map((own) => own.recordAnswer(command));
        assert.deepEqual(new Set(await Promise.all(runs)), new Set(['recorded']));
        const after = await ledger.paymentById(original.id);
        assert.deepEqual([after?.version, after?.returns.length], [original.version + 1, 1]);
      }
    },
  );

  contract(
    'refunds of one payment that settle at once, beside a return: each has its row',
    async (ledger, openAgain) => {
      const other = await openAgain();
      const { original, under } = await refunding(ledger, [100n, 200n, 300n, 400n, 500n, 600n]);
      const results = await Promise.all([
        ...under.map((refund, turn) =>
          (turn % 2 === 0 ? ledger : other).recordAnswer(paidBack(refund, original)),
        ),
        other.recordAnswer(questioned(original)),
      ]);
      assert.deepEqual(new Set(results.slice(0, under.length)), new Set(['recorded']));
      const after = await ledger.paymentById(original.id);
      const isQuestioned = results.at(-1) === 'recorded';
      assert.equal(after?.version, original.version + under.length + (isQuestioned ? 1 : 0));
      assert.deepEqual(
        new Set(after?.returns.map(({ reference }) => reference)),
        new Set(under.map(({ id }) => id)),
      );
    },
  );

  contract(
    'a refund that its original has no room for is short, but with a case; one whose row is there is taken',
    async (ledger) => {
      const { original, under } = await refunding(ledger, [1_000n, 2_000n]);
      const [first, second] = under;
      const tooMuch = paidBack(first!, original, { settledMinor: 2_999n });
      assert.equal(await ledger.recordAnswer(tooMuch), 'short');
      assert.deepEqual(await ledger.paymentById(original.id), original);
      assert.deepEqual(await ledger.paymentById(first!.id), first);
      const { openCase, next } = questioned(original);
      assert.equal(await ledger.recordAnswer(paidBack(first!, original, { openCase })), 'recorded');
      const after = await ledger.paymentById(original.id);
      assert.deepEqual([after?.version, after?.openCases], [next.version, [openCase]]);
      const exactly = paidBack(second!, original, { settledMinor: 3_000n });
      const { returned: row } = exactly.original;
      const another = { ...exactly.original, returned: { ...row, reference: first!.id } };
      assert.equal(await ledger.recordAnswer({ ...exactly, original: another }), 'taken');
      assert.deepEqual(await ledger.paymentById(second!.id), second);
      assert.equal(await ledger.recordAnswer(exactly), 'recorded');
    },
  );
}
