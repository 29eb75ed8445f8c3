import type { Money } from '../ledger/money.ts';
import type { TransferDirection } from '../ledger/postings.ts';
import type { WebhookEvent } from './gateways.ts';
import type { Hearing, StatementWord } from './hear-statement.ts';
import type { Initiated } from './initiate.ts';
import type { PaymentRequest } from './instruction.ts';
import type { HistoryEntry, Payment } from './payment.ts';
import type { Partner } from './partners.ts';
import type { Desk } from './people/desk.ts';
import type { Refusal } from './refusals.ts';
import type { Acting } from './people/acts.ts';
import type { RefundRequest } from './returns/refund.ts';
import type { ReturnReceipt, ToldReturn } from './returns/tell-return.ts';
import type { CallContext } from './world.ts';

/** The use cases, as the doors see them. Made by `openPayments(world)`. */
export interface Payments {
  /** Deposit and Withdrawal: takes the request on, carries it to a gateway, answers with the payment's present state. */
  initiate(partner: Partner, request: PaymentRequest, context: CallContext): Promise<Initiated | Refusal>;
  /** Where a payment stands. Asks the gateway where the answer is not final. */
  status(
    partner: Partner,
    identifier: PaymentIdentifier,
    context: CallContext,
  ): Promise<PaymentStatus | Refusal>;
  /** Asks for one of the partner's own payments not to be executed; answers with where it stands after that. */
  cancel(partner: Partner, paymentId: string, context: CallContext): Promise<Payment | Refusal>;
  /** Gives one of the partner's own settled deposits back, whole or in part, as a payment of its own. */
  refund(
    partner: Partner,
    paymentId: string,
    request: RefundRequest,
    context: CallContext,
  ): Promise<Initiated | Refusal>;
  /** Records what a person saw come back of a payment. */
  tellReturn(acting: Acting, told: ToldReturn, context: CallContext): Promise<ReturnReceipt | Refusal>;
  /** Between cage and tables. The same transfer id again answers the same and moves nothing. */
  transfer(order: TransferOrder, context: CallContext): Promise<TransferReceipt | Refusal>;
  /** Keeps a provider's event; resolves when it is durable, once for all processes. */
  receiveWebhook(
    gateway: string,
    event: WebhookEvent,
    context: CallContext,
  ): Promise<'received' | 'known' | Refusal>;
  /** Applies the kept events that are due; rejects where the ledger gives none out. */
  applyWebhooks(signal: AbortSignal): Promise<{ applied: number }>;
  /** Lets a payment hear what a statement says of it; says whether anything changed. Rejects where the ledger is away. */
  hearStatement(word: StatementWord, context: CallContext): Promise<Hearing>;
  /** Asks about every payment whose check is due; rejects where the ledger gives none out. */
  checkDue(signal: AbortSignal): Promise<{ checked: number }>;
  /** Asks about payments that are in no schedule, a bounded number; rejects where the ledger cannot say which they are. */
  askForgotten(signal: AbortSignal): Promise<{ asked: number }>;
  /** Asks once about every payment that is not final; resolves when all were asked or the signal aborts. */
  recover(signal: AbortSignal): Promise<{ asked: number }>;
  /** What people do: cases, approvals. */
  readonly desk: Desk;
  /** Resolves when no payment is being carried any more, or the signal aborts. */
  drained(signal: AbortSignal): Promise<void>;
}

export interface PaymentIdentifier {
  readonly paymentId?: string;
  readonly partnerReference?: string;
}

export interface PaymentStatus {
  readonly payment: Payment;
  readonly history: readonly HistoryEntry[];
}

export interface TransferOrder {
  /** Who asks; nobody where the home's own token does. */
  readonly partnerId?: string;
  readonly transferId: string;
  readonly brand: string;
  readonly playerId: string;
  readonly direction: TransferDirection;
  readonly amount: Money;
}

export interface TransferReceipt {
  readonly transferId: string;
  readonly at: Date;
  /** True where the transfer had been made before. */
  readonly replayed: boolean;
}
