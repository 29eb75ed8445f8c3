/** Which lists of revoked certificates were met, so that an older one is known for what it is. */

/** By which older lists are told from newer ones. */
export interface ListVersion {
  /** Of whoever signed it: his name and his key, under whichever certificate. */
  readonly authority: string;
  /** 0 where the authority does not count its lists. */
  readonly number: bigint;
  readonly thisUpdate: Date;
}

type Aged = Pick<ListVersion, 'number' | 'thisUpdate'>;

/** Older first: by number, and where authorities do not count, by date. */
export function byAge(one: Aged, other: Aged): number {
  const byNumber = Number(one.number > other.number) - Number(one.number < other.number);
  return byNumber === 0 ? one.thisUpdate.getTime() - other.thisUpdate.getTime() : byNumber;
}

export interface MetVersions {
  add(versions: readonly ListVersion[]): void;
  /** Whether a newer one of the authority was met. */
  isBelow(authority: string, list: Aged): boolean;
  /** Whether it, or a newer one, was met. */
  has(version: ListVersion): boolean;
}

export function metVersions(): MetVersions {
  const newest = new Map<string, ListVersion>();
  const ageOver = (authority: string, list: Aged): number => {
    const last = newest.get(authority);
    return last === undefined ? 1 : byAge(list, last);
  };
  return {
    add(versions) {
      for (const version of versions)
        if (ageOver(version.authority, version) > 0) newest.set(version.authority, version);
    },
    isBelow: (authority, list) => ageOver(authority, list) < 0,
    has: (version) => ageOver(version.authority, version) <= 0,
  };
}
