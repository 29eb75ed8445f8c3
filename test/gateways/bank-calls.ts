import type { ServerResponse } from 'node:http';
import { bankSoap } from '../../src/gateways/bank-soap/gateway.ts';
import type { OpenGateway } from '../../src/gateways/kind.ts';
import {
  certificates,
  type Ending,
  type GatewayChange,
  type Received,
  type Script,
  scriptedServer,
  type ScriptedServer,
  settingsTo,
  systemTime,
} from './calls.ts';

/** A gateway to `url` that ends with the test. */
export async function gatewayTo(t: Ending, url: string, change: GatewayChange = {}): Promise<OpenGateway> {
  const identity = (await certificates())['gateway-client'];
  const settings = await settingsTo(url, { ...change, tls: { identity, ...change.tls } });
  const { clock = systemTime, surroundings } = change;
  const own = { name: 'bank', kind: 'bankSoap' };
  const gateway = await bankSoap({ ...own, ...settings }, { clock, ...surroundings });
  t.after(() => gateway.close());
  return gateway;
}

export type ScriptedBank = ScriptedServer & { readonly url: string };

/** A bank that says exactly what the test tells it to, to whom shows our client certificate. */
export async function scriptedBank(t: Ending, answer: Script): Promise<ScriptedBank> {
  const { bank, ca } = await certificates();
  const tls = {
    key: bank.key,
    cert: bank.certificate,
    ca: ca.certificate,
    requestCert: true,
    rejectUnauthorized: true,
  };
  const scripted = await scriptedServer(t, tls, answer);
  return { ...scripted, url: `${scripted.origin}/bank/v1` };
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
export function instrIdOf(received: Pick<Received, 'body'>): string {
  return /<bank:InstrId>([^<]*)</.exec(received.body)?.[1] ?? '';
}

/** Takes every instruction on and settles it. */
export const settle: Script = (response, received) =>
  say(response, submitReply({ instrId: instrIdOf(received) }));
