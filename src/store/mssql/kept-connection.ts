import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from './pool.ts';

export interface KeptConnectionOptions {
  /** Opens a pool of one connection. */
  readonly connect: () => Promise<Pool>;
  /** After a connection that could not be had, so that a server that is away is not asked without pause. */
  readonly reconnectPauseMs: number;
  /** Told once of each time that the server is away, with what was thrown. */
  readonly onAway?: ((error: unknown) => void) | undefined;
}

/** One connection, which is kept until somebody does not trust it any more. */
export interface KeptConnection {
  /** The connection or, past a pause, why there is none. Never rejects. */
  get(): Promise<Pool | 'away' | 'closed'>;
  /** The next one to be got is a new one. */
  drop(): Promise<void>;
  /** None is opened any more. */
  close(): Promise<void>;
}

export function keptConnection(options: KeptConnectionOptions): KeptConnection {
  let connection: Pool | undefined;
  let away = false;
  let closed = false;
  return { get, drop, close };

  async function get(): Promise<Pool | 'away' | 'closed'> {
    if (closed) return 'closed';
    if (connection !== undefined) return connection;
    try {
      connection = await options.connect();
    } catch (error) {
      if (!away) options.onAway?.(error);
      away = true;
      await sleep(options.reconnectPauseMs);
      return 'away';
    }
    away = false;
    const opened = connection;
    // Somebody may have closed while it was opened.
    if (closed) await drop();
    return closed ? 'closed' : opened;
  }

  async function drop(): Promise<void> {
    const ended = connection;
    connection = undefined;
    // What cannot be closed is gone already.
    await ended?.close().catch(() => {});
  }

  async function close(): Promise<void> {
    closed = true;
    await drop();
  }
}
