/** Connections that began under a certificate of ours which the door shows no more. */
import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { CertificateName, PartnerDirectory } from '../payments/partners.ts';
import type { Clock } from '../payments/ports.ts';
import { certificateName } from '../pki/certificate.ts';
import type { Connections } from '../platform/http-connections.ts';
import type { ListenerLimits, TlsIdentity } from '../platform/tls.ts';

interface Shown {
  readonly name: CertificateName;
  readonly notAfter: Date;
}

export interface OldCertificatesParts {
  readonly connections: Pick<Connections, 'endAfterNext'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly limits: Pick<ListenerLimits, 'socketLifetimeMsMax'>;
  /** What the door shows now; nothing where it speaks no TLS. */
  readonly shown: () => TlsIdentity | undefined;
}

const shownOn = new WeakMap<TLSSocket, Shown>();

/**
 * Lets the connections end that stand under another certificate than the one that is shown now, where that one ends before
 * they would, or was revoked: each after the answer to its next request, so that no call is lost by it.
 */
export function leavingOld({ connections, clock, limits, shown }: OldCertificatesParts) {
  return (isDenied: PartnerDirectory['isDenied']): void => {
    const identity = shown();
    if (identity === undefined) return;
    const { fingerprint256 } = certificateName(new X509Certificate(identity.certificate));
    const lastsUntil = clock.now().getTime() + limits.socketLifetimeMsMax;
    connections.endAfterNext((socket) => {
      const own = ownCertificate(socket);
      if (own === undefined || own.name.fingerprint256 === fingerprint256) return false;
      return own.notAfter.getTime() < lastsUntil || isDenied(own.name);
    });
  };
}

/** What was shown on a connection when it began; read once. */
function ownCertificate(socket: Socket): Shown | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const known = shownOn.get(socket);
  if (known !== undefined) return known;
  const certificate = socket.getX509Certificate();
  if (certificate === undefined) return undefined;
  const own = { name: certificateName(certificate), notAfter: certificate.validToDate };
  shownOn.set(socket, own);
  return own;
}
