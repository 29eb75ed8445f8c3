/** A whole bridge whose certificate files a test writes while it runs, and callers who say which certificate they met. */
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import https from 'node:https';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import tls from 'node:tls';
import type { Authority, Credential } from '../../src/pki/authority.ts';
import { fingerprintOf } from '../../src/pki/certificate.ts';
import { keySigner } from '../../src/pki/signer.ts';
import type { House } from './bridge-house.ts';
import { contentType } from './bridge-requests.ts';
import { call } from './http.ts';

/** A credential that can issue, with everything that stands above it below nothing else. */
export function issuerOf({ certificate, key }: Credential): Authority {
  return {
    certificate,
    key,
    signer: { ...keySigner(createPrivateKey(key)), certificate, chain: [] },
  };
}

export type CertificateFiles = ReturnType<typeof certificateFiles>;

/** The files under a home's `certs`, written as a rotation writes them: beside, then renamed. */
export function certificateFiles(home: string) {
  const pathOf = (name: string): string => join(home, 'certs', name);
  return {
    pathOf,
    async write(name: string, content: string, mode = 0o600): Promise<void> {
      await writeFile(pathOf(`${name}.next`), content, { mode });
      await rename(pathOf(`${name}.next`), pathOf(name));
    },
    async put(name: string, { certificate, key }: Credential): Promise<void> {
      await this.write(`${name}.pem`, certificate);
      await this.write(`${name}.key`, key);
    },
  };
}

/** The fingerprint of what the door at `port` shows a new connection. */
export async function shownAt(
  port: number,
  authority: string,
  more: tls.ConnectionOptions = {},
): Promise<string> {
  const socket = tls.connect({ host: '127.0.0.1', port, servername: 'localhost', ca: authority, ...more });
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  const certificate = socket.getPeerX509Certificate();
  socket.destroy();
  if (certificate === undefined) throw new Error('the door shows no certificate');
  return fingerprintOf(certificate);
}

export interface Caller {
  /** One request: the HTTP status and the certificate that the door had shown to its connection. */
  call(body: string): Promise<{ readonly status: number; readonly body: string; readonly shown: string }>;
  close(): void;
}

/** A partner with one kept connection, or with a new one for each request. */
export function partnerCaller(
  house: House,
  { isKept, version }: { readonly isKept: boolean; readonly version: 'TLSv1.2' | 'TLSv1.3' },
): Caller {
  const { certificates, port } = house.address;
  const { certificate: cert, key } = certificates['partner-a'];
  const agent = new https.Agent({
    keepAlive: isKept,
    maxSockets: 1,
    maxCachedSessions: 0,
    ca: certificates.ca.certificate,
    cert,
    key,
    minVersion: version,
    maxVersion: version,
  });
  return {
    async call(body) {
      const headers = { 'content-type': contentType('1.1'), 'content-length': Buffer.byteLength(body) };
      const asked = { host: 'localhost', port, path: '/soap/v1/payments', method: 'POST', agent, headers };
      const sent = https.request(asked);
      sent.end(body);
      const [response] = (await once(sent, 'response')) as [
        Readable & { statusCode: number; socket: TLSSocket },
      ];
      const shown = shownTo(response.socket);
      return { status: response.statusCode, body: await text(response), shown };
    },
    close: () => agent.destroy(),
  };
}

const shownToSocket = new WeakMap<TLSSocket, string>();

/** Node gives a client the server's certificate once for each connection. */
function shownTo(socket: TLSSocket): string {
  const known = shownToSocket.get(socket);
  const certificate = known === undefined ? socket.getPeerX509Certificate() : undefined;
  const shown = known ?? (certificate === undefined ? 'none' : fingerprintOf(certificate));
  shownToSocket.set(socket, shown);
  return shown;
}

/** What monitoring reads of the certificates of a bridge. */
export async function monitored({ whole }: House) {
  const ready = await call(whole.bridge.ports.internal, { path: '/ready' });
  const { text: metrics } = await call(whole.bridge.ports.internal, { path: '/metrics' });
  const certificates = (
    ready.json as { certificates: { status: string; parts?: { part: string; reason: string }[] } }
  ).certificates;
  const refused = [...metrics.matchAll(/^cagebridge_certificates_refused\{part="([^"]+)"\} 1$/gm)];
  const [, alarms = '0'] =
    /^cagebridge_alarms_total\{alarm="certificatesRefused"\} (\d+)$/m.exec(metrics) ?? [];
  return {
    ready: `${ready.status} ${certificates.status}`,
    parts: (certificates.parts ?? []).map(({ part, reason }) => `${part} ${reason}`),
    gauge: refused.map(([, part]) => part),
    alarms: Number(alarms),
  };
}
