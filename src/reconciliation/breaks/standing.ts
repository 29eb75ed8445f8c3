import { linesOf, type Line } from '../matching/lines.ts';
import { nameOf } from '../matching/breaks.ts';
import type { OurAccount } from '../our-accounts.ts';
import type { RecordedBreak, RecordedItem, StatementStore } from '../statement-store.ts';
import type { OpenBreak } from './endings.ts';

/** Where lines and items are looked up. */
export interface Standing {
  readonly statements: Pick<StatementStore, 'statementEntries' | 'expected'>;
  readonly accounts: readonly OurAccount[];
}

/** The break with what is still open of its line and item, which a match may have taken, or with what a person has found for it. */
export async function standingOf(world: Standing, broken: RecordedBreak, found?: string): Promise<OpenBreak> {
  const { subject } = broken;
  const isAboutLine = 'entry' in subject;
  const itemKey = isAboutLine ? (found ?? subject.item) : 'item' in subject ? subject.item : undefined;
  const lineName = isAboutLine ? subject.entry : found;
  const line = lineName === undefined ? undefined : await lineNamed(world, lineName);
  const item = itemKey === undefined ? undefined : await openItem(world, itemKey);
  const bank = item && bankOf(world, item);
  return {
    broken,
    ...(line && { line }),
    ...(item && { item }),
    ...(bank !== undefined && { bank }),
  };
}

async function openItem({ statements }: Standing, itemKey: string): Promise<RecordedItem | undefined> {
  const [item] = await statements.expected({ itemKey, open: true }, { limit: 1 });
  return item;
}

/** The only account at a bank on which money of its gateway lands in its currency. */
function bankOf({ accounts }: Standing, { gateway, amount }: RecordedItem): string | undefined {
  const [bank, another] = accounts.filter(
    ({ gateways, currency }) => gateways.includes(gateway) && currency === amount.currency,
  );
  return another === undefined ? bank?.name : undefined;
}

/**
 * The open line of that name: the booking's key or its number, and behind a slash the place of a transaction of it. Undefined
 * where it is matched, of no account of ours, or not there.
 */
export async function lineNamed({ statements, accounts }: Standing, name: string): Promise<Line | undefined> {
  const [, key = name, place] = /^(.*)\/(\d+)$/.exec(name) ?? [];
  const filter = /^\d{1,18}$/.test(key) ? {} : { key };
  const after = 'key' in filter ? {} : { after: (BigInt(key) - 1n).toString() };
  const [told] = await statements.statementEntries(filter, { limit: 1, ...after });
  const account = accounts.find((ours) => ours.name === told?.account);
  if (told === undefined || account === undefined) return undefined;
  if (!('key' in filter) && told.id !== BigInt(key).toString()) return undefined;
  const named = place === undefined ? told.key : `${told.key}/${place}`;
  return linesOf(told, account).find((line) => nameOf(line) === named);
}
