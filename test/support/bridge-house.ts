/** One whole bridge with its bank for a test file, what a partner reads of it, and what its ledger and the bank's journal hold. */
import { performance } from 'node:perf_hooks';
import type { TestContext } from 'node:test';
import { certificatesOf } from '../../src/cli/development.ts';
import { table } from '../../src/cli/table.ts';
import { paged } from '../../src/cli/with-ledger.ts';
import { readLedgerConfig } from '../../src/config.ts';
import type { Config } from '../../src/config/config.ts';
import type { LedgerStore, RecordedEntry } from '../../src/payments/ledger-store.ts';
import type { Payment } from '../../src/payments/payment.ts';
import type { Credential } from '../../src/pki/authority.ts';
import { openLedger } from '../../src/store/open.ts';
import { type Change, type WholeBridge, wholeBridge } from './bridge.ts';
import { contentType, type Version } from './bridge-requests.ts';
import { type Silence, silence } from './bridge-silence.ts';
import { ask, type Asking, part } from './door-open.ts';
import { call } from './http.ts';

export type DevelopmentCertificates = Awaited<ReturnType<typeof certificatesOf>>;

/** What a partner reads. */
export interface Read {
  readonly http: number;
  /** Client, Server, Sender, Receiver, ...; `-` where the answer is no fault. */
  readonly fault: string;
  readonly code: string | undefined;
  readonly outcome: string | undefined;
  readonly retry: string | undefined;
  readonly correlationId: string | undefined;
  /** The payment's status with its reason, as in `PDNG AB06`; undefined where no payment is told. */
  readonly status: string | undefined;
  readonly body: string;
  readonly tookMs: number;
  readonly text: (name: string) => string | undefined;
}

export interface Sending extends Omit<Asking, 'body' | 'headers' | 'caller'> {
  /** partner-a where nothing is said. */
  readonly caller?: Credential | 'nobody';
  readonly headers?: Readonly<Record<string, string>>;
  readonly version?: Version;
}

export interface Address {
  readonly port: number;
  readonly certificates: DevelopmentCertificates;
}

/** One request over a connection of its own. */
export async function send(
  { port, certificates }: Address,
  body: string | Buffer,
  { version = '1.1', caller = certificates['partner-a'], headers, ...more }: Sending = {},
): Promise<Read> {
  const startedAt = performance.now();
  const asking = {
    ...(caller !== 'nobody' && { caller }),
    body,
    ...more,
    headers: { 'content-type': contentType(version), ...headers },
  };
  const reply = await ask(port, asking, certificates.ca);
  return { ...readIn(reply), tookMs: performance.now() - startedAt };
}

export function readIn({
  status: http,
  body,
  headers,
}: Awaited<ReturnType<typeof ask>>): Omit<Read, 'tookMs'> {
  const text = (name: string): string | undefined => part(body, name);
  // What the history holds of the past is not where the payment stands.
  const present = body.split('<History')[0] ?? '';
  const reason = part(present, 'Code');
  const status = part(present, 'TransactionStatus');
  const isFault = body.includes(':Fault>');
  return {
    http,
    fault: (text('faultcode') ?? text('soap:Value') ?? '-').replace('soap:', ''),
    code: isFault ? text('Code') : undefined,
    outcome: text('Outcome'),
    retry: text('Retry'),
    correlationId: headers['x-correlation-id']?.toString(),
    status: status === undefined ? undefined : [status, ...(reason === undefined ? [] : [reason])].join(' '),
    body,
    text,
  };
}

export interface Instructed {
  readonly instructionId: string;
  readonly direction: 'CRDT' | 'DBIT';
  readonly amountMinor: string;
  readonly currency: string;
  readonly status: string;
  readonly submissions: number;
}

/** The bank's control port: what it did, and how it is told to misbehave. */
export function bankControl(port: number) {
  const asked = async (method: string, path: string, document?: object): Promise<unknown> => {
    const headers = [['Content-Type', 'application/json']] as const;
    const body = document === undefined ? {} : { headers, body: JSON.stringify(document) };
    const { status, json } = await call(port, { method, path, ...body });
    if (status >= 300) throw new Error(`the sandbox refused ${method} ${path}: ${JSON.stringify(json)}`);
    return json;
  };
  return {
    effects: async () => (await asked('GET', '/sandbox/effects')) as Instructed[],
    instructions: async () => (await asked('GET', '/sandbox/instructions')) as Instructed[],
    misbehave: async (mode: string, more: object = { count: 1 }) =>
      asked('POST', '/sandbox/faults', { gateway: 'bank', mode, ...more }),
    behave: async () => asked('DELETE', '/sandbox/faults'),
  };
}

export interface House {
  readonly whole: WholeBridge;
  readonly address: Address;
  readonly bank: ReturnType<typeof bankControl>;
  /** The ledger by a connection of the test's own. */
  readonly ledger: LedgerStore;
  readonly silence: Silence;
  /** The same as `send` to this bridge; what is refused is heard. */
  send(body: string | Buffer, sending?: Sending): Promise<Read>;
  /** Another bridge on the same ledger and bank; closed with the house. */
  another(change: (config: Config) => Config): Promise<Address>;
  close(): Promise<void>;
}

/** Opens the house; whoever does so closes it. */
export async function openHouse(change?: Change): Promise<House> {
  await using unfinished = new AsyncDisposableStack();
  const stack = unfinished.use(new AsyncDisposableStack());
  const after: TestContext['after'] = (work) => stack.defer(work as () => Promise<void>);
  const whole = await wholeBridge({ after }, change);
  const certificates = await certificatesOf(whole.env);
  const location = readLedgerConfig(whole.env).ledger;
  const ledger = stack.adopt(await openLedger({ ...location, createIfEmpty: false }), (it) => it.close());
  const address = { port: whole.bridge.ports.soap, certificates };
  const quiet = silence();
  quiet.guards(whole.home);
  const opened = unfinished.move();
  return {
    whole,
    address,
    bank: bankControl(whole.bank.control),
    ledger,
    silence: {
      ...quiet,
      check() {
        quiet.heard(whole.log());
        quiet.check();
      },
    },
    async send(body, sending) {
      const read = await send(address, body, sending);
      if (read.http !== 200) quiet.heard(read.body);
      return read;
    },
    another: async (changed) => ({ port: (await whole.another(changed)).ports.soap, certificates }),
    close: () => opened.disposeAsync(),
  };
}

/** A line of the log: flat, under ECS names. */
export type LogLine = Readonly<Record<string, string | number | undefined>>;

/** The lines that the bridge has logged about one request. */
export function linesAbout(log: string, correlationId: string | undefined): LogLine[] {
  return log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine)
    .filter((line) => line['http.request.id'] === correlationId);
}

export async function paymentsIn(ledger: LedgerStore): Promise<Payment[]> {
  return all(paged((page) => ledger.payments({}, page)));
}

export async function entriesIn(
  ledger: LedgerStore,
  filter: Parameters<LedgerStore['entries']>[0] = {},
): Promise<RecordedEntry[]> {
  return all(paged((page) => ledger.entries(filter, page)));
}

async function all<Item>(pages: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of pages) items.push(item);
  return items;
}

/** A table for whoever wants to see it: `PRINT=1 npm test -- FILE`. */
export function printTable(headings: readonly string[], rows: readonly (readonly string[])[]): void {
  if (process.env['PRINT'] !== undefined) console.log(`\n${table(headings, rows)}\n`);
}
