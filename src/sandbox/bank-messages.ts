import { attributeOf, childElements, textOf, type XmlElement } from '../platform/xml.ts';
import type { Instructed, Report } from './book.ts';
import type { Instruction } from './instruction.ts';
import { minorFromText, textFromMinor } from './minor-units.ts';

/** The namespace of wsdl/bank-gateway-v1.wsdl and its schema. */
export const bankNamespace = 'urn:cagebridge:bank-gateway:v1';

/** What a client may ask, read from a Body child that the schema accepted. */
export type BankRequest =
  | { readonly asked: 'submit'; readonly instructed: Instructed | undefined }
  | { readonly asked: 'status'; readonly instructionId: string }
  | {
      readonly asked: 'statement';
      readonly day: string;
      readonly currency: string;
      readonly page: number;
      /** As a camt.053 in segments, and not as entries. */
      readonly asDocument: boolean;
    };

/**
 * Reads a request. `instructed` is undefined where the amount has more decimals than its currency, or is nothing: no schema
 * can say that. Undefined for an element that is no request.
 */
export function readBankRequest(wrapper: XmlElement): BankRequest | undefined {
  const message = childElements(wrapper)[0];
  if (message === undefined) return undefined;
  switch (wrapper.name) {
    case 'SubmitPayment':
      return { asked: 'submit', instructed: readInstruction(message) };
    case 'GetPaymentStatus':
      return { asked: 'status', instructionId: text(message, 'InstrId') ?? '' };
    case 'GetStatement':
      return {
        asked: 'statement',
        day: text(message, 'Dt') ?? '',
        currency: text(message, 'Ccy') ?? '',
        page: Number(text(message, 'PgNb')),
        asDocument: text(message, 'Frmt') !== undefined,
      };
    default:
      return undefined;
  }
}

function readInstruction(message: XmlElement): Instructed | undefined {
  const amount = childElements(message).find(({ name }) => name === 'InstdAmt');
  const currency = amount === undefined ? undefined : attributeOf(amount, '', 'Ccy');
  if (amount === undefined || currency === undefined) return undefined;
  const amountMinor = minorFromText(textOf(amount) ?? '', currency);
  if (amountMinor === undefined || amountMinor === 0n) return undefined;
  const endToEndId = text(message, 'EndToEndId');
  const direction = text(message, 'CdtDbtInd') === 'CRDT' ? 'CRDT' : 'DBIT';
  return {
    instructionId: text(message, 'InstrId') ?? '',
    ...(endToEndId === undefined ? {} : { endToEndId }),
    direction,
    amountMinor,
    currency,
    content: [direction, amountMinor.toString(), currency, ...contentOf(message)],
  };
}

/** Paths and texts below the message, but not when it was written nor how many zeros its amount has. */
function contentOf(element: XmlElement, path = ''): string[] {
  return childElements(element).flatMap((child) => {
    if (child.name === 'CreDtTm' || child.name === 'InstdAmt') return [];
    const below = contentOf(child, `${path}/${child.name}`);
    return below.length > 0 ? below : [`${path}/${child.name}=${textOf(child) ?? ''}`];
  });
}

function text(element: XmlElement, name: string): string | undefined {
  const child = childElements(element).find((found) => found.name === name);
  return child === undefined ? undefined : textOf(child);
}

export function submitResponse(report: Report): string {
  return `<SubmitPaymentResponse xmlns="${bankNamespace}">${rpt(report)}</SubmitPaymentResponse>`;
}

export function statusResponse(instructionId: string, report: Report | undefined): string {
  const finding = `${leaf('InstrId', instructionId)}${leaf('FndgSts', report === undefined ? 'NFND' : 'FOUN')}`;
  const found = report === undefined ? '' : rpt(report);
  return `<GetPaymentStatusResponse xmlns="${bankNamespace}"><Fndg>${finding}${found}</Fndg></GetPaymentStatusResponse>`;
}

export interface StatementPage {
  readonly day: string;
  readonly currency: string;
  readonly page: number;
  readonly isLast: boolean;
  readonly entries: readonly Instruction[];
  /** A segment of the statement's document, in place of entries. */
  readonly document?: Buffer;
}

export function statementResponse({ day, currency, page, isLast, entries, document }: StatementPage): string {
  const head =
    leaf('Id', `${currency}-${day}`) +
    leaf('Dt', day) +
    leaf('Ccy', currency) +
    leaf('PgNb', page.toString()) +
    leaf('LastPgInd', isLast.toString());
  const body = entries.map((entry) => `<Ntry>${ntry(entry, day)}</Ntry>`).join('');
  const segment = document === undefined ? '' : leaf('Doc', document.toString('base64'));
  return `<GetStatementResponse xmlns="${bankNamespace}"><Stmt>${head}${body}${segment}</Stmt></GetStatementResponse>`;
}

/** The detail of a fault: one code, and a sentence of the bank's own that quotes nothing. */
export function bankFaultDetail(code: string, sentence: string): string {
  return `<BankFault xmlns="${bankNamespace}">${leaf('Cd', code)}${leaf('AddtlInf', sentence)}</BankFault>`;
}

const statusCodes: Readonly<Record<Report['status'], string>> = {
  pending: 'PDNG',
  settled: 'ACSC',
  declined: 'RJCT',
  rejected: 'RJCT',
  cancelled: 'CANC',
};

function rpt({ instruction, status }: Report): string {
  const { final, finalAt } = instruction;
  const bookedOn =
    status === 'settled' ? leaf('BookgDt', dayOf(finalAt)) + leaf('ValDt', dayOf(finalAt)) : '';
  const reason = status === final.status && 'reasonCode' in final ? final.reasonCode : undefined;
  return [
    '<Rpt>',
    leaf('InstrId', instruction.instructionId),
    instruction.endToEndId === undefined ? '' : leaf('EndToEndId', instruction.endToEndId),
    leaf('CdtDbtInd', instruction.direction),
    amt(instruction),
    leaf('TxSts', statusCodes[status]),
    reason === undefined ? '' : `<StsRsnInf>${leaf('Cd', reason)}</StsRsnInf>`,
    leaf('AcctSvcrRef', instruction.reference),
    leaf('AccptncDtTm', instruction.at),
    bookedOn,
    '</Rpt>',
  ].join('');
}

function ntry(entry: Instruction, day: string): string {
  return [
    leaf('AcctSvcrRef', entry.reference),
    leaf('InstrId', entry.instructionId),
    entry.endToEndId === undefined ? '' : leaf('EndToEndId', entry.endToEndId),
    leaf('CdtDbtInd', entry.direction),
    amt(entry),
    leaf('Sts', 'BOOK'),
    leaf('BookgDt', day),
    leaf('ValDt', day),
  ].join('');
}

function amt({ amountMinor, currency }: Instruction): string {
  return `<Amt Ccy="${currency}">${textFromMinor(amountMinor, currency)}</Amt>`;
}

function dayOf(instant: string): string {
  return instant.slice(0, 10);
}

/** Every value here was let in by the schema, whose patterns leave no character that XML must escape, or is the bank's own. */
function leaf(name: string, value: string): string {
  return `<${name}>${value}</${name}>`;
}
