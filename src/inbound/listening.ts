import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import type { PartnerDirectory } from '../payments/partners.ts';
import type { Connections } from '../platform/http-connections.ts';
import type { TlsIdentity } from '../platform/tls.ts';

/** A door as the house sees it. */
export interface Listening {
  /** Starts to listen and resolves with the port that was bound; 0 picks a free one. Rejects where none can be. */
  listen(host: string, port: number): Promise<number>;
  /** Stops accepting, lets running requests end for at most `withinMs`, then cuts them. */
  close(withinMs: number): Promise<void>;
}

/** A door that can show another certificate while it is open. */
export interface Renewable {
  /**
   * New connections are shown `identity` from now on; those that stand go on under the one they began with, for as long as
   * a connection may. Where TLS refuses it, the old one keeps serving.
   * @throws where OpenSSL refuses it
   */
  renew(renewed: { readonly identity: TlsIdentity }): void;
  /**
   * Lets those end after their next answer that began under one which is shown no more, and ends before they would or is
   * denied: to be called after each renewal, and after each change of who is denied.
   */
  leaveOld(isDenied: PartnerDirectory['isDenied']): void;
}

export function listeningOn(server: Server, connections: Connections): Listening {
  return {
    async listen(host, port) {
      server.listen(port, host);
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    },
    close: (withinMs) => connections.close(withinMs),
  };
}
