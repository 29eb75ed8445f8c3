import type { Answer, Enquiry, Gateway, Hear, Order } from '../payments/gateways.ts';
import { breaker } from './breaker.ts';
import { bulkhead, questionsMax } from './bulkhead.ts';
import type { Exchange, ExchangeBounds, Reply, Written } from './exchange.ts';
import type { Bounds, GatewaySettings, GatewaySurroundings, OpenGateway } from './kind.ts';
import { transcriptOf } from './transcript.ts';
import { triesOf } from './tries.ts';

/** One verb of a gateway's contract. */
export interface Operation<Asked> {
  /** Undefined where the contract has no way to write it: then it must not leave. */
  write(asked: Asked, at: Date): Written | undefined;
  /** What the reply means; one reader, with its own table of codes, for each verb. */
  read(reply: Reply, asked: Asked): Answer;
}

/** What one gateway's contract and wire are; everything else about calling it is the same for all. */
export interface Protocol extends Pick<OpenGateway, 'readWebhook' | 'readNotice' | 'scrub' | 'renew'> {
  /** Asked beside the calls about payments, so that a long statement holds none of them up. */
  readonly statement?: Statement;
  readonly submit: Operation<Order>;
  /** An order that names what it gives back; bounded, tried and told like the other one. */
  readonly refund?: Operation<Order>;
  readonly status: Operation<Enquiry>;
  readonly cancel?: Operation<Enquiry>;
  /** One request, never repeated, within the bounds; never rejects. */
  readonly exchange: (written: Written, bounds: ExchangeBounds) => Promise<Exchange>;
  readonly close: () => Promise<void>;
}

/** What is asked, and who listens. */
interface Call<Asked> {
  readonly operation: Operation<Asked>;
  readonly asked: Asked;
  readonly hear: Hear | undefined;
  readonly isTooLate: () => boolean;
  readonly sent: () => void;
}

/**
 * The gateway that speaks `protocol`. Only what was certainly never sent is tried again, a few times; what may have left is
 * only asked about. An order whose `sendBefore` has passed when the connection stands is `neverSent`. While the breaker is
 * open nothing is put on the wire. Its promises never reject.
 */
export function gatewayOf(
  { name, capabilities, ...bounds }: Pick<GatewaySettings, 'name' | 'capabilities'> & Bounds,
  { clock, random = Math.random, reached }: GatewaySurroundings,
  protocol: Protocol,
): OpenGateway {
  const { limits, checks } = bounds;
  const calls = bulkhead(limits.callsMax);
  const questions = bulkhead(questionsMax(limits.callsMax));
  const circuit = breaker(bounds.breaker);
  const tries = triesOf(limits, random);

  async function call<Asked>(asking: Call<Asked>): Promise<Answer> {
    const written = orNothing(() => asking.operation.write(asking.asked, clock.now()));
    if (written === undefined) return notWritable;
    if (asking.isTooLate()) return { kind: 'neverSent', cause: 'sendBeforeMissed' };
    const answer = await calls.run(() => circuit.run(() => carry(written, asking)));
    if (answer === 'busy') return { kind: 'neverSent', cause: 'gatewayBusy' };
    return answer === 'open' ? { kind: 'neverSent', cause: 'breakerOpen' } : answer;
  }

  async function carry<Asked>(written: Written, asking: Call<Asked>): Promise<Answer> {
    const { operation, asked, hear } = asking;
    const exchanged = await tries((within) => protocol.exchange(written, within), asking);
    if (exchanged.kind === 'neverSent') return exchanged;
    orNothing(() => hear?.(transcriptOf(written, exchanged)));
    if (exchanged.kind === 'unknown') return exchanged;
    return orNothing(() => operation.read(exchanged, asked)) ?? unreadable;
  }

  const instruct = (operation: Operation<Order>, order: Order, hear?: Hear): Promise<Answer> =>
    call({
      operation,
      asked: order,
      hear,
      isTooLate: () => clock.now() >= order.sendBefore,
      sent: () => reached?.('afterSend'),
    });

  /** That a question was never sent says nothing about the payment that it asks about. */
  async function ask(operation: Operation<Enquiry>, enquiry: Enquiry, hear?: Hear): Promise<Answer> {
    const asking = { operation, asked: enquiry, hear, isTooLate: () => false, sent: () => {} };
    const answer = await questions.run(() => call(asking));
    return answer === 'busy' || answer.kind === 'neverSent' ? unasked : answer;
  }

  const { submit, refund, status, cancel, statement, exchange: _exchange, close, ...asItIs } = protocol;
  return {
    name,
    capabilities,
    totalTimeoutMs: limits.totalTimeoutMs,
    checks,
    breaker: () => circuit.state(),
    // What gives money back must not go out as an order that pays: it has a verb of its own, or none here.
    submit: async (order, hear) => (order.refundOf ? notWritable : instruct(submit, order, hear)),
    ...(refund && { refund: (order: Order, hear?: Hear) => instruct(refund, order, hear) }),
    status: (enquiry, hear) => ask(status, enquiry, hear),
    ...(cancel && { cancel: (enquiry: Enquiry, hear?: Hear) => ask(cancel, enquiry, hear) }),
    ...(statement && { statement: oneAtATime(statement) }),
    ...asItIs,
    async close() {
      await calls.close();
      await close();
    },
  };
}

type Statement = NonNullable<Gateway['statement']>;

/** Who comes while a statement is being read is turned away: it may be long, and is asked for again later. */
function oneAtATime(fetch: Statement): Statement {
  const places = bulkhead(1);
  return async (asked) => {
    const answer = await places.run(() => fetch(asked));
    return answer === 'busy' ? { kind: 'unavailable', cause: 'gatewayBusy' } : answer;
  };
}

const notWritable: Answer = { kind: 'neverSent', cause: 'notWritable' };
const unreadable: Answer = { kind: 'unknown', cause: 'invalidReply' };
const unasked: Answer = { kind: 'unknown', cause: 'connectionLost' };

/** Money may be under way, so not even a bug or a broken XML engine may take the answer away from who waits for it. */
function orNothing<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
