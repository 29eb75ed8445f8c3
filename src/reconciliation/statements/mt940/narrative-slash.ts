import type { Narrative } from './narrative.ts';
import { said } from './said.ts';
import { joinWrapped, prose, textOf, withoutSlashesBehind } from './texts.ts';

/** The words that Dutch banks put between slashes, and those of SWIFT that stand beside them. */
const words =
  'TRTP|IBAN|BIC|NAME|REMI|EREF|KREF|PREF|CREF|IREF|MARF|CSID|CNTP|RTRN|PURP|SVCL|TRCD|ORDP|BENM|ULTC|ULTD|ULTB|ADDR|ID|OCMT|CHGS|EXCH|ISDT|UETR|SUM';
const atStart = new RegExp(`^\\s*/(?:${words})/`);
const anyWord = new RegExp(`/(${words})/`, 'g');

/** The German names for the same references. */
const names: Readonly<Record<string, string>> = { MARF: 'MREF', CSID: 'CRED' };

const mapped = new Set([
  'TRTP',
  'IBAN',
  'BIC',
  'NAME',
  'REMI',
  'CNTP',
  'RTRN',
  'ORDP',
  'BENM',
  'OCMT',
  'CHGS',
  'SUM',
]);
const references = new Set(['EREF', 'KREF', 'PREF', 'CREF', 'IREF', 'MARF', 'CSID', 'UETR']);

export function startsWithSlashWord(text: string): boolean {
  return atStart.test(text);
}

/** `/EREF/…//CNTP/account/BIC/name/city///REMI/USTD//…/` and `/TRTP/…/IBAN/…/BIC/…/NAME/…/REMI/…/EREF/…`. */
export function readSlashWords(lines: readonly string[]): Narrative {
  const values = valuesOf(joinWrapped(lines));
  const [account, bic, name, ...city] = (values.get('CNTP') ?? '').split('/');
  const remittance = readRemittance(values.get('REMI'));
  const told = [...values].filter(([word, value]) => references.has(word) && value !== '');
  const creditor: [string, string][] =
    remittance.creditor === undefined ? [] : [['STRD', remittance.creditor]];
  const returned = textOf(values.get('RTRN'));
  return said<Narrative>({
    remittance: remittance.text,
    information: [...values].flatMap(informationOf).concat(textOf(city.join(' ')) ?? []),
    words: new Map([
      ...told.map(([word, value]): [string, string] => [names[word] ?? word, value]),
      ...creditor,
      ...(returned === undefined ? [] : [['RTRN', returned] as const]),
      ...amountWords(values),
    ]),
    name: [name, ...['NAME', 'ORDP', 'BENM'].map((word) => values.get(word))]
      .map(textOf)
      .find((text) => text !== undefined),
    account: textOf(account) ?? textOf(values.get('IBAN')),
    bic: textOf(bic) ?? textOf(values.get('BIC')),
  });
}

/**
 * The value of each word. One bank puts the references before the text, another behind it, and within the text the payer
 * may write what looks like a word: of several values the first before the text counts, else the last behind it.
 */
function valuesOf(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const settled = new Set<string>();
  const found = [...text.matchAll(anyWord)];
  let textBegan = false;
  for (const [place, match] of found.entries()) {
    const [whole, word = ''] = match;
    const value = text.slice(match.index + whole.length, found[place + 1]?.index);
    if (settled.has(word)) continue;
    const ended = withoutSlashesBehind(value);
    // The parts of a CNTP have their places, so that an empty one in front counts.
    values.set(word, prose(word === 'CNTP' ? ended : ended.replace(/^\/+/, '')));
    if (word === 'REMI') textBegan = true;
    if (!textBegan || word === 'REMI') settled.add(word);
  }
  return values;
}

interface SlashRemittance {
  readonly text?: string;
  readonly creditor?: string;
}

/** `USTD//text`, `STRD/CUR/reference` for the creditor's structured one, or the text alone. */
function readRemittance(value: string | undefined): SlashRemittance {
  const [, kind, rest = ''] = /^(USTD|STRD)\/+(.*)$/s.exec(value ?? '') ?? [];
  const text = textOf(kind === undefined ? value : rest);
  if (text === undefined) return {};
  const creditor = kind === 'STRD' ? textOf(text.replace(/^[A-Z]{3}\/+/, '')) : undefined;
  return creditor === undefined ? { text } : { text: creditor, creditor };
}

function amountWords(values: ReadonlyMap<string, string>): [string, string][] {
  return ['OCMT', 'CHGS'].flatMap((word): [string, string][] => {
    const value = values.get(word);
    return value === undefined ? [] : [[word, value]];
  });
}

/** The kind of transfer in words, and what has no place of its own, by its word. */
function informationOf([word, value]: [string, string]): string[] {
  if (value === '' || references.has(word)) return [];
  if (word === 'TRTP') return [value];
  return mapped.has(word) ? [] : [`${word} ${value}`];
}
