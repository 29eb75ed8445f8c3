/** SWIFT's lines of :86: have 65 places: a text that fills them goes on in the next one without a blank. */
const lineWidth = 65;

/** The subfields of a structured :86: have 27. */
export const subfieldWidth = 27;

/**
 * Puts a text together that was wrapped: a piece that fills its place is followed at once, one that ends early by a blank.
 * `taken` are places of the first piece that something else had.
 */
export function joinWrapped(pieces: readonly string[], width = lineWidth, taken = 0): string {
  let text = '';
  let full = true;
  for (const [place, piece] of pieces.entries()) {
    text += full ? piece : ` ${piece}`;
    full = piece.length + (place === 0 ? taken : 0) >= width;
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

/** Without slashes at its end. Written out, because an expression that ends in `+$` takes time by the square. */
export function withoutSlashesBehind(text: string): string {
  let to = text.length;
  while (to > 0 && text[to - 1] === '/') to -= 1;
  return text.slice(0, to);
}
