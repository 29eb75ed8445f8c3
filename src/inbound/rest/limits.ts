import type { BodyLimits, DrainLimits } from '../../platform/http-body.ts';
import type { ListenerLimits } from '../../platform/tls.ts';
import type { LaneLimits } from '../door-places.ts';

/** The bounds of the internal door. Each names its unit. */
export interface InternalDoorLimits extends ListenerLimits, BodyLimits, DrainLimits, LaneLimits {
  /** Clients' requests that are being answered at one time; one more is told to come again. */
  readonly requestsMax: number;
  /** Of these, so many of one partner. Both doors' shares together are less than the instructions that a gateway carries at once. */
  readonly partnerRequestsMax: number;
  /** Of questions about one payment, which have places of their own. */
  readonly statusRequestsMax: number;
  readonly partnerStatusRequestsMax: number;
  readonly overloadedRetryAfterSeconds: number;
  /** How long the body of a request that finds no place is waited for: once it is there, the caller keeps his connection. */
  readonly overloadedBodyMs: number;
  /** When to look again at a payment that is not final. */
  readonly pendingRetryAfterSeconds: number;
  /** Lines of history in a payment. */
  readonly historyMax: number;
  /** From the whole body to the answer. A use case has its own, shorter bounds, so that this one is never met. */
  readonly answerTimeoutMs: number;
}
