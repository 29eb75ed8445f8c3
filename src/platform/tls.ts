/**
 * How TLS is spoken, on the way in and on the way out. Only suites with forward secrecy and authenticated encryption,
 * keys of at least 112 bits of strength (`@SECLEVEL=2`: RSA 2048, no SHA-1), TLS 1.2 at the least.
 */
import { constants } from 'node:crypto';
import type { ServerOptions } from 'node:https';
import { type ConnectionOptions, createSecureContext } from 'node:tls';
import { errorCode } from './http-faults.ts';

/** A certificate (PEM, the chain's intermediates after it) and its private key (PEM). */
export interface TlsIdentity {
  readonly certificate: string;
  readonly key: string;
}

/** The bounds of a listener. Each names its unit. */
export interface ListenerLimits {
  /** From the accepted connection to the end of the TLS handshake. */
  readonly handshakeTimeoutMs: number;
  /** Handshakes that are begun in one turn of the event loop: those of new connections must not silence the ones that stand. */
  readonly handshakesPerTurnMax: number;
  /** From a request's first byte, or from the handshake for the first request, to the end of its headers. */
  readonly headersTimeoutMs: number;
  /** From a request's first byte to its last; the reader of the body is expected to be stricter. */
  readonly requestTimeoutMs: number;
  /** How long a connection may lie idle between two requests. */
  readonly keepAliveTimeoutMs: number;
  /** How often the three above are looked at. */
  readonly checkIntervalMs: number;
  readonly headersBytesMax: number;
  readonly connectionsMax: number;
  /** A connection that is older is closed after the request that it is busy with. */
  readonly socketLifetimeMsMax: number;
}

/**
 * Partners keep idle connections, and a shorter `keepAliveTimeoutMs` breaks their next call. Node counts the headers'
 * time from a request's first byte, not from the end of the one before, so it may be (and is) much shorter than that.
 */
export const defaultListenerLimits: ListenerLimits = {
  handshakeTimeoutMs: 8_000,
  handshakesPerTurnMax: 4,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 75_000,
  checkIntervalMs: 1_000,
  headersBytesMax: 16_384,
  connectionsMax: 1_000,
  socketLifetimeMsMax: 3_600_000,
};

const suites = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  '@SECLEVEL=2',
].join(':');

/**
 * Options for `https.createServer`. Without tickets and without a session store nobody resumes: every connection is a
 * whole handshake, under the certificate that is served then.
 */
export function tlsListener({ certificate, key }: TlsIdentity, limits: ListenerLimits): ServerOptions {
  return {
    cert: certificate,
    key,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: suites,
    honorCipherOrder: true,
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: limits.handshakeTimeoutMs,
    ...httpListener(limits),
  };
}

/** The part of the bounds that HTTP has, with TLS below it or not. */
export function httpListener(limits: Omit<ListenerLimits, 'handshakeTimeoutMs' | 'handshakesPerTurnMax'>) {
  return {
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: limits.checkIntervalMs,
    maxHeaderSize: limits.headersBytesMax,
  };
}

/**
 * Options for `https.createServer` of a listener that asks for a client certificate but lets the handshake succeed
 * whatever it is, so that the application can say why it refuses. Whoever uses this must look at `socket.authorized`.
 * An intermediate in `clientAuthorities` needs its root beside it, because Node's servers do not pass
 * `allowPartialTrustChain` on.
 */
export function mutualTlsListener(
  identity: TlsIdentity,
  clientAuthorities: readonly string[],
  limits: ListenerLimits,
): ServerOptions {
  return {
    ...tlsListener(identity, limits),
    ca: [...clientAuthorities],
    requestCert: true,
    rejectUnauthorized: false,
  };
}

export interface ClientTlsOptions {
  /** The authorities (PEM) that may have issued the server's certificate; without it, the public ones. */
  readonly authorities?: readonly string[];
  /** What we show when the server asks who we are. */
  readonly identity?: TlsIdentity;
  /** The name to ask for and to find in the server's certificate, where it is not the address's. */
  readonly servername?: string;
}

/** OpenSSL's code where it serves by no such certificate or key: too weak for `@SECLEVEL=2`, or no pair. */
export function tlsRefusal({ certificate, key }: TlsIdentity): string | undefined {
  try {
    createSecureContext({ cert: certificate, key, ciphers: suites, minVersion: 'TLSv1.2' });
    return undefined;
  } catch (error) {
    return errorCode(error as Error);
  }
}

/** TLS options for an agent or a connection to a gateway. The server is always verified; nothing here turns that off. */
export function clientTls({ authorities, identity, servername }: ClientTlsOptions): ConnectionOptions {
  return {
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: suites,
    rejectUnauthorized: true,
    ...(authorities === undefined ? {} : { ca: [...authorities] }),
    ...(identity === undefined ? {} : { cert: identity.certificate, key: identity.key }),
    ...(servername === undefined ? {} : { servername }),
  };
}
