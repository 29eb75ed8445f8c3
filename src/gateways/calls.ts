import type { Answer, Enquiry, Gateway, Hear, Order } from '../payments/gateways.ts';
import { bulkhead, questionsMax } from './bulkhead.ts';
import type { Exchange, Reply, Written } from './exchange.ts';
import type { Bounds, GatewaySettings, GatewaySurroundings } from './kind.ts';
import { transcriptOf } from './transcript.ts';

/** One verb of a gateway's contract. */
export interface Operation<Asked> {
  /** Undefined where the contract has no way to write it: then it must not leave. */
  write(asked: Asked, at: Date): Written | undefined;
  /** What the reply means; one reader, with its own table of codes, for each verb. */
  read(reply: Reply, asked: Asked): Answer;
}

/** What one gateway's contract and wire are; everything else about calling it is the same for all. */
export interface Protocol {
  readonly submit: Operation<Order>;
  readonly status: Operation<Enquiry>;
  readonly cancel?: Operation<Enquiry>;
  /** One request, never repeated; never rejects, and `isTooLate` is asked in the last moment before its first byte. */
  exchange(written: Written, isTooLate: () => boolean): Promise<Exchange>;
  scrub(transcript: string): string;
  close(): Promise<void>;
}

/**
 * The gateway that speaks `protocol`. It never retries: what may have left is only asked about. An order whose `sendBefore`
 * has passed when the connection stands is `neverSent`. Its promises never reject.
 */
export function gatewayOf(
  { name, capabilities, limits, checks }: Pick<GatewaySettings, 'name' | 'capabilities'> & Bounds,
  { clock }: GatewaySurroundings,
  protocol: Protocol,
): Gateway {
  const calls = bulkhead(limits.callsMax);
  const questions = bulkhead(questionsMax(limits.callsMax));

  async function call<Asked>(
    operation: Operation<Asked>,
    asked: Asked,
    { isTooLate = () => false, hear }: { isTooLate?: () => boolean; hear: Hear | undefined },
  ): Promise<Answer> {
    const written = orNothing(() => operation.write(asked, clock.now()));
    if (written === undefined) return { kind: 'neverSent', cause: 'notWritable' };
    const exchanged = await calls.run(() => protocol.exchange(written, isTooLate));
    if (exchanged === 'busy') return { kind: 'neverSent', cause: 'gatewayBusy' };
    if (exchanged.kind === 'neverSent') return exchanged;
    orNothing(() => hear?.(transcriptOf(written, exchanged)));
    if (exchanged.kind === 'unknown') return exchanged;
    return orNothing(() => operation.read(exchanged, asked)) ?? unreadable;
  }

  /** That a question was never sent says nothing about the payment that it asks about. */
  async function ask(operation: Operation<Enquiry>, enquiry: Enquiry, hear?: Hear): Promise<Answer> {
    const answer = await questions.run(() => call(operation, enquiry, { hear }));
    return answer === 'busy' || answer.kind === 'neverSent' ? unasked : answer;
  }

  const { submit, status, cancel } = protocol;
  return {
    name,
    capabilities,
    totalTimeoutMs: limits.totalTimeoutMs,
    checks,
    breaker: () => 'closed',
    submit: (order, hear) => call(submit, order, { isTooLate: () => clock.now() >= order.sendBefore, hear }),
    status: (enquiry, hear) => ask(status, enquiry, hear),
    ...(cancel && { cancel: (enquiry: Enquiry, hear?: Hear) => ask(cancel, enquiry, hear) }),
    scrub: (transcript) => protocol.scrub(transcript),
    async close() {
      await calls.close();
      await protocol.close();
    },
  };
}

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
