/** The lists of revoked certificates that the running bridge has, and what they say of a certificate. */
import type { X509Certificate } from 'node:crypto';
import { type ListFault, readLists, type ReadList, serialText, subjectOf } from './revoked-serials.ts';

/**
 * What the list of its authority says of a certificate: it stands on it, however old the list; it does not; the list is
 * past its next update; there is none.
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

export interface KnownList {
  /** Of the authority that signed it. */
  readonly issuerFingerprint256: string;
  readonly thisUpdate: Date;
  readonly nextUpdate?: Date;
  readonly revoked: number;
}

export interface RevocationLists extends RevocationStandings {
  /**
   * Takes the place of all lists before, or leaves them and says why: `listOlder` where an authority's list is of before
   * the one that was asked last, by number or, at the same number, by date; somebody may have put it back. An authority
   * whose list is no longer there keeps the one that it had: whoever was revoked comes in by no missing file.
   */
  load(texts: readonly string[]): ListFault | 'listOlder' | undefined;
  /** The lists that an authority was found for. */
  known(): readonly KnownList[];
}

/** A clock of an authority may be a little ahead of ours. */
const aheadMsMax = 300_000;

export function revocationLists(): RevocationLists {
  let lists: readonly ReadList[] = [];
  // An authority's own list, found once: its signature was looked at then.
  let found = new Map<string, ReadList | undefined>();
  const asked = new Map<string, ListingAuthority>();

  function listOf(issuer: ListingAuthority): ReadList | undefined {
    const { fingerprint256 } = issuer;
    if (!found.has(fingerprint256)) found.set(fingerprint256, newestOf(lists, issuer));
    asked.set(fingerprint256, issuer);
    return found.get(fingerprint256);
  }

  return {
    standingOf(issuer, serialNumber, now) {
      const list = listOf(issuer);
      if (list === undefined) return 'missing';
      // Its authority has signed it: whoever stands on a list of tomorrow is refused today.
      if (list.serials.has(serialText(serialNumber))) return 'revoked';
      if (list.thisUpdate.getTime() - now.getTime() > aheadMsMax) return 'missing';
      return list.nextUpdate !== undefined && now <= list.nextUpdate ? 'good' : 'stale';
    },
    load(texts) {
      const next: ReadList[] = [];
      for (const text of texts) {
        const read = readLists(text);
        if (typeof read === 'string') return read;
        next.push(...read);
      }
      const nextFound = new Map<string, ReadList | undefined>();
      for (const [fingerprint256, issuer] of asked) {
        const before = found.get(fingerprint256);
        const list = newestOf(next, issuer) ?? before;
        if (list !== undefined && before !== undefined && byAge(list, before) < 0) return 'listOlder';
        nextFound.set(fingerprint256, list);
      }
      [lists, found] = [next, nextFound];
      return undefined;
    },
    known: () =>
      Array.from(found).flatMap(([issuerFingerprint256, list]) =>
        list === undefined ? [] : [knownOf(issuerFingerprint256, list)],
      ),
  };
}

/** The authority's newest list: of its name, and signed with its key. */
function newestOf(lists: readonly ReadList[], { certificate }: ListingAuthority): ReadList | undefined {
  const name = subjectOf(certificate);
  if (name === undefined) return undefined;
  const key = certificate.publicKey;
  return lists
    .filter(({ issuer, isSignedBy }) => issuer.equals(name) && isSignedBy(key))
    .toSorted(byAge)
    .at(-1);
}

/** Older first: by number, and where authorities do not count, by date. */
function byAge(one: ReadList, other: ReadList): number {
  const byNumber = Number(one.number > other.number) - Number(one.number < other.number);
  return byNumber === 0 ? one.thisUpdate.getTime() - other.thisUpdate.getTime() : byNumber;
}

function knownOf(issuerFingerprint256: string, list: ReadList): KnownList {
  const { thisUpdate, nextUpdate, serials } = list;
  return { issuerFingerprint256, thisUpdate, ...(nextUpdate && { nextUpdate }), revoked: serials.size };
}
