import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { developmentCertificates, type DevelopmentCertificates } from '../../src/pki/development.ts';
import {
  bankPath,
  startBankSandbox,
  type BankSandbox,
  type BankSandboxOptions,
} from '../../src/sandbox/bank.ts';

export interface Ending {
  after(end: () => Promise<void>): void;
}

export interface RunningBank extends BankSandbox {
  readonly home: string;
  readonly url: string;
  /** Posts one message in an envelope as the bridge's gateway would, and answers status and body. */
  post(child: string, options?: PostOptions): Promise<{ status: number; body: string }>;
  arm(fault: object): Promise<{ status: number; body: unknown }>;
  disarm(): Promise<void>;
  effects(): Promise<Record<string, unknown>[]>;
  instructions(): Promise<Record<string, unknown>[]>;
}

interface PostOptions {
  readonly soapAction?: string;
  readonly client?: { key: string; certificate: string } | 'nobody';
  readonly raw?: boolean;
}

let made: Promise<DevelopmentCertificates> | undefined;

/** The certificates of this test process: making keys is slow, so it is done once. */
export function certificates(): Promise<DevelopmentCertificates> {
  made ??= (async () => {
    const directory = await mkdtemp(join(tmpdir(), 'bank-certs-'));
    try {
      return await developmentCertificates(join(directory, 'certs'), { clock: { now: () => new Date() } });
    } finally {
      await rm(directory, { recursive: true });
    }
  })();
  return made;
}

export async function newHome(t: Ending): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'bank-home-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  return home;
}

/** A bank on free ports that ends with the test. */
export async function runBank(t: Ending, options: Partial<BankSandboxOptions> = {}): Promise<RunningBank> {
  const certs = await certificates();
  const home = options.home ?? (await newHome(t));
  const sandbox = await startBankSandbox({
    host: '127.0.0.1',
    bankPort: 0,
    controlPort: 0,
    tls: { identity: certs.bank, clientAuthorities: [certs.ca.certificate] },
    home,
    ...options,
  });
  t.after(() => sandbox.close());
  return {
    ...sandbox,
    home,
    url: `https://127.0.0.1:${sandbox.bank}${bankPath}`,
    ...clientOf(certs, sandbox),
  };
}

export function clientOf(
  certs: DevelopmentCertificates,
  { bank, control }: { bank: number; control: number },
) {
  const controlUrl = `http://127.0.0.1:${control}/sandbox`;
  const list = async (what: string) =>
    (await (await fetch(`${controlUrl}/${what}`)).json()) as Record<string, unknown>[];
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
    arm: async (fault: object) => {
      const response = await fetch(`${controlUrl}/faults`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ gateway: 'bank', ...fault }),
      });
      return { status: response.status, body: await response.json() };
    },
    disarm: async () => {
      await fetch(`${controlUrl}/faults`, { method: 'DELETE' });
    },
    effects: () => list('effects'),
    instructions: () => list('instructions'),
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
