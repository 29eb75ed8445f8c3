import type { StateName } from '../../payments/payment.ts';
import type { Operation } from '../../payments/partners.ts';
import type { RefusalCode } from '../../payments/refusals.ts';
import type { CallContext, LedgerFailure } from '../../payments/world.ts';
import type { HttpFault } from '../../platform/http-faults.ts';
import type { CertificateTrace, PartnerRefusalReason, PartnerRefused } from '../partners.ts';

/** Refusals that HTTP alone can tell, before anything of SOAP is known. */
export type HttpRefusalReason =
  | 'unknownPath'
  | 'unknownDocument'
  | 'methodNotAllowed'
  | 'headerRepeated'
  | 'mediaType'
  | 'contentEncoding'
  | 'expectation';

/** Why a request did not become a use case's answer. A closed list, so that it can label a metric. */
export type DoorRefusalReason = HttpFault | HttpRefusalReason | PartnerRefusalReason | RefusalCode;

/** One refusal: what the log needs to find it again. No name, no account, nothing of the body. Without context where no request was read. */
export interface DoorRefused extends Partial<CallContext> {
  readonly reason: DoorRefusalReason;
  readonly status: number;
  readonly durationMs: number;
  readonly partnerId?: string;
  readonly operation?: Operation;
  /** The certificate that came, where one did. */
  readonly certificate?: CertificateTrace;
  /** OpenSSL's code, where the certificate chain was refused. */
  readonly code?: string;
}

export interface DoorAnswered extends CallContext {
  readonly operation: Operation;
  readonly partnerId: string;
  /** The state of the payment that was told. */
  readonly result: StateName;
  readonly durationMs: number;
}

/** Told to the log and the metrics. Every request ends in exactly one of `refused` and `answered`. */
export interface DoorEvents {
  refused(event: DoorRefused): void;
  answered(event: DoorAnswered): void;
  /** A bug or broken surroundings; the caller read INTERNAL_ERROR. The error is for the log's redaction, not for a label. */
  failed(event: CallContext & { readonly error: unknown; readonly partnerId?: string }): void;
  /** The ledger kept a caller waiting too long; he read only that. */
  readonly ledgerFailed: (failure: LedgerFailure) => void;
  /** A partner was let in although no fresh list says whether his certificate is revoked, because he is to be. */
  letInUnlisted(partnerId: string, trouble: 'listMissing' | 'listStale'): void;
  /** An open connection was closed because its certificate stands for nobody any more. */
  dismissed(event: PartnerRefused): void;
  /** A handshake that did not end in a connection, by OpenSSL's or the system's code. */
  handshakeFailed(event: { readonly code: string }): void;
  /** A connection over `connectionsMax`, closed at once. */
  connectionDropped(): void;
}
