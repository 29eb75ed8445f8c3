import { formatAmount } from '../../ledger/money.ts';
import type { Money } from '../../ledger/money.ts';
import type {
  HistoryEntry,
  NextAction,
  Payment,
  PaymentReturn,
  PaymentState,
  Settlement,
  StatusReason,
} from '../../payments/payment.ts';
import type { PaymentStatus } from '../../payments/payments.ts';
import { returnedAmount } from '../../payments/returns/came-back.ts';
import { stateTable, statusReason, transactionStatus } from '../../payments/states.ts';
import { optionalElement, parentElement, textElement } from '../../platform/xml-write.ts';
import { paymentsNamespace, typesNamespace } from './contract.ts';
import type { SoapResult } from './door-codec.ts';

/**
 * A result as the contract's response element, in the contract's order. Nothing in it depends on when or how often it is
 * asked for, so its bytes are equal while the payment's version is.
 */
export function resultElement(result: SoapResult): string {
  switch (result.operation) {
    case 'deposit':
      return response('Deposit', paymentParts(result.payment));
    case 'withdrawal':
      return response('Withdrawal', paymentParts(result.payment));
    case 'status':
      return response('Status', reportParts(result.status));
  }
}

type Parts = readonly (string | undefined)[];

function response(operation: string, parts: Parts): string {
  return parentElement(`pay:${operation}Response`, [parentElement('pay:Result', parts)], {
    'xmlns:pay': paymentsNamespace,
    xmlns: typesNamespace,
  });
}

function reportParts({ payment, history }: PaymentStatus): Parts {
  return [parentElement('Payment', paymentParts(payment)), parentElement('History', history.map(entry))];
}

function paymentParts(payment: Payment): Parts {
  const { instruction, state } = payment;
  const settlement = state.name === 'completed' ? state.settlement : undefined;
  return [
    textElement('PaymentId', payment.id),
    textElement('PartnerReference', instruction.partnerReference),
    optionalElement('EndToEndId', instruction.endToEndId),
    optionalElement('UETR', instruction.uetr),
    textElement('Direction', instruction.direction),
    amount('InstructedAmount', instruction.amount),
    ...settledParts(payment, settlement),
    textElement('TransactionStatus', transactionStatus(payment)),
    reason(statusReason(state)),
    textElement('UnderReview', String(payment.openCases.length > 0)),
    textElement('Version', payment.version.toString()),
    instant('AcceptanceDateTime', payment.acceptedAt),
    instant('CompletionDateTime', completedAt(state)),
    optionalElement('BookingDate', settlement?.bookingDate),
    optionalElement('ValueDate', settlement?.valueDate),
    optionalElement('Gateway', 'attempt' in state ? state.attempt?.gateway : undefined),
    optionalElement('GatewayReference', gatewayReference(state)),
    state.name === 'pending' && state.nextAction !== undefined ? nextAction(state.nextAction) : undefined,
    ...payment.returns.map(returned),
  ];
}

function settledParts(payment: Payment, settlement: Settlement | undefined): Parts {
  if (settlement === undefined) return [];
  const charges = settlement.charges.map((charge) =>
    parentElement('Charge', [textElement('Kind', charge.kind), amount('Amount', charge.amount)]),
  );
  const back = returnedAmount(payment);
  return [amount('SettledAmount', settlement.amount), back && amount('ReturnedAmount', back), ...charges];
}

function returned({ id, kind, amount: money, reason: why, at }: PaymentReturn): string {
  return parentElement('Return', [
    textElement('ReturnId', id),
    textElement('Kind', kind),
    amount('Amount', money),
    textElement('ReasonCode', why.code),
    instant('At', at),
  ]);
}

function entry({ version, state, reason: why, at }: HistoryEntry): string {
  return parentElement('Entry', [
    textElement('Version', version.toString()),
    textElement('TransactionStatus', stateTable[state].status),
    reason(why),
    instant('At', at),
  ]);
}

/** When a final state was reached: by the gateway's clock where it said so, otherwise by ours. */
function completedAt(state: PaymentState): Date | undefined {
  if (state.name === 'completed') return state.settlement.settledAt ?? state.endedAt;
  return 'endedAt' in state ? state.endedAt : undefined;
}

function gatewayReference(state: PaymentState): string | undefined {
  if (state.name === 'completed') return state.settlement.gatewayReference;
  return 'gatewayReference' in state ? state.gatewayReference : undefined;
}

function reason(why: StatusReason | undefined): string | undefined {
  if (why === undefined) return undefined;
  return parentElement('StatusReason', [
    textElement('Code', why.code),
    optionalElement('AdditionalInformation', why.information),
  ]);
}

function nextAction({ redirectUrl, expiresAt }: NextAction): string {
  return parentElement('NextAction', [
    textElement('RedirectUrl', redirectUrl),
    instant('ExpiresAt', expiresAt),
  ]);
}

function amount(name: string, money: Money): string {
  return textElement(name, formatAmount(money), { Ccy: money.currency });
}

function instant(name: string, at: Date | undefined): string | undefined {
  return optionalElement(name, at?.toISOString());
}
