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
import { sumOf, type Match } from './decide.ts';
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
    return entriesOf(postings, {
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
  return line.account.reportOf === undefined
    ? bankPostings(match, line)
    : match.lines.flatMap((its) => reportPostings(its, line.account.reportOf ?? '', match));
}

/** A line of a gateway's report: the net goes on its way to the bank, the fee is booked. A payout moves nothing yet. */
function reportPostings(line: Line, gateway: string, { items, feeMinor }: Match): readonly Posted[] {
  if (line.kind === 'payout') return [];
  const { direction, amount, account, on } = line;
  const [brand = account.brand] = items.map((item) => item.brand);
  return [{ brand, on, reason: 'settlementReported', postings: settlementReported(reported()) }];

  function reported(): ReportedSettlement {
    const { currency } = amount;
    const ownFee = items.length === 0;
    // A line that is nothing but a fee.
    if (ownFee) {
      const minor = direction === 'DBIT' ? amount.minor : -amount.minor;
      return { gateway, direction: 'CRDT', gross: { minor: 0n, currency }, feeMinor: minor };
    }
    const gross = { minor: amount.minor + (direction === 'CRDT' ? feeMinor : -feeMinor), currency };
    return { gateway, direction, gross, feeMinor: line.feeMinor + feeMinor };
  }
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
  const taken = { minor: feeMinor, currency: amount.currency };
  const fee = bankFeeBooked({ account: account.name, direction: 'DBIT', amount: taken });
  return [...booked, { brand: account.brand, on, reason: 'bankFee', postings: fee }];
}

/** One gateway's and brand's share of a booking, before fees. */
function shareOf(share: readonly RecordedItem[], lines: readonly Line[], account: OurAccount): Posted[] {
  const [first] = share;
  const minor = sumOf(share);
  if (first === undefined || minor === 0n) return [];
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
