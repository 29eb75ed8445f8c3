import type { Narrative } from './narrative.ts';
import { said } from './said.ts';
import { readSepaWords, startsWithSepaWord } from './sepa-words.ts';
import { joinWrapped, textOf } from './texts.ts';

/** The unstructured :86:, which is a text; some banks put the German words in it without subfields. */
export function readPlain(lines: readonly string[]): Narrative {
  const text = joinWrapped(lines);
  if (!startsWithSepaWord(text)) {
    return said<Narrative>({ remittance: textOf(text), information: [], words: new Map() });
  }
  const read = readSepaWords([[text]]);
  return said<Narrative>({
    ...read,
    account: read.words.get('IBAN'),
    bic: read.words.get('BIC'),
    remittance: read.remittance,
  });
}

/**
 * :NS:, a field of German software: lines that begin with two digits. 01 to 14 are what a booking is for, 15 and 16 the
 * other party's name, 17 the booking text.
 */
export function readNonSwift(lines: readonly string[]): Narrative {
  const at = (from: number, to: number) =>
    lines
      .filter(
        (line) =>
          /^[0-9]{2}/.test(line) && Number(line.slice(0, 2)) >= from && Number(line.slice(0, 2)) <= to,
      )
      .map((line) => line.slice(2));
  return said<Narrative>({
    remittance: textOf(at(1, 14).join(' ')),
    information: [textOf(at(17, 17).join(' '))].filter((text) => text !== undefined),
    words: new Map(),
    name: textOf(at(15, 16).join(' ')),
  });
}

/** The account's name in the :NS: that stands before the first entry. */
export function accountNameOf(lines: readonly string[]): string | undefined {
  return textOf(lines.find((line) => line.startsWith('22'))?.slice(2));
}
