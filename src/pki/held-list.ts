/** The lists in hand of one authority, and what they say. */
import { type ListVersion, byAge } from './list-versions.ts';
import { type ReadList, serialText } from './revoked-serials.ts';

/**
 * What a list says of a certificate: it stands on it, however old the list; it does not; the list is past its next update, or
 * older than one that was met before; there is none.
 */
export type Standing = 'revoked' | 'good' | 'stale' | 'missing';

/** Of an authority, of whose certificates it does not tell one. */
export type ListStanding = Exclude<Standing, 'revoked'>;

export interface HeldList {
  /** Says who is good. */
  readonly list: ReadList;
  /** Who stands on it is revoked, too. */
  readonly newest: ReadList;
  /** Older than one that was met before this process had any. */
  readonly isOlder: boolean;
}

/** A clock of an authority may be a little ahead of ours. */
const aheadMsMax = 300_000;

/** What is in hand after these lists of the authority came: its newest, and its newest that is in date where there is one. */
export function heldAfter(
  before: HeldList | undefined,
  come: readonly ReadList[],
  { now, isBelow }: { readonly now: Date; readonly isBelow: (list: ReadList) => boolean },
): HeldList | undefined {
  const lists = [...(before === undefined ? [] : [before.newest, before.list]), ...come].toSorted(byAge);
  const newest = lists.at(-1);
  if (newest === undefined) return undefined;
  const list = lists.findLast((one) => datedStanding(one, now) === 'good') ?? newest;
  // What is at least as new as a list that was good here is good, whatever others have met meanwhile.
  return { newest, list, isOlder: (before?.isOlder ?? true) && isBelow(newest) };
}

/** Why the newest of the lists that came says nothing new of who is good. */
export function troubleWith(
  come: ReadList,
  { list, newest, isOlder }: HeldList,
  now: Date,
): 'listOlder' | 'listStale' | 'listNotYetValid' | undefined {
  if (isOlder || byAge(come, newest) < 0) return 'listOlder';
  if (list === newest) return undefined;
  return isAhead(newest, now) ? 'listNotYetValid' : 'listStale';
}

/** `serialNumber` in hex, however it is written. Its authority has signed it: whoever stands on a list of tomorrow is refused today. */
export function isOnList({ list, newest }: HeldList, serialNumber: string): boolean {
  const serial = serialText(serialNumber);
  return list.serials.has(serial) || newest.serials.has(serial);
}

export function standingIn(held: HeldList, now: Date): ListStanding {
  const standing = datedStanding(decidingIn(held, now), now);
  return held.isOlder && standing === 'good' ? 'stale' : standing;
}

/** The one that says who is good: the day of one that was ahead comes. */
export function decidingIn({ list, newest }: HeldList, now: Date): ReadList {
  return datedStanding(newest, now) === 'good' ? newest : list;
}

function datedStanding(list: ReadList, now: Date): ListStanding {
  if (isAhead(list, now)) return 'missing';
  return list.nextUpdate !== undefined && now <= list.nextUpdate ? 'good' : 'stale';
}

function isAhead({ thisUpdate }: Pick<ListVersion, 'thisUpdate'>, now: Date): boolean {
  return thisUpdate.getTime() - now.getTime() > aheadMsMax;
}
