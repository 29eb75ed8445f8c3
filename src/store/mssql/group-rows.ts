import { balanceChanges } from '../balances.ts';
import type { AcceptWrite, ChangeWrite, PaymentWrite, TransferWrite, Write } from '../writes.ts';
import { carry } from './carried-text.ts';
import { textColumns } from './columns.ts';

/** Rows by the name of the table variable that takes them up. */
type Rows = Record<string, object[]>;

/**
 * The group's rows as one JSON text. Numbers of 64 bits are text in it, because that is exact; each row says by `n`
 * whose it is, and holds the places of its free texts.
 */
export function groupRows(group: readonly Write[]): string {
  const rows: Rows = {};
  for (const [n, write] of group.entries()) addWrite(rows, n, write);
  const texts: string[] = [];
  return JSON.stringify({ ...rows, texts }, (column, value: unknown) => {
    if (typeof value === 'bigint') return value.toString();
    // The texts are the last to be written, when all of them are there.
    return typeof value === 'string' && textColumns.has(column) ? texts.push(carry(value)) - 1 : value;
  });
}

function addWrite(rows: Rows, n: number, write: Write): void {
  switch (write.kind) {
    case 'acceptPayment':
      return addAccept(rows, n, write);
    case 'changePayment':
      return addAnswer(rows, n, write);
    case 'transfer':
      return addTransfer(rows, n, write);
    case 'probe':
  }
}

function addAccept(rows: Rows, n: number, { accepted, hold, ifFundsShort }: AcceptWrite): void {
  const { id, partner_id, partner_reference } = accepted.payment;
  add(rows, 'accept', [{ n, id, partner_id, partner_reference }]);
  addEither(rows, { n, short: 0 }, accepted);
  if (ifFundsShort !== undefined) addEither(rows, { n, short: 1 }, ifFundsShort);
  if (hold === undefined) return;
  add(rows, 'accept_hold', [{ n, ...hold }]);
  addChanges(rows, 'accept_wanted', n, { taken: hold });
}

function addEither(
  rows: Rows,
  which: { readonly n: number; readonly short: number },
  { payment, version, attempt }: PaymentWrite,
): void {
  add(rows, 'accept_payment', [{ ...which, ...payment }]);
  add(rows, 'accept_version', [{ ...which, ...version }]);
  if (attempt !== undefined) add(rows, 'accept_attempt', [{ ...which, ...attempt }]);
}

function addAnswer(rows: Rows, n: number, write: ChangeWrite): void {
  const { answer, expectedVersion: expected_version, next, openCase, transcript } = write;
  add(rows, 'answer', [{ n, ...answer, expected_version, hold_ending: write.holdEnding ?? null }]);
  if (next !== undefined) {
    const { id, version, state, attempt_ordinal, state_detail } = next.payment;
    add(rows, 'answer_next', [{ n, id, version, state, attempt_ordinal, state_detail, expected_version }]);
    add(rows, 'answer_version', [{ n, ...next.version }]);
    if (next.attempt !== undefined) add(rows, 'answer_attempt', [{ n, ...next.attempt }]);
  }
  if (transcript !== undefined) add(rows, 'answer_transcript', [{ n, ...transcript }]);
  if (openCase !== undefined) add(rows, 'answer_case', [{ n, ...openCase }]);
  addEntries(rows, 'answer', n, write);
}

function addTransfer(rows: Rows, n: number, write: TransferWrite): void {
  add(rows, 'transfer', [{ n, ...write.transfer }]);
  addEntries(rows, 'transfer', n, write);
}

function addEntries(rows: Rows, kind: string, n: number, { entries }: ChangeWrite | TransferWrite): void {
  add(
    rows,
    `${kind}_entry`,
    entries.map((entry, i) => ({ n, i, ...entry })),
  );
  addChanges(rows, `${kind}_wanted`, n, { entries });
}

function addChanges(
  rows: Rows,
  table: string,
  n: number,
  causes: Parameters<typeof balanceChanges>[0],
): void {
  add(
    rows,
    table,
    balanceChanges(causes).map((change) => ({ n, ...change })),
  );
}

function add(rows: Rows, table: string, more: readonly object[]): void {
  (rows[table] ??= []).push(...more);
}
