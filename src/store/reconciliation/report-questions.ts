import { setImmediate as turn } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { GroupSumFilter, GroupSums, ReportStore } from '../../reconciliation/report-store.ts';
import type { Lists } from '../engine.ts';
import type { Told } from '../told.ts';
import { allHeard, having } from './pages.ts';
import type { Ask } from './statements-over.ts';

export function reportQuestions(ask: Ask): ReportStore {
  return { groupSums: (filter) => ask((over) => sumGroups(over, filter)) };
}

/** So many entries are summed up at once, so that nobody else waits until the whole ledger is gone through. */
const windowEntries = 20_000n;

/** Windows of entries, each summed up by the database, and the windows here. */
async function sumGroups(over: Lists, filter: GroupSumFilter): Promise<readonly GroupSums[]> {
  const groups = new Map<string, GroupSums>();
  const last = await lastEntry(over);
  for (let after = 0n; after < last; after += windowEntries) {
    if (after > 0n) await turn();
    for (const sums of await windowSums(over, filter, after)) {
      const key = keyOf(sums);
      groups.set(key, together(groups.get(key), sums));
    }
  }
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, sums]) => sums);
}

function keyOf({ brand, group, currency, reason }: GroupSums): string {
  return [brand, group, currency, reason].join(' ');
}

function together(before: GroupSums | undefined, sums: GroupSums): GroupSums {
  if (before === undefined) return sums;
  return {
    ...sums,
    debitMinor: before.debitMinor + sums.debitMinor,
    creditMinor: before.creditMinor + sums.creditMinor,
    entries: before.entries + sums.entries,
  };
}

async function lastEntry({ knex, rows }: Lists): Promise<bigint> {
  const [found] = await rows<Told<{ last: bigint }>>(knex('entry').max({ last: 'id' }));
  return BigInt(found?.last ?? 0);
}

/** One window, for which the database does the work. */
export async function windowSums(
  { knex, rows }: Lists,
  { brand, currency, from, until, ...left }: GroupSumFilter,
  after: bigint,
): Promise<readonly GroupSums[]> {
  allHeard(left);
  const by = ['brand', 'account_group', 'currency', 'reason'];
  const sum = (column: string, name: string) => knex.raw('sum(??) as ??', [column, name]);
  const query = knex
    .select(...by, sum('debited', 'debitMinor'), sum('credited', 'creditMinor'))
    .count({ entries: '*' })
    .from(knex.unionAll([side('debit'), side('credit')]).as('side'))
    .groupBy(by);
  const summed = await rows<Told<SumsView>>(query);
  return summed.map(({ account_group: group, debitMinor, creditMinor, entries, ...row }) => ({
    ...row,
    group,
    debitMinor: BigInt(debitMinor),
    creditMinor: BigInt(creditMinor),
    entries: Number(entries),
  }));

  function side(name: 'debit' | 'credit'): Knex.QueryBuilder {
    const [debited, credited] = name === 'debit' ? ['amount_minor', '0'] : ['0', 'amount_minor'];
    const entries = knex('entry')
      .select(
        'brand',
        knex.raw(`${groupOf(name)} as account_group`),
        'currency',
        'reason',
        knex.raw(`${debited} as debited`),
        knex.raw(`${credited} as credited`),
      )
      .where('id', '>', after.toString())
      .where('id', '<=', (after + windowEntries).toString());
    having(entries, { brand, currency });
    if (from !== undefined) void entries.where('accounting_date', '>=', from);
    if (until !== undefined) void entries.where('accounting_date', '<=', until);
    return entries;
  }
}

interface SumsView extends Omit<GroupSums, 'group' | 'entries'> {
  readonly account_group: string;
  readonly entries: bigint;
}

/** All players together, because a report names none. */
function groupOf(column: 'debit' | 'credit'): string {
  const cases = ['player', 'play', 'receivable'].map(
    (group) => `when ${column} like '${group}:%' then '${group}'`,
  );
  return `case ${cases.join(' ')} else ${column} end`;
}
