/**
 * The handshakes that a certificate will be in, before anything depends on it: over TLS 1.2 and 1.3, by the options that
 * doors and gateways are opened with, and one request through each, because in TLS 1.3 a server refuses a client only after
 * the client's handshake is over.
 */
import { X509Certificate } from 'node:crypto';
import { createServer, request, type RequestOptions, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { checkServerIdentity, type PeerCertificate, type TLSSocket } from 'node:tls';
import {
  type ClientTlsOptions,
  clientTls,
  defaultListenerLimits,
  mutualTlsListener,
  type TlsIdentity,
} from '../platform/tls.ts';
import { issueLeaf, makeAuthority } from './authority.ts';
import { type ServerAddress, tlsVersions } from './live-server.ts';

export interface TrialTerms {
  /** Who verifies it (PEM): the authorities that the other side has. */
  readonly authorities: readonly string[];
  readonly now: Date;
  /** For each handshake with its request. */
  readonly timeoutMs: number;
}

export interface TrialHandshake {
  readonly version: (typeof tlsVersions)[number];
  /** Why it failed, in a word of Node's or OpenSSL's; undefined where it did not. */
  readonly failed?: string;
}

/** Serves by the identity on loopback and calls it as a partner would who has the authorities. */
export async function tryServer(
  identity: TlsIdentity,
  { authorities, timeoutMs }: TrialTerms,
): Promise<readonly TrialHandshake[]> {
  const { subjectAltName = '' } = new X509Certificate(identity.certificate);
  const name = /(?:DNS|IP Address):([^,\s]+)/.exec(subjectAltName)?.[1] ?? '';
  const isHost = subjectAltName.includes(`DNS:${name}`);
  const server = createServer(
    mutualTlsListener(identity, authorities, defaultListenerLimits),
    (_, response) => {
      response.writeHead(204).end();
    },
  );
  return listening(server, (address) =>
    eachVersion(
      { ...address, timeoutMs },
      {
        ...clientTls({ authorities, ...(isHost && { servername: name }) }),
        // The listener is on loopback, and the certificate is for where it will be.
        checkServerIdentity: (_, shown: PeerCertificate) => checkServerIdentity(name, shown),
      },
    ),
  );
}

/** Calls, on loopback, a server of the day that asks for a certificate of the authorities. */
export async function tryClient(
  identity: TlsIdentity,
  { authorities, now, timeoutMs }: TrialTerms,
): Promise<readonly TrialHandshake[]> {
  const host = await passingServer(now);
  const server = createServer(
    mutualTlsListener(host.identity, authorities, defaultListenerLimits),
    ({ socket }, response) => {
      const { authorized, authorizationError } = socket as TLSSocket;
      response.writeHead(authorized ? 204 : 403, { 'x-refusal': String(authorizationError) }).end();
    },
  );
  return listening(server, (address) =>
    eachVersion({ ...address, timeoutMs }, clientTls({ authorities: [host.authority], identity })),
  );
}

/** Calls a gateway as the bridge will: any answer in HTTP is one of somebody who let the certificate in. */
export async function tryGateway(
  address: ServerAddress,
  options: ClientTlsOptions,
  timeoutMs: number,
): Promise<readonly TrialHandshake[]> {
  return eachVersion({ ...address, timeoutMs }, clientTls(options));
}

/** A server that nobody else believes, for as long as the trial takes. */
async function passingServer(now: Date): Promise<{ identity: TlsIdentity; authority: string }> {
  const hourMs = 3_600_000;
  const validity = {
    notBefore: new Date(now.getTime() - hourMs),
    notAfter: new Date(now.getTime() + hourMs),
    keyKind: 'ec-p256',
  } as const;
  const issuer = await makeAuthority({ name: 'CN=Trial', ...validity });
  const identity = await issueLeaf({
    name: 'CN=Trial server',
    usages: ['serverAuth'],
    altNames: [{ type: 'ip', value: '127.0.0.1' }],
    issuer,
    ...validity,
  });
  return { identity, authority: issuer.certificate };
}

async function listening<T>(server: Server, work: (address: ServerAddress) => Promise<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(0, '127.0.0.1', resolve);
  await promise;
  try {
    return await work({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function eachVersion(
  address: ServerAddress & { readonly timeoutMs: number },
  options: RequestOptions,
): Promise<readonly TrialHandshake[]> {
  const trials: TrialHandshake[] = [];
  for (const version of tlsVersions) {
    const failed = await call(address, { ...options, minVersion: version, maxVersion: version });
    trials.push({ version, ...(failed !== undefined && { failed }) });
  }
  return trials;
}

/** OPTIONS of everything asks for nothing and moves nothing. */
async function call(
  { host, port, timeoutMs }: ServerAddress & { readonly timeoutMs: number },
  options: RequestOptions,
): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const signal = AbortSignal.timeout(timeoutMs);
  request({ ...options, host, port, method: 'OPTIONS', path: '*', agent: false, signal })
    .on('error', (error: NodeJS.ErrnoException) =>
      resolve(signal.aborted ? 'timeout' : (error.code ?? error.name)),
    )
    .on('response', (response) => {
      response.resume().on('error', () => undefined);
      const refusal = response.headers['x-refusal'];
      resolve(response.statusCode === 403 && typeof refusal === 'string' ? refusal : undefined);
    })
    .end();
  return promise;
}
