import { isPlayerAccount } from '../../ledger/accounts.ts';
import { shapes, tableNames, type AddedTable } from '../reconciliation/tables.ts';
import type { Write } from '../writes.ts';
import { changeBalances, changeTable } from './change-balances.ts';
import {
  changeColumns,
  entryColumns,
  kindTypes,
  list,
  ofCommand,
  readTable,
  type Columns,
} from './columns.ts';
import { contradicts } from './contradictions.ts';

/** What a text adds to: only tables that its group has rows of, because each costs a look through all of the rows. */
export type AddedPart = AddedTable | 'entries' | 'balances';

/** The parts that a group's commands have. */
export function addedParts(group: readonly Write[]): ReadonlySet<AddedPart> {
  const parts = new Set<AddedPart>();
  for (const write of group) {
    if (write.kind !== 'addRows') continue;
    for (const { table } of write.tables) parts.add(table);
    if (write.entries.length > 0) parts.add('entries');
    const touched = write.entries.flatMap(({ debit, credit }) => [debit, credit]);
    if (touched.some(isPlayerAccount)) parts.add('balances');
  }
  return parts;
}

/** The columns of a table as SQL Server takes them up. */
export function addedColumns(table: AddedTable): Columns {
  return Object.fromEntries(
    Object.entries(shapes[table].columns).map(([column, kind]) => [column, kindTypes[kind]]),
  );
}

const numbered: Columns = { ...ofCommand, i: 'int' };

/**
 * Adds the rows of the group's commands where they are not there yet. Whoever is refused adds none of his. A claim that was
 * lost while this ran, or to a neighbour of the same group, undoes the group, which is then run one by one.
 */
export function addRows(parts: ReadonlySet<AddedPart>): string {
  const tables = tableNames.filter((table) => parts.has(table));
  const claims = tables.filter((table) => shapes[table].claim !== undefined);
  return [
    find,
    ...tables.map(read),
    ...claims.map(refuse),
    ...tables.map(leave),
    ...tables.filter((table) => shapes[table].claim?.in === undefined).map(insert),
    ...claims.map(requireClaimed),
    ...(parts.has('entries') ? [post] : []),
    ...(parts.has('balances') ? [changePlayers] : []),
    tell,
  ].join('');
}

/** A command that ran before has written everything. */
const find = `
${readTable('added', { ...ofCommand, done_id: 'varchar(36)' }, 'n')}
declare @added_gone table (n int not null primary key, kind varchar(32) collate Latin1_General_BIN2 not null);
insert into @added_gone (n, kind)
select a.n, 'added'
from @added as a
where exists (select 1 from reconciliation_match as m where m.id = a.done_id)
  or exists (select 1 from break_act as b where b.id = a.done_id);`;

function read(table: AddedTable): string {
  return `\n${readTable(`added_${table}`, { ...numbered, ...addedColumns(table) }, 'n, i')}`;
}

function refuse(table: AddedTable): string {
  return `
insert into @added_gone (n, kind)
select distinct a.n, '${shapes[table].claim?.refusal ?? ''}'
from @added_${table} as a
${ownedByAnother(table)}
where a.n not in (select g.n from @added_gone as g);`;
}

function ownedByAnother(table: AddedTable): string {
  const { claim } = shapes[table];
  return `join ${claim?.in ?? table} as t on ${sameKey(table, 't')} and t.${claim?.owner} <> a.${claim?.by}`;
}

function leave(table: AddedTable): string {
  return `\ndelete from @added_${table} where n in (select g.n from @added_gone as g);`;
}

function insert(table: AddedTable): string {
  const { only } = shapes[table];
  const columns = addedColumns(table);
  const condition = only === undefined ? '' : `\n  and ${only((column) => `a.${column}`)}`;
  return `
insert into ${table} (${list(columns)})
select ${list(columns, 'a')}
from @added_${table} as a
where not exists (select 1 from ${table} as t where ${sameKey(table, 't')})
  and not exists (select 1 from @added_${table} as b where b.n < a.n and ${sameKey(table, 'b')})${condition}
order by a.n, a.i;`;
}

function requireClaimed(table: AddedTable): string {
  return `\n${contradicts('CLAIM_TAKEN', `\n  select 1 from @added_${table} as a\n  ${ownedByAnother(table)}`)}`;
}

function sameKey(table: AddedTable, other: 't' | 'b'): string {
  return shapes[table].key.map((column) => `${other}.${column} = a.${column}`).join(' and ');
}

const post = `
${readTable('added_entry', { ...numbered, ...entryColumns }, 'n, i')}
insert into entry (${list(entryColumns)})
select ${list(entryColumns, 'e')}
from @added_entry as e
where e.n not in (select g.n from @added_gone as g)
order by e.n, e.i;`;

const changePlayers = `
${readTable('added_wanted', { ...ofCommand, ...changeColumns }, 'account, currency')}
${changeTable('added')}
insert into @added_change (n, ${list(changeColumns)})
select w.n, ${list(changeColumns, 'w')}
from @added_wanted as w
where w.n not in (select g.n from @added_gone as g);
${changeBalances('added')}
${contradicts('AVAILABLE_BELOW_ZERO', 'select 1 from @added_short')}`;

const tell = `
select a.n, coalesce(g.kind, 'added') as kind
from @added as a
left join @added_gone as g on g.n = a.n;`;
