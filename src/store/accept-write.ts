import type { AcceptPayment, LimitCheck } from '../payments/ledger-store.ts';
import { attemptOf, type Payment } from '../payments/payment.ts';
import { checkRow } from './outcome-rows.ts';
import { paymentWrite } from './payment-write.ts';
import { holdRow } from './posting-rows.ts';
import type { AcceptWrite, LimitWrite, PaymentWrite, RefundRow } from './writes.ts';

/** Step 1 of a payment as rows, with everything that may be written instead. @throws RangeError for what contradicts itself */
export function acceptWrite(command: AcceptPayment): AcceptWrite {
  const { payment, hold, ifFundsShort, ifApprovalNeeded, limits = [], refund } = command;
  if ((hold === undefined) !== (ifFundsShort === undefined)) {
    throw new RangeError('a hold comes with what is written where funds are short');
  }
  for (const other of [ifFundsShort, ifApprovalNeeded]) {
    if (other !== undefined && other.id !== payment.id) {
      throw new RangeError('whichever is written, it is the same payment');
    }
  }
  if (refund !== undefined && refund.originalId !== payment.instruction.refundOf) {
    throw new RangeError('a refund is checked against the payment that it gives back');
  }
  if (ifApprovalNeeded === undefined && limits.some(({ exceeded }) => exceeded === 'approve')) {
    throw new RangeError('a limit that asks for approval comes with what is written then');
  }
  const refunding = refundRow(payment);
  return {
    kind: 'acceptPayment',
    accepted: acceptedWrite(payment),
    ...(hold && { hold: holdRow(hold) }),
    ...(ifFundsShort && { ifFundsShort: acceptedWrite(ifFundsShort) }),
    ...(ifApprovalNeeded && { ifApprovalNeeded: acceptedWrite(ifApprovalNeeded) }),
    limits: limits.map(limitWrite),
    ...(refunding && { refund: refunding }),
    ...(refund && { settledMinor: refund.settledMinor }),
  };
}

function acceptedWrite(payment: Payment): PaymentWrite {
  const gateway = attemptOf(payment.state)?.gateway;
  const { check } = payment;
  return {
    ...paymentWrite(payment, payment.acceptedAt),
    ...(check && { check: checkRow(payment.id, { ...check, ...(gateway !== undefined && { gateway }) }) }),
  };
}

function limitWrite({ exceeded, scope, direction, currency, since, maxMinor }: LimitCheck): LimitWrite {
  return {
    exceeded,
    scope: scope.kind,
    partner_id: scope.kind === 'partner' ? scope.partnerId : null,
    brand: scope.kind === 'partner' ? null : scope.brand,
    player_id: scope.kind === 'player' ? scope.playerId : null,
    direction,
    currency,
    since: since.toISOString(),
    max_minor: maxMinor,
  };
}

function refundRow({ id, instruction: { refundOf, amount } }: Payment): RefundRow | undefined {
  if (refundOf === undefined) return undefined;
  return { payment_id: id, original_id: refundOf, amount_minor: amount.minor };
}
