import type { OurAccount } from '../our-accounts.ts';
import type { ExpectedItem, RecordedStatement, UnexpectedEntry } from '../statement-store.ts';
import { expectedOf, payoutOf } from './expect.ts';
import type { MatchingWorld } from './world.ts';

/** How far rounds have come. Kept by who runs them; losing it costs one look at all. */
export interface Bookmark {
  /** How far the ledger has been taken up: a number of an entry. */
  after: string;
  /** By account, what statements had told when the ledger agreed. */
  agreed?: ReadonlyMap<string, string>;
  /** Payouts that are expected already, by their keys, so that no round writes them again. */
  payouts?: Set<string>;
}

/**
 * Ledger entries of payments on gateway accounts become expectations. An entry may be committed after one with a higher
 * number, so each round looks back by `lateEntries`. Says how many were new.
 */
export async function takeUpEntries(world: MatchingWorld, bookmark: Bookmark): Promise<number> {
  const { statements, limits } = world;
  let expected = 0;
  for (let after = bookmark.after; ;) {
    const entries = await statements.unexpectedEntries(after, limits.pageMax);
    const last = entries.at(-1);
    if (last === undefined) return expected;
    const items = entries.flatMap((told): ExpectedItem[] => {
      const place = placeOf(world, told);
      return place === undefined ? [] : [expectedOf(told, place, world.terms(told.gateway))];
    });
    await statements.recordExpected(items);
    expected += items.length;
    after = last.id;
    const back = BigInt(after) - BigInt(limits.lateEntries);
    bookmark.after = back > 0n ? back.toString() : '0';
  }
}

/** The payouts of settlement reports that have no line for them. */
export async function takeUpPayouts(world: MatchingWorld, bookmark: Bookmark): Promise<void> {
  const taken = (bookmark.payouts ??= new Set());
  for (const account of world.accounts.filter(({ reportOf }) => reportOf !== undefined)) {
    const terms = world.terms(account.reportOf ?? '');
    for await (const page of statementPages(world, account, { kind: 'settlement' })) {
      const items = page.flatMap((statement): ExpectedItem[] => {
        const item = statement.repeats === undefined ? payoutOf(statement, account, terms) : undefined;
        return item === undefined || taken.has(item.key) ? [] : [item];
      });
      if (items.length > 0) await world.statements.recordExpected(items);
      for (const { key } of items) taken.add(key);
    }
  }
}

/** An account's statements, page by page. */
export async function* statementPages(
  { statements, limits }: MatchingWorld,
  account: OurAccount,
  more: { readonly kind?: 'settlement' } = {},
): AsyncGenerator<readonly RecordedStatement[]> {
  let after: string | undefined;
  for (;;) {
    const page = { limit: limits.pageMax, ...(after !== undefined && { after }) };
    const told = await statements.statements({ account: account.name, ...more }, page);
    if (told.length > 0) yield told;
    after = told.at(-1)?.id;
    if (told.length < limits.pageMax || after === undefined) return;
  }
}

/** Where the configuration has an account that can show it; of what nobody tells us, nothing is expected. */
function placeOf(
  { accounts }: MatchingWorld,
  { gateway, entry: { amount } }: UnexpectedEntry,
): 'report' | 'bank' | undefined {
  const ofCurrency = accounts.filter(({ currency }) => currency === amount.currency);
  if (ofCurrency.some(({ reportOf }) => reportOf === gateway)) return 'report';
  return ofCurrency.some(({ gateways }) => gateways.includes(gateway)) ? 'bank' : undefined;
}
