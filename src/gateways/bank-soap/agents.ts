import { Agent } from 'node:https';
import type { Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { clientTls } from '../../platform/tls.ts';
import type { Wiring } from '../connections.ts';
import type { CallLimits } from '../kind.ts';

/** The connections to a bank, kept between calls. */
export function agentsWithin({ callsMax, idleTimeoutMs }: CallLimits): Wiring<Agent> {
  return {
    open(tls) {
      const options = clientTls(tls);
      // Read once: what OpenSSL refuses is known here, and no connection reads a certificate again.
      const secureContext = createSecureContext(options);
      return new Agent({
        ...options,
        secureContext,
        keepAlive: true,
        maxSockets: callsMax,
        maxFreeSockets: callsMax,
        timeout: idleTimeoutMs,
      });
    },
    retire,
    destroy: async (agent) => agent.destroy(),
  };
}

/** A connection that has done its call is not kept any more; one that is asked for and does not stand yet carries it. */
async function retire(agent: Agent): Promise<void> {
  agent.maxFreeSockets = 0;
  for (const socket of socketsIn(agent.freeSockets)) socket.destroy();
  for (let open = socketsIn(agent.sockets); open.length > 0; open = socketsIn(agent.sockets)) {
    await Promise.all(open.map(closed));
  }
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

function socketsIn(lists: Agent['sockets']): Socket[] {
  return Object.values(lists).flatMap((sockets) => sockets ?? []);
}
