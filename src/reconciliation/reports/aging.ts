import { accountingDate } from '../../ledger/accounting-date.ts';
import { isoDate } from '../calendar.ts';
import type { RecordedItem } from '../statement-store.ts';
import type { IsoDate } from '../statements/statement.ts';
import { ageBucket, ageBuckets, ageDays } from './age.ts';
import type { Column, Section } from './document.ts';
import { tally, tallyRows } from './tally.ts';
import { incompleteNote, through, type Seen } from './through.ts';
import type { ReportScope, ReportWorld } from './world.ts';

/** What is open by how long it has been, as of the last day of the scope. */

/** What they are about, and a kind: where, what, and since when. */
interface Aged {
  readonly place: string;
  readonly kind: string;
  readonly since: IsoDate;
  readonly currency: string;
  readonly minor: bigint;
}

const agedColumns = (amount: string): readonly Column[] => [
  { id: 'age', heading: 'Age in days', kind: 'text' },
  { id: 'place', heading: 'Place', kind: 'text' },
  { id: 'kind', heading: 'Kind', kind: 'text' },
  { id: 'open', heading: 'Open', kind: 'count' },
  { id: 'amount', heading: amount, kind: 'money' },
  { id: 'currency', heading: 'Currency', kind: 'text' },
];

export async function agingSections(world: ReportWorld, scope: ReportScope): Promise<readonly Section[]> {
  return [await openBreaks(world, scope), await openItems(world, scope)];
}

export function openBreaks(world: ReportWorld, scope: ReportScope): Promise<Section> {
  async function* aged(seen: Seen): AsyncGenerator<Aged> {
    const all = through(world.limits, seen, (page) => world.statements.breaks({ open: true }, page));
    for await (const { place, kind, atRisk, brand, happenedOn } of all) {
      if (scope.brand !== undefined && brand !== scope.brand) continue;
      yield { place, kind, since: happenedOn, ...atRisk };
    }
  }
  return agedSection(scope, aged, {
    id: 'open-breaks',
    title: 'Open breaks',
    amount: 'At risk',
    note: 'What does not agree and is not worked to its end.',
  });
}

/** What a gateway's report or a bank will show. What is due is not a break before its day is over. */
export function openItems(world: ReportWorld, scope: ReportScope): Promise<Section> {
  const { currency } = scope;
  const filter = { open: true, ...(currency !== undefined && { currency }) };
  async function* aged(seen: Seen): AsyncGenerator<Aged> {
    const all = through(world.limits, seen, (page) => world.statements.expected(filter, page));
    for await (const item of all) {
      if (scope.brand !== undefined && item.brand !== scope.brand) continue;
      yield {
        place: item.gateway,
        kind: `${item.kind} ${item.direction === 'CRDT' ? 'in' : 'out'}, ${item.expectedIn}`,
        since: dayOf(item, world),
        ...item.amount,
      };
    }
  }
  return agedSection(scope, aged, {
    id: 'open-items',
    title: 'Expected and not yet seen',
    amount: 'Amount',
    note: 'Money of the ledger that no report or bank statement has shown.',
  });
}

function dayOf({ brand, effectiveAt }: RecordedItem, { books }: ReportWorld): IsoDate {
  const its = books.get(brand);
  return its === undefined ? isoDate(effectiveAt) : accountingDate(effectiveAt, its);
}

/** Lines of statements that nothing of ours explains yet. */
export function unmatchedLines(world: ReportWorld, scope: ReportScope): Promise<Section> {
  const brandOf = new Map(world.accounts.map(({ name, brand }) => [name, brand]));
  async function* aged(seen: Seen): AsyncGenerator<Aged> {
    const all = through(world.limits, seen, (page) =>
      world.statements.statementEntries({ open: true }, page),
    );
    for await (const { account = '?', entry } of all) {
      if (scope.brand !== undefined && brandOf.get(account) !== scope.brand) continue;
      const kind = entry.direction === 'CRDT' ? 'in' : 'out';
      yield { place: account, kind, since: entry.bookedOn ?? scope.to, ...entry.amount };
    }
  }
  return agedSection(scope, aged, {
    id: 'unmatched-lines',
    title: 'Statement lines without a match',
    amount: 'Amount',
    note: 'What banks and gateways booked, and no rule has found in the ledger.',
  });
}

/** The oldest first. */
function byAge({ age }: { readonly age: string }): string {
  return String(ageBuckets.length - ageBuckets.indexOf(age));
}

interface AgedSection {
  readonly id: string;
  readonly title: string;
  readonly amount: string;
  readonly note: string;
}

async function agedSection(
  { to, currency: wanted }: ReportScope,
  aged: (seen: Seen) => AsyncGenerator<Aged>,
  { id, title, amount, note }: AgedSection,
): Promise<Section> {
  const seen = { complete: true };
  const counted = tally<{ age: string; place: string; kind: string; currency: string }>();
  for await (const { since, place, kind, currency, minor } of aged(seen)) {
    const days = ageDays(since, to);
    // What came after the last day of the scope is not of it.
    if (days < 0 || (wanted !== undefined && currency !== wanted)) continue;
    counted.add({ age: ageBucket(days), place, kind, currency }, minor);
  }
  return {
    id,
    title,
    note: `${note} The oldest first.${incompleteNote(seen)}`,
    columns: agedColumns(amount),
    rows: tallyRows(counted.groups(byAge)),
    ...(!seen.complete && { incomplete: true as const }),
  };
}
