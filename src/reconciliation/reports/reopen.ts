import { unfit, type Acting } from '../../payments/people/acts.ts';
import type { CloseAct, RecordedClose } from '../close-store.ts';
import { alone, type Books, type CloseWorld } from './close-day.ts';

/** Two people open a closed day again: one proposes, another one confirms. The newest day first, and so back. */

export interface ReopenRefusal {
  readonly refused:
    | 'CLOSE_NOT_FOUND'
    | 'LATER_DAY_CLOSED'
    | 'PROPOSAL_NOT_FOUND'
    | 'SAME_PERSON'
    | 'ROLE_MISSING'
    | 'EVIDENCE_MISSING'
    | 'BUSY';
}

export interface Reopened {
  readonly act: CloseAct;
}

interface ClosedDay extends Books {
  readonly day: string;
}

export type ReopenStep = 'propose' | 'confirm' | 'decline';

const actsMax = 200;

export async function reopening(
  world: CloseWorld,
  acting: Acting,
  closed: ClosedDay,
  step: ReopenStep,
): Promise<Reopened | ReopenRefusal> {
  const unfitFor = unfit(acting, step === 'propose' ? 'propose' : 'confirm');
  if (unfitFor !== undefined) {
    return { refused: unfitFor === 'ROLE_MISSING' ? unfitFor : 'EVIDENCE_MISSING' };
  }
  return (await alone(world, closed, () => stepNow(world, acting, closed, step))) ?? { refused: 'BUSY' };
}

async function stepNow(
  world: CloseWorld,
  acting: Acting,
  closed: ClosedDay,
  step: ReopenStep,
): Promise<Reopened | ReopenRefusal> {
  const close = await newest(world, closed);
  if ('refused' in close) return close;
  const proposal = proposalIn(await world.closes.closeActs(close.id, actsMax));
  if (step !== 'propose') {
    if (proposal === undefined) return { refused: 'PROPOSAL_NOT_FOUND' };
    if (step === 'confirm' && proposal.subject === acting.person.id) return { refused: 'SAME_PERSON' };
  }
  const act: CloseAct = {
    id: world.ids.uuid(),
    closeId: close.id,
    subject: acting.person.id,
    kind: kinds[step],
    reason: acting.said.reason,
    comment: acting.said.comment,
    // A proposal takes the place of one that was open.
    ...(proposal && { endsProposal: proposal.id }),
    at: world.clock.now(),
  };
  const reopens = step === 'confirm' && ({ reopens: true } as const);
  const result = await world.closes.recordCloseAct({ act, ...reopens });
  return result === 'recorded' ? { act } : { refused: 'PROPOSAL_NOT_FOUND' };
}

const kinds = { propose: 'proposed', confirm: 'confirmed', decline: 'declined' } as const;

async function newest(
  { closes }: CloseWorld,
  { brand, currency, day }: ClosedDay,
): Promise<RecordedClose | ReopenRefusal> {
  const last = await closes.lastClose(brand, currency);
  if (last === undefined || day > last.day) return { refused: 'CLOSE_NOT_FOUND' };
  return last.day === day ? last : { refused: 'LATER_DAY_CLOSED' };
}

/** The last proposal that no later act ended. */
function proposalIn(acts: readonly CloseAct[]): CloseAct | undefined {
  const ended = new Set(acts.map(({ endsProposal }) => endsProposal));
  return acts.findLast(({ kind, id }) => kind === 'proposed' && !ended.has(id));
}
