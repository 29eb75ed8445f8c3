import { accountingDate, type Books } from '../../ledger/accounting-date.ts';
import { entriesOf, type Entry } from '../../ledger/entries.ts';
import { startOf } from '../calendar.ts';
import { nameOf } from '../matching/breaks.ts';
import type { BreakAct, RecordBreakAct, RecordedBreak, StatementStore } from '../statement-store.ts';
import type { Ended } from './endings.ts';

interface Ending {
  readonly statements: Pick<StatementStore, 'breaks'>;
  readonly books: ReadonlyMap<string, Books>;
}

/** What belongs together by an ending is a match like any other, with what it posts; without, only the postings. */
export async function matchOf(
  world: Ending,
  { id, at }: BreakAct,
  { broken, ended }: { readonly broken: RecordedBreak; readonly ended: Ended },
): Promise<Pick<RecordBreakAct, 'match'>> {
  const { lines, items } = ended;
  const about = [...lines.map(nameOf), ...items.map(({ key }) => key)];
  if (about.length === 0) return {};
  const others = await world.statements.breaks({ about, open: true }, { limit: breaksOfOneMax });
  const match = {
    id,
    rule: 'byHand',
    because: ['two people'],
    entries: lines.map(({ of }) => of),
    items: items.map(({ key }) => key),
    postings: entriesFor(world, { id, at, broken, ended }),
    endsBreaks: others.map((other) => other.id).filter((other) => other !== broken.id),
    at,
  };
  return { match };
}

/** Of one line or item there are a few at most. */
const breaksOfOneMax = 20;

function entriesFor(
  { books }: Ending,
  told: { readonly id: string; readonly at: Date; readonly broken: RecordedBreak; readonly ended: Ended },
): Entry[] {
  const { id, at, broken, ended } = told;
  // What the ledger has on the gateway's account is of the item's brand.
  const brand = ended.items[0]?.brand ?? broken.brand;
  const ofBrand = books.get(brand);
  if (ofBrand === undefined) throw new RangeError('a brand without books');
  const on = ended.lines[0]?.on;
  return entriesOf(ended.postings, {
    eventKey: `match:${id}:0`,
    groupId: `match:${id}`,
    brand,
    reason: 'breakEnded',
    recordedAt: at,
    effectiveAt: on === undefined ? at : startOf(on),
    accountingDate: accountingDate(at, ofBrand),
  });
}
