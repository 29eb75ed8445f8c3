/** TLS handshakes one after another, so that a wave of new connections does not silence those that stand. */
import type { Server } from 'node:https';
import type { Socket } from 'node:net';

export interface HandshakeTurns {
  /** Handshakes that are begun in one turn of the event loop; each takes a millisecond or two of it. */
  readonly handshakesPerTurnMax: number;
  /** How long a connection may wait for its turn; closed then. */
  readonly handshakeTimeoutMs: number;
}

type Begin = (socket: Socket) => void;

/**
 * Lets a few handshakes begin in each turn of the event loop; everything else that is ready has its turn between. So many
 * wait at most as the server accepts connections (`maxConnections`). `gaveUp` is told of each that waited too long.
 */
export function takeHandshakesInTurns(
  server: Server,
  { handshakesPerTurnMax, handshakeTimeoutMs }: HandshakeTurns,
  gaveUp: () => void,
): void {
  // Node's own listener begins the handshake; nobody else can have asked for connections yet.
  const begin = server.listeners('connection') as Begin[];
  server.removeAllListeners('connection');
  const waiting: { readonly socket: Socket; readonly since: number }[] = [];

  function turn(): void {
    for (let begun = 0; begun < handshakesPerTurnMax && waiting.length > 0;) {
      const next = waiting.shift();
      if (next === undefined || next.socket.destroyed) continue;
      if (performance.now() - next.since > handshakeTimeoutMs) {
        next.socket.destroy();
        gaveUp();
        continue;
      }
      for (const listener of begin) listener.call(server, next.socket);
      begun += 1;
    }
    if (waiting.length > 0) setImmediate(turn);
  }

  server.on('connection', (socket: Socket) => {
    // Until then nobody else listens, and a caller may hang up.
    socket.on('error', () => socket.destroy());
    waiting.push({ socket, since: performance.now() });
    if (waiting.length === 1) setImmediate(turn);
  });
}
