import { accountingDate, type Books } from '../../ledger/accounting-date.ts';
import { entriesOf, type Entry } from '../../ledger/entries.ts';
import { unfit, type Acting } from '../../payments/people/acts.ts';
import { startOf } from '../calendar.ts';
import { linesOf } from '../matching/lines.ts';
import { nameOf } from '../matching/breaks.ts';
import type { OurAccount } from '../our-accounts.ts';
import type {
  After,
  BreakAct,
  BreakFilter,
  RecordedBreak,
  RecordedMatch,
  StatementStore,
} from '../statement-store.ts';
import { endingOf, possibleEndings, type Ended, type Ending, type OpenBreak } from './endings.ts';

/** What the desk stands on. */
export interface BreakWorld {
  readonly statements: StatementStore;
  readonly accounts: readonly OurAccount[];
  readonly books: ReadonlyMap<string, Books>;
  readonly clock: { now(): Date };
  readonly ids: { uuid(): string };
}

/** Why an act on a break was not done; nothing was written. */
export interface BreakRefusal {
  readonly refused:
    | 'BREAK_NOT_FOUND'
    | 'BREAK_ENDED'
    | 'PROPOSAL_NOT_FOUND'
    | 'ENDING_IMPOSSIBLE'
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
  propose(acting: Acting, breakId: string, ending: Ending): Promise<BreakDid | BreakRefusal>;
  /** Another person's word: what was proposed is done, in one transaction. */
  confirm(acting: Acting, breakId: string): Promise<BreakDid | BreakRefusal>;
  decline(acting: Acting, breakId: string): Promise<BreakDid | BreakRefusal>;
}

const actsMax = 200;

export function breakDesk(world: BreakWorld): BreakDesk {
  const { statements } = world;
  return {
    list: (filter, page) => statements.breaks(filter, page),
    file: (breakId) => file(world, breakId),
    assign: (acting, breakId, to) => act(world, acting, { breakId, kind: 'assigned', detail: to }),
    comment: (acting, breakId) => act(world, acting, { breakId, kind: 'commented' }),
    raise: (acting, breakId) => act(world, acting, { breakId, kind: 'raised' }),
    propose: (acting, breakId, ending) => propose(world, acting, { breakId, ending }),
    confirm: (acting, breakId) => confirm(world, acting, breakId),
    decline: (acting, breakId) => decline(world, acting, breakId),
  };
}

type What = Pick<BreakAct, 'breakId' | 'kind' | 'detail' | 'endsProposal'>;

function actOf({ ids, clock }: BreakWorld, { person, said }: Acting, what: What): BreakAct {
  return { ...what, ...said, id: ids.uuid(), subject: person.id, at: clock.now() };
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
  { breakId, ending }: { readonly breakId: string; readonly ending: Ending },
): Promise<BreakDid | BreakRefusal> {
  const refused = unfitNow(acting, 'propose');
  if (refused !== undefined) return refused;
  const broken = await openBreak(world, breakId);
  if ('refused' in broken) return broken;
  if (!possibleEndings(await standing(world, broken)).includes(ending))
    return { refused: 'ENDING_IMPOSSIBLE' };
  const before = proposalIn(await world.statements.breakActs(breakId, actsMax));
  const endsProposal = before && { endsProposal: before.id };
  return written(world, actOf(world, acting, { breakId, kind: 'proposed', detail: ending, ...endsProposal }));
}

async function confirm(world: BreakWorld, acting: Acting, breakId: string): Promise<BreakDid | BreakRefusal> {
  const found = await proposed(world, acting, breakId);
  if ('refused' in found) return found;
  const { broken, proposal } = found;
  if (proposal.subject === acting.person.id) return { refused: 'SAME_PERSON' };
  const open = await standing(world, broken);
  const ending = possibleEndings(open).find((possible) => possible === proposal.detail);
  if (ending === undefined) return { refused: 'ENDING_IMPOSSIBLE' };
  const ended = endingOf(open, ending);
  const done = actOf(world, acting, {
    breakId,
    kind: 'confirmed',
    detail: ending,
    endsProposal: proposal.id,
  });
  const result = await world.statements.recordBreakAct({
    act: done,
    end: { resolution: ending },
    ...matchOf(world, done, { open, ended }),
  });
  return result === 'recorded' ? { act: done } : { refused: 'BREAK_ENDED' };
}

