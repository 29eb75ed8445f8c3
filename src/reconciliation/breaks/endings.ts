import { feesAccount, gatewayAccount, suspenseAccount, transitAccount } from '../../ledger/accounts.ts';
import type { Posting } from '../../ledger/entries.ts';
import {
  bankFeeBooked,
  settlementBooked,
  settlementReported,
  unmatchedBooked,
} from '../../ledger/settlement-postings.ts';
import { isExpectedAt } from '../matching/candidates-over-store.ts';
import { sumOf } from '../matching/decision.ts';
import type { Line } from '../matching/lines.ts';
import type { Break, BreakEnd, BreakResolution, RecordedItem } from '../statement-store.ts';

/** What a break is about, as it stands now: what is still open of it. */
export interface OpenBreak {
  readonly broken: Break;
  readonly line?: Line;
  readonly item?: RecordedItem;
  /** The one account of ours on which the item's money lands, where there is one. */
  readonly bank?: string;
}

/** How people may end a break. `matched` is what a rule does, `raised` ends nothing, and some explain themselves. */
export type Ending = Exclude<BreakResolution, 'matched' | 'raised' | BreakEnd['resolution']>;

/**
 * The endings that are possible of it now, the suggested one first. A break about a line is ended with the line, one about an
 * item with the item, so that what two people agreed on means the same to both. Whatever there is can be explained (`expected`).
 */
export function possibleEndings(open: OpenBreak): readonly Ending[] {
  const { broken, line, item } = open;
  const possible: Ending[] = [
    ...(line !== undefined && item !== undefined && isSameMoney(line, item)
      ? (['matchedByHand'] as const)
      : []),
    ...(isAboutLine(broken) && line !== undefined ? (['suspense', 'writtenOff'] as const) : []),
    ...(!isAboutLine(broken) && canBeReceived(open) ? (['received'] as const) : []),
    ...(!isAboutLine(broken) && item !== undefined ? (['writtenOff'] as const) : []),
    'expected',
  ];
  return possible.toSorted((a, b) => Number(b === broken.suggestion) - Number(a === broken.suggestion));
}

function isAboutLine({ subject }: Break): boolean {
  return 'entry' in subject;
}

/** It has to be known where: on its way with a report's payout, or on the bank account. */
function canBeReceived({ item, bank }: OpenBreak): boolean {
  return item !== undefined && (item.expectedIn === 'report' || bank !== undefined);
}

/** Two people may say that a line is an item although the figures differ; but not in another currency, direction or place. */
function isSameMoney(line: Line, item: RecordedItem): boolean {
  const { amount, direction, account } = line;
  const isSame = amount.currency === item.amount.currency && direction === item.direction;
  return isSame && isExpectedAt(item, account);
}

/** What an ending posts, and what belongs together by it. */
export interface Ended {
  readonly postings: readonly Posting[];
  readonly lines: readonly Line[];
  readonly items: readonly RecordedItem[];
}

/** @throws RangeError for an ending that is not possible */
export function endingOf(open: OpenBreak, ending: Ending): Ended {
  if (!possibleEndings(open).includes(ending)) throw new RangeError('an ending that is not possible');
  const ended = byEnding(open, ending);
  return { ...ended, postings: ended.postings.filter(({ amount }) => amount.minor > 0n) };
}

function byEnding({ broken, line, item, bank }: OpenBreak, ending: Ending): Ended {
  const lines = line === undefined ? [] : [line];
  const items = item === undefined ? [] : [item];
  switch (ending) {
    case 'expected':
      return { postings: [], lines: [], items: [] };
    case 'received':
      return { postings: items.flatMap((its) => receivedAt(its, bank)), lines: [], items };
    case 'suspense':
      return { postings: lines.flatMap(toSuspense), lines, items: [] };
    case 'writtenOff':
      return isAboutLine(broken)
        ? { postings: lines.flatMap(lineWrittenOff), lines, items: [] }
        : { postings: items.flatMap(itemWrittenOff), lines: [], items };
    case 'matchedByHand':
      return { postings: lines.flatMap((its) => matchedByHand(its, items)), lines, items };
  }
}

function receivedAt(item: RecordedItem, bank: string | undefined): Posting[] {
  return item.expectedIn === 'report' || bank === undefined ? onItsWay(item) : straight(item, bank);
}

/** By hand, whatever the figures: what the line is short of is a fee, what is over stays in suspense. */
function matchedByHand(line: Line, items: readonly RecordedItem[]): Posting[] {
  const { account, amount } = line;
  const { currency } = amount;
  const { reportOf } = account;
  const shortMinor = sumOf(items) - sumOf([line]);
  const minor = shortMinor < 0n ? -shortMinor : shortMinor;
  const difference = { minor, currency };
  if (reportOf === undefined) {
    const booked = { account: account.name, amount: difference };
    return [
      ...items.flatMap((item) => straight(item, account.name)),
      ...(shortMinor > 0n
        ? bankFeeBooked({ ...booked, direction: 'DBIT' })
        : unmatchedBooked({ ...booked, direction: 'CRDT' })),
    ];
  }
  const transit = transitAccount(reportOf);
  return [
    ...items.flatMap(onItsWay),
    shortMinor > 0n
      ? { debit: feesAccount(reportOf), credit: transit, amount: difference }
      : { debit: transit, credit: suspenseAccount, amount: difference },
    ...reportedFee(line),
  ];
}

/** What the report says was kept beside the line: its payout is less by it, whatever becomes of the line. */
function reportedFee({ account: { reportOf }, amount: { currency }, feeMinor }: Line): Posting[] {
  if (reportOf === undefined || feeMinor === 0n) return [];
  const [fees, transit] = [feesAccount(reportOf), transitAccount(reportOf)];
  return feeMinor > 0n
    ? [{ debit: fees, credit: transit, amount: { minor: feeMinor, currency } }]
    : [{ debit: transit, credit: fees, amount: { minor: -feeMinor, currency } }];
}

/** An item whose money the gateway pays out with the rest; a payout is on its way already. */
function onItsWay(item: RecordedItem): Posting[] {
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
  return [...onItsWay(item), ...settlementBooked({ account, gateway, direction, amount })];
}

function toSuspense(line: Line): Posting[] {
  const { account, direction, amount } = line;
  const { reportOf } = account;
  if (reportOf === undefined) return unmatchedBooked({ account: account.name, direction, amount });
  // The gateway pays it out with the rest, so it is on its way to the bank.
  const transit = transitAccount(reportOf);
  const moved =
    direction === 'CRDT'
      ? { debit: transit, credit: suspenseAccount, amount }
      : { debit: suspenseAccount, credit: transit, amount };
  return [moved, ...reportedFee(line)];
}

function lineWrittenOff(line: Line): Posting[] {
  const { account, direction, amount } = line;
  const { reportOf } = account;
  if (reportOf === undefined) return bankFeeBooked({ account: account.name, direction, amount });
  const [fees, transit] = [feesAccount(reportOf), transitAccount(reportOf)];
  const moved =
    direction === 'DBIT'
      ? { debit: fees, credit: transit, amount }
      : { debit: transit, credit: fees, amount };
  return [moved, ...reportedFee(line)];
}

/** What was expected and is given up: the gateway keeps it, or of a withdrawal we do. */
function itemWrittenOff({ gateway, direction, amount, kind }: RecordedItem): Posting[] {
  const fees = feesAccount(gateway);
  const held = kind === 'payout' ? transitAccount(gateway) : gatewayAccount(gateway);
  return direction === 'CRDT'
    ? [{ debit: fees, credit: held, amount }]
    : [{ debit: held, credit: fees, amount }];
}
