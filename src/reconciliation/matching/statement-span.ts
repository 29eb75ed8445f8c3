import { dayIn, endOf, isNumberedAfter, type Told } from '../importing/sequence.ts';
import type { IsoDate } from '../statements/statement.ts';

/** From the first opening balance of an account to the last closing one, and which statements stand outside of it. */
export interface Span<One> {
  readonly newest: One;
  /** The days that it begins and ends on. */
  readonly begin: IsoDate;
  readonly on: IsoDate;
  readonly openingMinor: bigint;
  readonly closingMinor: bigint;
  /** Ids of the closed statements that it is made of. */
  readonly inside: ReadonlySet<string>;
  /** Others that may tell of what is not between the two balances. */
  readonly outside: readonly { readonly statement: One; readonly isBefore: boolean }[];
}

interface Within {
  readonly currency: string;
  /** Statements that end later are outside. */
  readonly until: IsoDate;
}

/** Of final statements with both balances. Undefined where there is none. */
export function spanOf<One extends Told>(
  told: readonly One[],
  { currency, until }: Within,
): Span<One> | undefined {
  const closed = told.filter((one) => isClosed(one, currency) && (endOf(one) ?? '9') <= until);
  const first = outermost(closed, 'first');
  const newest = outermost(closed, 'last');
  const on = newest && endOf(newest);
  if (first?.opening === undefined || newest?.closing === undefined || on === undefined) return undefined;
  const begin = dayIn(first.header.from) ?? dayIn(first.opening.on) ?? endOf(first) ?? on;
  const inside = new Set(closed.map(({ id }) => id));
  const outside = told
    .filter(({ id }) => !inside.has(id))
    .map((statement) => ({ statement, isBefore: (endOf(statement) ?? '9') <= begin }))
    .filter(({ statement, isBefore }) => isBefore || (endOf(statement) ?? '9') > on);
  const [openingMinor, closingMinor] = [first.opening.minor, newest.closing.minor];
  return { newest, begin, on, openingMinor, closingMinor, inside, outside };
}

function isClosed(one: Told, wanted: string): boolean {
  const { header, repeats, currency, opening, closing } = one;
  const isFinal = header.kind === 'statement' && repeats === undefined && currency === wanted;
  return isFinal && opening !== undefined && closing !== undefined && endOf(one) !== undefined;
}

/** Of several of one day, the one that no other one of the day stands before or after: by numbers, else by balances. */
function outermost<One extends Told>(closed: readonly One[], which: 'first' | 'last'): One | undefined {
  const days = closed.map((one) => endOf(one) ?? '').toSorted();
  const day = which === 'first' ? days[0] : days.at(-1);
  const ofDay = closed.filter((one) => endOf(one) === day);
  const isBeyond = (other: One, one: One) =>
    other !== one && (which === 'first' ? isAfter(one, other) : isAfter(other, one));
  const left = ofDay.filter((one) => !ofDay.some((other) => isBeyond(other, one)));
  return (left.length === 0 ? ofDay : left).at(which === 'first' ? 0 : -1);
}

/** By numbers and pages, else where it was found to follow, else where it opens with what the other one closes with, and not both. */
function isAfter(one: Told, other: Told): boolean {
  const isNumbered = [isNumberedAfter(one, other), isNumberedAfter(other, one)];
  if (isNumbered.some((after) => after)) return isNumbered[0] === true;
  if (one.follows === other.id || other.follows === one.id) return one.follows === other.id;
  return opensWith(one, other) && !opensWith(other, one);
}

function opensWith({ opening }: Told, { closing }: Told): boolean {
  return opening?.minor === closing?.minor;
}
