import { isPlayerAccount } from '../ledger/accounts.ts';
import type { EntryRow, HoldRow } from './posting-rows.ts';

/** What one command does to one balance row. */
export interface BalanceChange {
  readonly account: string;
  readonly currency: string;
  readonly posted: bigint;
  readonly held: bigint;
}

export interface BalanceCauses {
  readonly entries?: readonly EntryRow[];
  readonly taken?: HoldRow;
  readonly released?: HoldRow;
}

/**
 * The changes that a command's rows make to players' balances, one for each account and currency: a credit adds to
 * what is posted, a debit takes from it, a hold adds to what is held, and its end takes that away again. Other
 * accounts have no balance row.
 */
export function balanceChanges({ entries = [], taken, released }: BalanceCauses): BalanceChange[] {
  const changes = new Map<string, BalanceChange>();
  for (const { credit, debit, currency, amount_minor } of entries) {
    add(credit, currency, { posted: amount_minor });
    add(debit, currency, { posted: -amount_minor });
  }
  if (taken !== undefined) add(taken.account, taken.currency, { held: taken.amount_minor });
  if (released !== undefined) add(released.account, released.currency, { held: -released.amount_minor });
  return [...changes.values()];

  function add(account: string, currency: string, { posted = 0n, held = 0n }): void {
    if (!isPlayerAccount(account)) return;
    const key = `${account} ${currency}`;
    const before = changes.get(key) ?? { account, currency, posted: 0n, held: 0n };
    changes.set(key, { account, currency, posted: before.posted + posted, held: before.held + held });
  }
}
