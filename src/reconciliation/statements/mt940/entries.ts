import type { Entry } from '../statement.ts';
import { readEntry } from './entry.ts';
import type { EntryParts } from './entry-parts.ts';
import type { Field } from './fields.ts';
import { readNonSwift } from './narrative-plain.ts';
import type { Narrative } from './narrative.ts';
import { readNarrative } from './read-narrative.ts';
import type { BadRowRule, Remarks } from './remarks.ts';
import { readStatementLine } from './statement-line.ts';

interface EntriesOptions {
  readonly textBytesMax: number;
  readonly remarks: Remarks;
  /** An entry, or nothing where one could not be taken. */
  readonly give: (entry: Entry | undefined) => void;
  readonly surroundings: () => Pick<EntryParts, 'currency' | 'accountForReference'>;
}

interface Entries {
  /** A :61:, which ends the entry before it. */
  begin(field: Field): void;
  /** A :86: or :NS:, and whether it belongs to an entry: behind a balance it is the statement's. */
  describe(field: Field): boolean;
  flush(): void;
}

interface OpenEntry {
  readonly field: Field;
  readonly texts: string[];
  readonly nonSwift: string[];
  length: number;
  tooLong: boolean;
}

/** The entries of a statement, one at a time: a :61: with the :86: that follow it. One that cannot be taken is a bad row. */
export function openEntries({ textBytesMax, remarks, give, surroundings }: EntriesOptions): Entries {
  let entry: OpenEntry | undefined;

  function read({ field, texts, nonSwift, tooLong }: OpenEntry): Entry | BadRowRule {
    if (tooLong) return 'textTooLong';
    const line = readStatementLine(field.lines);
    if (typeof line === 'string') return line;
    const warn: EntryParts['warn'] = (rule) => remarks.warn(rule, field.tag, field.line);
    return readEntry({
      line: field.line,
      read: line,
      narrative: narrativeOf(texts, nonSwift),
      warn,
      ...surroundings(),
    });
  }

  function flush(): void {
    const ended = entry;
    entry = undefined;
    if (ended === undefined) return;
    const found = read(ended);
    if (typeof found === 'string') remarks.badRow(found, ended.field.tag, ended.field.line);
    give(typeof found === 'string' ? undefined : found);
  }

  return {
    begin(field) {
      flush();
      entry = { field, texts: [], nonSwift: [], length: 0, tooLong: field.tooLong };
    },
    describe(field) {
      if (entry === undefined) return false;
      entry.length += field.lines.reduce((length, line) => length + line.length + 1, 0);
      if (field.tooLong || entry.length > textBytesMax) entry.tooLong = true;
      else for (const line of field.lines) (field.tag === 'NS' ? entry.nonSwift : entry.texts).push(line);
      return true;
    },
    flush,
  };
}

function narrativeOf(texts: readonly string[], nonSwift: readonly string[]): Narrative {
  return texts.length === 0 && nonSwift.length > 0 ? readNonSwift(nonSwift) : readNarrative(texts);
}
