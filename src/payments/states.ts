import type { Payment, PaymentState, StateName, StatusReason } from './payment.ts';

/** ISO 20022 external payment transaction status codes, as we answer them. */
export type TransactionStatus = 'RCVD' | 'PATC' | 'ACSP' | 'PDNG' | 'ACSC' | 'RJCT' | 'CANC';

interface StateRule {
  readonly status: TransactionStatus;
  readonly final: boolean;
  readonly meaning: string;
  readonly to: readonly StateName[];
}

/**
 * The one table of states (design 6). `to` lists every move there is; who may make it is decided where the move is
 * made (`applyAnswer` for a gateway's word). Final states have no way out here: a correction by two people is not a
 * move but an act of its own.
 */
export const stateTable: Readonly<Record<StateName, StateRule>> = {
  received: {
    status: 'RCVD',
    final: false,
    meaning: 'recorded, nothing sent',
    to: ['awaitingApproval', 'submitted', 'rejected', 'cancelled'],
  },
  awaitingApproval: {
    status: 'PATC',
    final: false,
    meaning: 'four eyes needed',
    to: ['submitted', 'rejected', 'cancelled', 'expired'],
  },
  submitted: {
    status: 'ACSP',
    final: false,
    meaning: 'the intent to send is committed',
    to: ['submitted', 'pending', 'unknown', 'completed', 'rejected', 'cancelled', 'expired'],
  },
  pending: {
    status: 'PDNG',
    final: false,
    meaning: 'the gateway has it, not final',
    to: ['completed', 'rejected', 'cancelled', 'expired'],
  },
  unknown: {
    status: 'PDNG',
    final: false,
    meaning: 'sent, no usable answer',
    to: ['submitted', 'pending', 'completed', 'rejected', 'cancelled', 'expired'],
  },
  completed: { status: 'ACSC', final: true, meaning: 'settled', to: [] },
  rejected: { status: 'RJCT', final: true, meaning: 'refused by us or by the gateway', to: [] },
  cancelled: { status: 'CANC', final: true, meaning: 'called off before it settled', to: [] },
  expired: { status: 'RJCT', final: true, meaning: 'out of time before it settled', to: [] },
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
