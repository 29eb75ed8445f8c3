import type { Answer, Enquiry, Gateway, GatewayCapabilities, Order } from '../../src/payments/gateways.ts';
import { paymentMethods } from '../../src/payments/payment.ts';

type SubmitScript = (order: Order) => Promise<Answer>;
type StatusScript = (enquiry: Enquiry) => Promise<Answer>;

/** A gateway of the tests' own: it says what it is told to say, and keeps what it heard. */
export interface ScriptedGateway extends Gateway {
  readonly orders: Order[];
  readonly enquiries: Enquiry[];
  onSubmit: SubmitScript;
  onStatus: StatusScript;
}

export function scriptedGateway({
  name = 'bank',
  capabilities = {},
}: { name?: string; capabilities?: Partial<GatewayCapabilities> } = {}): ScriptedGateway {
  const orders: Order[] = [];
  const enquiries: Enquiry[] = [];
  return {
    name,
    capabilities: {
      directions: ['CRDT', 'DBIT'],
      currencies: ['EUR', 'JPY'],
      methods: paymentMethods,
      amountMax: [],
      ...capabilities,
    },
    totalTimeoutMs: 2_000,
    orders,
    enquiries,
    onSubmit: (order) => Promise.resolve(settledFor(order)),
    onStatus: () => Promise.resolve({ kind: 'notFound' }),
    submit(order) {
      orders.push(order);
      return this.onSubmit(order);
    },
    status(enquiry) {
      enquiries.push(enquiry);
      return this.onStatus(enquiry);
    },
    scrub: (transcript) => transcript,
    close: () => Promise.resolve(),
  };
}

export function settledFor({ instrId, amount }: Pick<Order, 'instrId' | 'amount'>): Answer {
  return { kind: 'settled', echo: { instrId, amount }, gatewayReference: 'B-1' };
}
