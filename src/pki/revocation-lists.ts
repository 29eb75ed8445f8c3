/** The lists of revoked certificates that the running bridge has, and what they say of a certificate. */
import type { X509Certificate } from 'node:crypto';
import type { ListFindingCode } from './list-check.ts';
import { type ListSigner, listSigner } from './list-signer.ts';
import { type ReadList, readLists, serialText } from './revoked-serials.ts';

/**
 * What the list of its authority says of a certificate: it stands on it, however old the list; it does not; the list is
 * past its next update, or older than one that was met before; there is none.
 */
export type Standing = 'revoked' | 'good' | 'stale' | 'missing';

export interface ListingAuthority {
  readonly certificate: X509Certificate;
  readonly fingerprint256: string;
}

/** As they are asked. */
export interface RevocationStandings {
  /** `serialNumber` in hex, however it is written. */
  standingOf(issuer: ListingAuthority, serialNumber: string, now: Date): Standing;
}

/** The list of an authority as it is known at this moment. */
export interface KnownList {
  readonly standing: Exclude<Standing, 'revoked'>;
  readonly nextUpdate?: Date;
}

/** By which older lists are told from newer ones. */
export interface ListVersion {
  /** Of whoever signed it: his name and his key, under whichever certificate. */
  readonly authority: string;
  /** 0 where the authority does not count its lists. */
  readonly number: bigint;
  readonly thisUpdate: Date;
}

export interface ListFinding {
  readonly code: ListFindingCode | 'listOlder' | 'listIssuerMayNotSign';
  /** In which of the texts, counted from 0. */
  readonly at: number;
}

export interface RevocationLists extends RevocationStandings {
  /**
   * Takes these lists, each authority's on its own, and tells what was not taken. What counts for an authority is its newest
   * list that is in date, of these and of the one in hand; who stands on its newest is revoked, in date or not. An authority
   * that is not in these texts, or only with an older list, keeps the one that it had: whoever was revoked comes in by no
   * missing file and by none that is put back.
   */
  load(texts: readonly string[], now: Date): readonly ListFinding[];
  /** What is known of the list of an authority. */
  listOf(issuer: ListingAuthority, now: Date): KnownList;
  /** Lists that were met before, by this process or another: an older one says of nobody that he is good. */
  remember(versions: readonly ListVersion[]): void;
  /** The newest lists that nobody has remembered yet. */
  unremembered(): readonly ListVersion[];
}

/** What is in hand of one authority. */
interface Held {
  /** Says who is good. */
  readonly list: ReadList;
  /** Who stands on it is revoked, too. */
  readonly newest: ReadList;
  /** Older than one that was met before this process had any. */
  readonly isOlder: boolean;
}

interface PlacedList {
  readonly list: ReadList;
  readonly at: number;
}

/** A clock of an authority may be a little ahead of ours. */
const aheadMsMax = 300_000;

/** `authorities` are those whose lists are asked for at this moment; another one is found when it is asked. */
export function revocationLists(authorities: () => readonly ListingAuthority[]): RevocationLists {
  let placed: readonly PlacedList[] = [];
  let read = new Map<string, ReturnType<typeof readLists>>();
  const held = new Map<string, Held | undefined>();
  const signers = new Map<string, ListSigner>();
  const remembered = new Map<string, ListVersion>();
  let isRemembering = false;

  function heldOf({ certificate }: ListingAuthority, now: Date): Held | undefined {
    const signer = listSigner(certificate);
    if (signer === undefined) return undefined;
    if (!held.has(signer.authority)) take(signer, now);
    return held.get(signer.authority);
  }

  /** Decides anew which lists of the authority count, and tells what does not. */
  function take(signer: ListSigner, now: Date): readonly ListFinding[] {
    const { authority } = signer;
    signers.set(authority, signer);
    const before = held.get(authority);
    const { theirs, findings } = listsOf(signer, placed);
    const newest = theirs.at(-1);
    const isPutBack = newest !== undefined && before !== undefined && byAge(newest.list, before.newest) < 0;
    const lists = [...(before === undefined ? [] : [before.newest, before.list]), ...theirs.map(listIn)];
    const next = chosen(lists.toSorted(byAge), now);
    if (next === undefined || newest === undefined) {
      held.set(authority, before);
      return findings;
    }
    // What is at least as new as a list that was good here is good, whatever others have met meanwhile.
    const isOlder = (before?.isOlder ?? true) && isBelow(authority, next.newest);
    held.set(authority, { ...next, isOlder });
    if (isPutBack || isOlder) return [...findings, { code: 'listOlder', at: newest.at }];
    if (next.list === next.newest) return findings;
    return [
      ...findings,
      { code: isAhead(next.newest, now) ? 'listNotYetValid' : 'listStale', at: newest.at },
    ];
  }

  function isBelow(authority: string, { number, thisUpdate }: ReadList): boolean {
    const last = remembered.get(authority);
    return last !== undefined && byAge({ number, thisUpdate }, last) < 0;
  }

  return {
    standingOf(issuer, serialNumber, now) {
      const found = heldOf(issuer, now);
      if (found === undefined) return 'missing';
      const { list, newest } = found;
      const serial = serialText(serialNumber);
      // Its authority has signed it: whoever stands on a list of tomorrow is refused today.
      const isOnOne = list.serials.has(serial) || newest.serials.has(serial);
      return isOnOne ? 'revoked' : standingIn(found, now);
    },
    load(texts, now) {
      const again = new Map(texts.map((text) => [text, read.get(text) ?? readLists(text)]));
      read = again;
      const all = texts.map((text) => again.get(text) ?? 'listUnreadable');
      placed = all.flatMap((one, at) => (typeof one === 'string' ? [] : one.map((list) => ({ list, at }))));
      const unread = all.flatMap((one, at) => (typeof one === 'string' ? [{ code: one, at }] : []));
      const asked = authorities().flatMap(({ certificate }) => listSigner(certificate) ?? []);
      for (const signer of asked) signers.set(signer.authority, signer);
      const taken = [...signers.values()].flatMap((signer) => take(signer, now));
      return [...unread, ...unsigned(placed, [...signers.values()]), ...taken];
    },
    listOf(issuer, now) {
      const found = heldOf(issuer, now);
      if (found === undefined) return { standing: 'missing' };
      const { nextUpdate } = decidingIn(found, now);
      return { standing: standingIn(found, now), ...(nextUpdate && { nextUpdate }) };
    },
    remember(versions) {
      for (const version of versions) {
        const last = remembered.get(version.authority);
        if (last === undefined || byAge(last, version) < 0) remembered.set(version.authority, version);
      }
      // What was taken before anybody could remember is judged now; later, others may only be ahead of this process.
      if (!isRemembering) {
        for (const [authority, found] of held)
          if (found !== undefined)
            held.set(authority, { ...found, isOlder: isBelow(authority, found.newest) });
      }
      isRemembering = true;
    },
    unremembered: () =>
      Array.from(held).flatMap(([authority, found]) => {
        if (found === undefined || found.isOlder) return [];
        const { number, thisUpdate } = found.newest;
        const last = remembered.get(authority);
        return last !== undefined && byAge(found.newest, last) <= 0
          ? []
          : [{ authority, number, thisUpdate }];
      }),
  };
}

