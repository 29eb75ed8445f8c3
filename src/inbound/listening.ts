import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import type { Connections } from '../platform/http-connections.ts';

/** A door as the house sees it. */
export interface Listening {
  /** Starts to listen and resolves with the port that was bound; 0 picks a free one. Rejects where none can be. */
  listen(host: string, port: number): Promise<number>;
  /** Stops accepting, lets running requests end for at most `withinMs`, then cuts them. */
  close(withinMs: number): Promise<void>;
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
