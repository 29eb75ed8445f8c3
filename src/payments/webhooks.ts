import { allOf } from './flights.ts';
import type { Gateway, Notice, WebhookEvent } from './gateways.ts';
import type { ClaimedWebhook, InstructedPayment, SettleWebhook } from './ledger-store.ts';
import { record, type Recorded } from './record.ts';
import { recordReturn, type RecordedReturn } from './returns/record-return.ts';
import type { CallContext, World } from './world.ts';

/**
 * Keeps a provider's event, once for all processes. When this resolves the event is durable and may be acknowledged; what it
 * says is worked on later, because a provider waits for seconds only.
 * @throws LedgerUnavailable
 */
export async function receiveWebhook(
  world: World,
  gateway: string,
  { eventId, text }: WebhookEvent,
): Promise<'received' | 'known'> {
  const receivedAt = world.clock.now();
  const result = await world.ledger.receiveWebhook({
    id: world.ids.uuid(),
    gateway,
    eventId,
    text,
    receivedAt,
  });
  world.reached('inWebhook');
  return result;
}

/**
 * Applies the kept events that are due, the oldest first. Each counts once, however often it is taken up: its word is
 * recorded under the event's own id.
 * @throws LedgerUnavailable where nothing can be claimed, or a word cannot be written
 */
export async function applyWebhooks(world: World, signal: AbortSignal): Promise<{ applied: number }> {
  const { webhooksBatchMax: limit, claimLeaseMs } = world.limits;
  let applied = 0;
  while (!signal.aborted) {
    const now = world.clock.now();
    const leaseUntil = new Date(now.getTime() + claimLeaseMs);
    const claimed = await world.ledger.claimWebhooks({ now, leaseUntil, limit });
    // One that fails keeps no other one waiting; its claim lapses, and a later round takes it up again.
    await allOf(claimed.map((event) => applyOne(world, event)));
    applied += claimed.length;
    if (claimed.length < limit) break;
  }
  return { applied };
}

async function applyOne(world: World, event: ClaimedWebhook): Promise<void> {
  const context = { correlationId: event.id };
  const { id, fence, tries } = event;
  const outcome = await outcomeOf(world, event, context);
  const result = await world.ledger.settleWebhook({ id, fence, tries: tries + 1, ...outcome });
  // Whoever claimed it meanwhile may have found its payment.
  if (outcome.state === 'listed' && result === 'settled') {
    const detail = event.eventId;
    world.events.alarm({ alarm: 'webhookListed', gateway: event.gateway, detail, ...context });
  }
}

type Settled = Pick<SettleWebhook, 'state' | 'dueAt'>;

async function outcomeOf(world: World, event: ClaimedWebhook, context: CallContext): Promise<Settled> {
  const now = world.clock.now();
  const notice = noticeIn(world.gateways.get(event.gateway), event);
  if (notice === undefined) return { state: 'listed', dueAt: now };
  if (notice.kind === 'other') return { state: 'applied', dueAt: now };
  const told = await world.ledger.paymentByInstruction(notice.instrId);
  const again = againAfter(world, event, now);
  // Another gateway's instruction is none that this one can know of.
  if (told?.attempt.gateway !== event.gateway) return again ?? { state: 'listed', dueAt: now };
  const mayWait = again !== undefined;
  const effect = await applyNotice(world, notice, { ...told, answerId: event.id, mayWait, context });
  return effect === 'waiting' && mayWait ? again : { state: 'applied', dueAt: now };
}

function noticeIn(gateway: Gateway | undefined, { text }: ClaimedWebhook): Notice | undefined {
  return gateway?.readNotice?.(text);
}

/**
 * An event may come before its payment is committed or has settled, or long after its ledger was restored: tried for a
 * while. Undefined where its tries have run out.
 */
function againAfter({ limits }: World, { tries }: ClaimedWebhook, now: Date): Settled | undefined {
  const waitMs = limits.webhookRetriesMs[tries];
  return waitMs === undefined ? undefined : { state: 'waiting', dueAt: new Date(now.getTime() + waitMs) };
}

type Spoken = Extract<Notice, { instrId: string }>;

interface Applying extends InstructedPayment {
  readonly answerId: string;
  /** Whether the event can be tried again. */
  readonly mayWait: boolean;
  readonly context: CallContext;
}

async function applyNotice(
  world: World,
  notice: Spoken,
  { payment, attempt, answerId, mayWait, context }: Applying,
): Promise<RecordedReturn['effect'] | Recorded['effect']> {
  switch (notice.kind) {
    case 'answer': {
      const { answer } = notice;
      const heard = { answer, source: 'webhook', attempt, answerId } as const;
      return (await record(world, payment, heard, context)).effect;
    }
    case 'return': {
      const by = { source: 'webhook', answerId, mayWait } as const;
      return (await recordReturn(world, payment, { word: notice.returned, attempt, by }, context)).effect;
    }
  }
}
