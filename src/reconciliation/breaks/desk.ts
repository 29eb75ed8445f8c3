import type { Books } from '../../ledger/accounting-date.ts';
import { unfit, type Acting } from '../../payments/people/acts.ts';
import type { Clock, Ids } from '../../payments/ports.ts';
import type { Operator } from '../../payments/ledger-store.ts';
import { nameOf } from '../matching/breaks.ts';
import type { OurAccount } from '../our-accounts.ts';
import type { After, BreakAct, BreakFilter, RecordedBreak, StatementStore } from '../statement-store.ts';
import { endingOf, possibleEndings, type Ended, type Ending, type OpenBreak } from './endings.ts';
import { standingOf } from './standing.ts';
import { matchOf } from './write-ending.ts';

/** What the desk stands on. */
export interface BreakWorld {
  readonly statements: StatementStore;
  readonly accounts: readonly OurAccount[];
  readonly books: ReadonlyMap<string, Books>;
  readonly operators: () => Promise<readonly Operator[]>;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Pick<Ids, 'uuid'>;
}

/** Why an act on a break was not done; nothing was written. */
export interface BreakRefusal {
  readonly refused:
    | 'BREAK_NOT_FOUND'
    | 'BREAK_ENDED'
    | 'PROPOSAL_NOT_FOUND'
    | 'ENDING_IMPOSSIBLE'
    | 'OPERATOR_UNKNOWN'
    | 'SAME_PERSON'
    | 'ROLE_MISSING'
    | 'EVIDENCE_MISSING';
}

export interface BreakDid {
  readonly act: BreakAct;
}

/** A break with all that a person needs to decide: what happened to it, and what each ending would post. */
export interface BreakFile {
  readonly broken: RecordedBreak;
  readonly acts: readonly BreakAct[];
  readonly endings: readonly { readonly ending: Ending; readonly ended: Ended }[];
  readonly proposal?: BreakAct;
}

/** What people do with breaks: each with a name, a reason and a comment, and two of them to end one. */
export interface BreakDesk {
  list(filter: BreakFilter, page: After): Promise<readonly RecordedBreak[]>;
  file(breakId: string): Promise<BreakFile | BreakRefusal>;
  assign(acting: Acting, breakId: string, to: string): Promise<BreakDid | BreakRefusal>;
  comment(acting: Acting, breakId: string): Promise<BreakDid | BreakRefusal>;
  /** It was raised with the gateway or bank, and stays open. */
  raise(acting: Acting, breakId: string): Promise<BreakDid | BreakRefusal>;
  /** Proposes how it ends, in place of a proposal that was open. */
  propose(acting: Acting, breakId: string, proposed: Proposed): Promise<BreakDid | BreakRefusal>;
  /**
   * Another person's word: what was proposed is done, in one transaction. It is this proposal or none: another one may have taken its
   * place since it was read.
   */
  confirm(acting: Acting, breakId: string, proposalId: string): Promise<BreakDid | BreakRefusal>;
  decline(acting: Acting, breakId: string, proposalId: string): Promise<BreakDid | BreakRefusal>;
}

/** An ending, and of a match by hand what the other side is, where the break does not say it: a line's name, an item's key. */
export interface Proposed {
  readonly ending: Ending;
  readonly found?: string;
}

const actsMax = 200;

export function breakDesk(world: BreakWorld): BreakDesk {
  const { statements } = world;
  return {
    list: (filter, page) => statements.breaks(filter, page),
    file: (breakId) => file(world, breakId),
    assign: (acting, breakId, to) => assign(world, acting, { breakId, kind: 'assigned', detail: to }),
    comment: (acting, breakId) => act(world, acting, { breakId, kind: 'commented' }),
    raise: (acting, breakId) => act(world, acting, { breakId, kind: 'raised' }),
    propose: (acting, breakId, proposal) => propose(world, acting, { breakId, ...proposal }),
    confirm: (acting, breakId, proposalId) => confirm(world, acting, { breakId, proposalId }),
    decline: (acting, breakId, proposalId) => decline(world, acting, { breakId, proposalId }),
  };
}

type What = Pick<BreakAct, 'breakId' | 'kind' | 'detail' | 'endsProposal'>;

function actOf({ ids, clock }: BreakWorld, { person, said }: Acting, what: What): BreakAct {
  return { ...what, ...said, id: ids.uuid(), subject: person.id, at: clock.now() };
}

async function assign(
  world: BreakWorld,
  acting: Acting,
  what: What & { readonly detail: string },
): Promise<BreakDid | BreakRefusal> {
  const operators = await world.operators();
  const isOperator = operators.some(({ id, disabledAt }) => id === what.detail && disabledAt === undefined);
  return isOperator ? act(world, acting, what) : { refused: 'OPERATOR_UNKNOWN' };
}

async function act(world: BreakWorld, acting: Acting, what: What): Promise<BreakDid | BreakRefusal> {
  const refused = unfitNow(acting);
  if (refused !== undefined) return refused;
  const broken = await openBreak(world, what.breakId);
  if ('refused' in broken) return broken;
  return written(world, actOf(world, acting, what));
}

