import type { References } from '../statement.ts';
import { all, at, said, textAt, textOf } from './element.ts';
import type { Element } from './element.ts';
import type { RowNotes } from './remarks.ts';

const names: Readonly<Record<string, Exclude<keyof References, 'other'>>> = {
  AcctSvcrRef: 'accountServicer',
  EndToEndId: 'endToEnd',
  InstrId: 'instruction',
  TxId: 'transaction',
  UETR: 'uetr',
  MsgId: 'message',
  PmtInfId: 'paymentInformation',
  MndtId: 'mandate',
  ClrSysRef: 'clearing',
  ChqNb: 'cheque',
};

/** ISO 20022's word for "the sender gave none": as a reference it would match every payment that has none either. */
const none = 'NOTPROVIDED';

export function referenceOf(element: Element | undefined): string | undefined {
  const text = textOf(element);
  return text === none ? undefined : text;
}

/** The references of one transaction: `Refs`, and the creditor's own of its structured remittance. */
export function readReferences(transaction: Element, notes: RowNotes): References {
  const found: Partial<Record<Exclude<keyof References, 'other'>, string>> = {};
  const others: [string, string][] = [];
  for (const child of at(transaction, 'Refs')?.children ?? []) {
    const name = Object.hasOwn(names, child.name) ? names[child.name] : undefined;
    if (name === undefined) others.push(...otherReference(child));
    else if (found[name] !== undefined) notes.warn('repeatedElement', child);
    else assign(found, name, referenceOf(child));
  }
  const [creditor, ...more] = creditorReferences(transaction);
  others.push(...more.map((reference): [string, string] => ['CdtrRefInf', reference]));
  return said<References>({
    ...found,
    creditor,
    other: others.length === 0 ? undefined : unequalNames(others),
  });
}

function assign<K extends string>(
  into: Partial<Record<K, string>>,
  name: K,
  value: string | undefined,
): void {
  if (value !== undefined) into[name] = value;
}

/** A bank's own reference goes by the name that it gives; ISO's rarer ones by the element's. */
function otherReference(element: Element): [string, string][] {
  const own = element.name === 'Prtry';
  const value = own ? referenceOf(at(element, 'Ref')) : referenceOf(element);
  return value === undefined ? [] : [[own ? (textAt(element, 'Tp') ?? 'Prtry') : element.name, value]];
}

function creditorReferences(transaction: Element): string[] {
  return all(at(transaction, 'RmtInf'), 'Strd')
    .map((structured) => at(structured, 'CdtrRefInf'))
    .map((information) => textAt(information, 'Ref') ?? textAt(information, 'CdtrRef'))
    .filter((reference) => reference !== undefined);
}

/** A name that comes again is counted, so that no reference hides another: `Batch`, `Batch#2`. */
function unequalNames(pairs: readonly [string, string][]): Record<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of pairs) {
    let free = name;
    for (let count = 2; found.has(free); count += 1) free = `${name}#${count}`;
    found.set(free, value);
  }
  return Object.fromEntries(found);
}
