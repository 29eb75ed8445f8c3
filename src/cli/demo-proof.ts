/** What the demo shows in the end: the ledger's own words, and whether the journals of bank and PSP say the same. */
import { playerAccount } from '../ledger/accounts.ts';
import { formatAmount } from '../ledger/money.ts';
import { attemptOf } from '../payments/payment.ts';
import type { LedgerToRead } from '../store/open.ts';
import { controlCall } from './demo-client.ts';
import { balanceText } from './ledger.ts';
import { table } from './table.ts';
import { paged } from './with-ledger.ts';

/** One row of the sandbox's journal: something that moved money. */
interface Effect {
  readonly gateway: string;
  readonly instructionId: string;
  readonly amountMinor: string;
  readonly currency: string;
  readonly status: string;
}

export async function entriesOf(ledger: LedgerToRead, playerId: string): Promise<string> {
  const account = playerAccount('main', playerId);
  const rows: string[][] = [];
  for await (const { reason, debit, credit, amount } of paged((page) => ledger.entries({ account }, page))) {
    rows.push([reason, debit, credit, formatAmount(amount), amount.currency]);
  }
  return table(['entry', 'debit', 'credit', 'amount', ''], rows, ['amount']);
}

export async function balancesOf(ledger: LedgerToRead): Promise<string> {
  const rows = (await ledger.accountSums()).map((sum) => [sum.account, sum.currency, balanceText(sum)]);
  return table(['account', '', 'balance'], rows, ['balance']);
}

/** Counts what the gateways executed and what the ledger calls completed, and whether they are the same payments. */
export async function compareWithGateways(
  ledger: LedgerToRead,
  controlUrl: string,
): Promise<{ readonly equal: boolean; readonly effects: number; readonly payments: number }> {
  const effects = (await controlCall('GET', `${controlUrl}/sandbox/effects`)) as readonly Effect[];
  const executed = effects.map(
    ({ gateway, instructionId, amountMinor, currency }) =>
      `${gateway} ${instructionId} ${amountMinor} ${currency}`,
  );
  const completed: string[] = [];
  for await (const { state } of paged((page) => ledger.payments({ states: ['completed'] }, page))) {
    if (state.name !== 'completed') continue;
    const { minor, currency } = state.settlement.amount;
    const attempt = attemptOf(state);
    completed.push(`${attempt?.gateway} ${attempt?.instrId} ${minor} ${currency}`);
  }
  const equal = executed.toSorted().join('\n') === completed.toSorted().join('\n');
  return { equal, effects: executed.length, payments: completed.length };
}
