import type { LedgerLimits } from '../limits.ts';
import type { PoolBounds } from './pool.ts';

/**
 * How long each use of the server may take. A request is given up well after a wait for a lock would have ended by
 * itself, because a request that is given up leaves open what it did.
 */

const readConnectionsMax = 4;
const listConnectionsMax = 2;
/** Of a list or a check of an invariant, which reads whole tables. */
const listTimeoutMs = 300_000;
/** Of one statement of a migration: an index over a large table is made in it. */
const migrationStatementTimeoutMs = 600_000;
const connectTimeoutMs = 5_000;

/**
 * How long a transaction waits for a row that another session keeps. A part of what a command may wait altogether, so that
 * the others of its group still have their time when it is over.
 */
export function lockTimeoutFor({ busyTimeoutMs, commandTimeoutMs }: LedgerLimits): number {
  return Math.min(busyTimeoutMs, Math.ceil(commandTimeoutMs / 4));
}

export function writerBounds({ busyTimeoutMs, commandTimeoutMs }: LedgerLimits): PoolBounds {
  return {
    connectionsMax: 1,
    connectTimeoutMs: Math.min(connectTimeoutMs, commandTimeoutMs),
    requestTimeoutMs: 2 * busyTimeoutMs + 2_000,
    acquireTimeoutMs: commandTimeoutMs + 1_000,
  };
}

export function readBounds({ commandTimeoutMs }: LedgerLimits): PoolBounds {
  return {
    connectionsMax: readConnectionsMax,
    connectTimeoutMs: Math.min(connectTimeoutMs, commandTimeoutMs),
    requestTimeoutMs: commandTimeoutMs,
    acquireTimeoutMs: commandTimeoutMs,
  };
}

export function listBounds(limits: LedgerLimits): PoolBounds {
  return { ...readBounds(limits), connectionsMax: listConnectionsMax, requestTimeoutMs: listTimeoutMs };
}

export function schemaBounds(busyTimeoutMs: number): PoolBounds {
  return {
    connectionsMax: 1,
    connectTimeoutMs,
    requestTimeoutMs: Math.max(migrationStatementTimeoutMs, 2 * busyTimeoutMs),
    acquireTimeoutMs: connectTimeoutMs + busyTimeoutMs,
  };
}
