/** What a server shows to whoever shakes hands with it: its chain, its protocols, and whether it is believed. Nothing is asked of it. */
import { X509Certificate } from 'node:crypto';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { clientTls, type TlsIdentity } from '../platform/tls.ts';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

export interface ServerQuestion extends ServerAddress {
  /** The authorities (PEM) that are believed; without them the public ones. */
  readonly authorities?: readonly string[];
  readonly identity?: TlsIdentity;
  /** The name that its certificate must bear, where it is not the host's. */
  readonly servername?: string;
  /** For each handshake. */
  readonly timeoutMs: number;
}

export const tlsVersions = ['TLSv1.3', 'TLSv1.2'] as const;

export interface Handshake {
  readonly version: (typeof tlsVersions)[number];
  readonly cipher?: string;
  /** Why its certificate is not believed, in OpenSSL's or Node's word; undefined where it is. */
  readonly refused?: string;
  /** Why there was no handshake: `ECONNREFUSED`, `ERR_SSL_...`, `timeout`. */
  readonly failed?: string;
}

export interface LiveServer {
  /** As it was shown: the leaf first, nothing of ours after it. Empty where no handshake came about. */
  readonly chain: readonly X509Certificate[];
  readonly handshakes: readonly Handshake[];
}

/** Shakes hands once for each protocol, and once more to see the chain without what we know ourselves. */
export async function lookAtServer(question: ServerQuestion): Promise<LiveServer> {
  const handshakes: Handshake[] = [];
  for (const version of tlsVersions) handshakes.push((await shake(question, { version })).handshake);
  const working = handshakes.find(({ failed }) => failed === undefined);
  if (working === undefined) return { chain: [], handshakes };
  const { chain } = await shake(question, { version: working.version, believing: [] });
  return { chain, handshakes };
}

interface Terms {
  readonly version: Handshake['version'];
  readonly believing?: readonly string[];
}

async function shake(
  { host, port, authorities, identity, servername, timeoutMs }: ServerQuestion,
  { version, believing = authorities }: Terms,
): Promise<{ readonly handshake: Handshake; readonly chain: readonly X509Certificate[] }> {
  const options: ConnectionOptions = {
    ...clientTls({ ...(believing && { authorities: believing }), ...(identity && { identity }) }),
    host,
    port,
    // A name is what is shown to choose the certificate, an address is not one.
    ...(servername === undefined ? {} : { servername }),
    minVersion: version,
    maxVersion: version,
    // Only to look at: whether it is believed is told, and not a byte is sent.
    rejectUnauthorized: false,
  };
  const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<typeof shake>>>();
  const socket = connect(options);
  const failed = (word: string) => {
    socket.destroy();
    resolve({ handshake: { version, failed: word }, chain: [] });
  };
  socket
    .setTimeout(timeoutMs, () => failed('timeout'))
    .on('error', (error: NodeJS.ErrnoException) => failed(error.code ?? error.name))
    .on('secureConnect', () => {
      const { authorizationError } = socket as unknown as { authorizationError: Error | string | null };
      const refused = authorizationError === null ? undefined : wordOf(authorizationError);
      const cipher = socket.getCipher().name;
      resolve({
        handshake: { version, cipher, ...(refused !== undefined && { refused }) },
        chain: shownBy(socket),
      });
      socket.destroy();
    });
  return promise;
}

function wordOf(error: Error | string): string {
  if (typeof error === 'string') return error;
  return 'code' in error ? String(error.code) : error.name;
}

/** A server that shows more is not one of ours. */
const chainMax = 10;

function shownBy(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next: Partial<ReturnType<TLSSocket['getPeerCertificate']>> | undefined =
    socket.getPeerCertificate(true);
  while (next?.raw !== undefined && chain.length < chainMax) {
    const { raw }: { raw?: Buffer } = next;
    if (chain.some((known) => known.raw.equals(raw))) break;
    chain.push(new X509Certificate(raw));
    next = (next as { issuerCertificate?: typeof next }).issuerCertificate;
  }
  return chain;
}
