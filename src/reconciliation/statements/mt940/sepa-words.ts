import { joinWrapped, subfieldWidth } from './texts.ts';

/** The words of the German banks that open a reference, a party or the text. */
const words = 'EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|RREF|BREF|PURP|MDAT|IBAN|BIC|ABWA|ABWE|SVWZ';
const atStart = new RegExp(`^(${words})\\+`);
const further = new RegExp(` (?=(?:${words})\\+)`);
/** What may follow the text: other parties. A reference in there is the payer's writing, not the bank's. */
const afterText = /^(ABWA|ABWE|IBAN|BIC)\+/;
const bankMessage = /^MTLG:/;

/** Words that are prose, and what stands before any word: their pieces are joined as text, and no word is looked for within them. */
const prosaic = new Set(['', 'SVWZ', 'ABWA', 'ABWE', 'MTLG']);

export interface SepaWords {
  readonly words: ReadonlyMap<string, string>;
  readonly remittance?: string;
  readonly information: readonly string[];
}

export function startsWithSepaWord(text: string): boolean {
  return atStart.test(text);
}

/**
 * Reads the purpose of a booking, its subfields in runs of numbers without a gap: a reference ends with its run. A word stands at a subfield's beginning, and with some banks
 * behind a blank; the first of a kind counts. Once SVWZ+ has begun the text is the payer's: he may write `EREF+` there,
 * and it is a word of his text then, so that nobody can lend a payment another one's reference.
 */
export function readSepaWords(runs: readonly (readonly string[])[]): SepaWords {
  const found = new Map<string, string[]>();
  const ignored: string[] = [];
  let open = '';
  let pieces: string[] = [];
  begin(open);

  function begin(word: string): void {
    open = word;
    pieces = found.get(word) ?? [];
    if (word !== '' && found.has(word)) pieces = ignored;
    else found.set(word, pieces);
  }

  /** Takes one word's part of a subfield, and gives what is left of it. */
  function take(rest: string): string | undefined {
    if (prosaic.has(open)) {
      pieces.push(rest);
      return undefined;
    }
    const next = rest.search(further);
    pieces.push(next < 0 ? rest : rest.slice(0, next));
    return next < 0 ? undefined : rest.slice(next + 1);
  }

  function read(subfield: string): void {
    let rest: string | undefined = subfield;
    for (let count = 0; rest !== undefined && count < wordsOfASubfieldMax; count += 1) {
      const textBegan = found.has('SVWZ');
      const word = bankMessage.test(rest) ? 'MTLG' : (textBegan ? afterText : atStart).exec(rest)?.[1];
      if (word !== undefined) {
        begin(word);
        rest = rest.slice(word.length + 1);
      }
      rest = take(rest);
    }
  }

  for (const run of runs) {
    if (!prosaic.has(open)) begin('');
    for (const subfield of run) read(subfield);
  }
  return told(found);
}

/** As many as there are: each counts once. */
const wordsOfASubfieldMax = words.split('|').length;

function told(found: ReadonlyMap<string, readonly string[]>): SepaWords {
  const read = new Map<string, string>();
  for (const [word, pieces] of found) {
    const value = prosaic.has(word)
      ? joinWrapped(pieces, subfieldWidth, placesOf(word))
      : pieces.join('').trim();
    if (value !== '') read.set(word, value);
  }
  const remittance = [read.get(''), read.get('SVWZ')].filter((text) => text !== undefined).join(' ');
  const said = (word: string) => (read.has(word) ? [`${word}+${read.get(word)}`] : []);
  const message = read.get('MTLG');
  return {
    words: read,
    ...(remittance === '' ? {} : { remittance }),
    information: [...(message === undefined ? [] : [message]), ...said('ABWA'), ...said('ABWE')],
  };
}

/** The word itself and its plus took places of its first subfield. */
function placesOf(word: string): number {
  return word === '' ? 0 : word.length + 1;
}
