/**
 * The text without those of the characters that stand at its end. A pattern that is anchored there would be tried from every place
 * of a long run, which takes the square of its length.
 */
export function trimmedEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
