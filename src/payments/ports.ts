/** Time and chance are passed in, so that a test can move them. */
export interface Clock {
  now(): Date;
  /** Milliseconds by a clock that nobody sets: for ages, and only differences mean anything. */
  monotonicMs(): number;
  /** Resolves after the given time, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Ids {
  /** A UUIDv7 (RFC 9562). */
  uuid(): string;
}
