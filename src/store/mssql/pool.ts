import driver, { type Connection, type ConnectionPool, type SqlType } from 'mssql';
import type { MssqlAddress } from '../ledger-url.ts';
import { endOnUnreadable } from './unreadable.ts';

/** A server that may be asked, with what it takes to be let in. */
export interface MssqlServer {
  readonly address: MssqlAddress;
  readonly password: string;
  /** The text of the authority's certificate, where the address names one. */
  readonly ca?: string;
}

export interface PoolBounds {
  readonly connectionsMax: number;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** How long a user of the pool waits for a connection, be it another's or a new one. */
  readonly acquireTimeoutMs: number;
}

/** A connection that nobody uses is closed after this time, so that a failover leaves none behind for long. */
const idleTimeoutMs = 60_000;

/** What is done in the time that a pool has left to be closed is done; then its connections are closed under it. */
const closeWithinMs = 500;

/** Connections to one database, opened when they are asked for. */
export interface Pool extends Pick<ConnectionPool, 'request' | 'transaction'> {
  /** Ends in bounded time, whatever the server does. */
  readonly close: () => Promise<void>;
}

/** @throws the driver's error where the server does not let us in */
export async function openPool(server: MssqlServer, bounds: PoolBounds): Promise<Pool> {
  const { address, password, ca } = server;
  const connections = new Set<Connection>();
  const pool = new driver.ConnectionPool({
    server: address.host,
    port: address.port,
    user: address.user,
    password,
    database: address.database,
    connectionTimeout: bounds.connectTimeoutMs,
    requestTimeout: bounds.requestTimeoutMs,
    validateConnection: 'socket',
    options: {
      appName: 'cagebridge',
      encrypt: address.encrypted,
      trustServerCertificate: false,
      // A name with an address in each subnet: all are tried at once, because one that is away answers nothing.
      multiSubnetFailover: true,
      cryptoCredentialsDetails: { minVersion: 'TLSv1.2', ...(ca !== undefined && { ca }) },
      cancelTimeout: bounds.connectTimeoutMs,
      // A failed attempt is told at once: whoever waits has a bound of his own, and tries again.
      maxRetriesOnTransientErrors: 0,
    },
    pool: {
      min: 0,
      max: bounds.connectionsMax,
      acquireTimeoutMillis: bounds.acquireTimeoutMs,
      idleTimeoutMillis: idleTimeoutMs,
    },
    beforeConnect(connection) {
      connections.add(connection);
      connection.on('error', ignore).on('end', () => connections.delete(connection));
      endOnUnreadable(connection);
    },
  });
  // Whoever waits for a connection or an answer is told of its end by itself; nobody else has to be.
  pool.on('error', ignore);
  await pool.connect();
  return {
    request: (overrides) => pool.request(overrides),
    transaction: () => pool.transaction(),
    async close() {
      const late = setTimeout(() => {
        for (const connection of connections) connection.close();
      }, closeWithinMs);
      await pool.close();
      clearTimeout(late);
    },
  };
}

function ignore(): void {}

/**
 * Text to be compared with an identifier column: not as Unicode, for which SQL Server would convert the column and pass
 * its index by; and of one length, so that there is one plan.
 */
export function identifierType(): SqlType {
  return driver.VarChar(8_000);
}

/** Any text of any length. */
export function textType(): SqlType {
  return driver.NVarChar(driver.MAX);
}

export function countType(): SqlType {
  return driver.Int();
}
