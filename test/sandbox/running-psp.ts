import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { readJsonFile } from '../../src/platform/json.ts';
import { compileOpenApiSchemas } from '../../src/platform/json-schema.ts';
import { pspPath } from '../../src/sandbox/psp-requests.ts';
import type { PspOptions } from '../../src/sandbox/psp.ts';
import { startSandboxes, type SandboxesOptions } from '../../src/sandbox/sandboxes.ts';
import { certificates, controlOf, newHome, type Ending, type SandboxControl } from './running.ts';

export type Json = Record<string, unknown>;

export interface PspReply {
  readonly status: number;
  readonly mediaType: string | undefined;
  readonly body: string;
}

/** How a request differs from one that is right. */
export interface Wrong {
  readonly headers?: OutgoingHttpHeaders;
  /** Sent in place of what was signed. */
  readonly sentBody?: string;
  readonly sentPath?: string;
  readonly sentMethod?: string;
  /** Goes away when it has waited so long. */
  readonly giveUpMs?: number;
  /** Seconds added to the timestamp, which is signed with it. */
  readonly lateSeconds?: number;
  readonly key?: { readonly id: string; readonly secret: Uint8Array };
}

export interface Asking {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly idempotencyKey?: string;
}

export interface PspClient extends SandboxControl {
  /** Signs and sends as the contract says, written here a second time on purpose. */
  ask(asking: Asking, wrong?: Wrong): Promise<PspReply>;
  /** An order; checks that a JSON answer follows the contract. */
  submit(order?: Json, wrong?: Wrong): Promise<Json & { readonly http: number }>;
  status(instructionId?: string): Promise<Json & { readonly http: number }>;
  cancel(instructionId?: string): Promise<Json & { readonly http: number }>;
  /** Gives 5.05 EUR of I-1 back as R-1, unless told otherwise. */
  refund(order?: Json, original?: string): Promise<Json & { readonly http: number }>;
}

export interface RunningPsp extends PspClient {
  readonly psp: number;
  readonly control: number;
  readonly home: string;
  close(): Promise<void>;
}

export const signingKey = { id: 'test', secret: randomBytes(32) };

export const order = {
  instructionId: 'I-1',
  direction: 'DEPOSIT',
  amount: { currency: 'EUR', minorUnits: '1010' },
  method: 'CARD',
  brand: 'main',
  purpose: 'GAMB',
};

const contract = readJsonFile('openapi/psp-v1.json', 'openapi/psp-v1.json');
export const schemas = compileOpenApiSchemas(contract, ['Payment', 'Problem', 'Rejection', 'Event'], {
  violationsMax: 5,
});

/** A PSP on free ports that ends with the test. */
export async function runPsp(
  t: Ending,
  options: Partial<SandboxesOptions> = {},
  own: Partial<PspOptions> = {},
): Promise<RunningPsp> {
  const { psp: identity } = await certificates();
  const home = options.home ?? (await newHome(t));
  const { psp = 0, ...sandbox } = await startSandboxes({
    host: '127.0.0.1',
    controlPort: 0,
    home,
    psp: { port: 0, identity, signingKeys: [signingKey], ...own },
    ...options,
  });
  t.after(() => sandbox.close());
  const now = (): number => (options.clock?.now() ?? new Date()).getTime();
  return { ...sandbox, psp, home, ...(await pspClientOf({ psp, control: sandbox.control }, { now })) };
}

export async function pspClientOf(
  { psp, control }: { readonly psp: number; readonly control: number },
  {
    now = Date.now,
    key = signingKey,
    authority,
  }: { now?: () => number; key?: Wrong['key']; authority?: string } = {},
): Promise<PspClient> {
  const ca = authority ?? (await certificates()).ca.certificate;
  const ask: PspClient['ask'] = (asking, wrong = {}) =>
    send({
      port: psp,
      ca,
      ...signed(asking, { key, ...wrong }, now()),
      ...(wrong.giveUpMs === undefined ? {} : { signal: AbortSignal.timeout(wrong.giveUpMs) }),
    });
  const path = `${pspPath}/payments`;
  return {
    ask,
    submit: async (changed = {}, wrong = {}) => {
      const sent = { ...order, ...changed };
      const body = JSON.stringify(sent);
      return read(await ask({ method: 'POST', path, body, idempotencyKey: sent.instructionId }, wrong));
    },
    status: async (id = 'I-1') => read(await ask({ method: 'GET', path: `${path}/${id}` })),
    cancel: async (id = 'I-1') =>
      read(await ask({ method: 'POST', path: `${path}/${id}/cancel`, body: '{}' })),
    refund: async (changed = {}, original = 'I-1') => {
      const sent = { instructionId: 'R-1', amount: { currency: 'EUR', minorUnits: '505' }, ...changed };
      const asking = {
        method: 'POST',
        path: `${path}/${original}/refunds`,
        body: JSON.stringify(sent),
      } as const;
      return read(await ask({ ...asking, idempotencyKey: sent.instructionId }));
    },
    ...controlOf(control, 'psp'),
  };
}

/** The document of an answer, and its status; throws where it is not what the contract says. */
function read({ status, mediaType, body }: PspReply): Json & { http: number } {
  const document = JSON.parse(body) as Json;
  const schema = status < 400 ? 'Payment' : status === 422 ? 'Rejection' : 'Problem';
  const violations = schemas[schema](document);
  if (violations.length > 0) throw new Error(`no ${schema}: ${JSON.stringify(violations)}`);
  if (mediaType !== (status < 400 ? 'application/json' : 'application/problem+json'))
    throw new Error(`media type ${mediaType}`);
  return { ...document, http: status };
}

interface Sending {
  readonly method: string;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

function signed(
  { method, path, body = '', idempotencyKey }: Asking,
  {
    headers = {},
    sentBody = body,
    sentPath = path,
    sentMethod = method,
    lateSeconds = 0,
    key = signingKey,
  }: Wrong,
  now: number,
): Sending {
  const timestamp = (Math.floor(now / 1000) + lateSeconds).toString();
  const digest = createHash('sha256').update(body).digest('hex');
  const text = `${timestamp}\n${method}\n${path}\n${idempotencyKey ?? ''}\n${digest}`;
  const all = {
    ...(method === 'POST' ? { 'Content-Type': 'application/json' } : {}),
    ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
    'Psp-Key-Id': key.id,
    'Psp-Timestamp': timestamp,
    'Psp-Signature': `v1,${createHmac('sha256', key.secret).update(text).digest('base64')}`,
    'Content-Length': Buffer.byteLength(sentBody),
    ...headers,
  };
  // A header that is undefined is one that is left out.
  const left = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return { method: sentMethod, path: sentPath, headers: left, body: sentBody };
}

function send({
  body,
  ...options
}: Sending & { port: number; ca: string; signal?: AbortSignal }): Promise<PspReply> {
  return new Promise((resolve, reject) => {
    const sending = request({ ...options, host: '127.0.0.1', agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (text += piece));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          mediaType: response.headers['content-type'],
          body: text,
        }),
      );
    });
    sending.on('error', reject);
    sending.end(body);
  });
}
