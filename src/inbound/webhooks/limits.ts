import type { BodyLimits, DrainLimits } from '../../platform/http-body.ts';
import type { ListenerLimits } from '../../platform/tls.ts';

/** The bounds of the public door. Each names its unit. */
export interface PublicDoorLimits extends ListenerLimits, BodyLimits, DrainLimits {
  /** Verified events that are being written at one time; one more is told to come again. */
  readonly requestsMax: number;
  /** Of these, so many of one gateway. */
  readonly gatewayRequestsMax: number;
  readonly overloadedRetryAfterSeconds: number;
  /** From the whole body to the answer. The ledger has its own, shorter bounds, so that this one is never met. */
  readonly answerTimeoutMs: number;
}