async function propose(
  world: BreakWorld,
  acting: Acting,
  { breakId, ending, found }: Proposed & { readonly breakId: string },
): Promise<BreakDid | BreakRefusal> {
  const refused = unfitNow(acting, 'propose');
  if (refused !== undefined) return refused;
  const broken = await openBreak(world, breakId);
  if ('refused' in broken) return broken;
  const open = await standingOf(world, broken, found);
  const isMisplaced = found !== undefined && ending !== 'matchedByHand';
  if (isMisplaced || !possibleEndings(open).includes(ending)) return { refused: 'ENDING_IMPOSSIBLE' };
  const before = proposalIn(await world.statements.breakActs(breakId, actsMax));
  const endsProposal = before && { endsProposal: before.id };
  const detail = found === undefined ? ending : `${ending} ${foundIn(open)}`;
  return written(world, actOf(world, acting, { breakId, kind: 'proposed', detail, ...endsProposal }));
}

/** What a person has found for a break, under its own name. */
function foundIn({ broken, line, item }: OpenBreak): string {
  return 'entry' in broken.subject ? (item?.key ?? '') : line === undefined ? '' : nameOf(line);
}

/** What a proposal says, as `propose` wrote it. */
function proposedIn({ detail = '' }: BreakAct): { readonly ending: string; readonly found?: string } {
  const [, ending = detail, found] = /^(\S+) (.+)$/.exec(detail) ?? [];
  return { ending, ...(found !== undefined && { found }) };
}

/** Which proposal a word is about. */
interface Which {
  readonly breakId: string;
  readonly proposalId: string;
}

async function confirm(world: BreakWorld, acting: Acting, which: Which): Promise<BreakDid | BreakRefusal> {
  const { breakId } = which;
  const standing = await proposed(world, acting, which);
  if ('refused' in standing) return standing;
  const { broken, proposal } = standing;
  if (proposal.subject === acting.person.id) return { refused: 'SAME_PERSON' };
  const { ending: said, found } = proposedIn(proposal);
  const open = await standingOf(world, broken, found);
  const ending = possibleEndings(open).find((possible) => possible === said);
  if (ending === undefined) return { refused: 'ENDING_IMPOSSIBLE' };
  const { detail = ending } = proposal;
  const done = actOf(world, acting, { breakId, kind: 'confirmed', detail, endsProposal: proposal.id });
  const match = await matchOf(world, done, { broken, ended: endingOf(open, ending) });
  const result = await world.statements.recordBreakAct({ act: done, end: { resolution: ending }, ...match });
  if (result === 'recorded') return { act: done };
  return { refused: result === 'taken' ? 'ENDING_IMPOSSIBLE' : 'BREAK_ENDED' };
}

async function decline(world: BreakWorld, acting: Acting, which: Which): Promise<BreakDid | BreakRefusal> {
  const found = await proposed(world, acting, which);
  if ('refused' in found) return found;
  const { breakId, proposalId: endsProposal } = which;
  return written(world, actOf(world, acting, { breakId, kind: 'declined', endsProposal }));
}

/** An open break with its proposal, for somebody who may confirm. */
async function proposed(
  world: BreakWorld,
  acting: Acting,
  { breakId, proposalId }: Which,
): Promise<{ readonly broken: RecordedBreak; readonly proposal: BreakAct } | BreakRefusal> {
  const refused = unfitNow(acting, 'confirm');
  if (refused !== undefined) return refused;
  const broken = await openBreak(world, breakId);
  if ('refused' in broken) return broken;
  const proposal = proposalIn(await world.statements.breakActs(breakId, actsMax));
  return proposal?.id === proposalId ? { broken, proposal } : { refused: 'PROPOSAL_NOT_FOUND' };
}

async function file(world: BreakWorld, breakId: string): Promise<BreakFile | BreakRefusal> {
  const broken = await breakWithId(world, breakId);
  if (broken === undefined) return { refused: 'BREAK_NOT_FOUND' };
  const acts = await world.statements.breakActs(breakId, actsMax);
  const proposal = proposalIn(acts);
  const open =
    broken.end === undefined
      ? await standingOf(world, broken, proposal && proposedIn(proposal).found)
      : undefined;
  const endings =
    open === undefined
      ? []
      : possibleEndings(open).map((ending) => ({ ending, ended: endingOf(open, ending) }));
  return { broken, acts, endings, ...(proposal && { proposal }) };
}

function unfitNow(acting: Acting, role?: 'propose' | 'confirm'): BreakRefusal | undefined {
  const code = unfit(acting, role);
  if (code === undefined) return undefined;
  return { refused: code === 'ROLE_MISSING' ? code : 'EVIDENCE_MISSING' };
}

/** The last proposal that no later act ended. */
function proposalIn(acts: readonly BreakAct[]): BreakAct | undefined {
  const ended = new Set(acts.map(({ endsProposal }) => endsProposal));
  return acts.findLast(({ kind, id }) => kind === 'proposed' && !ended.has(id));
}

async function openBreak(world: BreakWorld, breakId: string): Promise<RecordedBreak | BreakRefusal> {
  const broken = await breakWithId(world, breakId);
  if (broken === undefined) return { refused: 'BREAK_NOT_FOUND' };
  return broken.end === undefined ? broken : { refused: 'BREAK_ENDED' };
}

async function breakWithId({ statements }: BreakWorld, breakId: string): Promise<RecordedBreak | undefined> {
  const [broken] = await statements.breaks({ breakId }, { limit: 1 });
  return broken;
}

async function written({ statements }: BreakWorld, done: BreakAct): Promise<BreakDid | BreakRefusal> {
  const result = await statements.recordBreakAct({ act: done });
  return result === 'recorded' ? { act: done } : { refused: 'BREAK_ENDED' };
}
