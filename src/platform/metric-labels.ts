/** What may stand in a label: names of the configuration and closed lists, so that no caller can grow the set of series. */

/** One of these names, which may become more; `none` where there is none, and `other` for any other. */
export function oneOf(names: () => readonly string[]): (name?: string) => string {
  let read: { readonly names: readonly string[]; readonly known: ReadonlySet<string> } | undefined;
  return (name) => {
    if (name === undefined) return 'none';
    const present = names();
    if (read?.names !== present) read = { names: present, known: new Set(present) };
    return read.known.has(name) ? name : 'other';
  };
}

/** The first so many values that come, and `other` for all later ones. It bounds a mistake of ours: what comes is from a closed list. */
export function firstFew(max: number): (value: string) => string {
  const seen = new Set<string>();
  return (value) => {
    if (seen.has(value)) return value;
    if (seen.size >= max) return 'other';
    seen.add(value);
    return value;
  };
}
