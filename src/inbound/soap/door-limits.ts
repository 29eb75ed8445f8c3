import type { BodyLimits, DrainLimits } from '../../platform/http-body.ts';
import { defaultListenerLimits, type ListenerLimits } from '../../platform/tls.ts';
import type { LaneLimits } from '../door-places.ts';

/** The bounds of the SOAP door. Each names its unit. */
export interface DoorLimits extends ListenerLimits, BodyLimits, DrainLimits, LaneLimits {
  /** Partners' instructions that are being answered at one time; one more is told to come again. */
  readonly requestsMax: number;
  /** Of these, so many of one partner. Both doors' shares together are less than the instructions that a gateway carries at once. */
  readonly partnerRequestsMax: number;
  /** Of Status, which has places of its own. */
  readonly statusRequestsMax: number;
  readonly partnerStatusRequestsMax: number;
  readonly overloadedRetryAfterSeconds: number;
  /** How long the body of a request that finds no place is waited for: once it is there, the caller keeps his connection. */
  readonly overloadedBodyMs: number;
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
  statusRequestsMax: 128,
  partnerStatusRequestsMax: 16,
  overloadedRetryAfterSeconds: 2,
  overloadedBodyMs: 100,
  answerTimeoutMs: 60_000,
};
