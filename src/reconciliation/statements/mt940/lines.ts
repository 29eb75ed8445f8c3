import { TextDecoder } from 'node:util';

export interface Line {
  /** Without its line end and without control characters, blanks at its ends kept: a wrapped text needs them. */
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
  /** Whether it was longer than the bound, and `text` is only its beginning. */
  readonly cut: boolean;
}

export interface LineSplitting {
  write(bytes: Uint8Array): void;
  /** The last line, where the file does not end with a line end. */
  end(): void;
}

const lineFeed = 0x0a;

/** Cuts bytes into lines at LF or CRLF, whatever pieces they come in. No more of a line is kept than the bound. */
export function openLines(lineBytesMax: number, give: (line: Line) => void): LineSplitting {
  let kept: Uint8Array[] = [];
  let keptBytes = 0;
  let begun = false;
  let cut = false;
  let line = 1;

  function keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    begun = true;
    const room = lineBytesMax - keptBytes;
    if (bytes.length > room) cut = true;
    if (room <= 0) return;
    // A copy: the caller may use its buffer again, and a view would keep all of it in memory.
    kept.push(bytes.slice(0, room));
    keptBytes += Math.min(room, bytes.length);
  }

  function finish(): void {
    give({ text: textOf(kept), line, cut });
    kept = [];
    keptBytes = 0;
    begun = false;
    cut = false;
    line += 1;
  }

  return {
    write(bytes) {
      let from = 0;
      for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, from)) {
        keep(bytes.subarray(from, at));
        finish();
        from = at + 1;
      }
      keep(bytes.subarray(from));
    },
    end: () => (begun ? finish() : undefined),
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const windows1252 = new TextDecoder('windows-1252');

/**
 * The text of one line. MT940 does not say how it is written: a line that is valid UTF-8 is read as that, any other as
 * Windows-1252, which is ISO-8859-1 wherever that has a character. Line by line, because banks wrap by bytes and cut a
 * character in two, and then only those two lines suffer. The decoder takes a byte order mark away.
 */
function textOf(pieces: readonly Uint8Array[]): string {
  const bytes = Buffer.concat(pieces);
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    text = windows1252.decode(bytes);
  }
  // SWIFT's envelope has control characters around its blocks; within a text a tab is a blank.
  let from = 0;
  let to = text.length;
  while (from < to && isControl(text.charCodeAt(from))) from += 1;
  while (from < to && isControl(text.charCodeAt(to - 1))) to -= 1;
  return text.slice(from, to).replace(/\p{Cc}/gu, ' ');
}

function isControl(code: number): boolean {
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
}
