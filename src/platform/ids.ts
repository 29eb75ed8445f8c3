import { randomBytes } from 'node:crypto';

export interface IdSources {
  readonly clock: { now(): Date };
  /** So many bytes that nobody can guess. */
  readonly random?: (bytes: number) => Uint8Array;
}

const counterMax = 0xfff;

/**
 * Makes UUIDv7 (RFC 9562 section 5.7): 48 bits of milliseconds, then a 12-bit counter (section 6.2, method 1), then 62
 * random bits. Within a process each id sorts after the one before it, also when the clock stands still or is set back:
 * then time goes on from the last id's.
 */
export function createIds({ clock, random = randomBytes }: IdSources): { uuid(): string } {
  let lastMs = -1;
  let counter = 0;

  function tick(): void {
    const now = clock.now().getTime();
    if (now > lastMs) {
      lastMs = now;
      counter = freshCounter(random(2));
    } else if (counter < counterMax) {
      counter += 1;
    } else {
      lastMs += 1;
      counter = freshCounter(random(2));
    }
  }

  return {
    uuid() {
      tick();
      const bytes = Buffer.alloc(16);
      bytes.writeUIntBE(lastMs, 0, 6);
      bytes.writeUInt16BE(0x7000 | counter, 6);
      bytes.set(random(8), 8);
      bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
      const hex = bytes.toString('hex');
      return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
        '-',
      );
    },
  };
}

/** 11 random bits: half of the counter's room stays free for the ids of the same millisecond. */
function freshCounter([high = 0, low = 0]: Uint8Array): number {
  return ((high & 0x07) << 8) | low;
}
