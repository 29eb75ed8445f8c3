import type { NeverSentCause, UnknownCause } from '../payments/gateways.ts';

/** A request as it goes to the wire. */
export interface Written {
  readonly method: 'GET' | 'POST';
  /** As it stands in the request line. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A whole answer, not yet believed. */
export interface Reply {
  readonly status: number;
  readonly contentType?: string;
  readonly body: Buffer;
}

/**
 * What one request came to. `neverSent`: no byte of it was given to the connection, so nothing can have happened there.
 * `unknown`: a byte may have left and no whole answer came back.
 */
export type Exchange =
  | ({ readonly kind: 'answered' } & Reply)
  | { readonly kind: 'neverSent'; readonly cause: NeverSentCause }
  | { readonly kind: 'unknown'; readonly cause: UnknownCause };

/** What one failure means, before the first byte was written and after it. */
export interface Failure {
  readonly before: NeverSentCause;
  readonly after: UnknownCause;
}

/** What a client of the wire tells of one request. What comes after the end is not heard. */
export interface Course {
  /** Asked when nothing stands between the first byte and the wire any more: it is written now, or never where this says no. */
  mayWrite(): boolean;
  /** Everything was given to the connection; at the latest when the reply begins. Whatever is told again is not heard. */
  sent(): void;
  failed(failure: Failure): void;
  answered(reply: Reply): void;
}

export interface ExchangeBounds {
  /** From the start until the connection stands, the wait for a free one included. */
  readonly connectTimeoutMs: number;
  /** From the start until the last byte of the answer. */
  readonly totalTimeoutMs: number;
  /** Asked when the connection stands and nothing is written yet: past this instant nothing may leave any more. */
  readonly isTooLate: () => boolean;
  /** Told once when the last byte was given to the connection, before the reply is read. */
  readonly sent: () => void;
}

/** Everything before `written` is certain to have moved nothing; `sent` knows no more about it than `written`. */
type Stage = 'waiting' | 'written' | 'sent' | 'over';

/**
 * One request from its start to what it came to, within its bounds; never rejects. `start` begins it and answers how it is
 * abandoned: an abandoned request that has not asked `mayWrite` yet is told no, whenever it asks.
 */
export function watchExchange(
  { connectTimeoutMs, totalTimeoutMs, isTooLate, sent }: ExchangeBounds,
  start: (course: Course) => () => void,
): Promise<Exchange> {
  return new Promise((resolve) => {
    let stage: Stage = 'waiting';
    let abandon: (() => void) | undefined;
    const mayHaveLeft = (): boolean => stage === 'written' || stage === 'sent';
    const connectTimer = setTimeout(() => mayHaveLeft() || failed(timedOut), connectTimeoutMs);
    const totalTimer = setTimeout(() => failed(timedOut), totalTimeoutMs);

    function end(exchanged: Exchange): void {
      if (stage === 'over') return;
      stage = 'over';
      clearTimeout(connectTimer);
      clearTimeout(totalTimer);
      if (exchanged.kind !== 'answered') abandon?.();
      resolve(exchanged);
    }
    function failed({ before, after }: Failure): void {
      if (mayHaveLeft()) end({ kind: 'unknown', cause: after });
      else end({ kind: 'neverSent', cause: before });
    }
    function mayWrite(): boolean {
      // A client that starts the same request twice would pay twice.
      if (mayHaveLeft()) end({ kind: 'unknown', cause: 'connectionLost' });
      if (stage !== 'waiting') return false;
      if (isTooLate()) {
        end({ kind: 'neverSent', cause: 'sendBeforeMissed' });
        return false;
      }
      stage = 'written';
      return true;
    }

    abandon = start({
      mayWrite,
      sent() {
        if (stage !== 'written') return;
        stage = 'sent';
        sent();
      },
      failed,
      // What answers before it was asked answers something else.
      answered: (reply) => (mayHaveLeft() ? end({ kind: 'answered', ...reply }) : failed(unasked)),
    });
  });
}

const timedOut: Failure = { before: 'connectTimeout', after: 'timeout' };
const unasked: Failure = { before: 'connectionRefused', after: 'invalidReply' };

/** What the code of a socket's error means while it connects (`handshaking` once TCP stands), and after something was written. */
export function socketFailure(code: string | undefined, handshaking: boolean): Failure {
  if (code === 'ETIMEDOUT') return timedOut;
  const unnamed = code === 'ENOTFOUND' || code?.startsWith('EAI_') === true;
  const before = handshaking ? 'tlsFailed' : unnamed ? 'nameNotFound' : 'connectionRefused';
  return { before, after: 'connectionLost' };
}
