import { createHash } from 'node:crypto';

/** A file as it came: its bytes can be read more than once, and are the same each time. */
export interface Original {
  /** As the person or the gateway called it. */
  readonly name: string;
  readonly bytes: () => AsyncIterable<Uint8Array>;
}

/** What is known of bytes that went by. */
export interface Weighed {
  readonly sha256: string;
  readonly sizeBytes: number;
}

export interface Weighing {
  /** The bytes for a reader, which may stop where it likes. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** How many went by so far. */
  soFar(): number;
  /** Reads what the reader has left. `tooLarge` where there are more than the bound. */
  rest(): Promise<Weighed | 'tooLarge'>;
  /** To be called in any case. */
  close(): Promise<void>;
}

/** Weighs bytes while they go by, at most so many. Beyond them nothing more is given to anybody. */
export function weigh(source: AsyncIterable<Uint8Array>, bytesMax: number): Weighing {
  const from = source[Symbol.asyncIterator]();
  const hash = createHash('sha256');
  let sizeBytes = 0;

  async function next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (sizeBytes > bytesMax) return { done: true, value: undefined };
    const got = await from.next();
    if (got.done === true) return { done: true, value: undefined };
    sizeBytes += got.value.length;
    hash.update(got.value);
    return sizeBytes > bytesMax ? { done: true, value: undefined } : { done: false, value: got.value };
  }

  return {
    // Without a `return`, so that a reader that stops does not end what has still to be weighed.
    bytes: { [Symbol.asyncIterator]: () => ({ next }) },
    soFar: () => sizeBytes,
    async rest() {
      let got = await next();
      while (got.done !== true) got = await next();
      return sizeBytes > bytesMax ? 'tooLarge' : { sha256: hash.digest('hex'), sizeBytes };
    },
    async close() {
      await from.return?.();
    },
  };
}

/** The bytes in pieces of one size, the last one shorter. */
export async function* inPieces(
  bytes: AsyncIterable<Uint8Array>,
  pieceBytes: number,
): AsyncGenerator<Buffer, void, undefined> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const chunk of bytes) {
    let from = 0;
    while (heldBytes + chunk.length - from >= pieceBytes) {
      const until = from + pieceBytes - heldBytes;
      yield Buffer.concat([...held, chunk.subarray(from, until)]);
      [held, heldBytes, from] = [[], 0, until];
    }
    if (from < chunk.length) held.push(chunk.subarray(from));
    heldBytes += chunk.length - from;
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}
