/** How often each fingerprint was counted, in 20 bytes for each of two places: a statement may have a million of them. */
export interface Occurrences {
  /** Counts one more, and says how many there are now. */
  next(fingerprint: string): number;
}

/** Of a SHA-256 in hex, 128 bits: two of a million are never the same by chance. */
const wordsOf = (fingerprint: string): readonly [bigint, bigint] => [
  BigInt(`0x${fingerprint.slice(0, 16)}`),
  BigInt(`0x${fingerprint.slice(16, 32)}`),
];

/** An open table, at most half full. */
export function countOccurrences(placesAtFirst = 1024): Occurrences {
  let table = tableOf(placesAtFirst);
  let used = 0;

  function next(fingerprint: string): number {
    if (2 * used >= table.places) table = twice(table);
    const place = placeOf(table, wordsOf(fingerprint));
    const count = (table.counts[place] ?? 0) + 1;
    if (count === 1) used += 1;
    table.counts[place] = count;
    return count;
  }

  return { next };
}

interface Table {
  readonly places: number;
  /** Two words a place. */
  readonly words: BigUint64Array;
  readonly counts: Uint32Array;
}

/** `places` is a power of two. */
function tableOf(places: number): Table {
  return { places, words: new BigUint64Array(2 * places), counts: new Uint32Array(places) };
}

/** The place of these words, or the free one where they belong, with the words in it. */
function placeOf({ places, words, counts }: Table, [first, second]: readonly [bigint, bigint]): number {
  let place = Number(first & BigInt(places - 1));
  while (counts[place] !== 0 && (words[2 * place] !== first || words[2 * place + 1] !== second)) {
    place = (place + 1) & (places - 1);
  }
  words[2 * place] = first;
  words[2 * place + 1] = second;
  return place;
}

function twice(before: Table): Table {
  const table = tableOf(2 * before.places);
  for (const [place, count] of before.counts.entries()) {
    if (count === 0) continue;
    const words = [before.words[2 * place] ?? 0n, before.words[2 * place + 1] ?? 0n] as const;
    table.counts[placeOf(table, words)] = count;
  }
  return table;
}
