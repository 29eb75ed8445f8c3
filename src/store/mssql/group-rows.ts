import { balanceChanges } from '../balances.ts';
import {
  scopeKey,
  type AcceptWrite,
  type ChangeWrite,
  type ClaimChecksWrite,
  type ClaimWebhooksWrite,
  type OriginalWrite,
  type PaymentWrite,
  type Write,
} from '../writes.ts';
import type { AddRowsWrite } from '../reconciliation/writes.ts';
import { addedColumns } from './added-rows.ts';
import { carry } from './carried-text.ts';
import {
  actColumns,
  answerColumns,
  caseColumns,
  isText,
  paymentColumns,
  returnColumns,
  transcriptColumns,
  versionColumns,
  webhookColumns,
  type Columns,
} from './columns.ts';

/** Rows by the name of the table variable that takes them up, and the free texts that they hold the places of. */
interface Rows {
  readonly tables: Record<string, object[]>;
  readonly texts: string[];
}

/**
 * The group's rows as one JSON text. Numbers of 64 bits are text in it, because that is exact; each row says by `n`
 * whose it is, and holds the places of its free texts.
 */
export function groupRows(group: readonly Write[]): string {
  const rows: Rows = { tables: {}, texts: [] };
  for (const [n, write] of group.entries()) addWrite(rows, n, write);
  return JSON.stringify({ ...rows.tables, texts: rows.texts }, (_column, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

function addWrite(rows: Rows, n: number, write: Write): void {
  switch (write.kind) {
    case 'acceptPayment':
      return addAccept(rows, n, write);
    case 'changePayment':
      return addChange(rows, n, write);
    case 'transfer':
      add(rows, 'transfer', [{ n, ...write.transfer }]);
      return addEntries(rows, 'transfer', n, write);
    case 'claimChecks':
      add(rows, 'check_claim', [{ n, ...claimRow(write), gateway: write.gateway ?? null }]);
      return add(
        rows,
        'check_claim_not',
        write.noneOf.map((gateway) => ({ gateway })),
      );
    case 'claimWebhooks':
      return add(rows, 'webhook_claim', [{ n, ...claimRow(write) }]);
    case 'receiveWebhook':
      return add(rows, 'webhook', [{ n, ...write.event }], webhookColumns);
    case 'settleWebhook': {
      const { id, fence, state, dueAt: due_at, tries } = write;
      return add(rows, 'webhook_end', [{ n, id, fence, state, due_at, tries }]);
    }
    case 'putOperator':
      return add(rows, 'operator', [{ n, ...write.operator }]);
    case 'noteSightings':
      return add(
        rows,
        'sighting',
        write.rows.map((row, i) => ({ n, i, ...row })),
      );
    case 'addRows':
      return addRows(rows, n, write);
    case 'leaseJob': {
      const { name, claimId: claim_id, now, leaseUntil: lease_until, onlyDue } = write;
      return add(rows, 'job_claim', [{ n, name, claim_id, now, lease_until, only_due: onlyDue ? 1 : 0 }]);
    }
    case 'releaseJob': {
      const { name, fence, dueAt: due_at } = write;
      return add(rows, 'job_release', [{ n, name, fence, due_at }]);
    }
    case 'probe':
  }
}

function addAccept(rows: Rows, n: number, write: AcceptWrite): void {
  const { accepted, hold, ifFundsShort, ifApprovalNeeded, limits, refund, settledMinor } = write;
  const { id, partner_id, partner_reference, amount_minor } = accepted.payment;
  add(rows, 'accept', [{ n, id, partner_id, partner_reference, amount_minor }]);
  addVariant(rows, { n, variant: 0 }, accepted);
  if (ifFundsShort !== undefined) addVariant(rows, { n, variant: 1 }, ifFundsShort);
  if (ifApprovalNeeded !== undefined) addVariant(rows, { n, variant: 2 }, ifApprovalNeeded);
  const scopes = new Set(limits.map(scopeKey));
  add(
    rows,
    'accept_scope',
    [...scopes].map((scope) => ({ scope })),
  );
  add(
    rows,
    'accept_limit',
    limits.map((limit, i) => ({ n, i, ...limit })),
  );
  if (refund !== undefined)
    add(rows, 'accept_refund', [{ n, ...refund, settled_minor: settledMinor ?? null }]);
  if (hold === undefined) return;
  add(rows, 'accept_hold', [{ n, ...hold }]);
  addBalanceChanges(rows, 'accept_wanted', n, { taken: hold });
}

function addVariant(
  rows: Rows,
  which: { readonly n: number; readonly variant: number },
  { payment, version, attempt, check }: PaymentWrite,
): void {
  add(rows, 'accept_payment', [{ ...which, ...payment }], paymentColumns);
  add(rows, 'accept_version', [{ ...which, ...version }], versionColumns);
  if (attempt !== undefined) add(rows, 'accept_attempt', [{ ...which, ...attempt }]);
  if (check !== undefined) add(rows, 'accept_check', [{ ...which, ...check }]);
}

function addChange(rows: Rows, n: number, write: ChangeWrite): void {
  const { changeId, paymentId, expectedVersion, next, at, holdEnding = null } = write;
  const claimed = { n, change_id: changeId, payment_id: paymentId, expected_version: expectedVersion };
  add(rows, 'change', [{ ...claimed, moves: next ? 1 : 0, hold_ending: holdEnding, changed_at: at }]);
  if (next !== undefined) addNext(rows, n, next, expectedVersion);
  addBeside(rows, n, write);
  addEntries(rows, 'change', n, write);
}

function addNext(rows: Rows, n: number, { payment, version, attempt }: PaymentWrite, expected: bigint): void {
  const { id, version: next, state, attempt_ordinal, state_detail } = payment;
  const moved = { n, id, version: next, state, attempt_ordinal, state_detail, expected_version: expected };
  add(rows, 'change_next', [moved], paymentColumns);
  add(rows, 'change_version', [{ n, ...version }], versionColumns);
  if (attempt !== undefined) add(rows, 'change_attempt', [{ n, ...attempt }]);
}

function addBeside(rows: Rows, n: number, write: ChangeWrite): void {
  const { answer, transcript, act, openCase, caseEnds, returned, check, paymentId, original } = write;
  if (answer !== undefined) add(rows, 'change_answer', [{ n, ...answer }], answerColumns);
  if (transcript !== undefined) add(rows, 'change_transcript', [{ n, ...transcript }], transcriptColumns);
  if (act !== undefined) add(rows, 'change_act', [{ n, ...act }], actColumns);
  if (openCase !== undefined) add(rows, 'change_case', [{ n, ...openCase }], caseColumns);
  add(
    rows,
    'change_case_end',
    caseEnds.map((end) => ({ n, ...end })),
  );
  const settled_minor = write.settledMinor ?? null;
  if (returned !== undefined) add(rows, 'change_return', [{ n, ...returned, settled_minor }], returnColumns);
  if (original !== undefined) addOriginal(rows, n, original);
  if (check === undefined) return;
  const { to, fence: claim_fence = null } = check;
  add(rows, 'change_check', [{ n, payment_id: paymentId, ...to, ends: to ? 0 : 1, claim_fence }]);
}

function addOriginal(
  rows: Rows,
  n: number,
  { returned, answer, openCase, settledMinor }: OriginalWrite,
): void {
  const settled_minor = settledMinor ?? null;
  add(rows, 'change_original', [{ n, ...returned, settled_minor }], returnColumns);
  add(rows, 'change_original_answer', [{ n, ...answer }], answerColumns);
  if (openCase !== undefined) add(rows, 'change_original_case', [{ n, ...openCase }], caseColumns);
}

function addRows(rows: Rows, n: number, write: AddRowsWrite): void {
  add(rows, 'added', [{ n, done_id: write.done?.id ?? null }]);
  for (const { table, rows: added } of write.tables) {
    const numbered = added.map((row, i) => ({ n, i, ...row }));
    add(rows, `added_${table}`, numbered, addedColumns(table));
  }
  addEntries(rows, 'added', n, write);
}

function claimRow({ now, leaseUntil, limit }: ClaimChecksWrite | ClaimWebhooksWrite): object {
  return { now, lease_until: leaseUntil, row_limit: Number(limit) };
}

function addEntries(rows: Rows, kind: string, n: number, { entries }: Pick<ChangeWrite, 'entries'>): void {
  add(
    rows,
    `${kind}_entry`,
    entries.map((entry, i) => ({ n, i, ...entry })),
  );
  addBalanceChanges(rows, `${kind}_wanted`, n, { entries });
}

function addBalanceChanges(
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

/** The columns say which of them are free text; none where none is. */
function add({ tables, texts }: Rows, table: string, more: readonly object[], columns: Columns = {}): void {
  if (more.length === 0) return;
  (tables[table] ??= []).push(...more.map((row) => Object.fromEntries(Object.entries(row).map(taken))));

  function taken([column, value]: [string, unknown]): [string, unknown] {
    const isPlace = typeof value === 'string' && isText(columns, column);
    return [column, isPlace ? texts.push(carry(value)) - 1 : value];
  }
}
