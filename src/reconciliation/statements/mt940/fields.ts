import type { Line } from './lines.ts';

/** A field of the message: its tag without the colons, and its lines as they were written. */
export interface Field {
  readonly tag: string;
  /** The line of the file that it begins on. */
  readonly line: number;
  readonly lines: readonly string[];
  /** It is longer than the bound, and its lines are only its beginning. */
  readonly tooLong: boolean;
}

export interface FieldEvents {
  field(field: Field): void;
  /** A line that ends a message: `-`, `-}`. */
  ended(): void;
  /** The number of a message type, where a block or a line between messages names it: `940`, `942`. */
  named(type: string, line: number): void;
}

/**
 * The tags that open a field. A line that begins like another tag goes on with the field before it: banks wrap texts
 * without regard to colons. `:940:` stands before Rabobank's messages, `:NS:` is DATEV's field for what SWIFT has not.
 */
const tagLine = /^:(20|21|25P?|28C?|34F|13D?|60[FM]?|61|62[FM]?|64|65[A-Z]?|86|90[CD]|NS|940|942):(.*)$/s;

/** Fields of several lines; of the others, a second line is a bank's own and no part of them. */
const longTags = new Set(['25P', '61', '86', 'NS']);

const blockLine = /^\{[1-5]:/;
const blockType = /\{2:[IO] ?([0-9]{3})/;
const endLine = /^-(?:\}(.*)|X*)\s*$/s;
const typeLine = /^(94[02])(?:\s|$)/;

/** The end of a message, the blocks of the next one, and its first field: more does not stand on one line. */
const thingsOfALineMax = 3;

export interface FieldReading {
  line(line: Line): void;
  end(): void;
}

/** Makes fields of lines. What stands before a message, between two of them and around them is passed over. */
export function openFields(textBytesMax: number, events: FieldEvents): FieldReading {
  const collected = openCollecting(textBytesMax);
  let closingSeen = false;

  function finish(): void {
    const field = collected.end();
    if (field !== undefined) events.field(field);
  }

  /** What stands behind `{4:` on the same line, which is the message's first field then. */
  function block(text: string, line: number): string | undefined {
    finish();
    const type = blockType.exec(text)?.[1];
    if (type !== undefined) events.named(type, line);
    const start = text.indexOf('{4:');
    return start >= 0 && start + 3 < text.length ? text.slice(start + 3) : undefined;
  }

  function endOfMessage(behind: string | undefined): string | undefined {
    finish();
    events.ended();
    return behind === '' ? undefined : behind;
  }

  function begin(tag: string, value: string, { line, cut }: Line): void {
    finish();
    if (tag.startsWith('62')) closingSeen = true;
    if (tag === '20') closingSeen = false;
    collected.begin(tag, line);
    collected.add(value, cut);
  }

  function goOn(text: string, { line, cut }: Line): void {
    const tag = collected.tag();
    if (tag !== undefined && longTags.has(tag)) collected.add(text, cut);
    const type = tag === undefined ? typeLine.exec(text)?.[1] : undefined;
    if (type !== undefined) events.named(type, line);
  }

  /** Reads one thing that a line says, and gives what stands behind it. */
  function read(text: string, line: Line): string | undefined {
    const ended = endLine.exec(text);
    if (ended !== null) return endOfMessage(ended[1]);
    if (blockLine.test(text)) return block(text, line.line);
    const [, tag, value = ''] = tagLine.exec(text) ?? [];
    const inText = collected.tag() === '86' && !closingSeen;
    if (tag === undefined || (inText && isBrokenTime(collected.lastLine(), text))) goOn(text, line);
    else begin(tag, value, line);
    return undefined;
  }

  return {
    line(line) {
      let rest: string | undefined = line.text;
      for (let thing = 0; thing < thingsOfALineMax && rest !== undefined; thing += 1) rest = read(rest, line);
    },
    end: finish,
  };
}

/** A time that was wrapped before its colon, `T13` and `:20:15`, looks like a tag that cannot stand there. */
function isBrokenTime(before: string, text: string): boolean {
  return /(?:^|[^0-9])(?:[01][0-9]|2[0-3])$/.test(before) && /^:[0-5][0-9]:[0-5][0-9](?![0-9])/.test(text);
}

/** The field that is being read, and no more of it than the bound. */
function openCollecting(textBytesMax: number) {
  let open: { tag: string; line: number; lines: string[]; tooLong: boolean } | undefined;
  let length = 0;
  return {
    begin(tag: string, line: number): void {
      open = { tag, line, lines: [], tooLong: false };
      length = 0;
    },
    add(text: string, cut: boolean): void {
      length += text.length + 1;
      if (cut || length > textBytesMax) open = open && { ...open, tooLong: true };
      else open?.lines.push(text);
    },
    tag: () => open?.tag,
    lastLine: () => open?.lines.at(-1) ?? '',
    end(): Field | undefined {
      const field = open;
      open = undefined;
      return field;
    },
  };
}
