import type { RecordedFile, StatementFacts } from '../statement-store.ts';
import type { StatementReader } from '../statements/statement.ts';
import { claimWithin, type HeldJob } from './claim.ts';
import { type FirstLook, lookAt } from './first-look.ts';
import type { Original } from './original.ts';
import { keepOriginal, recordBookings, recordStatements, statementsOf } from './record.ts';
import type { ImportingWorld, ImportOrder, ImportRefusal } from './world.ts';

/** What became of a file that is a statement. */
export interface Imported {
  /** `known`: the same bytes were imported before, and nothing was written. */
  readonly outcome: 'imported' | 'known';
  readonly fileId: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly format?: string;
  readonly statements: number;
  /** Of accounts that no configuration names. */
  readonly unassigned: number;
  /** Whose opening and entries are not the closing. */
  readonly differing: number;
  readonly gaps: number;
  readonly repeats: number;
  /** Bookings that the file tells of, and how many of them nobody told before. */
  readonly entries: number;
  readonly added: number;
  /** Pending and information lines, which are left. */
  readonly notBooked: number;
  readonly badRows: number;
  readonly warnings: number;
}

const jobName = 'statements.import';
/** How often an import begins again because its claim was somebody else's meanwhile. */
const triesMax = 3;

/**
 * Imports a file: reads it to its end, keeps it as it came, and records what it tells. Where any step was cut off before, by a
 * death or by somebody else's claim, running it again finishes it; what an earlier import left is finished first.
 * @throws LedgerUnavailable
 */
export async function importStatement(
  world: ImportingWorld,
  original: Original,
  order: ImportOrder,
): Promise<Imported | ImportRefusal> {
  const reader = world.readerOf(order.csvProfile);
  if (reader === undefined) return { outcome: 'refused', rule: 'csvProfileUnknown' };
  const look = await lookAt(original, reader, { limits: world.limits, ...order });
  if ('outcome' in look) return look;
  for (let tries = 0; tries < triesMax && order.signal?.aborted !== true; tries += 1) {
    const held = await claim(world, order.signal);
    if (held === undefined) break;
    try {
      const done = await importUnder(world, { original, reader, look, held, order });
      if (done !== 'cutOff') return done;
    } finally {
      await held.release();
    }
  }
  return order.signal?.aborted === true ? { outcome: 'stopped' } : { outcome: 'busy' };
}

function claim(
  { statements, clock, limits }: ImportingWorld,
  signal?: AbortSignal,
): Promise<HeldJob | undefined> {
  return claimWithin({
    store: statements,
    clock,
    name: jobName,
    leaseMs: limits.importLeaseMs,
    waitMs: limits.importWaitMs,
    ...(signal && { signal }),
  });
}

interface Looked {
  readonly original: Original;
  readonly reader: StatementReader;
  readonly look: FirstLook;
  readonly held: HeldJob;
  readonly order: ImportOrder;
}

type Done = Imported | ImportRefusal | 'cutOff';

const changed = { outcome: 'refused', rule: 'changedWhileRead' } as const;

async function importUnder(world: ImportingWorld, looked: Looked): Promise<Done> {
  const { original, look, order } = looked;
  const { sha256, sizeBytes } = look;
  if (!(await finishCutOff(world, looked.held, sha256))) return 'cutOff';
  const { fileId, ended } = await world.statements.receiveFile({
    id: world.ids.uuid(),
    sha256,
    name: original.name,
    source: order.source,
    sizeBytes,
    receivedAt: world.clock.now(),
  });
  if (ended) return importedAs('known', world, { fileId, look, added: 0 });
  world.reached?.('received');
  const kept = await keepOriginal(world, fileId, looked);
  if (kept !== 'kept') return kept === 'changed' ? changed : kept;
  world.reached?.('bytesKept');
  return recordKept(world, fileId, looked);
}

