import type { ListenerLimits } from '../../platform/tls.ts';

/** The bounds of the internal door. Each names its unit. */
export interface InternalDoorLimits extends Omit<ListenerLimits, 'handshakeTimeoutMs'> {
  readonly bodyBytesMax: number;
  /** Requests that are being answered at one time; one more is told to come again. */
  readonly requestsMax: number;
  /** Lines of history in a payment. */
  readonly historyMax: number;
}
