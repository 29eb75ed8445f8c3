import { TextDecoder } from 'node:util';

/** Why bytes did not become text. */
export type EncodingRefusal = 'unknownEncoding' | 'encodingContradiction' | 'notInItsEncoding';

/**
 * The names that XML declarations give, and the decoder for each. ISO-8859-1 is read as Windows-1252, as browsers do:
 * where they differ, ISO-8859-1 has control characters that no bank writes, and its senders mean the euro sign.
 */
const decoders: Readonly<Record<string, string>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'us-ascii',
  ascii: 'us-ascii',
  'iso-8859-1': 'windows-1252',
  latin1: 'windows-1252',
  'windows-1252': 'windows-1252',
  cp1252: 'windows-1252',
  'iso-8859-15': 'iso-8859-15',
  'iso-8859-2': 'iso-8859-2',
  'windows-1250': 'windows-1250',
};

/** What a declaration may say after a byte order mark, which decides. */
const sayings: Readonly<Record<string, readonly string[]>> = {
  'utf-8': ['utf-8', 'utf8'],
  'utf-16le': ['utf-16', 'utf-16le'],
  'utf-16be': ['utf-16', 'utf-16be'],
};

/** A declaration stands at the very front and is short: one that has not ended here is none. */
const headBytesMax = 1024;
const declaration = /^<\?xml\s[^>]*?\sencoding\s*=\s*(?:"([^">]*)"|'([^'>]*)')/;

export interface TextDecoding {
  /** The text of the next bytes; empty while the head is still too short to know how it is written. */
  write(bytes: Uint8Array): string | undefined;
  /** The text that was held back, and undefined where the bytes end inside a character. */
  end(): string | undefined;
  /** Why there was no text. */
  readonly refusal: () => EncodingRefusal | undefined;
  /** Whether the XML declaration, once parsed, says what the bytes were read as. */
  agrees(declared: string | undefined): boolean;
}

/** Reads bytes as the text of an XML file: by its byte order mark, else by its declaration, else UTF-8. Malformed bytes are refused, never replaced. */
export function openDecoding(): TextDecoding {
  let head: Uint8Array | undefined = new Uint8Array(0);
  let refusal: EncodingRefusal | undefined;
  let found: Found | undefined;

  function decode(bytes: Uint8Array, stream: boolean): string | undefined {
    if (found === undefined) return undefined;
    if (found.asciiOnly && bytes.some((byte) => byte > 0x7f)) return refuse('notInItsEncoding');
    try {
      return found.decoder.decode(bytes, { stream });
    } catch {
      return refuse('notInItsEncoding');
    }
  }

  function refuse(why: EncodingRefusal): undefined {
    refusal ??= why;
    return undefined;
  }

  function begin(bytes: Uint8Array, atEnd: boolean): string | undefined {
    if (!atEnd && !headSuffices(bytes)) {
      head = bytes;
      return '';
    }
    head = undefined;
    found = findEncoding(bytes);
    return found === undefined ? refuse('unknownEncoding') : decode(bytes, !atEnd);
  }

  return {
    write: (bytes) => (head === undefined ? decode(bytes, true) : begin(joined(head, bytes), false)),
    end: () => (head === undefined ? decode(new Uint8Array(0), false) : begin(head, true)),
    refusal: () => refusal,
    agrees: (declared) => declared === undefined || (found?.names.includes(declared.toLowerCase()) ?? false),
  };
}

interface Found {
  readonly decoder: TextDecoder;
  readonly names: readonly string[];
  readonly asciiOnly: boolean;
}

function headSuffices(head: Uint8Array): boolean {
  if (head.length >= headBytesMax) return true;
  if (head.length < 4) return false;
  return !isXmlDeclaration(head) || latin(head).includes('?>');
}

function isXmlDeclaration(head: Uint8Array): boolean {
  return '<?xml'.startsWith(latin(head.subarray(0, 5)));
}

function findEncoding(head: Uint8Array): Found | undefined {
  const mark = byteOrderMark(head);
  if (mark !== undefined) return mark === 'unknown' ? undefined : decoderFor(mark, sayings[mark] ?? []);
  const [, double, single] = declaration.exec(latin(head)) ?? [];
  const name = (double ?? single ?? 'utf-8').toLowerCase();
  const label = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
  return label === undefined ? undefined : decoderFor(label, [name]);
}

function decoderFor(label: string, names: readonly string[]): Found {
  const asciiOnly = label === 'us-ascii';
  return { decoder: new TextDecoder(asciiOnly ? 'utf-8' : label, { fatal: true }), names, asciiOnly };
}

/** UTF-32, and UTF-16 without a mark, show by a NUL among the first bytes. */
function byteOrderMark(head: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | 'unknown' | undefined {
  const [a, b, c, d] = head;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? 'unknown' : 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  return a === 0 || b === 0 ? 'unknown' : undefined;
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, headBytesMax));
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
