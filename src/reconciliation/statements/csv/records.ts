import type { CsvFile } from './profile.ts';
import { openSyntax } from './syntax.ts';

export interface CsvRecord {
  readonly fields: readonly string[];
  /** The line of the file that it begins on, counted from 1; lines within quotes count. */
  readonly line: number;
  /** Something stands behind a closing quote. What follows on that line was passed over. */
  readonly broken: boolean;
}

export interface RecordReading {
  write(text: string): void;
  end(): void;
  /** Of the record that is being read. */
  readonly line: () => number;
}

interface RecordOptions extends Pick<CsvFile, 'delimiter' | 'quote' | 'preambleLines'> {
  /** Characters of one record. A quote that nobody closed makes one of the rest of the file. */
  readonly recordMax: number;
  readonly columnsMax: number;
  readonly give: (record: CsvRecord) => void;
  readonly refuse: (rule: 'quoteNotClosed' | 'recordTooLong' | 'tooManyColumns') => void;
  /** Whether reading goes on. */
  readonly goesOn: () => boolean;
}

/** Text is parsed when so much has come: a file in small chunks would otherwise be gone over again for each of them. */
const parsedMin = 64 * 1024;

/**
 * RFC 4180 as files have it: LF and CRLF, lines within quotes, a quote within an unquoted field as any character. A line
 * whose quotes are broken is one broken record, and the next line begins anew, so that it spoils nothing but itself.
 */
export function openRecords(options: RecordOptions): RecordReading {
  const { recordMax, give, refuse, goesOn } = options;
  const record = openSyntax(options);
  let held = '';
  let unparsed = 0;
  let line = 1;
  let preamble = options.preambleLines ?? 0;

  function skipPreamble(text: string): number {
    let at = 0;
    while (preamble > 0) {
      const end = text.indexOf('\n', at);
      if (end < 0) return at;
      at = end + 1;
      line += 1;
      preamble -= 1;
    }
    return at;
  }

  function parse(text: string, atEnd: boolean): void {
    let at = skipPreamble(text);
    const end = preamble === 0 ? text.length : at;
    while (at < end && goesOn()) {
      const read = record(text, at, atEnd);
      if (read === undefined) break;
      if (read === 'tooManyColumns') refuse(read);
      else {
        give({ fields: read.fields, line, broken: read.broken });
        line += read.lineEnds;
        at = read.next;
      }
    }
    held = text.slice(at);
    unparsed = 0;
  }

  return {
    write(text) {
      held += text;
      unparsed += text.length;
      if (unparsed < parsedMin) return;
      parse(held, false);
      if (goesOn() && held.length > recordMax) refuse('recordTooLong');
    },
    end() {
      parse(held, true);
      if (goesOn() && preamble === 0 && held !== '') refuse('quoteNotClosed');
    },
    line: () => line,
  };
}
