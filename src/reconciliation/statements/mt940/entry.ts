import type { Money } from '../../../ledger/money.ts';
import { readStatementAmount } from '../amount.ts';
import type {
  Charge,
  Counterparty,
  Entry,
  EntryDetail,
  ReturnReason,
  TransactionCode,
} from '../statement.ts';
import { readBic, readIban } from './account.ts';
import { readOriginal } from './amounts.ts';
import type { EntryParts } from './entry-parts.ts';
import type { Narrative } from './narrative.ts';
import { isBatchCode, readEntryReferences } from './references.ts';
import type { BadRowRule } from './remarks.ts';
import { said, saidAny } from './said.ts';
import { prose, textOf } from './texts.ts';

/** Puts together what :61: and :86: say of one booking. */
export function readEntry(parts: EntryParts): Entry | BadRowRule {
  const { read, currency, line, warn } = parts;
  if (currency === undefined) return 'missingCurrency';
  const amount = readStatementAmount(read.amount, currency, ',');
  if (typeof amount === 'string') return amount;
  for (const rule of read.warnings) warn(rule);
  const gross = readGross(parts, amount);
  const facts = said<Omit<EntryDetail, 'amount' | 'direction' | 'information'>>({
    references: readEntryReferences(parts),
    remittance: parts.narrative.remittance,
    counterparty: counterpartyOf(parts),
    code: codeOf(parts),
    charges: gross.charges,
    returned: returnOf(parts.narrative),
    instructed: gross.instructed,
  });
  const { direction, reversal, status, bookedOn, valueOn } = read;
  const isBatch = isBatchCode(parts.narrative.gvc);
  const { paymentInformation } = facts.references;
  return said<Entry>({
    line,
    amount,
    direction,
    reversal,
    status,
    bookedOn,
    valueOn,
    ...facts,
    batch: isBatch ? said({ paymentInformation }) : undefined,
    details: isBatch ? [] : [{ amount, direction, ...facts }],
    information: informationOf(parts),
  });
}

function counterpartyOf({ narrative, read, accountForReference }: EntryParts): Counterparty | undefined {
  return saidAny<Counterparty>({
    name: narrative.name ?? (accountForReference ? textOf(read.behindReference) : undefined),
    account: readIban(narrative.account) ?? (accountForReference ? read.customerReference : undefined),
    agentBic: readBic(narrative.bic),
  });
}

/** As German banks write it in camt too: `NTRF+166+9310+997`, so that a rule fits both. */
function codeOf({ read, narrative }: EntryParts): TransactionCode | undefined {
  const { gvc, primaNota, extension } = narrative;
  if (gvc === undefined)
    return read.type === undefined ? undefined : { proprietary: read.type, issuer: 'SWIFT' };
  const codes = [read.type, gvc, primaNota, extension].filter((code) => code !== undefined);
  return { proprietary: codes.join('+'), issuer: 'DK' };
}

/** The reasons that German banks give by a number, where a source tells which of ISO's it is; others stay as written. */
const returnReasons: Readonly<Record<string, string>> = {
  901: 'AC01',
  903: 'AC06',
  912: 'MD06',
  914: 'MS03',
};
const returnCodes = /^(?:108|109|159)$/;

function returnOf({ gvc, extension, words, information }: Narrative): ReturnReason | undefined {
  const code = words.get('RTRN');
  if (code !== undefined) return { code };
  if (gvc === undefined || !returnCodes.test(gvc)) return undefined;
  const reason = extension === undefined ? undefined : (returnReasons[extension] ?? extension);
  return saidAny<ReturnReason>({ code: reason, text: words.get('MTLG') ?? information[0] });
}

/** The bank's words, then what :61: adds below its line. */
function informationOf({ narrative, read, accountForReference }: EntryParts): string | undefined {
  const behind = accountForReference ? undefined : read.behindReference;
  const supplementary = read.supplementary.map(prose);
  return textOf([...narrative.information, behind ?? '', ...supplementary].join(' '));
}

interface Gross {
  readonly instructed: Money | undefined;
  readonly charges: readonly Charge[] | undefined;
}

/**
 * The amount before charges, and the charges: `/OCMT/EUR11,85//CHGS/EUR0,50/` below :61: or in :86:, `OAMT+11,85` in
 * :86:. Charges are always the account's holder's to pay.
 */
function readGross(parts: EntryParts, amount: Money): Gross {
  const below = parts.read.supplementary.join('');
  const { words } = parts.narrative;
  const original = /\/OCMT\/([^/]*)\//.exec(below)?.[1] ?? words.get('OCMT') ?? words.get('OAMT');
  const charged = /\/CHGS\/([^/]*)\//.exec(below)?.[1] ?? words.get('CHGS');
  const instructed = original === undefined ? undefined : readOriginal(original, amount.currency);
  const charge = charged === undefined ? undefined : readOriginal(charged, amount.currency);
  if (original !== undefined && instructed === undefined) parts.warn('unreadableInstructedAmount');
  if (charged !== undefined && charge === undefined) parts.warn('unreadableCharge');
  const differs = instructed?.currency !== amount.currency || instructed.minor !== amount.minor;
  return {
    instructed: differs ? instructed : undefined,
    charges: charge === undefined ? undefined : [chargeOf(charge, parts.read.direction, amount, instructed)],
  };
}

/** It is in the booking's amount where the sum comes out so. */
function chargeOf(
  charge: Money,
  direction: Entry['direction'],
  amount: Money,
  gross: Money | undefined,
): Charge {
  const sameCurrency = gross?.currency === amount.currency && charge.currency === amount.currency;
  if (!sameCurrency) return { amount: charge, direction: 'DBIT' };
  const signed = direction === 'DBIT' ? charge.minor : -charge.minor;
  return { amount: charge, direction: 'DBIT', included: gross.minor + signed === amount.minor };
}
