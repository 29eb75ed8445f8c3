/**
 * Lists of revoked certificates (CRL, RFC 5280 section 5) as sets of serial numbers, to be asked at every request. What
 * is not understood is refused: an unknown critical extension, a delta, an indirect list, or one for a part of the
 * certificates only would be read as if nothing more were revoked.
 */
import type { KeyObject, X509Certificate } from 'node:crypto';
import { derChildren, type DerElement, derElements, derPlaceAt, derWhole, NotDer } from './der-reader.ts';
import { signatureBy } from './list-signature.ts';
import { readPemBlocks } from './pem.ts';

/** A list whose issuer has not been asked yet. */
export interface ReadList {
  /** The issuer's name, as its bytes. */
  readonly issuer: Buffer;
  /** 0 where the issuer does not number them. */
  readonly number: bigint;
  readonly thisUpdate: Date;
  /** Absent where the issuer does not say: then it is stale from the first day on. */
  readonly nextUpdate?: Date;
  /** Upper-case hex without leading zeros. */
  readonly serials: ReadonlySet<string>;
  readonly isSignedBy: (key: KeyObject) => boolean;
}

/** Why a file is no list that could be asked: a stable word. */
export type ListFault =
  | 'listUnreadable'
  | 'listTooLarge'
  | 'listNotUnderstood'
  | 'listIndirect'
  | 'listDelta'
  | 'listPartial'
  | 'listSignatureWeak';

const bytesMax = 64 * 1024 * 1024;

/**
 * The lists of a file, whose bytes the text has one by one (latin1): in PEM (`X509 CRL`), or a single one in DER, as authorities
 * publish it. Or the reason why it is not taken.
 */
export function readLists(text: string): readonly ReadList[] | ListFault {
  if (text.length > 2 * bytesMax) return 'listTooLarge';
  if (text.codePointAt(0) === sequence) {
    const list = readList(Buffer.from(text, 'latin1'));
    return typeof list === 'string' ? list : [list];
  }
  const blocks = readPemBlocks(text);
  if (blocks === undefined || blocks.length === 0) return 'listUnreadable';
  const lists: ReadList[] = [];
  for (const block of blocks) {
    if (block.label !== 'X509 CRL' && block.label !== 'CRL') return 'listUnreadable';
    const list = readList(Buffer.from(block.text.replaceAll(/-----[^\n]*-----/g, ''), 'base64'));
    if (typeof list === 'string') return list;
    lists.push(list);
  }
  return lists;
}

/** One list in DER. */
export function readList(der: Buffer): ReadList | ListFault {
  if (der.length > bytesMax) return 'listTooLarge';
  try {
    return listFrom(der);
  } catch (error) {
    if (error instanceof NotDer) return 'listUnreadable';
    if (error instanceof Refused) return error.fault;
    throw error;
  }
}

class Refused extends Error {
  readonly fault: ListFault;

  constructor(fault: ListFault) {
    super(fault);
    this.fault = fault;
  }
}

const sequence = 0x30;
const bitString = 0x03;
const integer = 0x02;
const utcTime = 0x17;
const generalizedTime = 0x18;
const extensionsTag = 0xa0;

function listFrom(der: Buffer): ReadList {
  const list = derWhole(der);
  const [signed, algorithm, signature, ...more] = derChildren(list);
  const isList = list.tag === sequence && signature?.tag === bitString && more.length === 0;
  // The first byte of a bit string says how many bits of the last one do not count.
  if (!isList || signed?.tag !== sequence || algorithm === undefined || signature.content[0] !== 0)
    throw new Refused('listUnreadable');
  const facts = factsOf(signed, algorithm);
  const verifySignature = signatureBy(algorithm);
  if (verifySignature === undefined) throw new Refused('listSignatureWeak');
  const bits = signature.content.subarray(1);
  return { ...facts, isSignedBy: (key) => verifySignature(signed.whole, bits, key) };
}

function factsOf(signed: DerElement, algorithm: DerElement): Omit<ReadList, 'isSignedBy'> {
  const parts = derChildren(signed);
  const take = (...tags: readonly number[]): DerElement | undefined =>
    tags.includes(parts[0]?.tag ?? -1) ? (parts as DerElement[]).shift() : undefined;
  const must = (...tags: readonly number[]): DerElement => {
    const found = take(...tags);
    if (found === undefined) throw new Refused('listUnreadable');
    return found;
  };
  take(integer);
  if (!must(sequence).whole.equals(algorithm.whole)) throw new Refused('listUnreadable');
  const issuer = must(sequence).whole;
  const thisUpdate = timeOf(must(utcTime, generalizedTime));
  const end = take(utcTime, generalizedTime);
  const serials = serialsOf(take(sequence));
  const number = numberIn(take(extensionsTag));
  if (parts.length > 0) throw new Refused('listNotUnderstood');
  return { issuer, number, thisUpdate, ...(end && { nextUpdate: timeOf(end) }), serials };
}

