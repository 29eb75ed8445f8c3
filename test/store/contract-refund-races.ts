/** What any engine must do with refunds of one payment that are taken on at once, by several processes. */
import assert from 'node:assert/strict';
import type { Acceptance, AcceptPayment, LedgerStore } from '../../src/payments/ledger-store.ts';
import type { Payment } from '../../src/payments/payment.ts';
import { taken } from '../support/payments.ts';
import { deposit, settled, unique, withdrawal } from '../support/store-commands.ts';
import type { Contract, OpenAgain } from './contract.ts';

const rounds = 6;

/** A deposit of 50.00 that is settled, and so is its player's. */
async function settledDeposit(ledger: LedgerStore): Promise<Payment> {
  const { payment } = deposit({ minor: 5_000n });
  await ledger.acceptPayment({ payment });
  const ended = settled(payment);
  await ledger.recordAnswer(ended);
  return ended.next!;
}

function refundOf(original: Payment, wanted: { minor: bigint; reference?: string }): AcceptPayment {
  const { playerId: player } = original.instruction;
  const refund = { originalId: original.id, settledMinor: 5_000n };
  return { ...withdrawal({ player, refundOf: original.id, ...wanted }), refund };
}

async function three(ledger: LedgerStore, openAgain: OpenAgain): Promise<LedgerStore[]> {
  return [ledger, ...(await Promise.all([openAgain(), openAgain()]))];
}

/** Each command by a process of its own, all at once. */
function atOnce(ledgers: readonly LedgerStore[], commands: readonly AcceptPayment[]): Promise<Acceptance[]> {
  return Promise.all(commands.map((command, turn) => ledgers[turn % ledgers.length]!.acceptPayment(command)));
}

export function refundRaces(contract: Contract): void {
  contract(
    'copies of one refund from everywhere at once: one is accepted, the others know it, and none is too much',
    async (ledger, openAgain) => {
      const ledgers = await three(ledger, openAgain);
      for (let round = 0; round < rounds; round += 1) {
        const original = await settledDeposit(ledger);
        const reference = unique().slice(0, 35);
        // Too much for its original as soon as it is counted twice.
        const copies = ledgers.map(() => refundOf(original, { minor: 3_000n, reference }));
        const results = await atOnce(ledgers, copies);
        assert.deepEqual(results.map(({ kind }) => kind).toSorted(), ['accepted', 'known', 'known']);
        assert.equal(new Set(results.map((result) => taken(result).id)).size, 1);
        assert.equal((await ledger.payments({ refundOf: original.id }, { limit: 10 })).length, 1);
      }
    },
  );

  contract(
    'a refund whose acknowledgement was lost, run again while its first run commits: it is accepted',
    async (ledger, openAgain) => {
      const ledgers = await three(ledger, openAgain);
      for (let round = 0; round < rounds; round += 1) {
        const original = await settledDeposit(ledger);
        const command = refundOf(original, { minor: 3_000n });
        const results = await atOnce(ledgers, [command, command, command]);
        const accepted = { kind: 'accepted', payment: command.payment };
        assert.deepEqual(results, [accepted, accepted, accepted]);
      }
    },
  );

  contract(
    'refunds that race for the rest of one payment: exactly one of them fits',
    async (ledger, openAgain) => {
      const ledgers = await three(ledger, openAgain);
      for (let round = 0; round < rounds; round += 1) {
        const original = await settledDeposit(ledger);
        const results = await atOnce(
          ledgers,
          ledgers.map(() => refundOf(original, { minor: 3_000n })),
        );
        assert.deepEqual(results.map(({ kind }) => kind).toSorted(), [
          'accepted',
          'overRefund',
          'overRefund',
        ]);
        const rest = refundOf(original, { minor: 2_000n });
        assert.equal((await ledger.acceptPayment(rest)).kind, 'accepted');
      }
    },
  );
}
