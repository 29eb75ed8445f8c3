import { claimWithin, type HeldJob } from '../importing/claim.ts';
import { type Original, weigh, type Weighed } from '../importing/original.ts';
import { keepOriginal } from '../importing/record.ts';
import type { Break, BreakEnd } from '../recorded-breaks.ts';
import type { Remark } from '../statements/statement.ts';
import { type CoreCounts, findingsOf } from './findings.ts';
import type { CoreWindow } from './list.ts';
import { coreListReader, type CoreList, type CoreListRefused, readList } from './read-list.ts';
import { windowOf } from './window.ts';
import type { CoreListOrder, CoreListWorld } from './world.ts';

/** What came of comparing a list. */
export interface CoreListTaken extends CoreWindow, CoreCounts {
  readonly outcome: 'compared';
  readonly partner: string;
  readonly fileId: string;
  readonly sha256: string;
  /** The same bytes were compared before. */
  readonly known: boolean;
  /** Of the list, bad ones included. */
  readonly rows: number;
  readonly badRows: number;
  /** Of bad rows, the first ones. */
  readonly remarks: readonly Remark[];
}

/** Why a list was not compared; no break was opened or ended. */
export type CoreListRefusal =
  | { readonly outcome: 'refused'; readonly rule: string; readonly line?: number; readonly field?: string }
  /** Another list is being compared, and did not end in time. */
  | { readonly outcome: 'busy' };

const jobName = 'core.list';

/**
 * Compares a list of the core with the ledger: keeps it as it came, opens a break for each difference that nobody knows yet, and
 * ends those of which nothing is left. Doing it again changes nothing; one that was cut off is made whole by the next time.
 * @throws LedgerUnavailable
 */
export async function takeCoreList(
  world: CoreListWorld,
  original: Original,
  order: CoreListOrder,
): Promise<CoreListTaken | CoreListRefusal> {
  const look = await lookAt(world, original, order);
  if ('refused' in look) {
    const { refused: rule, ...where } = look;
    return { outcome: 'refused', rule, ...where };
  }
  const held = await claimWithin({
    store: world.statements,
    clock: world.clock,
    name: jobName,
    leaseMs: world.limits.importLeaseMs,
    waitMs: world.limits.importWaitMs,
  });
  if (held === undefined) return { outcome: 'busy' };
  try {
    return await compareUnder({ world, original, order, look, held });
  } finally {
    await held.release();
  }
}

interface Look extends Weighed {
  readonly list: CoreList;
  readonly window: CoreWindow;
  readonly partner: CoreListWorld['partners'][number];
}

/** Reads the list to its end, before anything of it is written. */
async function lookAt(
  { settings, limits, partners, clock }: CoreListWorld,
  original: Original,
  order: CoreListOrder,
): Promise<Look | CoreListRefused> {
  const weighing = weigh(original.bytes(), settings.bytesMax);
  try {
    const read = coreListReader(order.format, settings);
    const bounds = { rowsMax: settings.rowsMax, remarksMax: limits.remarksMax };
    const list = await readList(read(weighing.bytes), bounds);
    const weighed = await weighing.rest();
    if (weighed === 'tooLarge') return { refused: 'fileTooLarge' };
    if ('refused' in list) return list;
    const id = order.partner ?? list.head.partner ?? settings.partner ?? order.caller;
    if (id === undefined) return { refused: 'partnerMissing' };
    const partner = partners.find((one) => one.id === id);
    if (partner === undefined) return { refused: 'partnerUnknown' };
    const window = windowOf(list, order, { settings, now: clock.now() });
    return 'refused' in window ? window : { ...weighed, list, window, partner };
  } finally {
    await weighing.close();
  }
}

interface Taking {
  readonly world: CoreListWorld;
  readonly original: Original;
  readonly order: CoreListOrder;
  readonly look: Look;
  readonly held: HeldJob;
}

async function compareUnder(taking: Taking): Promise<CoreListTaken | CoreListRefusal> {
  const { world, original, order, look } = taking;
  const { statements: store, clock } = world;
  const { sha256, sizeBytes, list, window, partner } = look;
  const { fileId, ended } = await store.receiveFile({
    id: world.ids.uuid(),
    sha256,
    name: original.name,
    source: order.source,
    sizeBytes,
    receivedAt: clock.now(),
  });
  const limits = { fileBytesMax: world.settings.bytesMax };
  const kept = ended ? 'kept' : await keepOriginal({ statements: store, limits }, fileId, taking);
  if (kept === 'changed') return { outcome: 'refused', rule: 'changedWhileRead' };
  const before = ended ? (await store.fileById(fileId))?.end : undefined;
  const evidence = { fileId, readAt: before?.state === 'read' ? before.endedAt : clock.now() };
  const found = kept === 'cutOff' ? 'cutOff' : await findingsOf(taking, evidence);
  if (found === 'cutOff') return { outcome: 'busy' };
  if (found === 'tooMany') {
    if (!ended) await endFile(taking, fileId, 'tooManyDifferences');
    return { outcome: 'refused', rule: 'tooManyDifferences' };
  }
  // What ends a break is a list that was read to its end: so verify finds it (I14).
  const canEnd = before?.state !== 'refused';
  await openAll(world, found.opens);
  if (!ended) await endFile(taking, fileId);
  if (canEnd) await endAll(world, found.ends);
  const { rowCount: rows, badRows, remarks } = list;
  const told = { fileId, sha256, known: ended, partner: partner.id, rows, badRows, remarks };
  const ends = canEnd ? found.ends.length : 0;
  const counts = { ...found.counts, opened: found.opens.length, ended: ends };
  return { outcome: 'compared', ...told, ...window, ...counts };
}

async function endFile({ world, look: { list } }: Taking, fileId: string, refusal?: string): Promise<void> {
  const { rowCount, badRows, remarks } = list;
  await world.statements.endFile({
    fileId,
    state: refusal === undefined ? 'read' : 'refused',
    ...(refusal !== undefined && { refusal: { rule: refusal } }),
    format: 'core-list',
    statements: 0,
    entries: rowCount - badRows,
    badRows,
    warnings: 0,
    remarks,
    endedAt: world.clock.now(),
  });
}

async function openAll({ statements, limits }: CoreListWorld, breaks: readonly Break[]): Promise<void> {
  for (let at = 0; at < breaks.length; at += limits.pageMax) {
    await statements.openBreaks(breaks.slice(at, at + limits.pageMax));
  }
}

async function endAll({ statements, limits }: CoreListWorld, ends: readonly BreakEnd[]): Promise<void> {
  for (let at = 0; at < ends.length; at += limits.pageMax) {
    await statements.endBreaks(ends.slice(at, at + limits.pageMax));
  }
}
