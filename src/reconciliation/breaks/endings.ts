import { feesAccount, gatewayAccount, suspenseAccount, transitAccount } from '../../ledger/accounts.ts';
import type { Posting } from '../../ledger/entries.ts';
import {
  bankFeeBooked,
  settlementBooked,
  settlementReported,
  unmatchedBooked,
} from '../../ledger/settlement-postings.ts';
import { sumOf } from '../matching/decide.ts';
import type { Line } from '../matching/lines.ts';
import type { Break, BreakResolution, RecordedItem } from '../statement-store.ts';

/** What a break is about, as it stands now: what is still open of it. */
export interface OpenBreak {
  readonly broken: Break;
  readonly line?: Line;
  readonly item?: RecordedItem;
}

/** How people may end a break. `matched` is what a rule does, and `raised` ends nothing. */
export type Ending = Exclude<BreakResolution, 'matched' | 'raised'>;

/** The endings that are possible of it now, the suggested one first. Whatever can be ended can be explained (`expected`). */
export function possibleEndings({ broken, line, item }: OpenBreak): readonly Ending[] {
  const possible: Ending[] = [
    ...(line !== undefined && item !== undefined && isSameMoney(line, item)
      ? (['matchedByHand'] as const)
      : []),
    ...(line !== undefined ? (['suspense', 'writtenOff'] as const) : []),
    ...(line === undefined && item !== undefined ? (['received', 'writtenOff'] as const) : []),
    'expected',
  ];
  return possible.toSorted((a, b) => Number(b === broken.suggestion) - Number(a === broken.suggestion));
}

/** Two people may say that a line is an item although the figures differ; but not in another currency or direction. */
function isSameMoney(line: Line, item: RecordedItem): boolean {
  return line.amount.currency === item.amount.currency && line.direction === item.direction;
}

/** What an ending posts, and what belongs together by it. */
export interface Ended {
  readonly postings: readonly Posting[];
  readonly lines: readonly Line[];
  readonly items: readonly RecordedItem[];
}

/** @throws RangeError for an ending that is not possible */
export function endingOf(open: OpenBreak, ending: Ending): Ended {
  const { line, item } = open;
  if (!possibleEndings(open).includes(ending)) throw new RangeError('an ending that is not possible');
  const lines = line === undefined ? [] : [line];
  const items = item === undefined ? [] : [item];
  switch (ending) {
    case 'expected':
      return { postings: [], lines: [], items: [] };
    case 'received':
      return { postings: items.flatMap(received), lines: [], items };
    case 'suspense':
      return { postings: lines.flatMap(toSuspense), lines, items: [] };
    case 'writtenOff':
      return line === undefined
        ? { postings: items.flatMap(itemWrittenOff), lines: [], items }
        : { postings: lineWrittenOff(line), lines, items: [] };
    case 'matchedByHand':
      return { postings: lines.flatMap((its) => matchedByHand(its, items)), lines, items };
  }
}

/** By hand, whatever the figures: what the line is short of is a fee, what is over stays in suspense. */
function matchedByHand(line: Line, items: readonly RecordedItem[]): Posting[] {
  const { account, amount } = line;
  const { currency } = amount;
  const shortMinor = sumOf(items) - sumOf([line]);
  const settled = items.flatMap((item) =>
    line.account.reportOf === undefined ? straight(item, account.name) : received(item),
  );
  const isBank = account.reportOf === undefined;
  const place = isBank ? account.name : (account.reportOf ?? '');
  const minor = shortMinor < 0n ? -shortMinor : shortMinor;
  if (minor === 0n) return settled;
  const difference = { minor, currency };
  if (isBank) {
    const booked = { account: place, amount: difference };
    return shortMinor > 0n
      ? [...settled, ...bankFeeBooked({ ...booked, direction: 'DBIT' })]
      : [...settled, ...unmatchedBooked({ ...booked, direction: 'CRDT' })];
  }
  const transit = transitAccount(place);
  return shortMinor > 0n
    ? [...settled, { debit: feesAccount(place), credit: transit, amount: difference }]
    : [...settled, { debit: transit, credit: suspenseAccount, amount: difference }];
}

/** An item whose money came, by another proof than a line: on its way to the bank; a payout has been that already. */
function received(item: RecordedItem): Posting[] {
  if (item.kind === 'payout') return [];
  return settlementReported({
    gateway: item.gateway,
    direction: item.direction,
    gross: item.amount,
    feeMinor: 0n,
  });
}

/** An item straight onto a bank account. */
function straight(item: RecordedItem, account: string): Posting[] {
  const { gateway, direction, amount } = item;
  return [...received(item), ...settlementBooked({ account, gateway, direction, amount })];
}

function toSuspense({ account, direction, amount }: Line): Posting[] {
  const { reportOf } = account;
  if (reportOf === undefined) return unmatchedBooked({ account: account.name, direction, amount });
  // The gateway pays it out with the rest, so it is on its way to the bank.
  const transit = transitAccount(reportOf);
  return direction === 'CRDT'
    ? [{ debit: transit, credit: suspenseAccount, amount }]
    : [{ debit: suspenseAccount, credit: transit, amount }];
}

function lineWrittenOff({ account, direction, amount }: Line): Posting[] {
  const { reportOf } = account;
  if (reportOf === undefined) return bankFeeBooked({ account: account.name, direction, amount });
  const [fees, transit] = [feesAccount(reportOf), transitAccount(reportOf)];
  return direction === 'DBIT'
    ? [{ debit: fees, credit: transit, amount }]
    : [{ debit: transit, credit: fees, amount }];
}

/** What was expected and is given up: the gateway keeps it, or of a withdrawal we do. */
function itemWrittenOff({ gateway, direction, amount, kind }: RecordedItem): Posting[] {
  const fees = feesAccount(gateway);
  const held = kind === 'payout' ? transitAccount(gateway) : gatewayAccount(gateway);
  return direction === 'CRDT'
    ? [{ debit: fees, credit: held, amount }]
    : [{ debit: held, credit: fees, amount }];
}