/** The lists that an authority has signed, older ones first, and what is wrong with those that it may not have signed. */
function listsOf(
  signer: ListSigner,
  placed: readonly PlacedList[],
): { readonly theirs: readonly PlacedList[]; readonly findings: readonly ListFinding[] } {
  const theirs = placed.filter(({ list }) => hasSigned(signer, list));
  if (signer.maySign) return { theirs: theirs.toSorted((a, b) => byAge(a.list, b.list)), findings: [] };
  return { theirs: [], findings: theirs.map(({ at }) => ({ code: 'listIssuerMayNotSign', at })) };
}

/** Of the name of an authority that is known, and signed by nobody of that name; or of a name that nobody has. */
function unsigned(placed: readonly PlacedList[], signers: readonly ListSigner[]): readonly ListFinding[] {
  return placed.flatMap(({ list, at }): readonly ListFinding[] => {
    const named = signers.filter(({ name }) => list.issuer.equals(name));
    if (named.length === 0) return [{ code: 'listIssuerUnknown', at }];
    return named.some((one) => hasSigned(one, list)) ? [] : [{ code: 'listSignatureInvalid', at }];
  });
}

const verdicts = new WeakMap<ReadList, Map<string, boolean>>();

/** Looked at once: a long list takes its time. */
function hasSigned({ authority, name, key }: ListSigner, list: ReadList): boolean {
  if (!list.issuer.equals(name)) return false;
  const known = verdicts.get(list) ?? new Map<string, boolean>();
  verdicts.set(list, known);
  const verdict = known.get(authority) ?? list.isSignedBy(key);
  known.set(authority, verdict);
  return verdict;
}

/** The newest, and the newest that is in date where there is one. */
function chosen(lists: readonly ReadList[], now: Date): Omit<Held, 'isOlder'> | undefined {
  const newest = lists.at(-1);
  return newest && { newest, list: lists.findLast((one) => datedStanding(one, now) === 'good') ?? newest };
}

/** The day of one that was ahead comes. */
function decidingIn({ list, newest }: Held, now: Date): ReadList {
  return datedStanding(newest, now) === 'good' ? newest : list;
}

function standingIn(found: Held, now: Date): KnownList['standing'] {
  const standing = datedStanding(decidingIn(found, now), now);
  return found.isOlder && standing === 'good' ? 'stale' : standing;
}

function datedStanding(list: ReadList, now: Date): KnownList['standing'] {
  if (isAhead(list, now)) return 'missing';
  return list.nextUpdate !== undefined && now <= list.nextUpdate ? 'good' : 'stale';
}

function isAhead({ thisUpdate }: ReadList, now: Date): boolean {
  return thisUpdate.getTime() - now.getTime() > aheadMsMax;
}

function listIn({ list }: PlacedList): ReadList {
  return list;
}

type Aged = Pick<ListVersion, 'number' | 'thisUpdate'>;

/** Older first: by number, and where authorities do not count, by date. */
function byAge(one: Aged, other: Aged): number {
  const byNumber = Number(one.number > other.number) - Number(one.number < other.number);
  return byNumber === 0 ? one.thisUpdate.getTime() - other.thisUpdate.getTime() : byNumber;
}
