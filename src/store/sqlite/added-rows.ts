import type { Database, Statement } from 'better-sqlite3';
import type { EntryRow } from '../posting-rows.ts';
import { shapes, tableNames, type AddedRow, type AddedTable } from '../reconciliation/tables.ts';
import type {
  AddRowsWrite,
  LeaseJobWrite,
  ReconciliationOutcomes,
  ReleaseJobWrite,
} from '../reconciliation/writes.ts';

export type AddedRowStatements = ReturnType<typeof addedRowStatements>;

export function addedRowStatements(database: Database) {
  const doneIn = (table: string) =>
    database.prepare<[id: string], { id: string }>(`select id from ${table} where id = ?`);
  return {
    addRow: new Map(tableNames.map((table) => [table, insertInto(database, table)])),
    refuses: new Map(tableNames.map((table) => [table, refusalOf(database, table)])),
    isDone: {
      reconciliation_match: doneIn('reconciliation_match'),
      break_act: doneIn('break_act'),
    },
    leaseJob: database.prepare<[Omit<LeaseJobWrite, 'kind' | 'onlyDue'> & { onlyDue: bigint }]>(`
      insert into job_lease (name, claim_id, due_at, lease_until, fence)
      values (@name, @claimId, null, @leaseUntil, 1)
      on conflict (name) do update
      set claim_id = excluded.claim_id, lease_until = excluded.lease_until, fence = fence + 1
      where claim_id <> excluded.claim_id and (lease_until is null or lease_until <= @now)
        and (@onlyDue = 0 or due_at is null or due_at <= @now)`),
    releaseJob: database.prepare<[Omit<ReleaseJobWrite, 'kind'>]>(`
      update job_lease set lease_until = null, due_at = coalesce(@dueAt, due_at)
      where name = @name and fence = @fence`),
  };
}

function insertInto(database: Database, table: AddedTable): Statement<[AddedRow]> | undefined {
  const { columns, claim, only } = shapes[table];
  if (claim?.in !== undefined) return undefined;
  const names = Object.keys(columns);
  const condition = only === undefined ? '' : ` and ${only((column) => `@${column}`)}`;
  return database.prepare<[AddedRow]>(`
    insert into ${table} (${names.join(', ')})
    select ${names.map((name) => `@${name}`).join(', ')}
    where not exists (select 1 from ${table} where ${sameKey(table)})${condition}`);
}

interface Refusal {
  readonly kind: 'taken' | 'stale';
  readonly query: Statement<[AddedRow], { one: bigint }>;
}

function refusalOf(database: Database, table: AddedTable): Refusal | undefined {
  const { claim } = shapes[table];
  if (claim === undefined) return undefined;
  const query = database.prepare<[AddedRow], { one: bigint }>(
    `select 1 as one from ${claim.in ?? table} where ${sameKey(table)} and ${claim.owner} <> @${claim.by}`,
  );
  return { kind: claim.refusal, query };
}

function sameKey(table: AddedTable): string {
  return shapes[table].key.map((column) => `${column} = @${column}`).join(' and ');
}

/** A refusal has written nothing: whatever may refuse is asked first. */
export function addRows(
  statements: AddedRowStatements,
  { done, tables, entries }: AddRowsWrite,
  post: (entries: readonly EntryRow[]) => void,
): ReconciliationOutcomes['addRows'] {
  if (done !== undefined && statements.isDone[done.table].get(done.id) !== undefined)
    return { kind: 'added' };
  for (const { table, rows } of tables) {
    const refusal = statements.refuses.get(table);
    if (refusal !== undefined && rows.some((row) => refusal.query.get(row) !== undefined)) {
      return { kind: refusal.kind };
    }
  }
  for (const { table, rows } of tables) {
    const insert = statements.addRow.get(table);
    if (insert !== undefined) for (const row of rows) insert.run(row);
  }
  post(entries);
  return { kind: 'added' };
}

export function leaseJob(
  statements: AddedRowStatements,
  { name, claimId, now, leaseUntil, onlyDue }: LeaseJobWrite,
): ReconciliationOutcomes['leaseJob'] {
  statements.leaseJob.run({ name, claimId, now, leaseUntil, onlyDue: onlyDue ? 1n : 0n });
  return { kind: 'asked' };
}

export function releaseJob(
  statements: AddedRowStatements,
  { name, fence, dueAt }: ReleaseJobWrite,
): ReconciliationOutcomes['releaseJob'] {
  const { changes } = statements.releaseJob.run({ name, fence, dueAt });
  return { kind: changes === 1 ? 'released' : 'superseded' };
}
