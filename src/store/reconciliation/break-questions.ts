import type { Knex } from 'knex';
import type { After, BreakAct, BreakFilter, RecordedBreak } from '../../reconciliation/statement-store.ts';
import type { Lists } from '../engine.ts';
import { actFrom, breakFrom, type ActView, type BreakView } from './break-rows.ts';
import { keyOf } from './keys.ts';
import { allHeard, having, inParts, paged } from './pages.ts';

/** Breaks, and what people did to them. */

export async function listBreaks(
  over: Lists,
  filter: BreakFilter,
  page: After,
): Promise<readonly RecordedBreak[]> {
  const { about } = filter;
  if (about === undefined) return breaksOf(over, filter, page);
  const found = await inParts(about.map(keyOf), (part) => breaksOf(over, { ...filter, about: part }, page));
  const once = new Map(found.map((one) => [one.id, one]));
  return [...once.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)).slice(0, page.limit);
}

async function breaksOf(over: Lists, filter: BreakFilter, page: After): Promise<readonly RecordedBreak[]> {
  const { breakId, open, kind, owner, place, about, ...left } = filter;
  allHeard(left);
  const { knex, rows } = over;
  const query = knex('reconciliation_break as b')
    .leftJoin('break_end as e', 'e.break_id', 'b.id')
    .leftJoin('break_act as given', (on) => void on.on('given.id', lastOf(over, 'assigned')))
    .leftJoin('break_act as raised', (on) => void on.on('raised.id', lastOf(over, 'raised')))
    .select('b.facts', 'e.resolution', 'e.ended_by', 'e.ended_at')
    .select('given.assignee as owner', 'raised.recorded_at as raised_at');
  having(query, { 'b.id': breakId, 'b.kind': kind, 'b.place': place, 'given.assignee': owner });
  if (open === true) void query.whereNull('e.break_id');
  if (open === false) void query.whereNotNull('e.break_id');
  if (about !== undefined) {
    void query.whereIn('b.id', knex('break_subject').select('break_id').whereIn('subject', about));
  }
  return (await rows<BreakView>(paged(query, 'b.id', page))).map(breakFrom);
}

/** The last act of a kind; their ids grow with time. */
function lastOf({ knex }: Lists, kind: 'assigned' | 'raised'): Knex.Raw {
  return knex.raw(`(select max(a.id) from break_act as a where a.break_id = b.id and a.kind = '${kind}')`);
}

/** The newest `limit`, oldest first. */
export async function listBreakActs(
  { knex, rows }: Lists,
  breakId: string,
  limit: number,
): Promise<readonly BreakAct[]> {
  const query = knex('break_act').select('*').where('break_id', breakId).orderBy('id', 'desc').limit(limit);
  return (await rows<ActView>(query)).map(actFrom).toReversed();
}

/** Proposals that nobody has answered, of breaks that are open. */
export async function listBreakProposals({ knex, rows }: Lists, page: After): Promise<readonly BreakAct[]> {
  const query = knex('break_act as a')
    .leftJoin('break_proposal_end as p', 'p.act_id', 'a.id')
    .leftJoin('break_end as e', 'e.break_id', 'a.break_id')
    .select('a.*')
    .where('a.kind', 'proposed')
    .whereNull('p.act_id')
    .whereNull('e.break_id');
  return (await rows<ActView>(paged(query, 'a.id', page))).map(actFrom);
}
