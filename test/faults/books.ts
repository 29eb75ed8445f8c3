/** The ledger as a stranger reads it: its rows by SQL of the suite's own, and payments as the code reads them. */
import Database from 'better-sqlite3';
import { paged } from '../../src/cli/with-ledger.ts';
import type { Payment } from '../../src/payments/payment.ts';
import { openLedgerToRead } from '../../src/store/open.ts';

export interface AttemptRow {
  readonly paymentId: string;
  readonly ordinal: number;
  readonly gateway: string;
  readonly instrId: string;
}

/** A word of a gateway, as it was kept. */
export interface AnswerRow {
  readonly paymentId: string;
  readonly ordinal: number;
  readonly kind: string;
  readonly source: string;
  readonly effect: string;
  readonly at: string;
}

export interface HoldRow {
  readonly paymentId: string;
  readonly ends: number;
}

export interface Books {
  readonly payments: readonly Payment[];
  readonly attempts: readonly AttemptRow[];
  readonly answers: readonly AnswerRow[];
  readonly holds: readonly HoldRow[];
}

const attempts =
  'SELECT payment_id AS paymentId, ordinal, gateway, instr_id AS instrId FROM attempt ORDER BY payment_id, ordinal';
const answers = `SELECT payment_id AS paymentId, attempt_ordinal AS ordinal, kind, source, effect, recorded_at AS at
  FROM gateway_answer ORDER BY answer_id`;
const holds = `SELECT payment_id AS paymentId, COUNT(hold_id) AS ends
  FROM hold LEFT JOIN hold_end ON hold_id = hold.id GROUP BY hold.id`;
const open = `SELECT COUNT(*) AS open FROM payment
  WHERE state NOT IN ('completed', 'rejected', 'cancelled', 'expired')
    AND NOT EXISTS (SELECT 1 FROM payment_case WHERE payment_id = payment.id)`;

export async function readBooks(ledgerFile: string): Promise<Books> {
  const ledger = await openLedgerToRead({ url: `sqlite:${ledgerFile}` });
  const payments: Payment[] = [];
  for await (const payment of paged((page) => ledger.payments({}, page))) payments.push(payment);
  await ledger.close();
  return reading(ledgerFile, (database) => ({
    payments,
    attempts: database.prepare<[], AttemptRow>(attempts).all(),
    answers: database.prepare<[], AnswerRow>(answers).all(),
    holds: database.prepare<[], HoldRow>(holds).all(),
  }));
}

/** How many payments are not final and not in the hands of people. */
export function countOpen(ledgerFile: string): number {
  return reading(ledgerFile, (database) => database.prepare<[], { open: number }>(open).get()?.open ?? 0);
}

function reading<T>(file: string, work: (database: Database.Database) => T): T {
  const database = new Database(file, { readonly: true, fileMustExist: true, timeout: 5_000 });
  try {
    return work(database);
  } finally {
    database.close();
  }
}
