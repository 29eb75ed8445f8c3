/** The second reading of a file: what is written of it. Each step may be run again and writes what is missing. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import {
  accountKeyOf,
  type RecordedStatement,
  type StatementFacts,
  type ToldBefore,
} from '../statement-store.ts';
import type { Entry, StatementReader } from '../statements/statement.ts';
import type { HeldJob } from './claim.ts';
import type { FirstLook } from './first-look.ts';
import { fingerprintOf, keyed, statementIdOf } from './identity.ts';
import { countOccurrences, type Occurrences } from './occurrences.ts';
import { inPieces, type Original, weigh } from './original.ts';
import { endOf, standingOf, type Told, toldBefore } from './sequence.ts';
import type { ImportingWorld, ImportOrder } from './world.ts';

const compressed = promisify(gzip);
const pieceBytes = 1024 * 1024;
/** Statements that are recorded, or asked for, in one go. */
const statementsPage = 200;

/** Why a step did not come to its end: the file is not what was looked at any more, or somebody else has the job now. */
export type Unfinished = 'changed' | 'cutOff';

interface Keeping {
  readonly statements: Pick<ImportingWorld['statements'], 'keepBytes'>;
  readonly limits: Pick<ImportingWorld['limits'], 'fileBytesMax'>;
}

/** Keeps the file as it came. */
export async function keepOriginal(
  { statements: store, limits }: Keeping,
  fileId: string,
  { original, look, held }: { original: Original; look: Pick<FirstLook, 'sha256'>; held: HeldJob },
): Promise<'kept' | Unfinished> {
  const weighing = weigh(original.bytes(), limits.fileBytesMax);
  try {
    let ordinal = 0;
    for await (const piece of inPieces(weighing.bytes, pieceBytes)) {
      await store.keepBytes({ fileId, ordinal, gzip: await compressed(piece) });
      ordinal += 1;
      if (!(await held.keep())) return 'cutOff';
    }
    const weighed = await weighing.rest();
    return weighed !== 'tooLarge' && weighed.sha256 === look.sha256 ? 'kept' : 'changed';
  } finally {
    await weighing.close();
  }
}

/** A statement that is being recorded: how its bookings are counted. */
export interface Placed {
  readonly facts: StatementFacts;
  readonly told?: ToldBefore;
}

/** Records what the file says of its statements. One that was recorded before stays as it was decided then. */
export async function recordStatements(
  world: ImportingWorld,
  fileId: string,
  look: FirstLook,
): Promise<readonly Placed[]> {
  const decided = new Map<string, RecordedStatement>();
  for await (const known of statementsOf(world, fileId)) decided.set(known.id, known);
  const placed: Placed[] = [];
  for (const [ordinal, { header, figures }] of look.statements.entries()) {
    const { notBooked: _left, ...sums } = figures;
    const accountKey = accountKeyOf(header.account);
    const ours = world.accounts.find(({ key, currency }) => key === accountKey && currency === sums.currency);
    const id = statementIdOf(fileId, ordinal);
    const account = ours && { account: ours.name };
    const bare = { id, fileId, ordinal, accountKey, ...account, header, ...sums };
    const before = await toldEarlier(world, bare, placed);
    const facts = decided.get(id) ?? { ...bare, ...standingOf(bare, before, ours?.holidays) };
    const followed = before.find((one) => one.id === facts.follows);
    const told = followed && toldBefore(bare, followed, before);
    placed.push({ facts, ...(told && { told }) });
  }
  const statements = placed.map(({ facts }) => facts);
  for (let at = 0; at < statements.length; at += statementsPage) {
    const page = statements.slice(at, at + statementsPage);
    await world.statements.recordStatements({ fileId, statements: page });
  }
  return placed;
}

