import type { CsvFile } from './profile.ts';

/** A record, and where in the text it ended. */
export interface RecordRead {
  readonly fields: readonly string[];
  /** Where the next one begins. */
  readonly next: number;
  /** Ends of lines in it, its own included. */
  readonly lineEnds: number;
  readonly broken: boolean;
}

export interface SyntaxOptions extends Pick<CsvFile, 'delimiter' | 'quote'> {
  readonly columnsMax: number;
}

type Follows = 'separator' | 'lineEnd' | 'end' | 'else';

const lineFeed = 10;
const carriageReturn = 13;

/** Reads the record that begins at a place of a text; undefined where it may go on behind the text. */
export function openSyntax({ delimiter, quote, columnsMax }: SyntaxOptions) {
  const separator = delimiter.charCodeAt(0);
  const quoting = quote === 'none' ? -1 : quote.charCodeAt(0);
  // Where the field ended that was read last, what stands there, and the ends of lines so far: fields of a million records
  // need no object each.
  let end = 0;
  let follows: Follows = 'end';
  let lineEnds = 0;

  function followsAt(text: string, place: number): Follows {
    if (place >= text.length) return 'end';
    const code = text.charCodeAt(place);
    if (code === separator) return 'separator';
    return code === lineFeed ? 'lineEnd' : 'else';
  }

  function plain(text: string, from: number): string {
    end = from;
    let code = text.charCodeAt(end);
    while (code !== separator && code !== lineFeed && end < text.length) {
      end += 1;
      code = text.charCodeAt(end);
    }
    follows = followsAt(text, end);
    const hasReturn = follows !== 'separator' && end > from && text.charCodeAt(end - 1) === carriageReturn;
    return text.slice(from, hasReturn ? end - 1 : end);
  }

  /** Undefined where the closing quote has not come. */
  function quoted(text: string, from: number): string | undefined {
    let close = text.indexOf(quote, from + 1);
    let isDoubled = false;
    while (close >= 0 && text.charCodeAt(close + 1) === quoting) {
      isDoubled = true;
      close = text.indexOf(quote, close + 2);
    }
    if (close < 0) return undefined;
    const value = text.slice(from + 1, close);
    lineEnds += lineFeedsIn(value);
    const hasReturn = text.charCodeAt(close + 1) === carriageReturn;
    end = hasReturn ? close + 2 : close + 1;
    follows = followsAt(text, end);
    // A CR is part of the line's end, or nothing that may stand here.
    if (hasReturn && follows === 'separator') follows = 'else';
    return isDoubled ? value.replaceAll(quote + quote, quote) : value;
  }

  return function record(
    text: string,
    from: number,
    atEnd: boolean,
  ): RecordRead | 'tooManyColumns' | undefined {
    const fields: string[] = [];
    lineEnds = 1;
    let next = from;
    do {
      const value = text.charCodeAt(next) === quoting ? quoted(text, next) : plain(text, next);
      if (value === undefined || (follows === 'end' && !atEnd)) return undefined;
      fields.push(value);
      if (follows === 'else') return broken({ text, end, atEnd }, fields, lineEnds);
      if (fields.length > columnsMax) return 'tooManyColumns';
      next = end + 1;
    } while (follows === 'separator');
    return { fields, next, lineEnds, broken: false };
  };
}

/** Ends the record with its line. */
function broken(
  { text, end, atEnd }: { readonly text: string; readonly end: number; readonly atEnd: boolean },
  fields: readonly string[],
  lineEnds: number,
): RecordRead | undefined {
  const close = text.indexOf('\n', end);
  if (close < 0 && !atEnd) return undefined;
  return { fields, next: close < 0 ? text.length : close + 1, lineEnds, broken: true };
}

function lineFeedsIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