function serialsOf(entries: DerElement | undefined): ReadonlySet<string> {
  const serials = new Set<string>();
  if (entries === undefined) return serials;
  const bytes = entries.content;
  const isSeen = seenBefore();
  for (let at = 0; at < bytes.length;) {
    const { from, to } = derPlaceAt(bytes, at, bytes.length);
    const serial = derPlaceAt(bytes, from, to);
    if (serial.tag !== integer) throw new Refused('listUnreadable');
    const date = derPlaceAt(bytes, serial.to, to);
    if (date.to < to && !isSeen(bytes.toString('latin1', date.to, to)))
      refuseCritical(derWhole(bytes.subarray(date.to, to)), nothingUnderstood);
    serials.add(serialText(bytes.toString('hex', serial.from, serial.to)));
    at = to;
  }
  return serials;
}

const seenMax = 100;

/** Whether the same extensions were here before: most entries of a long list say one of a few reasons. */
function seenBefore(): (bytes: string) => boolean {
  const seen = new Set<string>();
  return (bytes) => {
    if (seen.has(bytes)) return true;
    if (seen.size < seenMax) seen.add(bytes);
    return false;
  };
}

/** As numbers are compared: without leading zeros. */
export function serialText(hex: string): string {
  const upper = hex.toUpperCase();
  return upper.startsWith('0') ? upper.replace(/^0+(?=.)/, '') : upper;
}

const ids = {
  listNumber: '551d14',
  deltaIndicator: '551d1b',
  issuingDistributionPoint: '551d1c',
  authorityKeyIdentifier: '551d23',
  certificateIssuer: '551d1d',
} as const;

/** What is critical and known here; everything else that is critical is refused. */
const understood: ReadonlySet<string> = new Set([ids.listNumber, ids.authorityKeyIdentifier]);
/** Of a single entry nothing critical is. */
const nothingUnderstood: ReadonlySet<string> = new Set();

const numberEnd = 2n ** 160n;

function numberIn(extensions: DerElement | undefined): bigint {
  if (extensions === undefined) return 0n;
  const found = refuseCritical(derWhole(extensions.content), understood);
  const value = found.get(ids.listNumber);
  if (value === undefined) return 0n;
  const { content } = derWhole(value);
  // Not below zero, and 20 octets at most (RFC 5280 section 5.2.3): before a signature was looked at, nothing longer is counted with.
  if (content.length > 21 || ((content[0] ?? 0xff) & 0x80) !== 0) throw new Refused('listUnreadable');
  const number = BigInt(`0x${content.toString('hex')}`);
  if (number >= numberEnd) throw new Refused('listUnreadable');
  return number;
}

/** The values of the extensions by their ids. */
function refuseCritical(extensions: DerElement, known: ReadonlySet<string>): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const extension of derElements(extensions.content)) {
    const [id, ...rest] = derChildren(extension);
    const value = rest.at(-1);
    if (id?.tag !== 0x06 || value?.tag !== 0x04) throw new Refused('listUnreadable');
    const name = id.content.toString('hex');
    if (name === ids.deltaIndicator) throw new Refused('listDelta');
    if (name === ids.certificateIssuer) throw new Refused('listIndirect');
    // Whatever it narrows the list to, and whoever forgot to mark it critical (RFC 5280 section 5.2.5).
    if (name === ids.issuingDistributionPoint) throw new Refused('listPartial');
    const isCritical = rest.length === 2 && rest[0]?.content[0] !== 0;
    if (isCritical && !known.has(name)) throw new Refused('listNotUnderstood');
    found.set(name, value.content);
  }
  return found;
}

/** UTCTime has two digits for the year, 50 and more of the last century; both end with Z (RFC 5280 section 5.1.2.4). */
function timeOf({ tag, content }: DerElement): Date {
  const text = content.toString('latin1');
  const whole = tag === utcTime ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text;
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(whole) ?? [];
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(time.getTime())) throw new Refused('listUnreadable');
  return time;
}

/** The name of whom a certificate is, as its bytes. Undefined where they cannot be read. */
export function subjectOf({ raw }: X509Certificate): Buffer | undefined {
  try {
    const [signed] = derChildren(derWhole(raw));
    const parts = signed === undefined ? [] : derChildren(signed);
    // Behind version (there from v2 on), serial number, algorithm, issuer and validity.
    return parts[parts[0]?.tag === extensionsTag ? 5 : 4]?.whole;
  } catch (error) {
    if (error instanceof NotDer) return undefined;
    throw error;
  }
}
