import type { Payment } from '../../payments/payment.ts';
import { daysAfter, isoDate } from '../calendar.ts';
import type { Break, BreakEnd, RecordedBreak } from '../recorded-breaks.ts';
import type { CoreComparison, CoreDifference } from './compare.ts';
import type { CoreRow } from './list.ts';

/** One payment as both have it, with what came of comparing them. */
export interface Compared {
  /** `PARTNER/REFERENCE`, or where nobody has the reference, the id that the list calls it. */
  readonly name: string;
  readonly payment?: Payment;
  readonly row?: CoreRow;
  readonly comparison: CoreComparison;
}

/** The name that breaks call a payment of the core by, and `recon explain` takes. */
export function corePaymentName(partnerId: string, reference: string): string {
  return `${partnerId}/${reference}`;
}

/** What the breaks of one list are opened with. */
export interface CoreOpening {
  readonly partnerId: string;
  /** Of a payment of which neither says a brand that we know. */
  readonly brand: string;
  readonly brands: ReadonlySet<string>;
  readonly workWithinDays: number;
  readonly id: () => string;
  readonly at: Date;
}

/**
 * The same difference has one key for ever; `core` at its beginning tells it from those of statements (store/verify/matches.ts).
 * One that had ended by itself and is there again is another one, so it is counted.
 */
export function keyOfDifference(name: string, found: CoreDifference, before = 0): string {
  const { kind, field, expected = '-', actual = '-' } = found;
  const key = `core ${name} ${kind} ${field} ${expected} ${actual}`;
  return before === 0 ? key : `${key} again ${before}`;
}

export function breakOf(
  { name, payment, row }: Compared,
  found: CoreDifference,
  opening: CoreOpening & { readonly before: number },
): Break {
  const { kind, field, expected, actual, atRisk } = found;
  const { partnerId, brand, brands, workWithinDays, id, at, before } = opening;
  const told = row?.brand !== undefined && brands.has(row.brand) ? row.brand : brand;
  return {
    id: id(),
    key: keyOfDifference(name, found, before),
    kind,
    between: 'ledgerAndCore',
    subject: { corePayment: name },
    place: partnerId,
    brand: payment?.instruction.brand ?? told,
    field,
    ...(expected !== undefined && { expected }),
    ...(actual !== undefined && { actual }),
    atRisk,
    suggestion: 'raised',
    happenedOn: isoDate(payment?.acceptedAt ?? row?.at ?? at),
    dueOn: daysAfter(isoDate(at), workWithinDays),
    openedAt: at,
  };
}

/** What a page of payments comes to. */
export interface Settled {
  readonly opens: readonly Break[];
  /** Breaks of which nothing is left. */
  readonly ends: readonly BreakEnd[];
  /** Differences whose break is open already. */
  readonly open: number;
  /** Differences that people have explained, or that a later list has ended. */
  readonly explained: number;
}

/** The list as evidence: which one it is, and when it was first read to its end, which is now for one that never was. */
export interface CoreEvidence {
  readonly fileId: string;
  readonly readAt: Date;
}

/**
 * What to open and what ends, of these payments. A list that is read again does not open what a later one has ended, and ends
 * nothing that was opened after it was read.
 */
export function settle(
  compared: readonly Compared[],
  known: ReadonlyMap<string, readonly RecordedBreak[]>,
  { evidence, opening }: { readonly evidence: CoreEvidence; readonly opening: CoreOpening },
): Settled {
  const opens: Break[] = [];
  const ends: BreakEnd[] = [];
  let [open, explained] = [0, 0];
  for (const one of compared) {
    const before = known.get(one.name) ?? [];
    const present = new Set<string>();
    for (const found of one.comparison.differences) {
      const standing = standingOf(one.name, found, before);
      const { last, times } = standing;
      if (last !== undefined) present.add(last.key);
      if (last?.end === undefined && last !== undefined) open += 1;
      else if (last?.end !== undefined && !isOpenedAnew(last.end, evidence)) explained += 1;
      else opens.push(breakOf(one, found, { ...opening, before: times }));
    }
    if (one.comparison.recent) continue;
    for (const broken of before.filter(({ end, key }) => end === undefined && !present.has(key))) {
      if (broken.openedAt > evidence.readAt) continue;
      ends.push({ breakId: broken.id, resolution: 'agrees', by: evidence.fileId, at: opening.at });
    }
  }
  return { opens, ends, open, explained };
}

/** The last break of this difference, and how many there were. */
function standingOf(
  name: string,
  found: CoreDifference,
  before: readonly RecordedBreak[],
): { readonly last?: RecordedBreak; readonly times: number } {
  let last: RecordedBreak | undefined;
  for (let times = 0; ; times += 1) {
    const key = keyOfDifference(name, found, times);
    const next = before.find((broken) => broken.key === key);
    if (next === undefined) return { times, ...(last && { last }) };
    last = next;
  }
}

/** It had ended by itself, and a list that is read for the first time says it again. What people ended stays so. */
function isOpenedAnew(
  { resolution, at }: NonNullable<RecordedBreak['end']>,
  { readAt }: CoreEvidence,
): boolean {
  return resolution === 'agrees' && readAt > at;
}
