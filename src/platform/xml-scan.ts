import { isUtf8 } from 'node:buffer';

/**
 * What a document is allowed to cost before a tree of it is built. `nodesMax` counts elements, attributes, comments and
 * processing instructions together, because each of them costs memory and can cost an error message of its own.
 */
export interface XmlLimits {
  readonly bytesMax: number;
  readonly depthMax: number;
  readonly nodesMax: number;
}

/**
 * Why a document was not read. These words are ours: nothing that the parser says, and nothing that the document says,
 * is in them. `markupInText` is a comment beside text in one element (`90<!-- x -->07.10`), which readers are known to read
 * differently; `processingInstruction` is one inside the root element, where SOAP allows none and the engine's tree cannot be
 * walked past it. `engineFailed` is not the document's fault.
 */
export type XmlRefusal =
  | 'empty'
  | 'tooLarge'
  | 'encoding'
  | 'notWellFormed'
  | 'doctype'
  | 'tooDeep'
  | 'tooManyNodes'
  | 'markupInText'
  | 'processingInstruction'
  | 'engineFailed';

/** The encodings that are read (XML 1.0 section 4.3.3 asks for these two); all others are refused. */
export type XmlEncoding = 'utf-8' | 'utf-16';

/** A document that may be parsed: its text as UTF-8, without BOM, and what it was encoded in. */
export interface ScannedXml {
  readonly utf8: Buffer;
  readonly encoding: XmlEncoding;
}

/**
 * Looks at a document once, in time linear in its size, before a parser sees it. It refuses what must never reach a
 * parser (DOCTYPE in any encoding, excess depth, excess nodes, unknown encodings); whether the rest is well-formed is for the
 * parser to say. Both agree on every well-formed document: without a DOCTYPE, markup can be told from text by its first character.
 */
export function scanXml(bytes: Uint8Array, limits: XmlLimits): ScannedXml | { readonly refused: XmlRefusal } {
  if (bytes.byteLength === 0) return { refused: 'empty' };
  if (bytes.byteLength > limits.bytesMax) return { refused: 'tooLarge' };
  const decoded = decode(bytes);
  if (decoded === undefined) return { refused: 'encoding' };
  const declared = declaredEncoding(decoded.utf8);
  if (declared === 'notWellFormed') return { refused: declared };
  if (declared !== undefined && declared !== decoded.encoding) return { refused: 'encoding' };
  const refused = scanMarkup(decoded.utf8, limits);
  return refused === undefined ? decoded : { refused };
}

/** The encoding by BOM, else by the shape of the first characters (XML 1.0 appendix F): `<` with a zero byte is UTF-16. */
function decode(bytes: Uint8Array): ScannedXml | undefined {
  const [first = 0, second = 0, third = 0] = bytes;
  if (first === 0xff && second === 0xfe) return decodeUtf16(bytes.subarray(2), 'utf-16le');
  if (first === 0xfe && second === 0xff) return decodeUtf16(bytes.subarray(2), 'utf-16be');
  if (bytes.byteLength > 1 && second === 0 && first !== 0) return decodeUtf16(bytes, 'utf-16le');
  if (bytes.byteLength > 1 && first === 0 && second !== 0) return decodeUtf16(bytes, 'utf-16be');
  if (!isUtf8(bytes)) return undefined;
  const content = first === 0xef && second === 0xbb && third === 0xbf ? bytes.subarray(3) : bytes;
  return { utf8: Buffer.from(content.buffer, content.byteOffset, content.byteLength), encoding: 'utf-8' };
}

function decodeUtf16(bytes: Uint8Array, order: 'utf-16le' | 'utf-16be'): ScannedXml | undefined {
  try {
    const text = new TextDecoder(order, { fatal: true, ignoreBOM: true }).decode(bytes);
    return { utf8: Buffer.from(text, 'utf8'), encoding: 'utf-16' };
  } catch {
    return undefined;
  }
}

const declaration =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.0"|'1\.0')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"([\w.:-]+)"|'([\w.:-]+)'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>/;
const declarationBytesMax = 256;

/** The family of the declared encoding, undefined where none is declared, 'other' for one that is not read. */
function declaredEncoding(utf8: Buffer): XmlEncoding | 'other' | 'notWellFormed' | undefined {
  const head = utf8.toString('latin1', 0, declarationBytesMax);
  if (!/^<\?xml[ \t\r\n]/.test(head)) return undefined;
  const found = declaration.exec(head);
  if (found === null) return 'notWellFormed';
  const name = (found[1] ?? found[2])?.toLowerCase();
  if (name === undefined) return undefined;
  if (name === 'utf-8' || name === 'utf8') return 'utf-8';
  return /^utf-16(?:le|be)?$/.test(name) ? 'utf-16' : 'other';
}

