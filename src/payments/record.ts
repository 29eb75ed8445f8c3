import { accountingDate } from '../ledger/accounting-date.ts';
import { entriesOf, type Entry } from '../ledger/entries.ts';
import { formatAmount } from '../ledger/money.ts';
import { applyAnswer } from './apply-answer.ts';
import type { Decision, Word } from './decision.ts';
import { cut } from './gateway-texts.ts';
import type { Answer, AnswerKind } from './gateways.ts';
import { followUp, type FollowUpFacts } from './follow-up.ts';
import type { AnswerEffect, RecordAnswer } from './ledger-store.ts';
import type { Payment } from './payment.ts';
import { onOriginal, tellOriginal } from './returns/on-original.ts';
import type { CallContext, World } from './world.ts';
import { booksOf, reasonOf, untilTaken } from './writing.ts';

/** A word as it was heard; when it is applied, and under which case, is for the writing to say. */
export type Heard = Omit<Word, 'at' | 'caseId'> & {
  /** Given where the word may be heard again under it, and must count once. */
  readonly answerId?: string;
};

/** A word in the ledger: the payment as it stands after it, and what this very word did. */
export interface Recorded {
  readonly payment: Payment;
  readonly effect: AnswerEffect;
  /** The word itself; absent where nobody could be asked. */
  readonly answer?: AnswerKind;
}

/**
 * Writes a gateway's word into the ledger: decides on the payment as it was read, writes by compare-and-set on its
 * version, and decides again on the fresh one where another word came first. A ledger that is away is tried again for
 * a while, because some words are said only once. A word that cannot be written is an alarm: money may have moved by it.
 * @throws LedgerUnavailable where the ledger stayed away
 */
export async function record(
  world: World,
  payment: Payment,
  heard: Heard,
  context: CallContext,
): Promise<Recorded> {
  try {
    const recorded = await decideAndWrite(world, payment, heard, context);
    tell(world, recorded, heard, context);
    return { ...recorded, answer: heard.answer.kind };
  } catch (error) {
    const about = { paymentId: payment.id, gateway: heard.attempt.gateway, ...context };
    world.events.alarm({ alarm: 'answerNotRecorded', detail: reasonOf(error), ...about });
    throw error;
  }
}

async function decideAndWrite(
  world: World,
  payment: Payment,
  heard: Heard,
  context: CallContext,
): Promise<Recorded> {
  let current = payment;
  for (let tries = 0; tries <= world.limits.staleRetriesMax; tries += 1) {
    const word: Word = { ...heard, at: world.clock.now(), caseId: world.ids.uuid() };
    const decision = followUp(current, word, applyAnswer(current, word), factsOf(world));
    const completion = { before: current, after: decision.next, source: word.source };
    const original = await onOriginal(world, completion);
    const answerId = heard.answerId ?? world.ids.uuid();
    const beside = original && { original: original.change };
    const change = { ...changeFor(world, current, word, decision), ...beside };
    const result = await untilTaken(world, () => world.ledger.recordAnswer({ answerId, ...change }));
    world.reached('afterCommit');
    if (result === 'recorded') {
      if (original !== undefined) tellOriginal(world, original, context);
      return { payment: decision.next ?? current, effect: decision.effect };
    }
    current = (await world.ledger.paymentById(payment.id)) ?? current;
  }
  throw new Error('a payment changed more often than a word is applied again');
}

function factsOf({ gateways, limits }: World): FollowUpFacts {
  return { gateways, sendWithinMs: limits.sendWithinMs };
}

function changeFor(
  world: World,
  payment: Payment,
  word: Word,
  decision: Decision,
): Omit<RecordAnswer, 'answerId'> {
  const detail = detailOf(word.answer);
  return {
    paymentId: payment.id,
    expectedVersion: payment.version,
    answer: {
      kind: word.answer.kind,
      source: word.source,
      attemptOrdinal: word.attempt.ordinal,
      effect: decision.effect,
      ...(detail !== undefined && { detail }),
      at: word.at,
    },
    ...(decision.next && { next: decision.next }),
    ...(decision.holdEnding && { holdEnding: decision.holdEnding }),
    ...(decision.openCase && { openCase: decision.openCase }),
    ...(decision.endCases && { endCases: decision.endCases }),
    ...(decision.check && { check: decision.check }),
    ...(word.transcript && { transcript: word.transcript }),
    entries: decision.posted ? entriesFor(world, payment, word, decision.posted) : [],
  };
}

function entriesFor(
  world: World,
  { id, instruction: { brand } }: Payment,
  { answer, at }: Word,
  { event, reason, postings }: NonNullable<Decision['posted']>,
): Entry[] {
  return entriesOf(postings, {
    eventKey: event,
    groupId: event,
    brand,
    paymentId: id,
    reason,
    recordedAt: at,
    effectiveAt: (answer.kind === 'settled' && answer.settledAt) || at,
    accountingDate: accountingDate(at, booksOf(world, brand)),
  });
}

/**
 * What is kept of an answer as evidence: what it spoke of, by which reference, and its code or cause. References and
 * codes only, cut short; never a gateway's free text.
 */
function detailOf(answer: Answer): string | undefined {
  if (answer.kind === 'neverSent' || answer.kind === 'unknown') return answer.cause;
  if (answer.kind === 'notFound') return undefined;
  const { amount, instrId } = answer.echo;
  const told: [name: string, text: string | undefined][] = [
    ['instruction', instrId],
    ['reference', answer.gatewayReference],
    ['code', 'reason' in answer ? answer.reason?.code : undefined],
    ['unknown code', 'unknownCode' in answer ? answer.unknownCode : undefined],
  ];
  const short = told.flatMap(([name, text]) => {
    const cutText = cut(text, 64);
    return cutText === undefined ? [] : [`${name} ${cutText}`];
  });
  return [`${formatAmount(amount)} ${amount.currency}`, ...short].join(', ');
}

function tell(
  world: World,
  { payment, effect }: Recorded,
  { answer, source, attempt: { gateway } }: Heard,
  context: CallContext,
): void {
  const about = { gateway, ...context };
  world.events.answered({ payment, source, answer: answer.kind, effect, ...about });
  const alarm = { paymentId: payment.id, ...about };
  if (effect === 'caseOpened') world.events.alarm({ alarm: 'caseOpened', ...alarm });
  if (answer.kind === 'pending' && answer.unknownCode !== undefined) {
    world.events.alarm({ alarm: 'unknownCode', detail: answer.unknownCode, ...alarm });
  }
}
