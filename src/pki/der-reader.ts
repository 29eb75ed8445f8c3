/** DER read element by element: for lists that are too long for a library that makes an object of each. */

export interface DerElement {
  readonly tag: number;
  /** With tag and length. */
  readonly whole: Buffer;
  readonly content: Buffer;
}

/** What is no DER: a length that leads out of its place, or is written otherwise than in the shortest way. */
export class NotDer extends Error {
  override readonly name = 'NotDer';
}

/** The elements that stand one after another in these bytes. @throws NotDer */
export function* derElements(bytes: Buffer): Generator<DerElement> {
  for (let at = 0; at < bytes.length;) {
    const element = elementAt(bytes, at);
    yield element;
    at += element.whole.length;
  }
}

/** The elements of a sequence, all of them at once: for those of a few. @throws NotDer */
export function derChildren({ content }: DerElement): readonly DerElement[] {
  return [...derElements(content)];
}

/** The only element that these bytes are. @throws NotDer */
export function derWhole(bytes: Buffer): DerElement {
  const element = elementAt(bytes, 0);
  if (element.whole.length !== bytes.length) throw new NotDer('more than one element');
  return element;
}

function elementAt(bytes: Buffer, at: number): DerElement {
  const { tag, from, to } = derPlaceAt(bytes, at, bytes.length);
  return { tag, whole: bytes.subarray(at, to), content: bytes.subarray(from, to) };
}

/** Where an element stands in these bytes. */
export interface DerPlace {
  readonly tag: number;
  /** Of its content. */
  readonly from: number;
  /** Behind its content. */
  readonly to: number;
}

/** The element that begins here and ends before `end`, not cut out: a long list has too many to cut. @throws NotDer */
export function derPlaceAt(bytes: Buffer, at: number, end: number): DerPlace {
  const tag = bytes[at] ?? 0;
  // Tags of more than one byte stand nowhere in X.509.
  if ((tag & 0x1f) === 0x1f) throw new NotDer('a long tag');
  const { length, headed } = lengthAt(bytes, at + 1);
  const from = at + 1 + headed;
  if (from + length > end) throw new NotDer('an element that ends outside');
  return { tag, from, to: from + length };
}

/** The length, and how many bytes say it. */
function lengthAt(bytes: Buffer, at: number): { readonly length: number; readonly headed: number } {
  const first = bytes[at];
  if (first === undefined) throw new NotDer('cut off');
  if (first < 0x80) return { length: first, headed: 1 };
  const many = first & 0x7f;
  if (many === 0 || many > 4 || at + many >= bytes.length) throw new NotDer('no length');
  const length = bytes.readUIntBE(at + 1, many);
  if (length < 0x80 || length < 2 ** (8 * (many - 1))) throw new NotDer('a length in too many bytes');
  return { length, headed: 1 + many };
}
