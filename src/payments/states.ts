import type { Payment, PaymentState, StateName, StatusReason } from './payment.ts';

/** ISO 20022 external payment transaction status codes, as we answer them. */
export type TransactionStatus = 'RCVD' | 'PATC' | 'ACSP' | 'PDNG' | 'ACSC' | 'RJCT' | 'CANC';

interface StateRule {
  readonly status: TransactionStatus;
  readonly final: boolean;
  readonly to: readonly StateName[];
}

/**
 * The one table of states (design 6). `to` lists every move there is; who may make it is decided where the move is
 * made (`applyAnswer` for a gateway's word). Final states have no way out here: a correction by two people is not a
 * move but an act of its own.
 */
export const stateTable: Readonly<Record<StateName, StateRule>> = {
  /** Recorded, nothing sent. */
  received: {
    status: 'RCVD',
    final: false,
    to: ['awaitingApproval', 'submitted', 'rejected', 'cancelled'],
  },
  /** Four eyes needed. */
  awaitingApproval: {
    status: 'PATC',
    final: false,
    to: ['submitted', 'rejected', 'cancelled', 'expired'],
  },
  /** The intent to send is committed. */
  submitted: {
    status: 'ACSP',
    final: false,
    to: ['submitted', 'pending', 'unknown', 'completed', 'rejected', 'cancelled', 'expired'],
  },
  /** The gateway has it, not final. */
  pending: {
    status: 'PDNG',
    final: false,
    to: ['completed', 'rejected', 'cancelled', 'expired'],
  },
  /** Sent, and no usable answer. */
  unknown: {
    status: 'PDNG',
    final: false,
    to: ['submitted', 'pending', 'completed', 'rejected', 'cancelled', 'expired'],
  },
  /** Settled. */
  completed: { status: 'ACSC', final: true, to: [] },
  /** Refused by us or by the gateway. */
  rejected: { status: 'RJCT', final: true, to: [] },
  /** Called off before it settled. */
  cancelled: { status: 'CANC', final: true, to: [] },
  /** Out of time before it settled. */
  expired: { status: 'RJCT', final: true, to: [] },
};

/**
 * The payment in its next state, one version on. The only way a state changes.
 * @throws RangeError where the table has no such move: a bug of the caller, never an input.
 */
export function move(payment: Payment, state: PaymentState): Payment {
  if (!stateTable[payment.state.name].to.includes(state.name)) {
    throw new RangeError(`no move from ${payment.state.name} to ${state.name}`);
  }
  return { ...payment, state, version: payment.version + 1 };
}

/**
 * A payment that ended without money moving, completed after all and one version on: what two people say, and the only way
 * out of a final state (I5).
 * @throws RangeError where it did not end so: a bug of the caller, never an input.
 */
export function correct(payment: Payment, state: Extract<PaymentState, { name: 'completed' }>): Payment {
  const { name } = payment.state;
  if (!stateTable[name].final || name === 'completed') throw new RangeError(`no correction of ${name}`);
  return { ...payment, state, version: payment.version + 1 };
}

export function isFinal({ state }: Payment): boolean {
  return stateTable[state.name].final;
}

export function transactionStatus({ state }: Payment): TransactionStatus {
  return stateTable[state.name].status;
}

/** Why the payment is where it is: a gateway's or our own reason, and AB06 for a gateway that gave no usable answer. */
export function statusReason(state: PaymentState): StatusReason | undefined {
  switch (state.name) {
    case 'unknown':
      return { code: 'AB06' };
    case 'pending':
    case 'rejected':
    case 'cancelled':
    case 'expired':
      return state.reason;
    case 'received':
    case 'awaitingApproval':
    case 'submitted':
    case 'completed':
      return undefined;
  }
}