const lessThan = 0x3c;
const greaterThan = 0x3e;
const slash = 0x2f;
const bang = 0x21;
const question = 0x3f;

/** What an element was seen to contain directly; both at once is `markupInText`. */
const sawText = 1;
const sawAside = 2;

interface Scan {
  readonly bytes: Buffer;
  readonly limits: XmlLimits;
  /** By depth: what the element that is open there has been seen to contain. */
  readonly content: Uint8Array;
  at: number;
  depth: number;
  nodes: number;
}

function scanMarkup(bytes: Buffer, limits: XmlLimits): XmlRefusal | undefined {
  const scan: Scan = {
    bytes,
    limits,
    content: new Uint8Array(limits.depthMax + 1),
    at: 0,
    depth: 0,
    nodes: 0,
  };
  while (scan.at < bytes.length) {
    const next = bytes.indexOf(lessThan, scan.at);
    const end = next === -1 ? bytes.length : next;
    const refused =
      note(scan, hasText(bytes, scan.at, end) ? sawText : 0) ??
      (next === -1 ? undefined : readMarkup(scan, next));
    if (refused !== undefined) return refused;
    if (next === -1) break;
  }
  return scan.depth === 0 && scan.nodes > 0 ? undefined : 'notWellFormed';
}

function readMarkup(scan: Scan, start: number): XmlRefusal | undefined {
  const byte = scan.bytes[start + 1] ?? 0;
  switch (byte) {
    case bang:
      return readBang(scan, start);
    case question:
      return scan.depth > 0 ? 'processingInstruction' : (skipPast(scan, '?>', start + 2) ?? count(scan, 1));
    case slash:
      scan.depth -= 1;
      return scan.depth < 0 ? 'notWellFormed' : skipPast(scan, '>', start + 2);
    default:
      return readStartTag(scan, start + 1);
  }
}

function readBang(scan: Scan, start: number): XmlRefusal | undefined {
  const opening = scan.bytes.toString('latin1', start, start + 9);
  if (opening.startsWith('<!--'))
    return skipPast(scan, '-->', start + 4) ?? count(scan, 1) ?? note(scan, sawAside);
  if (opening === '<![CDATA[')
    return skipPast(scan, ']]>', start + 9) ?? count(scan, 1) ?? note(scan, sawText);
  return opening === '<!DOCTYPE' ? 'doctype' : 'notWellFormed';
}

/** A start tag ends at the first `>` outside quotes; each pair of quotes is an attribute. */
function readStartTag(scan: Scan, start: number): XmlRefusal | undefined {
  const { bytes } = scan;
  let nodes = 1;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === 0x22 || byte === 0x27) {
      at = bytes.indexOf(byte, at + 1);
      nodes += 1;
      if (at === -1) return 'notWellFormed';
    } else if (byte === greaterThan) {
      scan.at = at + 1;
      return count(scan, nodes) ?? open(scan, bytes[at - 1] === slash);
    } else if (byte === lessThan) {
      return 'notWellFormed';
    }
  }
  return 'notWellFormed';
}

function open(scan: Scan, empty: boolean): XmlRefusal | undefined {
  if (scan.depth + 1 > scan.limits.depthMax) return 'tooDeep';
  if (empty) return undefined;
  scan.depth += 1;
  scan.content[scan.depth] = 0;
  return undefined;
}

function skipPast(scan: Scan, mark: string, from: number): XmlRefusal | undefined {
  const end = scan.bytes.indexOf(mark, from, 'latin1');
  if (end === -1) return 'notWellFormed';
  scan.at = end + mark.length;
  return undefined;
}

function count(scan: Scan, nodes: number): XmlRefusal | undefined {
  scan.nodes += nodes;
  return scan.nodes > scan.limits.nodesMax ? 'tooManyNodes' : undefined;
}

function note(scan: Scan, seen: number): XmlRefusal | undefined {
  if (seen === 0 || scan.depth === 0) return undefined;
  const content = (scan.content[scan.depth] ?? 0) | seen;
  scan.content[scan.depth] = content;
  return content === (sawText | sawAside) ? 'markupInText' : undefined;
}

function hasText(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return true;
  }
  return false;
}
