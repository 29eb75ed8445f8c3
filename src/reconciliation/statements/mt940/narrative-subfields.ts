import type { Narrative } from './narrative.ts';
import { said } from './said.ts';
import { readSepaWords } from './sepa-words.ts';
import { joinWrapped, prose, subfieldWidth, textOf } from './texts.ts';

/** `166?00`, with whatever character a bank has for it; without a code only the usual one, so that `#12 shoes` stays a text. */
const head = /^(?:([0-9]{3}) ?([?<>~^@#|])|()([?]))(?=00|10|[236][0-9])/;

/** The character that opens the subfields, `?` in Germany: a code of three digits, the character, two digits. */
export function separatorOf(first: string): string | undefined {
  const found = head.exec(first);
  return found?.[2] ?? found?.[4];
}

/**
 * The structured :86: of German and other banks: 00 booking text, 10 number of the journal, 20-29 and 60-63 what it is
 * for, 30 and 31 bank and account of the other party, 32 and 33 its name, 34 an addition to the code. Its lines are cut
 * anywhere, also within a separator, so they come joined. What has another number is kept as information.
 */
export function readSubfields(text: string, separator: string): Narrative {
  const gvc = head.exec(text)?.[1];
  const subfields = split(text, separator);
  // The last of a kind: the bank's own stand behind the text, in which a payer may write what looks like one.
  const at = (wanted: string) => subfields.findLast(({ code }) => code === wanted)?.value;
  const read = readSepaWords(runsOf(subfields));
  const others = subfields.filter(({ code }) => !known.test(code));
  return said<Narrative>({
    gvc: gvc === '000' ? undefined : gvc,
    primaNota: textOf(at('10')),
    extension: textOf(at('34')),
    remittance: read.remittance,
    information: [at('00') ?? '', ...read.information, ...others.map(({ value }) => value)]
      .map(prose)
      .filter(Boolean),
    words: read.words,
    name: textOf(joinWrapped(nameOf(subfields), subfieldWidth)),
    account: textOf(at('31') ?? at('38')) ?? read.words.get('IBAN'),
    bic: textOf(at('30')) ?? read.words.get('BIC'),
  });
}

/** The last 32, and the 33 behind it. */
function nameOf(subfields: readonly Subfield[]): readonly string[] {
  const from = subfields.findLastIndex(({ code }) => code === '32');
  const behind = subfields.find(({ code }, place) => code === '33' && place > from);
  return [subfields[from], behind].flatMap((subfield) => (subfield === undefined ? [] : [subfield.value]));
}

/** What it is for: 20 to 29, and 60 to 63, which go on where 29 is full. */
const purposes = ['20', '21', '22', '23', '24', '25', '26', '27', '28', '29', '60', '61', '62', '63'];

function runsOf(subfields: readonly Subfield[]): readonly (readonly string[])[] {
  const runs: string[][] = [];
  let last = -1;
  for (const { code, value } of subfields) {
    const place = purposes.indexOf(code);
    if (place < 0) continue;
    const run = runs.at(-1);
    if (run !== undefined && place === last + 1) run.push(value);
    else runs.push([value]);
    last = place;
  }
  return runs;
}

const known = /^(?:00|10|2[0-9]|3[0-48]|6[0-3])$/;

interface Subfield {
  readonly code: string;
  readonly value: string;
}

function split(text: string, separator: string): readonly Subfield[] {
  const subfields: { code: string; value: string }[] = [];
  for (const piece of text.split(separator).slice(1)) {
    const last = subfields.at(-1);
    // A separator that no number follows belongs to the text.
    if (/^[0-9]{2}/.test(piece)) subfields.push({ code: piece.slice(0, 2), value: piece.slice(2) });
    else if (last !== undefined) last.value += separator + piece;
  }
  return subfields;
}
