import type { BookedDay, BookedLine, DayBooks } from './booked-days.ts';
import { closingOf } from './booked-days.ts';
import type { Faults } from './faults.ts';
import { textFromMinor } from './minor-units.ts';
import { misstated } from './misstated.ts';

/** Our account at the bank, in every currency. */
export const sandboxIban = 'MT31MALT01100000000000000000123';

const segmentBytes = 384 * 1024;
/** Documents that are kept for those who have begun to read them. */
const documentsMax = 8;

/** A part of a document, as GetStatement gives it. */
export interface Segment {
  readonly bytes: Buffer;
  readonly isLast: boolean;
}

export interface BankStatements {
  /** Segment 1 writes the day anew, the others are of the document whose first one was given last. Undefined: there is none. */
  segment(asked: { day: string; currency: string; page: number }): Segment | undefined;
}

/** The bank's statements as camt.053, in segments, because a day may be longer than an answer. */
export function bankStatements(books: DayBooks, faults: Pick<Faults, 'takeEach'>): BankStatements {
  const documents = new Map<string, Buffer>();

  function documentOf(day: string, currency: string, isFirst: boolean): Buffer | undefined {
    const key = `${currency} ${day}`;
    const kept = isFirst ? undefined : documents.get(key);
    if (kept !== undefined) return kept;
    const booked = books.dayOf(day, currency);
    if (booked === undefined) return undefined;
    const written = Buffer.from(camt053(misstated(booked, faults)), 'utf8');
    documents.delete(key);
    documents.set(key, written);
    for (const oldest of documents.keys()) if (documents.size > documentsMax) documents.delete(oldest);
    return written;
  }

  return {
    segment({ day, currency, page }) {
      const document = documentOf(day, currency, page === 1);
      const bytes = document?.subarray((page - 1) * segmentBytes, page * segmentBytes);
      if (document === undefined || bytes === undefined || bytes.length === 0) return undefined;
      return { bytes, isLast: page * segmentBytes >= document.length };
    },
  };
}

/** One statement of one day as camt.053.001.08. Written from the day alone: the same day, the same bytes. */
export function camt053(booked: BookedDay): string {
  const { day, currency, openingMinor, lines } = booked;
  const at = `${day}T23:59:59Z`;
  const period = `<FrToDt><FrDtTm>${day}T00:00:00Z</FrDtTm><ToDtTm>${at}</ToDtTm></FrToDt>`;
  const account = `<Acct><Id><IBAN>${sandboxIban}</IBAN></Id>${leaf('Ccy', currency)}</Acct>`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>',
    `<GrpHdr>${leaf('MsgId', `CAMT053-${currency}-${day}`)}${leaf('CreDtTm', at)}</GrpHdr>`,
    `<Stmt>${leaf('Id', `${currency}-${day}`)}${leaf('CreDtTm', at)}${period}${account}`,
    balance('OPBD', openingMinor, booked),
    balance('CLBD', closingOf(booked), booked),
    `<TxsSummry><TtlNtries>${leaf('NbOfNtries', lines.length.toString())}</TtlNtries></TxsSummry>\n`,
    ...lines.map((line, index) => entry(line, index + 1, booked)),
    '</Stmt></BkToCstmrStmt></Document>\n',
  ].join('');
}

function balance(type: 'OPBD' | 'CLBD', minor: bigint, { day, currency }: BookedDay): string {
  const code = `<Tp><CdOrPrtry>${leaf('Cd', type)}</CdOrPrtry></Tp>`;
  return `<Bal>${code}${signed(minor, currency)}<Dt>${leaf('Dt', day)}</Dt></Bal>`;
}

function entry(line: BookedLine, number: number, { day, currency }: BookedDay): string {
  const { reference, kind, instructionId, endToEndId, reasonCode, text, grossMinor } = line;
  const references = [
    instructionId === undefined ? '' : leaf('InstrId', instructionId),
    leaf('EndToEndId', endToEndId ?? 'NOTPROVIDED'),
  ].join('');
  return [
    `<Ntry>${leaf('NtryRef', number.toString())}${signed(grossMinor, currency)}<Sts><Cd>BOOK</Cd></Sts>`,
    `<BookgDt>${leaf('Dt', day)}</BookgDt><ValDt>${leaf('Dt', day)}</ValDt>${leaf('AcctSvcrRef', reference)}`,
    `<BkTxCd>${transactionCode(kind, grossMinor)}</BkTxCd>`,
    `<NtryDtls><TxDtls><Refs>${references}</Refs>`,
    signed(grossMinor, currency),
    text === undefined ? '' : `<RmtInf>${leaf('Ustrd', text)}</RmtInf>`,
    reasonCode === undefined ? '' : `<RtrInf><Rsn>${leaf('Cd', reasonCode)}</Rsn></RtrInf>`,
    '</TxDtls></NtryDtls></Ntry>\n',
  ].join('');
}

/** A fee of its own accord has the bank's own code alone: what it is for, only its text says. */
function transactionCode(kind: BookedLine['kind'], grossMinor: bigint): string {
  if (kind === 'fee') return `<Prtry>${leaf('Cd', 'SVC')}</Prtry>`;
  const isReturn = kind === 'return' || kind === 'chargeback';
  const family = grossMinor < 0n ? 'ICDT' : 'RCDT';
  const codes = leaf('Cd', family) + leaf('SubFmlyCd', isReturn ? 'RRTN' : 'ESCT');
  return `<Domn><Cd>PMNT</Cd><Fmly>${codes}</Fmly></Domn>`;
}

function signed(minor: bigint, currency: string): string {
  const amount = textFromMinor(minor < 0n ? -minor : minor, currency);
  return `<Amt Ccy="${currency}">${amount}</Amt>${leaf('CdtDbtInd', minor < 0n ? 'DBIT' : 'CRDT')}`;
}

/** Every value here was let in by a schema whose patterns leave no character that XML must escape, or is the bank's own. */
function leaf(name: string, value: string): string {
  return `<${name}>${value}</${name}>`;
}