/** Statements of the account that this one may follow or repeat: of other files as the store has them, then of its own. */
async function toldEarlier(
  { statements: store }: ImportingWorld,
  statement: Told & Pick<StatementFacts, 'fileId'>,
  placed: readonly Placed[],
): Promise<readonly Told[]> {
  const ofFile = placed
    .map(({ facts }) => facts)
    .filter(({ accountKey }) => accountKey === statement.accountKey)
    .slice(-statementsPage);
  const until = endOf(statement);
  if (until === undefined) return ofFile;
  const elsewhere = await store.lastStatements(statement.accountKey, until, statementsPage);
  // Those of its own file are here already when a file is read again.
  return [...elsewhere.filter(({ fileId }) => fileId !== statement.fileId), ...ofFile];
}

export async function* statementsOf(
  { statements: store }: Pick<ImportingWorld, 'statements'>,
  fileId: string,
): AsyncGenerator<RecordedStatement, void, undefined> {
  let after: string | undefined;
  do {
    const page = await store.statements(
      { fileId },
      { limit: statementsPage, ...(after !== undefined && { after }) },
    );
    yield* page;
    after = page.length < statementsPage ? undefined : page.at(-1)?.id;
  } while (after !== undefined);
}

interface Recording extends Pick<ImportOrder, 'onProgress' | 'signal'> {
  readonly fileId: string;
  readonly placed: readonly Placed[];
  readonly reader: StatementReader;
  readonly held: HeldJob;
}

/**
 * Records the bookings of a file as it is kept, and says how many were new.
 */
export async function recordBookings(
  world: ImportingWorld,
  { fileId, placed, reader, held, onProgress, signal }: Recording,
): Promise<number | Unfinished> {
  const { statements: store, limits } = world;
  const weighing = weigh(store.bytesOf(fileId), limits.fileBytesMax);
  try {
    const progress = { added: 0, entries: 0, statements: 0 };
    let batch: Entry[] = [];
    let counting: Occurrences = countOccurrences();
    const flush = async (): Promise<boolean> => {
      const statement = placed[progress.statements - 1];
      if (statement === undefined) return false;
      progress.added += await recordBatch(world, { fileId, statement, counting, batch });
      progress.entries += batch.length;
      batch = [];
      onProgress?.({ step: 'recording', bytes: weighing.soFar(), entries: progress.entries });
      return held.keep();
    };
    for await (const part of reader(weighing.bytes, { ...limits, bytesMax: limits.fileBytesMax })) {
      if (part.part === 'refused') return 'changed';
      if (part.part === 'opened') {
        progress.statements += 1;
        counting = countOccurrences();
      }
      if (part.part === 'entry' && part.entry.status === 'booked') batch.push(part.entry);
      const isFull = batch.length >= limits.entriesBatchMax || (part.part === 'closed' && batch.length > 0);
      if (isFull && (signal?.aborted === true || !(await flush()))) return 'cutOff';
    }
    return progress.statements === placed.length && batch.length === 0 ? progress.added : 'changed';
  } finally {
    await weighing.close();
  }
}

interface Batch {
  readonly fileId: string;
  readonly statement: Placed;
  readonly counting: Occurrences;
  readonly batch: readonly Entry[];
}

/** The n-th booking of a fingerprint in a document is the n-th in another; after those that it cannot overlap with, counting goes on. */
async function recordBatch(
  { statements: store }: ImportingWorld,
  { fileId, statement: { facts, told }, counting, batch }: Batch,
): Promise<number> {
  const { id: statementId, accountKey, account } = facts;
  const printed = batch.map((entry) => ({ entry, fingerprint: fingerprintOf(accountKey, entry) }));
  const before =
    told &&
    (await store.fingerprintCounts([...new Set(printed.map(({ fingerprint }) => fingerprint))], told));
  const entries = printed.map(({ entry, fingerprint }) =>
    keyed(entry, fingerprint, (before?.get(fingerprint) ?? 0) + counting.next(fingerprint)),
  );
  const { added } = await store.recordEntries({
    fileId,
    statementId,
    accountKey,
    ...(account !== undefined && { account }),
    entries,
  });
  return added;
}
