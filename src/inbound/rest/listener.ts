import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer, Server as HttpsServer } from 'node:https';
import { watchConnections } from '../../platform/http-connections.ts';
import { errorCode, refuseHttpFaults } from '../../platform/http-faults.ts';
import { takeHandshakesInTurns } from '../../platform/handshake-turns.ts';
import { httpListener, type TlsIdentity, tlsListener } from '../../platform/tls.ts';
import { type Listening, listeningOn, type Renewable } from '../listening.ts';
import { internalApplication, type InternalDoorParts } from './door.ts';

export type InternalDoor = Listening & Renewable;

/** Builds the door, with TLS where it has an identity; nothing is bound before `listen`. */
export function openInternalDoor(parts: InternalDoorParts, identity?: TlsIdentity): InternalDoor {
  const { limits } = parts;
  const app = internalApplication(parts);
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
      if (server instanceof HttpsServer) server.setSecureContext(tlsListener(renewed.identity, limits));
    },
  };
}

function secureServer({ limits, events }: InternalDoorParts, identity: TlsIdentity) {
  const server = createHttpsServer(tlsListener(identity, limits));
  takeHandshakesInTurns(server, limits, () => events.connectionDropped());
  return server;
}
