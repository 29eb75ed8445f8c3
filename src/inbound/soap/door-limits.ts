import type { BodyLimits, DrainLimits } from '../../platform/http-body.ts';
import { defaultListenerLimits, type ListenerLimits } from '../../platform/tls.ts';

/** The bounds of the SOAP door. Each names its unit. */
export interface DoorLimits extends ListenerLimits, BodyLimits, DrainLimits {
  /** Partners' requests that are being answered at one time; one more is told to come again. */
  readonly requestsMax: number;
  /** Of these, so many of one partner. Both doors' shares together are less than the instructions that a gateway carries at once. */
  readonly partnerRequestsMax: number;
  readonly overloadedRetryAfterSeconds: number;
  /** From the whole body to the answer. A use case has its own, shorter bounds, so that this one is never met. */
  readonly answerTimeoutMs: number;
}

export const defaultDoorLimits: DoorLimits = {
  ...defaultListenerLimits,
  bodyBytesMax: 65_536,
  bodyTimeoutMs: 10_000,
  drainBytesMax: 65_536,
  drainMsMax: 2_000,
  requestsMax: 512,
  partnerRequestsMax: 32,
  overloadedRetryAfterSeconds: 2,
  answerTimeoutMs: 60_000,
};
