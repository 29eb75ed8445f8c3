import type { CallContext } from '../payments/world.ts';

/** An answer of ours that its contract does not allow. For people: a defect, while the payment stands as it was decided. */
export interface InvalidAnswer extends Partial<CallContext> {
  /** Of which operation, or a fault. */
  readonly answer: string;
  readonly paymentId?: string;
  /** Places and rules, never values. */
  readonly findings: readonly string[];
}
