import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer, Server as HttpsServer } from 'node:https';
import { watchConnections } from '../../platform/http-connections.ts';
import { errorCode, refuseHttpFaults } from '../../platform/http-faults.ts';
import { takeHandshakesInTurns } from '../../platform/handshake-turns.ts';
import { httpListener, type TlsIdentity, tlsListener } from '../../platform/tls.ts';
import { type Listening, listeningOn, type Renewable } from '../listening.ts';
import { leavingOld } from '../old-certificates.ts';
import { internalApplication, type InternalDoorParts, type ShownTokens } from './door.ts';

export interface InternalDoor extends Listening, Renewable {
  /**
   * Closes every connection that somebody came in on whose token stands for nobody any more, the idle ones at once: to be
   * called after each change of who may come in.
   */
  dismissStrangers(): void;
}

/** Builds the door, with TLS where it has an identity; nothing is bound before `listen`. */
export function openInternalDoor(parts: InternalDoorParts, identity?: TlsIdentity): InternalDoor {
  const { clock, limits } = parts;
  let served = identity;
  const tokens: ShownTokens = new WeakMap();
  const app = internalApplication(parts, tokens);
  const server =
    identity === undefined ? createHttpServer(httpListener(limits)) : secureServer(parts, identity);
  const connections = watchConnections(server, limits);
  server.maxConnections = limits.connectionsMax;
  server.on('request', (request, response) => {
    connections.enter(request, response);
    app(request, response);
  });
  server.on('tlsClientError', (error: Error) => parts.events.handshakeFailed({ code: errorCode(error) }));
  server.on('drop', () => parts.events.connectionDropped());
  refuseHttpFaults(server, connections, (reason, status) =>
    parts.events.refused({ operation: 'none', reason, status, durationMs: 0 }),
  );
  return {
    ...listeningOn(server, connections),
    renew(renewed) {
      // A door without TLS shows nothing.
      if (!(server instanceof HttpsServer)) return;
      server.setSecureContext(tlsListener(renewed.identity, limits));
      served = renewed.identity;
    },
    leaveOld: leavingOld({ connections, clock, limits, shown: () => served }),
    dismissStrangers() {
      connections.endWhere((socket) => {
        const shown = tokens.get(socket);
        const client = shown === undefined ? undefined : parts.clientOf(shown);
        if (client === undefined || !('refused' in client)) return false;
        parts.events.dismissed(client);
        return true;
      });
    },
  };
}

function secureServer({ limits, events }: InternalDoorParts, identity: TlsIdentity) {
  const server = createHttpsServer(tlsListener(identity, limits));
  takeHandshakesInTurns(server, limits, () => events.connectionDropped());
  return server;
}
