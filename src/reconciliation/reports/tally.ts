import type { Row } from './document.ts';

/** Counts and amounts by what rows have in common: memory for the groups and not for the rows. */
export function tally<Key extends Record<string, string>>() {
  const groups = new Map<string, { readonly key: Key; minor: bigint; count: number }>();
  return {
    add(key: Key, minor: bigint): void {
      const name = JSON.stringify(key);
      const group = groups.get(name) ?? { key, minor: 0n, count: 0 };
      group.minor += minor;
      group.count += 1;
      groups.set(name, group);
    },

    /** In the order that is given, or of the keys' texts. */
    groups(rank: (key: Key) => string): readonly { key: Key; minor: bigint; count: number }[] {
      return [...groups]
        .map(([name, group]) => ({ at: `${rank(group.key)} ${name}`, group }))
        .toSorted((a, b) => (a.at < b.at ? -1 : 1))
        .map(({ group }) => group);
    },
  };
}

interface Tallied {
  readonly key: Readonly<Record<string, string>> & { readonly currency: string };
  readonly minor: bigint;
  readonly count: number;
}

/** A tally's groups as rows, with `open` for the count and `amount` for the sum. */
export function tallyRows(groups: readonly Tallied[]): readonly Row[] {
  return groups.map(({ key, minor, count }) => ({
    ...key,
    open: count,
    amount: { minor, currency: key.currency },
  }));
}
