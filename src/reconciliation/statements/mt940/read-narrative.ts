import { readPlain } from './narrative-plain.ts';
import { readSlashWords, startsWithSlashWord } from './narrative-slash.ts';
import { readSubfields, separatorOf } from './narrative-subfields.ts';
import type { Narrative } from './narrative.ts';

/** Reads the lines of a :86:, or of several that stand one after the other. */
export function readNarrative(lines: readonly string[]): Narrative {
  const [first = ''] = lines;
  const separator = separatorOf(first);
  if (separator !== undefined) return readSubfields(lines.join(''), separator);
  return startsWithSlashWord(first) ? readSlashWords(lines) : readPlain(lines);
}
