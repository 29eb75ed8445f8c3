/** A fixed address in front of whatever bridge lives at the moment: connections go on to it, and can be kept waiting. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Forwarder {
  readonly port: number;
  /** Where connections go from now on; undefined: they are closed. */
  lead(toPort: number | undefined): void;
  /** New connections are taken, and not a byte goes on. */
  hold(): void;
  /** Those that were held go on, and new ones at once. */
  release(): void;
  /** How many were taken so far. */
  taken(): number;
  close(): Promise<void>;
}

export async function openForwarder(): Promise<Forwarder> {
  const sockets = new Set<Socket>();
  let waiting: Socket[] = [];
  let target: number | undefined;
  let isHeld = false;
  let taken = 0;
  const follow = (socket: Socket): Socket => {
    sockets.add(socket);
    // What becomes of the two ends is looked at by those who speak over them.
    return socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  };
  const go = (near: Socket): void => {
    if (target === undefined) return void near.destroy();
    const far = follow(connect(target, '127.0.0.1'));
    near.pipe(far).pipe(near);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  };
  const server = createServer((near) => {
    follow(near);
    taken += 1;
    if (isHeld) waiting.push(near);
    else go(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    lead: (toPort) => (target = toPort),
    hold: () => (isHeld = true),
    release() {
      isHeld = false;
      const held = waiting;
      waiting = [];
      for (const near of held) go(near);
    },
    taken: () => taken,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
