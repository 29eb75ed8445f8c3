import type { Knex } from 'knex';
import type { PlayerBalance } from '../ledger/holds.ts';
import type { HistoryEntry, Payment } from '../payments/payment.ts';
import type { CommitGroup } from './group-commit.ts';
import type { Outcome, Write } from './writes.ts';

/** What a database brings to be a ledger. Everything else is the same for every one of them. */
export interface Engine {
  readonly writer: Writer;
  readonly reader: Reader;
  /** Reads only, for lists. */
  readonly lists: Knex;
  /** The engine's own name for an error of its own; undefined for any other error. */
  codeOf(error: unknown): string | undefined;
}

export interface Writer {
  readonly commit: CommitGroup<Write, Outcome>;
  close(): Promise<void>;
}

/** Reads by key, which somebody waits for. */
export interface Reader {
  paymentById(id: string): Payment | undefined;
  paymentByReference(partnerId: string, partnerReference: string): Payment | undefined;
  /** The newest `limit` lines, oldest first. */
  historyOf(paymentId: string, limit: number): readonly HistoryEntry[];
  playerBalances(account: string): readonly PlayerBalance[];
  close(): void;
}
