import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { plainServer } from './plain-server.ts';

export interface TcpProxy {
  readonly port: number;
  /** The next answer that comes back is lost with its connection. */
  readonly loseNextAnswer: () => void;
  /** Ends every connection, and takes none until it is opened again. */
  readonly shut: () => void;
  readonly open: () => void;
}

/** A way to a server that can be cut. */
export async function tcpProxy(t: TestContext, to: { host: string; port: number }): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let losing = false;
  let shut = false;
  const { port } = await plainServer(t, (near) => {
    if (shut) return void near.destroy();
    const far = connect(to);
    const pair = [near, far] as const;
    const end = () => {
      near.destroy();
      far.destroy();
      pairs.delete(pair);
    };
    pairs.add(pair);
    for (const socket of pair) socket.on('close', end).on('error', end);
    near.on('data', (chunk) => void far.write(chunk));
    far.on('data', (chunk) => {
      if (!losing) return void near.write(chunk);
      losing = false;
      end();
    });
  });
  return {
    port,
    loseNextAnswer: () => void (losing = true),
    shut() {
      shut = true;
      for (const pair of pairs) for (const socket of pair) socket.destroy();
    },
    open: () => void (shut = false),
  };
}
