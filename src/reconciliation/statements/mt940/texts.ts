/** SWIFT's lines of :86: have 65 places: a text that fills them goes on in the next one without a blank. */
const lineWidth = 65;

/** The subfields of a structured :86: have 27. */
export const subfieldWidth = 27;

/** Puts a text together that was wrapped: a piece that fills its place is followed at once, one that ends early by a blank. */
export function joinWrapped(pieces: readonly string[], width = lineWidth): string {
  let text = '';
  let full = true;
  for (const piece of pieces) {
    text += full ? piece : ` ${piece}`;
    full = piece.length >= width;
  }
  return prose(text);
}

/** Text for people: runs of blanks, which come from how the file is laid out, become one. */
export function prose(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

export function textOf(text: string | undefined): string | undefined {
  const plain = text === undefined ? '' : prose(text);
  return plain === '' ? undefined : plain;
}