/** What is left to do once the bytes are kept. */
async function recordKept(
  world: ImportingWorld,
  fileId: string,
  { reader, look, held, order }: Omit<Looked, 'original'>,
): Promise<Done> {
  const placed = await recordStatements(world, fileId, look);
  world.reached?.('statementsRecorded');
  const added = await recordBookings(world, { fileId, placed, reader, held, ...order });
  if (typeof added === 'string') return added === 'changed' ? changed : added;
  world.reached?.('entriesRecorded');
  const { statements, entries, badRows, warnings, remarks, format } = look;
  await world.statements.endFile({
    fileId,
    state: 'read',
    ...(format !== undefined && { format }),
    statements: statements.length,
    entries,
    badRows,
    warnings,
    remarks,
    endedAt: world.clock.now(),
  });
  return importedAs('imported', world, { fileId, look, added });
}

async function importedAs(
  outcome: Imported['outcome'],
  world: ImportingWorld,
  { fileId, look, added }: { fileId: string; look: FirstLook; added: number },
): Promise<Imported> {
  const { sha256, sizeBytes, format, entries, notBooked, badRows, warnings } = look;
  const counts = { statements: 0, unassigned: 0, differing: 0, gaps: 0, repeats: 0 };
  for await (const facts of statementsOf(world, fileId)) count(counts, facts);
  const told = { sha256, sizeBytes, ...(format !== undefined && { format }) };
  return { outcome, fileId, ...told, ...counts, entries, added, notBooked, badRows, warnings };
}

function count(
  counts: Record<'statements' | 'unassigned' | 'differing' | 'gaps' | 'repeats', number>,
  { account, proof, gap, repeats }: StatementFacts,
): void {
  counts.statements += 1;
  if (account === undefined) counts.unassigned += 1;
  if (proof.kind === 'differs') counts.differing += 1;
  if (gap !== undefined) counts.gaps += 1;
  if (repeats !== undefined) counts.repeats += 1;
}

/** Files that are looked for at a time; there is hardly ever more than one. */
const cutOffPage = 100;

/**
 * Finishes what was cut off once its bytes were whole: a statement that follows on it must find its bookings. What was not
 * kept to its end has recorded nothing, and waits until it is sent again; so does CSV that has recorded nothing, because only its
 * sender knows whether it goes by a profile that he names. False: somebody else has the job now.
 */
async function finishCutOff(world: ImportingWorld, held: HeldJob, butOf: string): Promise<boolean> {
  const open = await world.statements.files({ state: 'open' }, { limit: cutOffPage });
  for (const file of open.filter(({ sha256 }) => sha256 !== butOf)) {
    const profile = await profileOf(world, file.id);
    const reader = world.readerOf(profile);
    if (reader === undefined) continue;
    const look = await lookAtKept(world, file, reader);
    if (look === undefined || (profile === undefined && csvFormat.test(look.format ?? ''))) continue;
    const done = await recordKept(world, file.id, { reader, look, held, order: { source: file.source } });
    if (done === 'cutOff') return false;
  }
  return held.keep();
}

/** Undefined where the bytes are not whole, or do not read without somebody who says how. */
async function lookAtKept(
  { statements: store, limits }: ImportingWorld,
  { id, name, sha256 }: Pick<RecordedFile, 'id' | 'name' | 'sha256'>,
  reader: StatementReader,
): Promise<FirstLook | undefined> {
  const look = await lookAt({ name, bytes: () => store.bytesOf(id) }, reader, { limits });
  return 'outcome' in look || look.sha256 !== sha256 ? undefined : look;
}

const csvFormat = /^csv:(.+)$/;

/** The profile that a file was read by before, by what its statements say. */
async function profileOf(world: ImportingWorld, fileId: string): Promise<string | undefined> {
  const [first] = await world.statements.statements({ fileId }, { limit: 1 });
  return csvFormat.exec(first?.header.format ?? '')?.[1];
}
