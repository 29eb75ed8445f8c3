/** Who calls in the demo: a partner by SOAP over mutual TLS, the casino's core by REST, and a tester at the sandbox's control port. */
import { request as httpRequest } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { soapContentType } from '../platform/soap-media.ts';
import type { SoapVersion } from '../platform/soap.ts';
import { clientTls, type TlsIdentity } from '../platform/tls.ts';
import { childElements, messageLimits, readXml, textOf, type XmlElement } from '../platform/xml.ts';

export interface SoapAnswer {
  readonly status: number;
  readonly body: Buffer;
  /** The text of the first element with this local name. */
  text(name: string): string | undefined;
}

export interface SoapClient {
  call(version: SoapVersion, body: Buffer): Promise<SoapAnswer>;
  close(): void;
}

const timeoutMs = 20_000;

/** A partner who shows his certificate and verifies ours. */
export function soapClient(
  url: string,
  { identity, authority }: { identity: TlsIdentity; authority: string },
): SoapClient {
  const agent = new Agent({ ...clientTls({ identity, authorities: [authority] }), keepAlive: true });
  return {
    async call(version, body) {
      const headers = { 'Content-Type': soapContentType[version], 'Content-Length': body.length };
      const sent = httpsRequest(url, { method: 'POST', agent, headers, timeout: timeoutMs });
      const { status, body: answered } = await answerTo(sent.end(body));
      const texts = textsIn(answered);
      return { status, body: answered, text: (name) => texts.get(name) };
    },
    close: () => agent.destroy(),
  };
}

/** Calls the sandbox's control port; the answer is JSON. */
export async function controlCall(method: 'GET' | 'POST', url: string, document?: object): Promise<unknown> {
  const body = await jsonCall(method, url, { document });
  return JSON.parse(body.toString('utf8'));
}

/** The casino's core, at the internal door: sends a document, and gives the bytes of the one that it reads. */
export function coreClient(url: string, token: string): (path: string, document: object) => Promise<Buffer> {
  const headers = { Authorization: `Bearer ${token}` };
  return (path, document) => jsonCall('POST', `${url}${path}`, { document, headers });
}

async function jsonCall(
  method: 'GET' | 'POST',
  url: string,
  { document, headers }: { document: object | undefined; headers?: Record<string, string> },
): Promise<Buffer> {
  const sent = httpRequest(url, {
    method,
    headers: { ...headers, ...(document && { 'Content-Type': 'application/json' }) },
    timeout: timeoutMs,
    agent: false,
  });
  const { body } = await answerTo(document === undefined ? sent.end() : sent.end(JSON.stringify(document)));
  return body;
}

async function answerTo(sent: ReturnType<typeof httpRequest>): Promise<{ status: number; body: Buffer }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve).on('error', reject);
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
  });
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  return { status: response.statusCode ?? 0, body: Buffer.concat(pieces) };
}

function textsIn(body: Buffer): ReadonlyMap<string, string> {
  const reading = readXml(body, messageLimits);
  if ('refused' in reading) return new Map();
  using document = reading;
  const texts = new Map<string, string>();
  collect(document.root, texts);
  return texts;
}

function collect(element: XmlElement, texts: Map<string, string>): void {
  const children = childElements(element);
  const text = children.length === 0 ? textOf(element) : undefined;
  if (text !== undefined && !texts.has(element.name)) texts.set(element.name, text);
  for (const child of children) collect(child, texts);
}
