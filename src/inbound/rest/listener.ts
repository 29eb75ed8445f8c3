import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { watchConnections } from '../../platform/http-connections.ts';
import { refuseHttpFaults } from '../../platform/http-faults.ts';
import { internalApplication, type InternalDoorParts } from './door.ts';

export interface InternalDoor {
  /** Starts to listen and resolves with the port that was bound; 0 picks a free one. */
  listen(host: string, port: number): Promise<number>;
  /** Stops accepting, lets running requests end for at most `withinMs`, then cuts them. */
  close(withinMs: number): Promise<void>;
}

/** Builds the door; nothing is bound before `listen`. */
export function openInternalDoor(parts: InternalDoorParts): InternalDoor {
  const { limits } = parts;
  const app = internalApplication(parts, () => connections.running());
  const server = createServer({
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: limits.checkIntervalMs,
    maxHeaderSize: limits.headersBytesMax,
  });
  const connections = watchConnections(server, limits);
  server.maxConnections = limits.connectionsMax;
  server.on('request', (request, response) => {
    connections.enter(request, response);
    app(request, response);
  });
  server.on('drop', () => parts.events.connectionDropped());
  refuseHttpFaults(server, connections, (reason, status) =>
    parts.events.refused({ operation: 'none', reason, status, durationMs: 0 }),
  );
  return {
    async listen(host, port) {
      server.listen(port, host);
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    },
    close: (withinMs) => connections.close(withinMs),
  };
}
