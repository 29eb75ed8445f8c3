/** A wire between the bridge and its bank that can be held: connections are taken, and not a byte goes on. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Wire {
  readonly port: number;
  /** Connections that stand end, and from here on new ones are taken and led nowhere. */
  hold(): void;
  /** Connections that are held end without a word, and new ones are led on. */
  release(): void;
  /** Resolves when so many connections are held. */
  held(count: number): Promise<void>;
  close(): Promise<void>;
}

export async function openWire(toPort: number): Promise<Wire> {
  const sockets = new Set<Socket>();
  const waiting = new Set<Socket>();
  let isHeld = false;
  const follow = (socket: Socket): Socket => {
    sockets.add(socket);
    // What becomes of the two ends is looked at by those who speak over them.
    return socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    follow(near);
    if (isHeld) {
      waiting.add(near);
      server.emit('held');
      return;
    }
    const far = follow(connect(toPort, '127.0.0.1'));
    near.pipe(far).pipe(near);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    hold() {
      isHeld = true;
      for (const socket of sockets) socket.destroy();
    },
    release() {
      isHeld = false;
      for (const socket of waiting) socket.destroy();
      waiting.clear();
    },
    async held(count) {
      while (waiting.size < count) await once(server, 'held');
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
