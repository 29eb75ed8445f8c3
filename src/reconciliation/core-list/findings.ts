import { setImmediate as turn } from 'node:timers/promises';
import type { Break, BreakEnd, RecordedBreak } from '../recorded-breaks.ts';
import type { HeldJob } from '../importing/claim.ts';
import { type Compared, type CoreEvidence, type CoreOpening, settle } from './breaks.ts';
import type { CoreWindow } from './list.ts';
import type { CoreList } from './read-list.ts';
import { comparedPages, type Walk } from './walk.ts';
import type { CoreListWorld } from './world.ts';

/** What is compared, and under which claim. */
interface Finding {
  readonly world: CoreListWorld;
  readonly look: {
    readonly list: CoreList;
    readonly window: CoreWindow;
    readonly partner: CoreListWorld['partners'][number];
  };
  readonly held: HeldJob;
}

export interface CoreCounts {
  /** Of the ledger in the window. */
  readonly payments: number;
  /** Payments of which both say the same. */
  readonly agreeing: number;
  /** That differ, and may: they changed shortly before the list was made. */
  readonly recent: number;
  /** Of which bad rows leave open whether the list has them. */
  readonly undecided: number;
  /** Breaks that were opened, and that were open before and stay so. */
  readonly opened: number;
  readonly open: number;
  /** Differences that people have explained. */
  readonly explained: number;
  /** Breaks that ended, because list and ledger agree now. */
  readonly ended: number;
}

interface Findings {
  readonly opens: readonly Break[];
  readonly ends: readonly BreakEnd[];
  readonly counts: Omit<CoreCounts, 'opened' | 'ended'>;
}

/** All that differs, and nothing written: a list with too many differences is to open none of them. */
export async function findingsOf(
  { world, look: { list, window, partner }, held }: Finding,
  evidence: CoreEvidence,
): Promise<Findings | 'tooMany' | 'cutOff'> {
  const { settings, limits, ids, clock, brands } = world;
  const recentFrom = new Date(window.madeAt.getTime() - settings.graceMs);
  const walk: Walk = { list, partnerId: partner.id, window, grace: { recentFrom } };
  const opening: CoreOpening = {
    partnerId: partner.id,
    brand: partner.defaultBrand,
    brands,
    workWithinDays: limits.workWithinDays,
    id: () => ids.uuid(),
    at: clock.now(),
  };
  const [opens, ends]: [Break[], BreakEnd[]] = [[], []];
  const counts = { payments: 0, agreeing: 0, recent: 0, undecided: 0, open: 0, explained: 0 };
  for await (const { compared, payments, undecided } of comparedPages(world, walk)) {
    const settled = settle(compared, await knownBreaks(world, compared), { evidence, opening });
    opens.push(...settled.opens);
    ends.push(...settled.ends);
    if (opens.length > settings.breaksMax) return 'tooMany';
    const recent = compared.filter(({ comparison }) => comparison.recent).length;
    counts.payments += payments;
    counts.undecided += undecided;
    counts.recent += recent;
    counts.agreeing += compared.filter(isAgreeing).length;
    counts.open += settled.open;
    counts.explained += settled.explained;
    if (!(await held.keep())) return 'cutOff';
    // An embedded ledger answers at once: payments wait for a page, and not for the whole list.
    await turn();
  }
  return { opens, ends, counts };
}

function isAgreeing({ comparison: { differences, recent } }: Compared): boolean {
  return differences.length === 0 && !recent;
}

/** Of one payment there are a few at most. */
const breaksOfOneMax = 20;

async function knownBreaks(
  { statements }: CoreListWorld,
  compared: readonly Compared[],
): Promise<ReadonlyMap<string, readonly RecordedBreak[]>> {
  const about = compared.map(({ name }) => name);
  if (about.length === 0) return new Map();
  const found = await statements.breaks({ about }, { limit: about.length * breaksOfOneMax });
  const ofCore = found.filter(({ subject }) => 'corePayment' in subject);
  return Map.groupBy(ofCore, ({ subject }) => ('corePayment' in subject ? subject.corePayment : ''));
}
