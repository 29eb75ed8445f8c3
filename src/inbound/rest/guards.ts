import type { IncomingMessage } from 'node:http';
import { isIPv6, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { repeatsHeader } from '../../platform/http-headers.ts';
import type { DoorProblemCode } from './problems.ts';

export interface GuardOptions {
  /** The names under which the door may be called, without port. */
  readonly hosts: readonly string[];
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

/**
 * A web page can make a browser call this door under a name of its own (DNS rebinding), but not under one of ours. The
 * address at which the connection arrived is no name that somebody could have turned to it: monitoring calls so.
 */
function knownHost(hosts: readonly string[]): Guard {
  const known = new Set(hosts.map((host) => host.toLowerCase()));
  return ({ headers, socket }) => {
    const [, name = ''] =
      /^(\[[0-9a-f:.]+\]|[^:@/]+)(?::[0-9]{1,5})?$/.exec((headers.host ?? '').toLowerCase()) ?? [];
    const isOurs = known.has(name) || name === addressOf(socket);
    return isOurs ? undefined : 'HOST_NOT_ALLOWED';
  };
}

/** Our end of the connection, as a Host header writes it. */
function addressOf({ localAddress = '' }: Socket): string {
  const address = localAddress.replace(/^::ffff:/, '');
  return isIPv6(address) ? `[${address}]` : address;
}

/** The same name over another scheme is another origin. */
function ownOrigin({ headers, socket }: IncomingMessage): DoorProblemCode | undefined {
  const { origin, host } = headers;
  const scheme = socket instanceof TLSSocket ? 'https' : 'http';
  return origin === undefined || origin === `${scheme}://${host}` ? undefined : 'ORIGIN_FOREIGN';
}
