/** Partners who send one request, by either door, and write down what they heard: they are impatient and never throw. */
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { tokenPath } from '../../src/inbound/rest/token.ts';
import { type DevelopmentCertificates, readIn } from '../support/bridge-house.ts';
import { contentType, paymentMessage, person, statusMessage } from '../support/bridge-requests.ts';

/** What a partner wants, in words that both doors read to the same meaning. */
export interface Wish {
  readonly reference: string;
  readonly operation: 'Deposit' | 'Withdrawal';
  /** Decimal text in EUR. */
  readonly amount: string;
  readonly playerId: string;
  /** BANK_TRANSFER goes to the bank, EWALLET and VOUCHER to the PSP. */
  readonly method: 'BANK_TRANSFER' | 'EWALLET' | 'VOUCHER';
}

/** One answer, or that there was none. */
export interface Heard {
  readonly atMs: number;
  readonly tookMs: number;
  /** `payment`: told where it stands; `fault`: refused, with what became of it; `nothing`: no answer came. */
  readonly kind: 'payment' | 'fault' | 'nothing';
  readonly paymentId?: string | undefined;
  /** ISO status, as in ACSC. */
  readonly status?: string | undefined;
  readonly outcome?: string | undefined;
  readonly code?: string | undefined;
}

/** A bridge that may be called. */
export interface Target {
  readonly soap: number;
  readonly internal: number;
}

export interface Caller {
  instruct(target: Target, door: Door, wish: Wish): Promise<Heard>;
  ask(target: Target, reference: string): Promise<Heard>;
  /** GET of an address on the internal door: its status, 0 where nothing answered. */
  probe(target: Target, path: string): Promise<number>;
  close(): void;
}

export type Door = 'soap' | 'rest';

const patienceMs = 6_000;

/** One partner with his connections, for one home's certificates and token. */
export function openCaller(home: string, certificates: DevelopmentCertificates): Caller {
  const { certificate: cert, key } = certificates['partner-a'];
  const tls = { ca: certificates.ca.certificate, cert, key, servername: 'localhost' };
  const secure = new https.Agent({ ...tls, keepAlive: true, maxSockets: 64 });
  const plain = new http.Agent({ keepAlive: true, maxSockets: 64 });
  let token: string | undefined;

  const soap = (port: number, body: string): Promise<Reply> =>
    exchanged(https.request({ ...post(port, '/soap/v1/payments', contentType('1.1')), agent: secure }), body);
  const rest = (port: number, wish: Wish): Promise<Reply> => {
    token ??= readFileSync(tokenPath(home), 'utf8').trim();
    const path = wish.operation === 'Deposit' ? '/v1/deposits' : '/v1/withdrawals';
    const options = post(port, path, 'application/json', { authorization: `Bearer ${token}` });
    return exchanged(http.request({ ...options, agent: plain }), JSON.stringify(restDocument(wish)));
  };
  return {
    instruct: (target, door, wish) =>
      door === 'soap'
        ? timed(async () => heardBySoap(await soap(target.soap, paymentMessage('1.1', soapWanted(wish)))))
        : timed(async () => heardByRest(await rest(target.internal, wish))),
    ask: (target, reference) =>
      timed(async () => heardBySoap(await soap(target.soap, statusMessage('1.1', { reference })))),
    async probe({ internal: port }, path) {
      const asked = http.request({ ...post(port, path, 'text/plain'), method: 'GET', agent: plain });
      return exchanged(asked).then(
        ({ status }) => status,
        () => 0,
      );
    },
    close() {
      secure.destroy();
      plain.destroy();
    },
  };
}

function post(port: number, path: string, type: string, headers: Readonly<Record<string, string>> = {}) {
  const signal = AbortSignal.timeout(patienceMs);
  return {
    host: '127.0.0.1',
    port,
    path,
    method: 'POST',
    signal,
    headers: { 'content-type': type, ...headers },
  };
}

interface Reply {
  readonly status: number;
  readonly body: string;
}

async function exchanged(request: http.ClientRequest, body?: string): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  request.once('response', resolve).on('error', reject);
  request.end(body);
  const response = await promise;
  return { status: response.statusCode ?? 0, body: await text(response) };
}

type Said = Omit<Heard, 'atMs' | 'tookMs'>;

async function timed(saying: () => Promise<Said>): Promise<Heard> {
  const startedAt = Date.now();
  const said = await saying().catch((): Said => ({ kind: 'nothing' }));
  const atMs = Date.now();
  return { atMs, tookMs: atMs - startedAt, ...said };
}

function heardBySoap({ status, body }: Reply): Said {
  const read = readIn({ status, headers: {}, body });
  if (read.code !== undefined) {
    return { kind: 'fault', code: read.code, outcome: read.outcome, paymentId: read.text('PaymentId') };
  }
  const told = read.status?.split(' ')[0];
  return told === undefined
    ? { kind: 'nothing' }
    : { kind: 'payment', status: told, paymentId: read.text('PaymentId') };
}

function heardByRest({ body }: Reply): Said {
  const said = JSON.parse(body) as Record<string, string | undefined>;
  const { code, outcome, status, id, paymentId } = said;
  return code === undefined
    ? { kind: 'payment', status, paymentId: id }
    : { kind: 'fault', code, outcome, paymentId };
}

function soapWanted({ method, ...wanted }: Wish) {
  return { ...wanted, changed: { PaymentMethod: `<PaymentMethod>${method}</PaymentMethod>` } };
}

function restDocument({ reference, operation, amount, playerId, method }: Wish): object {
  const party = { name: person.name, account: { iban: person.iban }, agentBic: person.bic };
  return {
    partnerReference: reference,
    playerId,
    amount: { value: amount, currency: 'EUR' },
    paymentMethod: method,
    paymentToken: person.token,
    [operation === 'Deposit' ? 'debtor' : 'creditor']: party,
    remittanceInformation: person.remittance,
  };
}
