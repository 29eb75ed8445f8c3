/** Reading a request's body, or getting rid of it: both bounded in bytes and in time. */
import type { IncomingMessage } from 'node:http';

export interface BodyLimits {
  readonly bodyBytesMax: number;
  /** From the first look at the body to its last byte. */
  readonly bodyTimeoutMs: number;
}

export interface DrainLimits {
  readonly drainBytesMax: number;
  readonly drainMsMax: number;
}

export type BodyRefusal = 'tooLarge' | 'incomplete';

/**
 * The length that a request declares: undefined where it declares none, as a chunked one does. Node has made sure that it is
 * a single number and does not stand beside Transfer-Encoding (RFC 9112 section 6.3).
 */
export function declaredLength({ headers }: IncomingMessage): number | undefined {
  const length = headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

/** Whether the headers announce a body (RFC 9112 section 6.3); Node has not necessarily seen its end yet. */
export function hasBody(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || (declaredLength(request) ?? 0) > 0;
}

/**
 * Reads the whole body. `tooLarge` as soon as it is, with the rest unread; `incomplete` when the time is up or the
 * caller has gone. Never rejects.
 */
export async function readBody(
  request: IncomingMessage,
  { bodyBytesMax, bodyTimeoutMs }: BodyLimits,
): Promise<Buffer | BodyRefusal> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return readUntil<Buffer | BodyRefusal>(request, bodyTimeoutMs, {
    chunk: (chunk) => {
      bytes += chunk.length;
      if (bytes > bodyBytesMax) return 'tooLarge';
      chunks.push(chunk);
      return undefined;
    },
    whole: () => Buffer.concat(chunks, bytes),
    cut: () => 'incomplete',
  });
}

/**
 * Reads and drops what is left of a body, so that a caller who writes everything before reading gets to read the answer. Stops
 * reading at `drainBytesMax`, and then leaves a slow caller the rest of `drainMsMax` to look at the answer.
 */
export async function drainBody(
  request: IncomingMessage,
  { drainBytesMax, drainMsMax }: DrainLimits,
): Promise<void> {
  let bytes = 0;
  return readUntil<void>(request, drainMsMax, {
    chunk: (chunk) => {
      bytes += chunk.length;
      if (bytes >= drainBytesMax) request.pause();
    },
    whole: () => {},
    cut: () => {},
  });
}

interface Reader<T> {
  /** Anything but undefined ends the reading. */
  chunk(chunk: Buffer): T | undefined;
  whole(): T;
  cut(): T;
}

async function readUntil<T>(request: IncomingMessage, timeoutMs: number, reader: Reader<T>): Promise<T> {
  if (request.readableEnded) return reader.whole();
  if (request.destroyed) return reader.cut();
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish(reader.cut()), timeoutMs);
    const onData = (chunk: Buffer): void => {
      const result = reader.chunk(chunk);
      if (result !== undefined) finish(result);
    };
    const onEnd = (): void => finish(reader.whole());
    const onCut = (): void => finish(reader.cut());
    function finish(result: T): void {
      clearTimeout(timer);
      request.pause();
      request.off('data', onData).off('end', onEnd).off('close', onCut);
      resolve(result);
    }
    request.on('data', onData).on('end', onEnd).on('close', onCut).resume();
  });
}
