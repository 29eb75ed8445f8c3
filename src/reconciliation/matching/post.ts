import { accountingDate, type Books } from '../../ledger/accounting-date.ts';
import { entriesOf, type Entry, type Posting } from '../../ledger/entries.ts';
import {
  bankFeeBooked,
  settlementBooked,
  settlementReported,
  type ReportedSettlement,
} from '../../ledger/settlement-postings.ts';
import { startOf } from '../calendar.ts';
import type { OurAccount } from '../our-accounts.ts';
import type { RecordedItem } from '../statement-store.ts';
import { sumOf, type Match } from './decision.ts';
import type { Line } from './lines.ts';

/** What an event posts, for one brand, and when the money moved. */
interface Posted {
  readonly brand: string;
  readonly on: string | undefined;
  readonly reason: 'settlementReported' | 'settlementBooked' | 'bankFee';
  readonly postings: readonly Posting[];
}

/** The ledger entries of a match, in one group: each economic event once, by the match's id. */
export function entriesOfMatch(
  match: Match,
  { id, at, books }: { readonly id: string; readonly at: Date; readonly books: ReadonlyMap<string, Books> },
): Entry[] {
  const groupId = `match:${id}`;
  return postedBy(match).flatMap(({ brand, on, reason, postings }, place) => {
    const ofBrand = books.get(brand);
    if (ofBrand === undefined) throw new RangeError('a brand without books');
    const moving = postings.filter(({ amount }) => amount.minor > 0n);
    return entriesOf(moving, {
      eventKey: `${groupId}:${place}`,
      groupId,
      brand,
      reason,
      recordedAt: at,
      effectiveAt: on === undefined ? at : startOf(on),
      accountingDate: accountingDate(at, ofBrand),
    });
  });
}

function postedBy(match: Match): readonly Posted[] {
  const [line] = match.lines;
  if (line === undefined) return [];
  const { reportOf } = line.account;
  if (reportOf === undefined) return bankPostings(match, line);
  if (match.lines.length === 1 && match.items.length > 1) return sharesOfReported(match, line, reportOf);
  // What the lines together are short of is one fee, with the first of them.
  return match.lines.map((its, place) => {
    const [brand = its.account.brand] = match.items.map((item) => item.brand);
    const reported = reportedBy(its, reportOf, {
      isFee: match.items.length === 0,
      shortMinor: place === 0 ? match.feeMinor : 0n,
    });
    return { brand, on: its.on, reason: 'settlementReported', postings: settlementReported(reported) };
  });
}

/** One line for several items: each brand's share of it before fees, and what was kept with the first. */
function sharesOfReported({ items, feeMinor: shortMinor }: Match, line: Line, gateway: string): Posted[] {
  const { on, amount, feeMinor } = line;
  return [...Map.groupBy(items, ({ brand }) => brand)].map(([brand, share], place) => {
    const minor = sumOf(share);
    const reported = {
      gateway,
      direction: minor > 0n ? 'CRDT' : 'DBIT',
      gross: { minor: minor > 0n ? minor : -minor, currency: amount.currency },
      feeMinor: place === 0 ? feeMinor + shortMinor : 0n,
    } as const;
    return { brand, on, reason: 'settlementReported', postings: settlementReported(reported) };
  });
}

/**
 * A line of a gateway's report: the net goes on its way to the bank, the fee is booked. Of a payout, which moves nothing yet,
 * and of a line that is nothing but a fee, there is only the fee.
 */
function reportedBy(
  line: Line,
  gateway: string,
  { isFee, shortMinor }: { readonly isFee: boolean; readonly shortMinor: bigint },
): ReportedSettlement {
  const { direction, amount, kind, feeMinor } = line;
  const { currency } = amount;
  if (!isFee) {
    const gross = { minor: amount.minor + (direction === 'CRDT' ? shortMinor : -shortMinor), currency };
    return { gateway, direction, gross, feeMinor: feeMinor + shortMinor };
  }
  const own = kind === 'payout' ? 0n : direction === 'DBIT' ? amount.minor : -amount.minor;
  return { gateway, direction: 'CRDT', gross: { minor: 0n, currency }, feeMinor: own + feeMinor };
}

/**
 * A bank's booking. What came by a gateway that reports is in transit already; what it matches directly goes through transit
 * in the same group. What it is short of its items is the bank's fee, of the first gateway's money.
 */
function bankPostings({ lines, items, feeMinor }: Match, { account, on, direction, amount }: Line): Posted[] {
  if (items.length === 0) {
    const fee = bankFeeBooked({ account: account.name, direction, amount });
    return [{ brand: account.brand, on, reason: 'bankFee', postings: fee }];
  }
  const shares = [...Map.groupBy(items, ({ gateway, brand }) => `${gateway} ${brand}`).values()];
  const booked = shares.flatMap((share) => shareOf(share, lines, account));
  if (feeMinor === 0n) return booked;
  const isTaken = feeMinor > 0n;
  const fee = bankFeeBooked({
    account: account.name,
    direction: isTaken ? 'DBIT' : 'CRDT',
    amount: { minor: isTaken ? feeMinor : -feeMinor, currency: amount.currency },
  });
  return [...booked, { brand: account.brand, on, reason: 'bankFee', postings: fee }];
}

/** One gateway's and brand's share of a booking, before fees. */
function shareOf(share: readonly RecordedItem[], lines: readonly Line[], account: OurAccount): Posted[] {
  const [first] = share;
  const minor = sumOf(share);
  if (first === undefined) return [];
  const { gateway, brand } = first;
  const { currency } = first.amount;
  const direction = minor > 0n ? 'CRDT' : 'DBIT';
  const amount = { minor: minor > 0n ? minor : -minor, currency };
  const unreported = sumOf(share.filter(({ kind }) => kind !== 'payout'));
  const direct = settlementReported({
    gateway,
    direction: unreported > 0n ? 'CRDT' : 'DBIT',
    gross: { minor: unreported > 0n ? unreported : -unreported, currency },
    feeMinor: 0n,
  });
  const on = lines[0]?.on;
  const bank = settlementBooked({ account: account.name, gateway, direction, amount });
  return [{ brand, on, reason: 'settlementBooked', postings: [...direct, ...bank] }];
}
