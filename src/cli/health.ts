import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { readLedgerConfig } from '../config.ts';
import { readSettings } from '../config/settings.ts';
import { isWildcard } from '../platform/hosts.ts';
import { Misconfigured } from '../platform/misconfigured.ts';
import { type Environment, resolveReference } from '../platform/references.ts';
import { type Command, readArgs } from './command.ts';

const answerTimeoutMs = 4_000;

/** For a container's health check, where no other client is at hand. It reads no secret. */
export const health: Command = {
  usage: 'health [--ready]',
  async run(args, terminal) {
    const { values } = readArgs(args, { options: { ready: { type: 'boolean' } } });
    const path = values.ready === true ? '/ready' : '/health';
    try {
      const status = await statusOf(path, doorOf(terminal.env));
      await terminal.out(`${path} ${status}`);
      return status === 200 ? 0 : 1;
    } catch (error) {
      if (!(error instanceof Error) || error instanceof Misconfigured) throw error;
      const code = error.name === 'AbortError' ? `not within ${answerTimeoutMs} ms` : codeOf(error);
      terminal.err(`cagebridge: the internal door does not answer (${code})`);
      return 1;
    }
  },
};

interface Door {
  readonly host: string;
  readonly port: number;
  /** A name under which it may be called. */
  readonly name: string;
  /** PEM; without one the door speaks plain HTTP. */
  readonly certificate?: string;
}

function doorOf(env: Environment): Door {
  const { host, port, hosts, certificate } = readSettings(env).doors.internal;
  const loopback = host.includes(':') ? '::1' : '127.0.0.1';
  const door = { host: isWildcard(host) ? loopback : host, port, name: hosts[0] ?? host };
  if (certificate === undefined) return door;
  const surroundings = { env, home: readLedgerConfig(env).home };
  const read = resolveReference({ reference: certificate, at: '/doors/internal/certificate' }, surroundings);
  return { ...door, certificate: read };
}

async function statusOf(path: string, { host, port, name, certificate }: Door): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const signal = AbortSignal.timeout(answerTimeoutMs);
  const asked = { host, port, path, signal, agent: false, headers: { Host: name } };
  // The very certificate that the door was given is what it has to show; under which name matters to others.
  const pinned = { ca: certificate, allowPartialTrustChain: true, checkServerIdentity: () => undefined };
  const sent = certificate === undefined ? httpRequest(asked) : httpsRequest({ ...asked, ...pinned });
  sent.on('error', reject).on('response', (response) => {
    response.on('error', reject).resume();
    resolve(response.statusCode ?? 0);
  });
  sent.end();
  return promise;
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.name;
}
