/** A SOAP door on a free port, with the contract's own codec, and callers that speak to it by hand or through Node. */
import { once } from 'node:events';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import tls from 'node:tls';
import type { InvalidAnswer } from '../../src/inbound/invalid-answer.ts';
import { soapCodec } from '../../src/inbound/soap/codec.ts';
import { type ContractReader, contractReader } from '../../src/inbound/soap/contract.ts';
import type { DoorAnswered, DoorRefused } from '../../src/inbound/soap/door-events.ts';
import { defaultDoorLimits, type DoorLimits } from '../../src/inbound/soap/door-limits.ts';
import { openSoapDoor } from '../../src/inbound/soap/door-listener.ts';
import type { DoorParts } from '../../src/inbound/soap/door.ts';
import type { Payment } from '../../src/payments/payment.ts';
import { revocationLists } from '../../src/pki/revocation-lists.ts';
import type { Credential } from '../../src/pki/authority.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createIds } from '../../src/platform/ids.ts';
import { type Callers, changingDirectory, partner } from './tls-callers.ts';

export interface Told {
  readonly refused: DoorRefused[];
  readonly answered: DoorAnswered[];
  readonly failed: { error: unknown; correlationId: string }[];
  readonly handshakes: string[];
  readonly invalid: InvalidAnswer[];
  readonly unlisted: (readonly [partnerId: string, trouble: string])[];
  dropped: number;
}

export interface DoorChanges {
  readonly limits?: Partial<DoorLimits>;
  readonly payments?: Partial<DoorParts['payments']>;
  readonly parts?: Partial<DoorParts>;
}

/** A payment as a use case would return it: accepted, nothing sent. */
export function receivedPayment(partnerId = 'acme'): Payment {
  return {
    id: '019aaf00-0000-7000-8000-000000000001',
    instruction: {
      direction: 'CRDT',
      partnerId,
      partnerReference: 'ref-1',
      playerId: 'player-1',
      brand: 'brand-1',
      amount: { minor: 1000n, currency: 'EUR' },
      method: 'CARD',
      purpose: 'GAMB',
    },
    fingerprint: `v1:${'0'.repeat(64)}`,
    acceptedAt: new Date('2026-11-22T10:00:00Z'),
    version: 1,
    state: { name: 'received' },
    openCases: [],
    returns: [],
  };
}

/** Opens a door for the partners acme and birch; it is closed when the test ends. */
export async function openDoor(t: TestContext, callers: Callers, changes: DoorChanges = {}) {
  const directory = changingDirectory([partner('acme', callers.acmeCa), partner('birch', callers.birchCa)]);
  const told: Told = {
    refused: [],
    answered: [],
    failed: [],
    handshakes: [],
    invalid: [],
    unlisted: [],
    dropped: 0,
  };
  let contract: ContractReader | undefined;
  const parts: DoorParts = {
    directory,
    lists: revocationLists(() => []),
    codec: soapCodec((invalid) => told.invalid.push(invalid)),
    payments: {
      initiate: async () => Promise.resolve({ payment: receivedPayment(), replayed: false }),
      status: async () => Promise.resolve({ payment: receivedPayment(), history: [] }),
      ...changes.payments,
    },
    answerWithin: (work) => work,
    contract: (query) => contract?.(query),
    clock: systemClock,
    ids: createIds({ clock: systemClock }),
    events: {
      refused: (event) => told.refused.push(event),
      answered: (event) => told.answered.push(event),
      failed: (event) => told.failed.push(event),
      handshakeFailed: ({ code }) => told.handshakes.push(code),
      ledgerFailed: () => {},
      dismissed: () => {},
      letInUnlisted: (...about) => void told.unlisted.push(about),
      connectionDropped: () => (told.dropped += 1),
    },
    limits: { ...defaultDoorLimits, ...changes.limits },
    ...changes.parts,
  };
  const door = openSoapDoor(parts, callers.server);
  const port = await door.listen('127.0.0.1', 0);
  contract = contractReader(`https://localhost:${port}`);
  t.after(() => door.close(0));
  return { door, port, directory, told };
}

