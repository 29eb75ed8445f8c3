import type { Entry } from '../ledger/entries.ts';
import type { Hold } from '../ledger/holds.ts';
import type { RecordedEntry } from '../payments/ledger-store.ts';
import type { Told } from './told.ts';

/** Holds and entries as rows of the schema, column by column, and back. */

export interface HoldRow {
  readonly id: string;
  readonly payment_id: string;
  readonly account: string;
  readonly currency: string;
  readonly amount_minor: bigint;
  readonly created_at: string;
}

export interface EntryRow {
  readonly posting_key: string;
  readonly group_id: string;
  readonly payment_id: string | null;
  readonly brand: string;
  readonly debit: string;
  readonly credit: string;
  readonly amount_minor: bigint;
  readonly currency: string;
  readonly reason: string;
  readonly recorded_at: string;
  readonly effective_at: string;
  readonly accounting_date: string;
  readonly reverses_posting_key: string | null;
}

export function holdRow(hold: Hold): HoldRow {
  return {
    id: hold.id,
    payment_id: hold.paymentId,
    account: hold.account,
    currency: hold.amount.currency,
    amount_minor: hold.amount.minor,
    created_at: hold.createdAt.toISOString(),
  };
}

export function entryRow(entry: Entry): EntryRow {
  return {
    posting_key: entry.postingKey,
    group_id: entry.groupId,
    payment_id: entry.paymentId ?? null,
    brand: entry.brand,
    debit: entry.debit,
    credit: entry.credit,
    amount_minor: entry.amount.minor,
    currency: entry.amount.currency,
    reason: entry.reason,
    recorded_at: entry.recordedAt.toISOString(),
    effective_at: entry.effectiveAt.toISOString(),
    accounting_date: entry.accountingDate,
    reverses_posting_key: entry.reversesPostingKey ?? null,
  };
}

export function entryFrom(row: Told<EntryRow & { readonly id: bigint }>): RecordedEntry {
  const { payment_id: paymentId, reverses_posting_key: reversesPostingKey } = row;
  return {
    id: row.id.toString(),
    postingKey: row.posting_key,
    groupId: row.group_id,
    ...(paymentId !== null && { paymentId }),
    brand: row.brand,
    debit: row.debit,
    credit: row.credit,
    amount: { minor: BigInt(row.amount_minor), currency: row.currency },
    reason: row.reason,
    recordedAt: new Date(row.recorded_at),
    effectiveAt: new Date(row.effective_at),
    accountingDate: row.accounting_date,
    ...(reversesPostingKey !== null && { reversesPostingKey }),
  };
}
