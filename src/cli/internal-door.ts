/** The running bridge's internal door, as commands call it. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { resolve } from 'node:path';
import { rootCertificates } from 'node:tls';
import { readLedgerConfig } from '../config.ts';
import { readSettings } from '../config/settings.ts';
import { readBearerToken, tokenRule } from '../inbound/rest/bearer.ts';
import { isWildcard } from '../platform/hosts.ts';
import { Misconfigured } from '../platform/misconfigured.ts';
import { type Environment, resolveReference, variable } from '../platform/references.ts';

export interface DoorAddress {
  readonly host: string;
  readonly port: number;
  /** A name under which it may be called. */
  readonly name: string;
  /** A reference to the certificate that it shows, where it speaks TLS. */
  readonly certificate?: string;
}

/** Where this machine's configuration has it. @throws Misconfigured */
export function internalDoorOf(env: Environment): DoorAddress {
  const { host, port, hosts, certificate } = readSettings(env).doors.internal;
  const loopback = host.includes(':') ? '::1' : '127.0.0.1';
  const reachable = isWildcard(host) ? loopback : host;
  return { host: reachable, port, name: hosts[0] ?? host, ...(certificate !== undefined && { certificate }) };
}

const tokenVariable = 'CAGEBRIDGE_OPERATOR_TOKEN';

/** Whose token is shown: a file, or the reference in the environment. Never a value on the command line. @throws Misconfigured */
export function operatorToken(env: Environment, file: string | undefined): string {
  const at = file === undefined ? tokenVariable : '--token-file';
  const reference = file === undefined ? variable(env, tokenVariable) : `file:${resolve(file)}`;
  if (reference === undefined) {
    throw new Misconfigured([
      `${tokenVariable}: is not set; write env:NAME or file:PATH, or say --token-file PATH`,
    ]);
  }
  const { home } = readLedgerConfig(env);
  const token = readBearerToken(resolveReference({ reference, at, kind: 'secret' }, { env, home }));
  if (token === undefined) throw new Misconfigured([`${at}: ${tokenRule}`]);
  return token;
}

export interface DoorCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly token: string;
  readonly body?: object;
}

export interface DoorAnswer {
  readonly status: number;
  readonly document: unknown;
}

/** Longer than the door takes for its answers: a payment that is approved is carried meanwhile. */
const answerTimeoutMs = 65_000;
const answerBytesMax = 16 * 1024 * 1024;

/** One call with a token. Over TLS the door is known by its own certificate, or by one of the system's authorities. */
export async function callDoor(
  env: Environment,
  { method, path, token, body }: DoorCall,
): Promise<DoorAnswer> {
  const { host, port, name, certificate } = internalDoorOf(env);
  const { promise, resolve: answered, reject } = Promise.withResolvers<DoorAnswer>();
  const headers = {
    Host: name,
    Authorization: `Bearer ${token}`,
    ...(body && { 'Content-Type': 'application/json' }),
  };
  const signal = AbortSignal.timeout(answerTimeoutMs);
  const asked = { host, port, method, path, signal, agent: false as const, headers };
  const sent =
    certificate === undefined
      ? httpRequest(asked)
      : httpsRequest({ ...asked, ...trustIn(env, certificate), servername: name });
  sent.on('error', reject).on('response', (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response
      .on('error', reject)
      .on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > answerBytesMax) response.destroy(new Error('the answer is longer than is read'));
        chunks.push(chunk);
      })
      .on('end', () => {
        const document: unknown = parsed(Buffer.concat(chunks).toString());
        answered({ status: response.statusCode ?? 0, document });
      });
  });
  sent.end(body && JSON.stringify(body));
  return promise;
}

function trustIn(env: Environment, reference: string) {
  const { home } = readLedgerConfig(env);
  const own = resolveReference({ reference, at: '/doors/internal/certificate' }, { env, home });
  return { ca: [...rootCertificates, own], allowPartialTrustChain: true };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
