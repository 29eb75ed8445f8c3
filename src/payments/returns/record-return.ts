import { playerAccount } from '../../ledger/accounts.ts';
import { availableMinor } from '../../ledger/holds.ts';
import type { AnswerSource, ReturnWord } from '../gateways.ts';
import type { ChangeResult, OperatorAct } from '../ledger-store.ts';
import type { Attempt, Payment } from '../payment.ts';
import type { CallContext, World } from '../world.ts';
import { reasonOf, untilTaken } from '../writing.ts';
import { applyReturn, mayYetSettle, saidOf, type ReturnDecision, type ReturnFacts } from './apply-return.ts';
import { refundsMinor } from './refunds-of.ts';
import { changeFor, type ReturnChange } from './return-change.ts';

/** A word about money that came back, as it was heard, by whoever says it. */
export interface HeardReturn {
  readonly word: ReturnWord;
  /** Of which attempt it is said. */
  readonly attempt: Attempt;
  readonly by:
    | {
        readonly source: AnswerSource;
        /** Given where the word may be heard again under it, and must count once. */
        readonly answerId?: string;
        /** Given where it will be told again later; else it has to be decided on now. */
        readonly mayWait?: boolean;
      }
    | { readonly act: ReturnAct };
}

/** What a person adds to what he saw somewhere else, by a letter of the bank say. */
export type ReturnAct = Pick<OperatorAct, 'id' | 'subject' | 'reason' | 'comment'>;

/** The payment as it stands after the word, and what this very word did. */
export interface RecordedReturn {
  readonly payment: Payment;
  /**
   * `waiting`: its payment is still open, so that it is to be told again; nothing was written. `overtaken`: the payment
   * changed after a person had seen it, so that his word was not written.
   */
  readonly effect: ReturnDecision['effect'] | 'waiting' | 'overtaken';
}

/**
 * Writes down money that came back: decides on the payment, the player's balance and the refunds under way as they were
 * read, writes by compare-and-set, and decides again where any of them changed. Counts once however often it is told.
 * What a person says and is known or cannot be true is not written: `caseOpened` means then that it would need a case.
 * Nor is what he says of a payment that changed since he saw it: only what the player has is looked at again for him.
 * What will be told again waits as long as its payment may yet settle.
 * @throws LedgerUnavailable where the ledger stayed away
 */
export async function recordReturn(
  world: World,
  payment: Payment,
  heard: HeardReturn,
  context: CallContext,
): Promise<RecordedReturn> {
  try {
    const written = await decideAndWrite(world, payment, heard);
    if ('effect' in written) return written;
    tell(world, written, heard, context);
    return { payment: written.payment, effect: written.decision.effect };
  } catch (error) {
    const about = { paymentId: payment.id, gateway: heard.attempt.gateway, ...context };
    world.events.alarm({ alarm: 'answerNotRecorded', detail: reasonOf(error), ...about });
    throw error;
  }
}

interface Written {
  readonly payment: Payment;
  readonly decision: ReturnDecision;
}

async function decideAndWrite(
  world: World,
  payment: Payment,
  heard: HeardReturn,
): Promise<Written | RecordedReturn> {
  const { by, attempt } = heard;
  const isByPerson = 'act' in by;
  const mayWait = 'source' in by && by.mayWait === true;
  let current = payment;
  let isTaken = false;
  for (let tries = 0; tries <= world.limits.staleRetriesMax; tries += 1) {
    if (mayWait && mayYetSettle(current, attempt)) return { payment: current, effect: 'waiting' };
    const facts: ReturnFacts = { ...(await factsFor(world, current, heard)), isTaken, isByPerson };
    const decision = applyReturn(current, facts);
    if (isByPerson && decision.effect !== 'returned') return { payment: current, effect: decision.effect };
    const change = changeFor(world, current, facts, decision);
    const result = await untilTaken(world, write(world, change, { heard, facts, decision }));
    world.reached('afterCommit');
    if (result === 'recorded') return { payment: decision.next ?? current, decision };
    isTaken = result === 'taken';
    current = (await world.ledger.paymentById(payment.id)) ?? current;
    if (isByPerson && current.version !== payment.version) {
      return { payment: current, effect: 'overtaken' };
    }
  }
  throw new Error('a payment changed more often than a return is applied again');
}

async function factsFor(
  { ledger, limits, clock, ids }: World,
  { id, instruction: { brand, playerId } }: Payment,
  { word, attempt }: HeardReturn,
): Promise<Omit<ReturnFacts, 'isTaken' | 'isByPerson'>> {
  const balances = await ledger.playerBalances(playerAccount(brand, playerId));
  const balance = balances.find(({ currency }) => currency === word.amount.currency);
  return {
    word,
    attempt,
    at: clock.now(),
    returnId: ids.uuid(),
    caseId: ids.uuid(),
    availableMinor: balance === undefined ? 0n : availableMinor(balance),
    refundsMinor: await refundsMinor({ ledger, pageMax: limits.recoveryPageMax }, id),
  };
}

interface Writing {
  readonly heard: HeardReturn;
  readonly facts: ReturnFacts;
  readonly decision: ReturnDecision;
}

/** Under one id, so that a lost acknowledgement is found. */
function write(
  { ledger, ids }: Pick<World, 'ledger' | 'ids'>,
  change: ReturnChange,
  { heard: { word, attempt, by }, facts: { at }, decision: { effect } }: Writing,
): () => Promise<ChangeResult> {
  const detail = saidOf(word);
  if ('act' in by) {
    const { paymentId, expectedVersion: version } = change;
    const act = { ...by.act, paymentId, kind: 'returned', detail, version, at } as const;
    return () => ledger.recordAct({ ...change, act });
  }
  const { source, answerId = ids.uuid() } = by;
  const answer = { kind: 'settled', source, attemptOrdinal: attempt.ordinal, effect, detail, at } as const;
  return () => ledger.recordAnswer({ ...change, answerId, answer });
}

function tell(
  { events }: World,
  { payment, decision: { effect, returned } }: Written,
  { by, attempt: { gateway } }: HeardReturn,
  context: CallContext,
): void {
  if ('source' in by) {
    events.answered({ payment, source: by.source, answer: 'settled', effect, gateway, ...context });
    if (effect === 'caseOpened')
      events.alarm({ alarm: 'caseOpened', paymentId: payment.id, gateway, ...context });
  }
  if (returned === undefined || returned.kind === 'chargebackReversal' || returned.receivableMinor === 0n)
    return;
  events.alarm({ alarm: 'shortfall', paymentId: payment.id, gateway, ...context });
}
