import { createClientAsync, type Client, type IHttpClient } from 'soap';
import { formatAmount } from '../../ledger/money.ts';
import type { Enquiry, Order } from '../../payments/gateways.ts';
import type { Counterparty } from '../../payments/payment.ts';
import { readEnvelope } from '../../platform/soap.ts';
import { escapeText } from '../../platform/xml-write.ts';
import { messageLimits, readXml, type XmlSchema } from '../../platform/xml.ts';

/** The namespace of wsdl/bank-gateway-v1.wsdl and its schema. */
export const bankNamespace = 'urn:cagebridge:bank-gateway:v1';

/** A request as it goes to the wire. */
export interface Written {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Writes requests by the WSDL. Undefined where the contract has no way to write one: then it must not leave. */
export interface RequestWriter {
  instruction(order: Order, at: Date): Written | undefined;
  enquiry(enquiry: Enquiry): Written | undefined;
}

/**
 * node-soap as the client of the WSDL on disk: it writes envelope, namespaces and SOAPAction. Its transport is replaced, because it
 * follows redirects, reads proxies from the environment and cannot tell what has left from what has not; and its reading of replies is
 * not used at all. It also passes text that begins with `<![CDATA[` on as markup, so escaping is switched off there and done here.
 */
export async function requestWriter(wsdlFile: string, schema: XmlSchema): Promise<RequestWriter> {
  const client = await createClientAsync(wsdlFile, {
    disableCache: true,
    escapeXML: false,
    httpClient: { request: takeOver } as unknown as IHttpClient,
  });
  const write = (operation: string, message: Message, correlationId: string): Written | undefined => {
    const written = writeBy(client, operation, message);
    const headers = { ...written.headers, ...ourHeaders, ...correlationHeader(correlationId) };
    return isOfContract(written.body, schema) ? { headers, body: written.body } : undefined;
  };
  return {
    instruction: (order, at) =>
      write('SubmitPayment', { Instr: instructionFor(order, at) }, order.correlationId),
    enquiry: ({ instrId, correlationId }) =>
      write('GetPaymentStatus', { Qry: { InstrId: escapeText(instrId) } }, correlationId),
  };
}

/** A compressed answer could be small on the wire and huge in memory, so none is asked for. */
const ourHeaders = { Accept: 'text/xml', 'Accept-Encoding': 'identity', 'User-Agent': 'cagebridge' };

type Message = { readonly [name: string]: string | Message };

interface Taking {
  readonly take: (written: Written) => void;
}

/** What node-soap hands to a transport: the address, the envelope, whom to tell of the reply, headers, and our own option. */
type Handed = readonly [string, string, unknown, Readonly<Record<string, string>>, Taking];

function takeOver(...[, envelope, , headers, taking]: Handed): void {
  taking.take({ headers, body: Buffer.from(envelope, 'utf8') });
}

/** node-soap calls its transport before it returns. */
function writeBy(client: Client, operation: string, message: Message): Written {
  let written: Written | undefined;
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

/** An id that is no plain word stays at home: headers are not the place to find out what it contains. */
function correlationHeader(correlationId: string): Record<string, string> {
  return /^[A-Za-z0-9._:-]{1,128}$/.test(correlationId) ? { 'X-Correlation-Id': correlationId } : {};
}
