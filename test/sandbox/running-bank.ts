import { request } from 'node:https';
import type { DevelopmentCertificates } from '../../src/pki/development.ts';
import { bankPath } from '../../src/sandbox/bank.ts';
import { startSandboxes, type SandboxesOptions } from '../../src/sandbox/sandboxes.ts';
import { certificates, controlOf, newHome, type Ending, type SandboxControl } from './running.ts';

export { certificates, newHome, type Ending } from './running.ts';

export interface RunningBank extends SandboxControl {
  readonly bank: number;
  /** Where one was asked for beside it. */
  readonly psp?: number;
  readonly control: number;
  readonly home: string;
  readonly url: string;
  /** Posts one message in an envelope as the bridge's gateway would, and answers status and body. */
  post(child: string, options?: PostOptions): Promise<{ status: number; body: string }>;
  close(): Promise<void>;
}

interface PostOptions {
  readonly soapAction?: string;
  readonly client?: { key: string; certificate: string } | 'nobody';
  readonly raw?: boolean;
}

/** A bank on free ports that ends with the test. */
export async function runBank(t: Ending, options: Partial<SandboxesOptions> = {}): Promise<RunningBank> {
  const { ca, bank: identity } = await certificates();
  const home = options.home ?? (await newHome(t));
  const { bank = 0, ...sandbox } = await startSandboxes({
    host: '127.0.0.1',
    controlPort: 0,
    home,
    bank: { port: 0, identity, clientAuthorities: [ca.certificate] },
    ...options,
  });
  t.after(() => sandbox.close());
  return {
    ...sandbox,
    bank,
    home,
    url: `https://127.0.0.1:${bank}${bankPath}`,
    ...clientOf(await certificates(), { bank, control: sandbox.control }),
  };
}

export function clientOf(
  certs: DevelopmentCertificates,
  { bank, control }: { bank: number; control: number },
) {
  return {
    post: (
      child: string,
      { soapAction = '', client = certs['gateway-client'], raw = false }: PostOptions = {},
    ) =>
      new Promise<{ status: number; body: string }>((resolve, reject) => {
        const posting = request(
          {
            host: '127.0.0.1',
            port: bank,
            path: bankPath,
            method: 'POST',
            ca: certs.ca.certificate,
            ...(client === 'nobody' ? {} : { key: client.key, cert: client.certificate }),
            headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: soapAction },
            agent: false,
          },
          (response) => {
            response.setEncoding('utf8');
            let body = '';
            response.on('data', (piece: string) => (body += piece));
            response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
            response.on('error', reject);
          },
        );
        posting.on('error', reject);
        posting.end(raw ? child : envelope(child));
      }),
    ...controlOf(control, 'bank'),
  };
}

export function envelope(child: string): string {
  return `<?xml version="1.0"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>${child}</e:Body></e:Envelope>`;
}

export interface Instruct {
  readonly id?: string;
  readonly direction?: 'CRDT' | 'DBIT';
  readonly amount?: string;
  readonly currency?: string;
  readonly more?: string;
}

export function submitPayment({
  id = 'I-1',
  direction = 'CRDT',
  amount = '10.10',
  currency = 'EUR',
  more = '',
}: Instruct = {}): string {
  return (
    '<b:SubmitPayment xmlns:b="urn:cagebridge:bank-gateway:v1"><b:Instr>' +
    `<b:InstrId>${id}</b:InstrId><b:CreDtTm>2026-11-22T10:00:00Z</b:CreDtTm><b:CdtDbtInd>${direction}</b:CdtDbtInd>` +
    `<b:InstdAmt Ccy="${currency}">${amount}</b:InstdAmt>${more}</b:Instr></b:SubmitPayment>`
  );
}

export function getPaymentStatus(id = 'I-1'): string {
  return `<GetPaymentStatus xmlns="urn:cagebridge:bank-gateway:v1"><Qry><InstrId>${id}</InstrId></Qry></GetPaymentStatus>`;
}

export function getStatement(day: string, currency: string, page = 1): string {
  return `<GetStatement xmlns="urn:cagebridge:bank-gateway:v1"><Qry><Dt>${day}</Dt><Ccy>${currency}</Ccy><PgNb>${page}</PgNb></Qry></GetStatement>`;
}
