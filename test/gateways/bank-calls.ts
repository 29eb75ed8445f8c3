import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { bankSoap, type BankSoapOptions } from '../../src/gateways/bank-soap.ts';
import type { Gateway, Order } from '../../src/payments/gateways.ts';
import { certificates, type Ending } from '../sandbox/running-bank.ts';

/** A gateway to `url` that ends with the test, with short time-outs. */
export async function gatewayTo(
  t: Ending,
  url: string,
  options: Partial<BankSoapOptions> = {},
): Promise<Gateway> {
  const certs = await certificates();
  const gateway = await bankSoap({
    name: 'bank',
    url,
    tls: { identity: certs['gateway-client'], authorities: [certs.ca.certificate] },
    capabilities: {
      directions: ['CRDT', 'DBIT'],
      currencies: ['EUR'],
      methods: ['BANK_TRANSFER'],
      amountMax: [],
    },
    clock: { now: () => new Date() },
    ...options,
    limits: { connectTimeoutMs: 1_500, totalTimeoutMs: 3_000, ...options.limits },
  });
  t.after(() => gateway.close());
  return gateway;
}

let orders = 0;

/** A deposit of 10.10 EUR unless told otherwise. */
export function order(fields: Partial<Order> = {}): Order {
  orders += 1;
  return {
    instrId: `0190f5e27c0a7c00a0000000${orders.toString(16).padStart(8, '0')}`,
    direction: 'CRDT',
    amount: { minor: 1010n, currency: 'EUR' },
    method: 'BANK_TRANSFER',
    brand: 'lucky',
    purpose: 'GAMB',
    sendBefore: new Date(Date.now() + 60_000),
    correlationId: '0190f5e2-7c0a-7c00-a000-000000000001',
    ...fields,
  };
}

export interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly connection: number;
}

export interface ScriptedBank {
  readonly url: string;
  readonly received: readonly Received[];
  readonly server: Server;
}

/** A TLS server that says exactly what the test tells it to, for words that no honest bank would say. */
export async function scriptedBank(
  t: Ending,
  answer: (response: ServerResponse, received: Received) => void,
): Promise<ScriptedBank> {
  const certs = await certificates();
  const received: Received[] = [];
  const connections = new Map<unknown, number>();
  const server = createServer({
    key: certs.bank.key,
    cert: certs.bank.certificate,
    ca: certs.ca.certificate,
    requestCert: true,
    rejectUnauthorized: true,
  });
  server.on('secureConnection', (socket) => connections.set(socket, connections.size + 1));
  server.on('request', (request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => (body += piece));
    request.on('end', () => {
      const message = { headers: request.headers, body, connection: connections.get(request.socket) ?? 0 };
      received.push(message);
      answer(response, message);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/bank/v1`, received, server };
}

export interface ReportFields {
  readonly instrId?: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly more?: string;
}

const namespace = 'urn:cagebridge:bank-gateway:v1';

export function report({
  instrId = 'X',
  amount = '10.10',
  currency = 'EUR',
  status = 'ACSC',
  reason,
  more = '',
}: ReportFields): string {
  const why =
    reason === undefined ? '' : `<StsRsnInf><Cd>${reason}</Cd><AddtlInf>of the bank</AddtlInf></StsRsnInf>`;
  return (
    `<Rpt><InstrId>${instrId}</InstrId><CdtDbtInd>CRDT</CdtDbtInd><Amt Ccy="${currency}">${amount}</Amt>` +
    `<TxSts>${status}</TxSts>${why}<AcctSvcrRef>BK-7</AcctSvcrRef><AccptncDtTm>2026-11-22T10:00:00Z</AccptncDtTm>${more}</Rpt>`
  );
}

export function submitReply(fields: ReportFields): string {
  return inEnvelope(`<SubmitPaymentResponse xmlns="${namespace}">${report(fields)}</SubmitPaymentResponse>`);
}

export function statusReply(instrId: string, finding: string, rpt = ''): string {
  const fndg = `<Fndg><InstrId>${instrId}</InstrId><FndgSts>${finding}</FndgSts>${rpt}</Fndg>`;
  return inEnvelope(`<GetPaymentStatusResponse xmlns="${namespace}">${fndg}</GetPaymentStatusResponse>`);
}

export function faultReply(code: string): string {
  return inEnvelope(
    `<s:Fault><faultcode>s:Client</faultcode><faultstring>no</faultstring><detail><BankFault xmlns="${namespace}"><Cd>${code}</Cd></BankFault></detail></s:Fault>`,
  );
}

export function inEnvelope(child: string): string {
  return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${child}</s:Body></s:Envelope>`;
}

/** Says this text, as a bank says its replies. */
export function say(response: ServerResponse, body: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8' }).end(body);
}

/** The InstrId of a request that was received. */
export function instrIdOf(received: Received): string {
  return /<bank:InstrId>([^<]*)</.exec(received.body)?.[1] ?? '';
}