const namespace = 'urn:cagebridge:payments:v1';
const envelopes = {
  '1.1': { uri: 'http://schemas.xmlsoap.org/soap/envelope/', type: 'text/xml; charset=utf-8' },
  '1.2': { uri: 'http://www.w3.org/2003/05/soap-envelope', type: 'application/soap+xml; charset=utf-8' },
} as const;

export type Version = keyof typeof envelopes;

export function contentType(version: Version): string {
  return envelopes[version].type;
}

export function envelope(version: Version, body: string): string {
  return `<e:Envelope xmlns:e="${envelopes[version].uri}"><e:Body>${body}</e:Body></e:Envelope>`;
}

/** A Status by reference, optionally padded with spaces to a size. */
export function statusRequest(version: Version = '1.1', bytes = 0): string {
  const query = `<Request><PartnerReference xmlns="urn:cagebridge:types:v1">ref-1</PartnerReference></Request>`;
  return envelope(version, `<Status xmlns="${namespace}">${query}</Status>`).padEnd(bytes);
}

export function depositRequest(version: Version = '1.1'): string {
  const fields = [
    '<MessageId>m-1</MessageId><CreationDateTime>2026-11-22T10:00:00Z</CreationDateTime>',
    '<PartnerReference>ref-1</PartnerReference><PlayerId>player-1</PlayerId>',
    '<Amount Ccy="EUR">10.00</Amount><PaymentMethod>CARD</PaymentMethod>',
  ].join('');
  const request = `<Request xmlns:t="urn:cagebridge:types:v1">${fields.replaceAll(/<(\/?)(?=\w)/g, '<$1t:')}</Request>`;
  return envelope(version, `<Deposit xmlns="${namespace}">${request}</Deposit>`);
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Asking extends https.RequestOptions {
  readonly caller?: Credential;
  readonly body?: string | Buffer;
}

/** One request through Node's own client, which writes its whole body whatever comes back meanwhile. */
export async function ask(
  port: number,
  { caller, body, ...options }: Asking,
  trusted: Credential,
): Promise<Reply> {
  const request = https.request({
    host: '127.0.0.1',
    port,
    path: '/soap/v1/payments',
    method: 'POST',
    agent: false,
    ...tlsOf(trusted, caller),
    ...options,
    headers: {
      'content-type': contentType('1.1'),
      ...(options.headers as Record<string, string> | undefined),
    },
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [
    Readable & { statusCode: number; headers: Reply['headers'] },
  ];
  // A writer that is cut off while it reads: the answer is there all the same.
  request.on('error', () => {});
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** A connection on which a test writes bytes of its own choice. */
export async function dial(
  port: number,
  trusted: Credential,
  caller?: Credential,
  more: tls.ConnectionOptions = {},
) {
  const socket = tls.connect({ host: '127.0.0.1', port, ...tlsOf(trusted, caller), ...more });
  await once(socket, 'secureConnect');
  let received = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
  // What happens to the connection after the answer is looked at by its end, not by its errors.
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return {
    socket,
    /** Resolves with everything that came, when the other side has closed. */
    async untilClosed(): Promise<string> {
      await closed;
      return received;
    },
    /** Resolves with everything that came, when it contains the word. */
    async until(word: string): Promise<string> {
      const early = async (): Promise<never> => {
        await closed;
        throw new Error(`closed after ${received.slice(0, 200)}`);
      };
      while (!received.includes(word)) await Promise.race([once(socket, 'data'), early()]);
      return received;
    },
  };
}

export function head(
  headers: Readonly<Record<string, string>>,
  line = 'POST /soap/v1/payments HTTP/1.1',
): string {
  const lines = Object.entries({ Host: 'x', ...headers }).map(([name, value]) => `${name}: ${value}`);
  return [line, ...lines, '', ''].join('\r\n');
}

function tlsOf(trusted: Credential, caller: Credential | undefined): tls.ConnectionOptions {
  // A caller with a weak key has lowered its own guard, and only its own.
  const options = { ca: trusted.certificate, servername: 'localhost', ciphers: 'DEFAULT@SECLEVEL=0' };
  return caller === undefined ? options : { ...options, cert: caller.certificate, key: caller.key };
}

/** The text of an element of the contract's types, which have no prefix in our answers. */
export function part(body: string, name: string): string | undefined {
  return new RegExp(`<${name}(?: [^>]*)?>([^<]*)<`).exec(body)?.[1];
}
