import type { IncomingMessage } from 'node:http';
import { repeatsHeader } from '../../platform/http-headers.ts';
import type { DoorProblemCode } from './problems.ts';

export interface GuardOptions {
  /** The names under which the door may be called, without port. */
  readonly hosts: readonly string[];
  readonly isAuthorized: (authorization: string) => boolean;
}

/** Why a request gets no further, or undefined where it does. */
export type Guard = (request: IncomingMessage) => DoorProblemCode | undefined;

const once = new Set([
  'host',
  'origin',
  'authorization',
  'content-type',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'x-correlation-id',
  'idempotency-key',
]);

/** What every request has to pass, in this order. */
export function commonGuards({ hosts }: GuardOptions): readonly Guard[] {
  return [singleHeaders, knownHost(hosts), ownOrigin];
}

function singleHeaders(request: IncomingMessage): DoorProblemCode | undefined {
  return repeatsHeader(request, once) ? 'HEADER_REPEATED' : undefined;
}

/** A web page can make a browser call this door under a name of its own (DNS rebinding), but not under one of ours. */
function knownHost(hosts: readonly string[]): Guard {
  const known = new Set(hosts.map((host) => host.toLowerCase()));
  return ({ headers }) => {
    const [, name = ''] =
      /^(\[[0-9a-f:.]+\]|[^:@/]+)(?::[0-9]{1,5})?$/.exec((headers.host ?? '').toLowerCase()) ?? [];
    return known.has(name) ? undefined : 'HOST_NOT_ALLOWED';
  };
}

function ownOrigin({ headers }: IncomingMessage): DoorProblemCode | undefined {
  const { origin, host } = headers;
  return origin === undefined || origin === `http://${host}` ? undefined : 'ORIGIN_FOREIGN';
}

export function tokenGuard({ isAuthorized }: GuardOptions): Guard {
  return ({ headers: { authorization } }) => {
    if (authorization === undefined) return 'CREDENTIALS_MISSING';
    return isAuthorized(authorization) ? undefined : 'CREDENTIALS_NOT_ACCEPTED';
  };
}
