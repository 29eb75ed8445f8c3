import type {
  Answer,
  BreakerState,
  CheckRules,
  Enquiry,
  Gateway,
  GatewayCapabilities,
  Order,
} from '../../src/payments/gateways.ts';
import { paymentMethods } from '../../src/payments/payment.ts';

type OrderScript = (order: Order) => Promise<Answer>;
type EnquiryScript = (enquiry: Enquiry) => Promise<Answer>;

/** A gateway of the tests' own: it says what it is told to say, and keeps what it heard. */
export interface ScriptedGateway extends Gateway {
  readonly orders: Order[];
  readonly enquiries: Enquiry[];
  readonly refunds: Order[];
  readonly cancellations: Enquiry[];
  onSubmit: OrderScript;
  onStatus: EnquiryScript;
  breaker: () => BreakerState;
}

interface GatewayScript {
  readonly name?: string;
  readonly capabilities?: Partial<GatewayCapabilities>;
  readonly checks?: Partial<CheckRules>;
  readonly totalTimeoutMs?: number;
  /** Without it the gateway cannot refund. */
  readonly onRefund?: OrderScript;
  /** Without it the gateway cannot cancel. */
  readonly onCancel?: EnquiryScript;
  readonly readWebhook?: Gateway['readWebhook'];
  readonly readNotice?: Gateway['readNotice'];
}

/** Checks that come soon, and exactly when they are due. */
const soonChecks: CheckRules = {
  scheduleMs: [1_000, 2_000],
  afterwardsMs: 5_000,
  jitter: 0,
  notFoundGraceMs: 2_500,
  dedupWindowMs: 3_600_000,
  resendsMax: 1,
};

export function scriptedGateway(script: GatewayScript = {}): ScriptedGateway {
  const { name = 'bank', totalTimeoutMs = 2_000, onRefund, onCancel, readWebhook, readNotice } = script;
  const heard = {
    orders: [] as Order[],
    enquiries: [] as Enquiry[],
    refunds: [] as Order[],
    cancellations: [] as Enquiry[],
  };
  return {
    name,
    capabilities: {
      directions: ['CRDT', 'DBIT'],
      currencies: ['EUR', 'JPY'],
      methods: paymentMethods,
      amountMax: [],
      ...script.capabilities,
    },
    totalTimeoutMs,
    checks: { ...soonChecks, ...script.checks },
    breaker: () => 'closed',
    ...heard,
    onSubmit: (order) => Promise.resolve(settledFor(order)),
    onStatus: () => Promise.resolve({ kind: 'notFound' }),
    submit(order) {
      heard.orders.push(order);
      return this.onSubmit(order);
    },
    status(enquiry) {
      heard.enquiries.push(enquiry);
      return this.onStatus(enquiry);
    },
    ...(onRefund && {
      refund: (order: Order) => {
        heard.refunds.push(order);
        return onRefund(order);
      },
    }),
    ...(onCancel && {
      cancel: (enquiry: Enquiry) => {
        heard.cancellations.push(enquiry);
        return onCancel(enquiry);
      },
    }),
    ...(readWebhook && { readWebhook }),
    ...(readNotice && { readNotice }),
    scrub: (transcript) => transcript,
    close: () => Promise.resolve(),
  };
}

export function settledFor({ instrId, amount }: Pick<Order, 'instrId' | 'amount'>): Answer {
  return { kind: 'settled', echo: { instrId, amount }, gatewayReference: 'B-1' };
}
