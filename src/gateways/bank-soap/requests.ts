import { createClientAsync, type Client, type IHttpClient } from 'soap';
import { formatAmount } from '../../ledger/money.ts';
import type { Enquiry, Order, StatementAsked } from '../../payments/gateways.ts';
import type { Counterparty } from '../../payments/payment.ts';
import { readEnvelope } from '../../platform/soap.ts';
import { escapeText } from '../../platform/xml-write.ts';
import { messageLimits, readXml, type XmlSchema } from '../../platform/xml.ts';
import type { Written } from '../exchange.ts';
import { followHeaders, ourHeaders } from '../request-headers.ts';

/** The namespace of wsdl/bank-gateway-v1.wsdl and its schema. */
export const bankNamespace = 'urn:cagebridge:bank-gateway:v1';

/** Writes requests by the WSDL. Undefined where the contract has no way to write one: then it must not leave. */
export interface RequestWriter {
  instruction(order: Order, at: Date): Written | undefined;
  enquiry(enquiry: Enquiry): Written | undefined;
  /** Pages from 1. */
  statementPage(asked: StatementAsked, page: number): Written | undefined;
}

/**
 * node-soap as the client of the WSDL on disk: it writes envelope, namespaces and SOAPAction. Its transport is replaced, because it
 * follows redirects, reads proxies from the environment and cannot tell what has left from what has not; and its reading of replies is
 * not used at all. It also passes text that begins with `<![CDATA[` on as markup, so escaping is switched off there and done here.
 */
export async function requestWriter(
  wsdlFile: string,
  schema: XmlSchema,
  path: string,
): Promise<RequestWriter> {
  const client = await createClientAsync(wsdlFile, {
    disableCache: true,
    escapeXML: false,
    httpClient: { request: takeOver } as unknown as IHttpClient,
  });
  const write = (
    operation: string,
    message: Message,
    asked: Order | Enquiry | StatementAsked,
  ): Written | undefined => {
    const { headers, body } = writeBy(client, operation, message);
    if (!isOfContract(body, schema)) return undefined;
    const all = { ...headers, Accept: 'text/xml', ...ourHeaders, ...followHeaders(asked) };
    return { method: 'POST', path, headers: all, body };
  };
  return {
    instruction: (order, at) => write('SubmitPayment', { Instr: instructionFor(order, at) }, order),
    enquiry: (enquiry) =>
      write('GetPaymentStatus', { Qry: { InstrId: escapeText(enquiry.instrId) } }, enquiry),
    statementPage: (asked, page) => write('GetStatement', { Qry: statementQuery(asked, page) }, asked),
  };
}

function statementQuery({ day, currency }: StatementAsked, page: number): Message {
  const [Dt, Ccy] = [escapeText(day), escapeText(currency)];
  return { Dt, Ccy, PgNb: page.toString(), Frmt: statementFormat };
}

/** The format in which statements are asked for. */
const statementFormat = 'camt.053.001.08';

type Message = { readonly [name: string]: string | Message };

type Taken = Pick<Written, 'headers' | 'body'>;

interface Taking {
  readonly take: (taken: Taken) => void;
}

/** What node-soap hands to a transport: the address, the envelope, whom to tell of the reply, headers, and our own option. */
type Handed = readonly [string, string, unknown, Readonly<Record<string, string>>, Taking];

function takeOver(...[, envelope, , headers, taking]: Handed): void {
  taking.take({ headers, body: Buffer.from(envelope, 'utf8') });
}

/** node-soap calls its transport before it returns. */
function writeBy(client: Client, operation: string, message: Message): Taken {
  let written: Taken | undefined;
  const taking: Taking = {
    take: (taken) => {
      written = taken;
    },
  };
  const call = client[operation] as (message: Message, done: () => void, taking: Taking) => void;
  call(message, () => undefined, taking);
  if (written === undefined) throw new Error(`node-soap wrote no ${operation}`);
  return written;
}

/** Nothing that our own copy of the bank's schema refuses leaves the house. */
function isOfContract(envelope: Buffer, schema: XmlSchema): boolean {
  const reading = readXml(envelope, messageLimits);
  if ('refused' in reading) return false;
  using document = reading;
  const read = readEnvelope(document.root, '1.1');
  return 'child' in read && schema.validate(read.child).length === 0;
}

function instructionFor(order: Order, at: Date): Message {
  const party = order.counterparty && partyOf(order.counterparty);
  return present({
    InstrId: leaf(order.instrId),
    EndToEndId: leaf(order.endToEndId),
    UETR: leaf(order.uetr),
    CreDtTm: at.toISOString(),
    CdtDbtInd: order.direction,
    InstdAmt: { attributes: { Ccy: order.amount.currency }, $value: formatAmount(order.amount) },
    ReqdExctnDt: leaf(order.requestedExecutionDate),
    PmtTkn: leaf(order.paymentToken),
    Dbtr: order.direction === 'CRDT' ? party : undefined,
    Cdtr: order.direction === 'DBIT' ? party : undefined,
    Purp: leaf(order.purpose),
    RmtInf: leaf(order.remittanceInformation),
  });
}

function partyOf({ name, iban, otherAccount, bic }: Counterparty): Message {
  return present({ Nm: leaf(name), IBAN: leaf(iban), Othr: leaf(otherAccount), BICFI: leaf(bic) });
}

function leaf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : escapeText(text);
}

function present(parts: Readonly<Record<string, string | Message | undefined>>): Message {
  return Object.fromEntries(
    Object.entries(parts).filter((part): part is [string, string | Message] => part[1] !== undefined),
  );
}
