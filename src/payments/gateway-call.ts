import type { Answer, Gateway, GatewayOperation, Hear } from './gateways.ts';
import type { CallTranscript } from './ledger-store.ts';
import type { CallContext, World } from './world.ts';

/** What a call to a gateway brought: its answer, and what went over the wire where somebody will want to read it. */
export interface Called {
  readonly answer: Answer;
  readonly askedAt: Date;
  readonly transcript?: CallTranscript;
}

export interface Call {
  readonly operation: GatewayOperation;
  readonly context: CallContext;
  readonly run: (hear: Hear) => Promise<Answer>;
}

/** Every call to a gateway goes through here: it is timed and told, and a slow or failed one is kept as a transcript. */
export async function callGateway(
  world: World,
  gateway: Gateway,
  { operation, context, run }: Call,
): Promise<Called> {
  let heard: string | undefined;
  const askedAt = world.clock.now();
  const answer = await run((transcript) => {
    heard = transcript;
  });
  const durationMs = world.clock.now().getTime() - askedAt.getTime();
  world.reached('afterAnswer');
  world.events.gatewayCalled({
    gateway: gateway.name,
    operation,
    answer: answer.kind,
    durationMs,
    ...context,
  });

  const isWorthReading = durationMs > world.limits.slowCallMs || hasFailed(answer);
  if (heard === undefined || !isWorthReading) return { answer, askedAt };
  const text = scrubbed(gateway, heard, world.limits.transcriptCharsMax);
  return { answer, askedAt, ...(text !== undefined && { transcript: { operation, durationMs, text } }) };
}

/** Cut before it is scrubbed, so that nobody waits for what is not kept. An answer is never lost for its transcript. */
function scrubbed(gateway: Gateway, transcript: string, charsMax: number): string | undefined {
  try {
    return gateway.scrub(transcript.slice(0, charsMax)).slice(0, charsMax);
  } catch {
    return undefined;
  }
}

function hasFailed(answer: Answer): boolean {
  if (answer.kind === 'pending') return answer.unknownCode !== undefined;
  return answer.kind === 'unknown' || answer.kind === 'neverSent';
}