async function decline(world: BreakWorld, acting: Acting, breakId: string): Promise<BreakDid | BreakRefusal> {
  const found = await proposed(world, acting, breakId);
  if ('refused' in found) return found;
  const endsProposal = found.proposal.id;
  return written(world, actOf(world, acting, { breakId, kind: 'declined', endsProposal }));
}

/** An open break with its proposal, for somebody who may confirm. */
async function proposed(
  world: BreakWorld,
  acting: Acting,
  breakId: string,
): Promise<{ readonly broken: RecordedBreak; readonly proposal: BreakAct } | BreakRefusal> {
  const refused = unfitNow(acting, 'confirm');
  if (refused !== undefined) return refused;
  const broken = await openBreak(world, breakId);
  if ('refused' in broken) return broken;
  const proposal = proposalIn(await world.statements.breakActs(breakId, actsMax));
  return proposal === undefined ? { refused: 'PROPOSAL_NOT_FOUND' } : { broken, proposal };
}

async function file(world: BreakWorld, breakId: string): Promise<BreakFile | BreakRefusal> {
  const broken = await breakWithId(world, breakId);
  if (broken === undefined) return { refused: 'BREAK_NOT_FOUND' };
  const acts = await world.statements.breakActs(breakId, actsMax);
  const proposal = proposalIn(acts);
  const open = broken.end === undefined ? await standing(world, broken) : undefined;
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

/** The break with what is still open of its line and item; a match may have taken either. */
async function standing({ statements, accounts }: BreakWorld, broken: RecordedBreak): Promise<OpenBreak> {
  const { subject } = broken;
  const name = 'entry' in subject ? subject.entry : undefined;
  const account = accounts.find((ours) => ours.name === broken.place);
  const told =
    name === undefined
      ? []
      : await statements.statementEntries({ key: name.replace(/\/\d+$/, '') }, { limit: 1 });
  const line =
    account === undefined
      ? undefined
      : told.flatMap((entry) => linesOf(entry, account)).find((its) => nameOf(its) === name);
  const itemKey = 'item' in subject ? subject.item : undefined;
  const [item] =
    itemKey === undefined ? [] : await statements.expected({ itemKey, open: true }, { limit: 1 });
  return { broken, ...(line && { line }), ...(item && { item }) };
}

/** What belongs together by an ending is a match like any other, with what it posts; without, only the postings. */
function matchOf(
  world: BreakWorld,
  { id, at }: BreakAct,
  { open: { broken }, ended }: { readonly open: OpenBreak; readonly ended: Ended },
) {
  const { lines, items } = ended;
  if (lines.length === 0 && items.length === 0) return {};
  const match: Omit<RecordedMatch, 'groupId'> = {
    id,
    rule: 'byHand',
    because: ['two people'],
    entries: lines.map(({ of }) => of),
    items: items.map(({ key }) => key),
    at,
  };
  return { match: { ...match, postings: entriesFor(world, { id, at, broken, ended }) } };
}

function entriesFor(
  { books }: BreakWorld,
  told: { readonly id: string; readonly at: Date; readonly broken: RecordedBreak; readonly ended: Ended },
): Entry[] {
  const { id, at, broken, ended } = told;
  const ofBrand = books.get(broken.brand);
  if (ofBrand === undefined) throw new RangeError('a brand without books');
  const on = ended.lines[0]?.on;
  return entriesOf(ended.postings, {
    eventKey: `match:${id}:0`,
    groupId: `match:${id}`,
    brand: broken.brand,
    reason: 'breakEnded',
    recordedAt: at,
    effectiveAt: on === undefined ? at : startOf(on),
    accountingDate: accountingDate(at, ofBrand),
  });
}

async function written({ statements }: BreakWorld, done: BreakAct): Promise<BreakDid | BreakRefusal> {
  const result = await statements.recordBreakAct({ act: done });
  return result === 'recorded' ? { act: done } : { refused: 'BREAK_ENDED' };
}
