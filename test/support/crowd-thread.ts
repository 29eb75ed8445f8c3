/** The thread of a crowd. It speaks HTTP by hand, because Node's own client costs more than the door that it calls. */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import tls, { type TLSSocket } from 'node:tls';
import { parentPort, workerData } from 'node:worker_threads';
import { readIn } from './bridge-house.ts';
import { contentType, paymentMessage, statusMessage } from './bridge-requests.ts';
import type { CrowdHeard, CrowdOptions, CrowdResult } from './crowd.ts';
import { head } from './door-open.ts';

if (parentPort === null) throw new Error('a thread of a test');
const main = parentPort;

const {
  port,
  caller,
  authority,
  callers,
  durationMs,
  sends,
  pauseMs = 0,
  alwaysNew = false,
} = workerData as CrowdOptions;
const secureContext = tls.createSecureContext({ cert: caller.certificate, key: caller.key, ca: authority });
const heard: CrowdHeard[] = [];
let broken = 0;

async function dial(): Promise<TLSSocket> {
  const socket = tls.connect({ host: '127.0.0.1', port, servername: 'localhost', secureContext });
  socket.on('error', () => {});
  await Promise.race([once(socket, 'secureConnect'), closed(socket)]);
  return socket.setEncoding('utf8');
}

async function closed(socket: TLSSocket): Promise<never> {
  await once(socket, 'close');
  throw new Error('closed before the handshake ended');
}

/** One caller: what is said over his connection, which is opened again where it was closed. */
function lineOver(first: TLSSocket | undefined) {
  let open = first;
  return async (reference: string, operation: string, body: string): Promise<boolean> => {
    const startedAt = performance.now();
    try {
      open ??= await dial();
      const answer = await exchange(open, requestOf(operation, body));
      if (/\r\nconnection: close\r\n/i.test(answer)) {
        open.destroy();
        open = undefined;
      }
      const read = readIn({ status: Number(answer.slice(9, 12)), headers: {}, body: answer });
      const { http, code, fault, outcome, retry, status } = read;
      const told = { http, code, fault, outcome, retry, status };
      const retryAfterSeconds = read.text('RetryAfterSeconds');
      heard.push({ reference, ...told, retryAfterSeconds, tookMs: performance.now() - startedAt });
      return code === undefined;
    } catch {
      broken += 1;
      open = undefined;
      // Who is turned away at the connection comes again, but not in a circle without an end.
      await pause(10);
      return false;
    }
  };
}

function requestOf(operation: string, body: string): string {
  return (
    head({
      'Content-Type': contentType('1.1'),
      SOAPAction: `"urn:cagebridge:payments:v1/${operation}"`,
      'Content-Length': String(Buffer.byteLength(body)),
      Connection: alwaysNew ? 'close' : 'keep-alive',
    }) + body
  );
}

async function exchange(socket: TLSSocket, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const finish = (end: () => void): void => {
      socket.off('data', onData).off('close', onClose);
      end();
    };
    const onData = (chunk: string): void => {
      answer += chunk;
      if (answer.includes('Envelope>', answer.length - 60)) finish(() => resolve(answer));
    };
    const onClose = (): void => finish(() => reject(new Error('closed without an answer')));
    socket.on('data', onData).on('close', onClose);
    if (socket.destroyed) onClose();
    else socket.write(request);
  });
}

async function call(name: number, send: ReturnType<typeof lineOver>, until: number): Promise<void> {
  for (let index = 0; performance.now() < until; index += 1) {
    if ('statusOf' in sends) {
      await send(sends.statusOf, 'Status', statusMessage('1.1', { reference: sends.statusOf }));
    } else {
      const reference = `${sends.depositsUnder}-${name}-${index}`;
      const playerId = `player-${name}`;
      const body = paymentMessage('1.1', { operation: 'Deposit', reference, playerId });
      while (performance.now() < until && !(await send(reference, 'Deposit', body))) await pause(pauseMs);
    }
    await pause(pauseMs);
  }
}

const sockets = await Promise.all(
  Array.from({ length: callers }, async () => (alwaysNew ? undefined : dial())),
);
const lines = sockets.map((socket) => lineOver(socket));
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin, windows do
main.postMessage('ready');
await once(main, 'message');
const until = performance.now() + durationMs;
await Promise.all(lines.map(async (send, name) => call(name, send, until)));
const result: CrowdResult = { heard, broken };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin, windows do
main.postMessage(result);
