import type { References } from '../statement.ts';
import type { EntryParts } from './entry-parts.ts';
import { said } from './said.ts';
import { referenceOf } from './statement-line.ts';

/** Written in the customer's reference of :61:, these say only where in :86: the reference stands. */
const pointers = /^(?:EREF|KREF|MREF|PREF|CREF|MARF)\+?$/;

/** References that have no name of ISO's, by the bank's. */
const othersNames = ['CRED', 'DEBT', 'RREF', 'BREF', 'CREF', 'IREF'] as const;

/** Some banks only count the lines of a statement: such a number comes again tomorrow, and is the entry's, not a booking's for ever. */
const counter = /^0{4,}[0-9]{1,6}$/;

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The references of an entry by ISO 20022's names. The customer's (of :61:, KREF+) is the id of his instruction, and of a
 * batch its payment information's.
 */
export function readEntryReferences({ read, narrative, accountForReference }: EntryParts): References {
  const word = (name: string) => referenceOf(narrative.words.get(name));
  const given =
    accountForReference || pointers.test(read.customerReference ?? '') ? undefined : read.customerReference;
  const customer = given ?? word('KREF');
  const isBatch = isBatchCode(narrative.gvc);
  const uetr = word('UETR');
  const counts = counter.test(read.bankReference ?? '');
  return said<References>({
    accountServicer: counts ? undefined : read.bankReference,
    entry: counts ? read.bankReference : undefined,
    endToEnd: word('EREF'),
    instruction: isBatch ? undefined : customer,
    paymentInformation: isBatch ? (customer ?? word('PREF')) : word('PREF'),
    mandate: word('MREF'),
    creditor: word('STRD'),
    uetr: uetr !== undefined && uuid.test(uetr) ? uetr.toLowerCase() : undefined,
    other: othersOf(narrative.words, given),
  });
}

function othersOf(words: ReadonlyMap<string, string>, customer: string | undefined): References['other'] {
  const told = othersNames.map((name): [string, string | undefined] => [name, referenceOf(words.get(name))]);
  const kref = referenceOf(words.get('KREF'));
  // Where :61: has a customer's reference of its own, the one of :86: must not be lost behind it.
  if (customer !== undefined && kref !== undefined && kref !== customer) told.push(['KREF', kref]);
  const found = told.filter((pair): pair is [string, string] => pair[1] !== undefined);
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** The German codes for sums of many SEPA payments. */
export function isBatchCode(gvc: string | undefined): boolean {
  return gvc !== undefined && /^19[1-9]$/.test(gvc);
}
