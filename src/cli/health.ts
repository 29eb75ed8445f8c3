import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Misconfigured } from '../platform/misconfigured.ts';
import { type Command, readArgs } from './command.ts';
import { type DoorAddress, internalDoorOf } from './internal-door.ts';

const answerTimeoutMs = 3_000;

/** For a container's health check, where no other client is at hand. It reads no secret. */
export const health: Command = {
  usage: 'health [--ready]',
  async run(args, terminal) {
    const { values } = readArgs(args, { options: { ready: { type: 'boolean' } } });
    const path = values.ready === true ? '/ready' : '/health';
    try {
      const status = await statusOf(path, internalDoorOf(terminal.env));
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

async function statusOf(path: string, { host, port, name, certificate }: DoorAddress): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const signal = AbortSignal.timeout(answerTimeoutMs);
  const asked = { host, port, path, signal, agent: false, headers: { Host: name } };
  // Nothing secret is sent and only a status is read. The file of the certificate may be a newer one than is being shown,
  // and a bridge that serves must not be taken for one that is dead.
  const sent =
    certificate === undefined ? httpRequest(asked) : httpsRequest({ ...asked, rejectUnauthorized: false });
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
