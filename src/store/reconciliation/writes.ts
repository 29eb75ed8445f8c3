import { isPlayerAccount } from '../../ledger/accounts.ts';
import type { EntryRow } from '../posting-rows.ts';
import { shapes, tableNames, type AddedRow, type AddedTable, type RowOf } from './tables.ts';

/** Reconciliation's commands as rows: what is only added, and the lease of a job. */

/**
 * Adds rows where they are not there yet, all of them or, where a claim is refused, none. A command that posts or claims
 * names the row by which a second run finds that the first has written everything.
 */
export interface AddRowsWrite {
  readonly kind: 'addRows';
  readonly done?: { readonly table: 'reconciliation_match' | 'break_act'; readonly id: string };
  /** In the order of `tableNames`, none of them empty, no key of one twice. */
  readonly tables: readonly TableRows[];
  readonly entries: readonly EntryRow[];
}

export interface TableRows {
  readonly table: AddedTable;
  readonly rows: readonly AddedRow[];
}

export type RowsByTable = { readonly [Table in AddedTable]?: readonly RowOf<Table>[] };

export function addRowsWrite(
  rows: RowsByTable,
  more: Partial<Pick<AddRowsWrite, 'done' | 'entries'>> = {},
): AddRowsWrite {
  const tables = tableNames.flatMap((table): TableRows[] => {
    const once = new Map((rows[table] ?? []).map((row: AddedRow) => [keyIn(table, row), row]));
    return once.size === 0 ? [] : [{ table, rows: [...once.values()] }];
  });
  return { kind: 'addRows', entries: [], ...more, tables };
}

export interface LeaseJobWrite {
  readonly kind: 'leaseJob';
  readonly name: string;
  /** By which a second run of the command finds its own. */
  readonly claimId: string;
  readonly now: string;
  readonly leaseUntil: string;
  readonly onlyDue: boolean;
}

export interface ReleaseJobWrite {
  readonly kind: 'releaseJob';
  readonly name: string;
  readonly fence: bigint;
  /** Null leaves what is there. */
  readonly dueAt: string | null;
}

export type ReconciliationWrite = AddRowsWrite | LeaseJobWrite | ReleaseJobWrite;

export interface ReconciliationOutcomes {
  readonly addRows: { readonly kind: 'added' | 'taken' | 'stale' };
  /** Whether it was had, a look at the row says. */
  readonly leaseJob: { readonly kind: 'asked' };
  readonly releaseJob: { readonly kind: 'released' | 'superseded' };
}

/**
 * What two commands of one group may not share: claims, and players. Commands that claim nothing add many rows at once, and
 * go one by one.
 */
export function keysOfReconciliation(write: ReconciliationWrite): string[] {
  if (write.kind !== 'addRows') return [`job:${write.name}`];
  const { done, tables, entries } = write;
  if (done === undefined) return tables.map(({ table }) => `rows:${table}`);
  const accounts = entries.flatMap(({ debit, credit }) => [debit, credit]).filter(isPlayerAccount);
  const claims = tables.flatMap(({ table, rows }) => claimsOf(table, rows));
  return [`${done.table}:${done.id}`, ...claims, ...new Set(accounts)];
}

/** Details of one entry do not stand in one another's way. */
function claimsOf(table: AddedTable, rows: readonly AddedRow[]): string[] {
  const { claim } = shapes[table];
  if (claim === undefined) return [];
  return rows
    .filter((row) => row[claim.by] !== ofDetails)
    .map((row) => `${claim.in ?? table}:${keyIn(table, row)}`);
}

/** Who has claimed an entry of which each detail has a match of its own. */
export const ofDetails = 'details';

function keyIn(table: AddedTable, row: AddedRow): string {
  return shapes[table].key.map((column) => `${row[column]}`).join(' ');
}
