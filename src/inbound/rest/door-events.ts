import type { LedgerFailure } from '../../payments/world.ts';
import type { InvalidAnswer } from '../invalid-answer.ts';
import type { ClientRefused } from './clients.ts';

/** Told to the log and the metrics. Every request ends in one of the first two; one that could not be read has no correlation id. */
export interface InternalDoorEvents {
  answered(event: InternalDoorEnd): void;
  refused(
    event: Omit<InternalDoorEnd, 'correlationId'> & {
      readonly reason: string;
      readonly correlationId?: string;
    },
  ): void;
  /** A bug or broken surroundings; the caller read INTERNAL_ERROR. */
  failed(
    event: { readonly error: unknown } & Pick<InternalDoorEnd, 'correlationId' | 'traceparent' | 'partnerId'>,
  ): void;
  /** An answer that breaks its own schema did not leave; the caller read INTERNAL_ERROR, and what is known of his payment. */
  readonly answerInvalidated: (invalid: InvalidAnswer) => void;
  /** An open connection was closed because the token that was shown on it stands for nobody any more. */
  dismissed(event: ClientRefused): void;
  /** By OpenSSL's code, where the door speaks TLS. */
  handshakeFailed(event: { readonly code: string }): void;
  /** A read found the ledger away; the caller read only that. */
  readonly ledgerFailed: (failure: LedgerFailure) => void;
  /** A connection over `connectionsMax`, closed at once. */
  connectionDropped(): void;
}

export interface InternalDoorEnd {
  readonly operation: string;
  readonly status: number;
  readonly correlationId: string;
  readonly traceparent?: string;
  /** Whose token was shown; of a disabled partner too. */
  readonly partnerId?: string;
  readonly durationMs: number;
}
