import type { BodyLimits, DrainLimits } from '../../platform/http-body.ts';
import type { ListenerLimits } from '../../platform/tls.ts';

/**
 * The bounds of the internal door. Each names its unit. There is none on the answer, unlike at the SOAP door: nothing here
 * waits for a gateway, and whatever is asked of the ledger ends within the ledger's own bounds.
 */
export interface InternalDoorLimits
  extends Omit<ListenerLimits, 'handshakeTimeoutMs'>, BodyLimits, DrainLimits {
  /** Requests that are being answered at one time; one more is told to come again. */
  readonly requestsMax: number;
  readonly overloadedRetryAfterSeconds: number;
  /** Lines of history in a payment. */
  readonly historyMax: number;
}
