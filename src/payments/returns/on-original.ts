import type { AnswerSource } from '../gateways.ts';
import type { OriginalChange } from '../ledger-store.ts';
import type { Case, Payment, PaymentReturn, PaymentState } from '../payment.ts';
import { isFinal } from '../states.ts';
import type { CallContext, World } from '../world.ts';
import { saidOf } from './apply-return.ts';
import { cameBackMinor } from './came-back.ts';
import { refundsMinor } from './refunds-of.ts';

/** What the completion of a refund does to its original, which is written with it. */
export interface OnOriginal {
  readonly change: OriginalChange;
  /** The original as it stands then, but for what came between its reading and the writing. */
  readonly payment: Payment;
}

/** Customer-initiated, as ISO 20022 calls a refund that was asked for. */
const refundReason = { code: 'MD06' };

/**
 * That a refund came back to the player is a row on its original from the moment on that it completes. A refund under way
 * was counted when it was taken on; one that had ended, and that people correct, may leave less room than there is: then
 * people have to look at the original, too. Undefined where no refund completes.
 */
export async function onOriginal(
  world: World,
  { before, after, source }: { before: Payment; after: Payment | undefined; source: AnswerSource },
): Promise<OnOriginal | undefined> {
  const { refundOf } = before.instruction;
  if (refundOf === undefined || before.state.name === 'completed') return undefined;
  if (after?.state.name !== 'completed') return undefined;
  const original = await world.ledger.paymentById(refundOf);
  if (original?.state.name !== 'completed') throw new Error('a refund of what never settled');
  const given = { original: { ...original, state: original.state }, state: after.state };
  const returned = rowOf(before, given);
  const room = isFinal(before) ? await roomFor(world, before, given.original, returned) : {};
  return {
    change: { returned, ...room, ...wordOf(world, given, { returned, source }) },
    payment: withRow(original, returned, room.openCase),
  };
}

type Completed = Extract<PaymentState, { name: 'completed' }>;

/** What is given back, and the end of the refund that does. */
interface Given {
  readonly original: Payment & { readonly state: Completed };
  readonly state: Completed;
}

/** With the refund's own id, so that what the ledger says of the two can be compared. */
function rowOf({ id }: Payment, { original, state: { settlement, endedAt } }: Given): PaymentReturn {
  return {
    id,
    paymentId: original.id,
    kind: 'refund',
    gateway: original.state.attempt.gateway,
    reference: id,
    amount: settlement.amount,
    reason: refundReason,
    receivableMinor: 0n,
    at: settlement.settledAt ?? endedAt,
  };
}

function wordOf(
  { ids }: Pick<World, 'ids'>,
  { original, state: { endedAt } }: Given,
  { returned, source }: { readonly returned: PaymentReturn; readonly source: AnswerSource },
): Pick<OriginalChange, 'answerId' | 'answer'> {
  const attemptOrdinal = original.state.attempt.ordinal;
  const detail = saidOf(returned);
  return {
    answerId: ids.uuid(),
    answer: { kind: 'settled', source, attemptOrdinal, effect: 'returned', detail, at: endedAt },
  };
}

/** The ledger asks again whether there is room, should a refund be taken on at this moment. */
async function roomFor(
  { ledger, limits, clock, ids }: World,
  { id, instruction: { amount } }: Payment,
  original: Given['original'],
  returned: PaymentReturn,
): Promise<Pick<OriginalChange, 'openCase' | 'settledMinor'>> {
  const others = await refundsMinor({ ledger, pageMax: limits.recoveryPageMax }, original.id, id);
  const settledMinor = original.state.settlement.amount.minor;
  if (cameBackMinor(original) + others + amount.minor <= settledMinor) return { settledMinor };
  const openCase: Case = {
    id: ids.uuid(),
    paymentId: original.id,
    kind: 'mismatch',
    evidence: `${saidOf(returned)} so that more came back than was settled`,
    openedAt: clock.now(),
  };
  return { openCase };
}

function withRow(original: Payment, returned: PaymentReturn, openCase: Case | undefined): Payment {
  return {
    ...original,
    version: original.version + 1,
    returns: [...original.returns, returned],
    openCases: openCase === undefined ? original.openCases : [...original.openCases, openCase],
  };
}

/** Once it is in the ledger. */
export function tellOriginal({ events }: World, { change, payment }: OnOriginal, context: CallContext): void {
  const { answer, returned, openCase } = change;
  const about = { gateway: returned.gateway, ...context };
  events.answered({ payment, source: answer.source, answer: 'settled', effect: 'returned', ...about });
  if (openCase !== undefined) events.alarm({ alarm: 'caseOpened', paymentId: payment.id, ...about });
}
