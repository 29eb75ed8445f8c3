import type { WebhookRefused } from '../../payments/gateways.ts';
import type { RefusalCode } from '../../payments/refusals.ts';
import type { CallContext, LedgerFailure } from '../../payments/world.ts';
import type { HttpFault } from '../../platform/http-faults.ts';

/** Refusals of this door alone. */
export type PublicRefusalReason =
  'unknownPath' | 'unknownGateway' | 'methodNotAllowed' | 'headerRepeated' | 'mediaType' | 'expectation';

/** Why a call was not taken. A closed list, so that it can label a metric. */
export type WebhookRefusalReason = HttpFault | PublicRefusalReason | WebhookRefused | RefusalCode;

/** One refusal: nothing of the headers, nothing of the body. Without context where no request was read. */
export interface WebhookRefusedTold extends Partial<CallContext> {
  readonly reason: WebhookRefusalReason;
  readonly status: number;
  readonly durationMs: number;
  /** Only one that is configured; what a caller wrote is not repeated. */
  readonly gateway?: string;
}

/** Told to the log and the metrics. Every request ends in exactly one of `received` and `refused`. */
export interface PublicDoorEvents {
  /** An event is durable: new, or known from an earlier delivery. */
  received(
    event: CallContext & {
      readonly gateway: string;
      readonly result: 'received' | 'known';
      readonly durationMs: number;
    },
  ): void;
  refused(event: WebhookRefusedTold): void;
  /** A bug or broken surroundings; the caller read 500 and sends again. */
  failed(event: CallContext & { readonly error: unknown }): void;
  /** The ledger kept a caller waiting too long; he read only that. */
  readonly ledgerFailed: (failure: LedgerFailure) => void;
  /** By OpenSSL's or the system's code. */
  handshakeFailed(event: { readonly code: string }): void;
  /** A connection over `connectionsMax`, closed at once. */
  connectionDropped(): void;
}
