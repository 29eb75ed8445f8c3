/** The lists of revoked certificates that the running bridge has, and what they say of a certificate. */
import type { X509Certificate } from 'node:crypto';
import {
  decidingIn,
  heldAfter,
  type HeldList,
  isOnList,
  type ListStanding,
  type Standing,
  standingIn,
  troubleWith,
} from './held-list.ts';
import type { ListFindingCode } from './list-check.ts';
import { hasSignedList, type ListSigner, listSigner } from './list-signer.ts';
import { byAge, type ListVersion, metVersions } from './list-versions.ts';
import { type ReadList, readLists } from './revoked-serials.ts';

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
  readonly standing: ListStanding;
  readonly nextUpdate?: Date;
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

interface PlacedList {
  readonly list: ReadList;
  readonly at: number;
}

/** `authorities` are those whose lists are asked for at this moment; another one is found when it is asked. */
export function revocationLists(authorities: () => readonly ListingAuthority[]): RevocationLists {
  const reader = listReader();
  const met = metVersions();
  const signers = new Map<string, ListSigner>();
  const held = new Map<string, HeldList | undefined>();
  let placed: readonly PlacedList[] = [];
  let isRemembering = false;

  /** Decides anew which lists of the authority count, and tells what does not. */
  function take(signer: ListSigner, now: Date): readonly ListFinding[] {
    const { authority, maySign } = signer;
    signers.set(authority, signer);
    const signed = placed.filter(({ list }) => hasSignedList(signer, list));
    const theirs = maySign ? signed.map(({ list }) => list) : [];
    const isBelow = (list: ReadList): boolean => met.isBelow(authority, list);
    const next = heldAfter(held.get(authority), theirs, { now, isBelow });
    held.set(authority, next);
    if (!maySign) return signed.map(({ at }) => ({ code: 'listIssuerMayNotSign', at }));
    const [come] = signed.toSorted((a, b) => byAge(b.list, a.list));
    const code = come && next && troubleWith(come.list, next, now);
    return come && code ? [{ code, at: come.at }] : [];
  }

  function heldOf({ certificate }: ListingAuthority, now: Date): HeldList | undefined {
    const signer = listSigner(certificate);
    if (signer !== undefined && !held.has(signer.authority)) take(signer, now);
    return signer && held.get(signer.authority);
  }

  return {
    standingOf(issuer, serialNumber, now) {
      const found = heldOf(issuer, now);
      if (found === undefined) return 'missing';
      return isOnList(found, serialNumber) ? 'revoked' : standingIn(found, now);
    },
    load(texts, now) {
      const { lists, findings } = reader(texts);
      placed = lists;
      for (const { certificate } of authorities()) {
        const signer = listSigner(certificate);
        if (signer !== undefined) signers.set(signer.authority, signer);
      }
      const all = [...signers.values()];
      return [...findings, ...unsigned(placed, all), ...all.flatMap((signer) => take(signer, now))];
    },
    listOf: (issuer, now) => knownOf(heldOf(issuer, now), now),
    remember(versions) {
      met.add(versions);
      // What was taken before anybody could remember is judged now; later, others may only be ahead of this process.
      for (const [authority, found] of isRemembering ? [] : held)
        if (found) held.set(authority, { ...found, isOlder: met.isBelow(authority, found.newest) });
      isRemembering = true;
    },
    unremembered: () =>
      Array.from(held).flatMap(([authority, found]) => {
        if (found === undefined) return [];
        const { number, thisUpdate } = found.newest;
        const version = { authority, number, thisUpdate };
        return met.has(version) ? [] : [version];
      }),
  };
}

function knownOf(held: HeldList | undefined, now: Date): KnownList {
  if (held === undefined) return { standing: 'missing' };
  const { nextUpdate } = decidingIn(held, now);
  return { standing: standingIn(held, now), ...(nextUpdate && { nextUpdate }) };
}

/** Reads texts; one that was there the last time is not read again. */
function listReader() {
  let before = new Map<string, ReturnType<typeof readLists>>();
  return (texts: readonly string[]) => {
    const read = new Map(texts.map((text) => [text, before.get(text) ?? readLists(text)]));
    before = read;
    const lists: PlacedList[] = [];
    const findings: ListFinding[] = [];
    for (const [at, text] of texts.entries()) {
      const found = read.get(text) ?? [];
      if (typeof found === 'string') findings.push({ code: found, at });
      else lists.push(...found.map((list) => ({ list, at })));
    }
    return { lists, findings };
  };
}

/** Of the name of an authority that is known, and signed by nobody of that name; or of a name that nobody has. */
function unsigned(placed: readonly PlacedList[], signers: readonly ListSigner[]): readonly ListFinding[] {
  return placed.flatMap(({ list, at }): readonly ListFinding[] => {
    const named = signers.filter(({ name }) => list.issuer.equals(name));
    if (named.length === 0) return [{ code: 'listIssuerUnknown', at }];
    return named.some((one) => hasSignedList(one, list)) ? [] : [{ code: 'listSignatureInvalid', at }];
  });
}
