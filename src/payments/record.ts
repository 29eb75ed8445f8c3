import { accountingDate } from '../ledger/accounting-date.ts';
import { entriesOf, type Entry } from '../ledger/entries.ts';
import { applyAnswer, attemptOf, type Decision, type Word } from './apply-answer.ts';
import type { Answer, AnswerSource } from './gateways.ts';
import type { AnswerEffect, RecordAnswer } from './ledger-store.ts';
import type { Attempt, Payment } from './payment.ts';
import type { CallContext, World } from './world.ts';

export interface Heard {
  readonly answer: Answer;
  readonly source: AnswerSource;
  readonly gateway: string;
  readonly alternative?: Attempt;
}

/**
 * Writes a gateway's word into the ledger: decides on the payment as it was read, writes by compare-and-set on its
 * version, and decides again on the fresh one where another word came first.
 * @throws LedgerUnavailable where the ledger is away; the word is then heard again by asking.
 */
export async function record(
  world: World,
  payment: Payment,
  heard: Heard,
  context: CallContext,
): Promise<{ payment: Payment; effect: AnswerEffect }> {
  let current = payment;
  for (let tries = 0; tries <= world.limits.staleRetriesMax; tries += 1) {
    const word: Word = { ...heard, at: world.clock.now(), caseId: world.ids.uuid() };
    const decision = applyAnswer(current, word);
    const command = commandFor(world, current, word, decision);
    const result = await recorded(world, command, heard, context);
    if (result === 'recorded') {
      const outcome = { payment: decision.next ?? current, effect: decision.effect };
      tell(world, outcome, heard, context);
      return outcome;
    }
    current = (await world.ledger.paymentById(payment.id)) ?? current;
  }
  throw new Error('a payment changed more often than a word is applied again');
}

/** A word that could not be written down is told to people: the gateway may have moved money by it. */
async function recorded(
  world: World,
  command: RecordAnswer,
  { gateway }: Heard,
  { correlationId }: CallContext,
): Promise<'recorded' | 'stale'> {
  try {
    return await world.ledger.recordAnswer(command);
  } catch (error) {
    const { paymentId } = command;
    world.events.alarm({ alarm: 'answerNotRecorded', paymentId, gateway, correlationId });
    throw error;
  }
}

function commandFor(world: World, payment: Payment, word: Word, decision: Decision): RecordAnswer {
  return {
    answerId: world.ids.uuid(),
    paymentId: payment.id,
    expectedVersion: payment.version,
    answer: {
      kind: word.answer.kind,
      source: word.source,
      attemptOrdinal: attemptOf(payment.state)?.ordinal ?? 0,
      effect: decision.effect,
      ...detailOf(word.answer),
      at: word.at,
    },
    ...(decision.next && { next: decision.next }),
    ...(decision.holdEnding && { holdEnding: decision.holdEnding }),
    ...(decision.openCase && { openCase: decision.openCase }),
    entries: decision.posted ? entriesFor(world, payment, word, decision.posted) : [],
  };
}

function entriesFor(
  world: World,
  payment: Payment,
  word: Word,
  { event, postings }: NonNullable<Decision['posted']>,
): Entry[] {
  const { brand } = payment.instruction;
  return entriesOf(postings, {
    eventKey: event,
    groupId: event,
    brand,
    paymentId: payment.id,
    reason: payment.instruction.direction === 'CRDT' ? 'deposit' : 'withdrawal',
    recordedAt: word.at,
    effectiveAt: (word.answer.kind === 'settled' && word.answer.settledAt) || word.at,
    accountingDate: accountingDate(word.at, booksOf(world, brand)),
  });
}

/** Every brand has books: the configuration is refused without them. */
export function booksOf({ books }: World, brand: string) {
  const found = books.get(brand);
  if (found === undefined) throw new RangeError('a brand without books');
  return found;
}

/** The cause or the code of an answer: words of ours and of code tables, never a gateway's free text. */
function detailOf(answer: Answer): { detail?: string } {
  switch (answer.kind) {
    case 'neverSent':
    case 'unknown':
      return { detail: answer.cause };
    case 'declined':
    case 'cancelled':
    case 'expired':
      return { detail: answer.reason.code };
    case 'pending':
    case 'settled':
    case 'notFound':
      return {};
  }
}

function tell(
  world: World,
  { payment, effect }: { payment: Payment; effect: AnswerEffect },
  { answer, source, gateway }: Heard,
  { correlationId }: CallContext,
): void {
  const about = { gateway, correlationId };
  world.events.answered({ payment, source, answer: answer.kind, effect, ...about });
  if (effect === 'caseOpened') {
    world.events.alarm({ alarm: 'caseOpened', paymentId: payment.id, ...about });
  }
  if (answer.kind === 'pending' && answer.unknownCode !== undefined) {
    world.events.alarm({
      alarm: 'unknownCode',
      paymentId: payment.id,
      detail: answer.unknownCode,
      ...about,
    });
  }
}
