/** The gateways' own statements: asked for when a day is over, and imported like any other file. */
import type { Gateway, StatementAnswer } from '../payments/gateways.ts';
import { LedgerUnavailable } from '../payments/ledger-store.ts';
import type { Log } from '../platform/log.ts';
import { errorFields } from '../platform/redaction.ts';
import { claimWithin, type HeldJob } from '../reconciliation/importing/claim.ts';
import { importStatement, type Imported } from '../reconciliation/importing/import-statement.ts';
import type { ImportingWorld, ImportRefusal } from '../reconciliation/importing/world.ts';
import type { OurAccount } from '../reconciliation/our-accounts.ts';
import { keepRounds, type Job } from './rounds.ts';

export interface FetchLimits {
  /** So long after a day's end (UTC) its statement is asked for. */
  readonly afterDayEndMs: number;
  /** Days that are asked for, the latest and those before: what was missed is made up for, and a correction is found. */
  readonly daysMax: number;
  /** How often a process looks whether anything is due. */
  readonly pollMs: number;
  /** So long nobody else asks when this process dies. */
  readonly leaseMs: number;
  /** When a gateway did not answer: so long until it is asked again. */
  readonly retryMs: number;
}

export interface FetchingWorld {
  readonly importing: ImportingWorld;
  readonly gateways: ReadonlyMap<string, Pick<Gateway, 'statement'>>;
}

/** What became of one day: of the import where there was a statement, else of the question. */
export type Fetched =
  | Imported
  | ImportRefusal
  | { readonly outcome: 'none' | 'notOffered' }
  | { readonly outcome: 'unavailable'; readonly cause: (StatementAnswer & { kind: 'unavailable' })['cause'] };

/** Asks the account's gateway for one day, and imports what it gives. Doing it again changes nothing unless the gateway tells more. */
export async function fetchStatement(
  { importing, gateways }: FetchingWorld,
  { fetchFrom = '', currency }: OurAccount,
  { day, signal }: { readonly day: string; readonly signal?: AbortSignal },
): Promise<Fetched> {
  const gateway = gateways.get(fetchFrom);
  if (gateway?.statement === undefined) return { outcome: 'notOffered' };
  const answer = await gateway.statement({ day, currency, correlationId: importing.ids.uuid() });
  if (answer.kind === 'unavailable') return { outcome: 'unavailable', cause: answer.cause };
  if (answer.kind === 'none') return { outcome: 'none' };
  const { name, bytes } = answer;
  const original = { name, bytes: () => inOnePiece(bytes) };
  return importStatement(importing, original, { source: 'gateway', ...(signal && { signal }) });
}

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

export interface FetchRounds extends FetchingWorld {
  readonly limits: FetchLimits;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** One job for each account whose gateway is asked, claimed by its row. Ends with the signal. */
export async function keepStatementFetches(rounds: FetchRounds): Promise<void> {
  const { importing, limits, log, signal } = rounds;
  const jobs = importing.accounts
    .filter(({ fetchFrom }) => fetchFrom !== undefined)
    .map((account) => fetchJob(rounds, account));
  await keepRounds(jobs, {
    clock: importing.clock,
    pollMs: limits.pollMs,
    signal,
    onFailure(job, error) {
      const isClosed = error instanceof LedgerUnavailable && error.trouble === 'closed';
      if (!isClosed) log.error('job.failed', { job, ...errorFields(error) });
    },
  });
}

/** Asks for the days that are over, the earliest first, where the job is due and nobody else does it. */
export function fetchJob(world: Omit<FetchRounds, 'signal'>, account: OurAccount): Job {
  const { importing, limits } = world;
  const { statements: store, clock } = importing;
  return {
    name: 'statementFetch',
    async run(signal) {
      const name = `statements.fetch.${account.name}`;
      const claiming = { store, clock, name, leaseMs: limits.leaseMs, waitMs: 0, onlyDue: true, signal };
      const held = await claimWithin(claiming);
      if (held === undefined) return;
      let dueAt = new Date(clock.now().getTime() + limits.retryMs);
      try {
        const days = daysOver(clock.now(), limits);
        if (await fetchDays(world, account, { days, held, signal })) dueAt = nextDue(clock.now(), limits);
      } finally {
        await held.release(dueAt);
      }
    },
  };
}

interface Fetching {
  readonly days: readonly string[];
  readonly held: HeldJob;
  readonly signal: AbortSignal;
}

/** False: a day is still to be asked for. */
async function fetchDays(
  world: Omit<FetchRounds, 'signal'>,
  account: OurAccount,
  { days, held, signal }: Fetching,
): Promise<boolean> {
  let isWhole = true;
  for (const day of days) {
    if (signal.aborted || !(await held.keep())) return false;
    const fetched = await fetchStatement(world, account, { day, signal });
    tell(world.log, fetched);
    if (isToRepeat(fetched)) isWhole = false;
  }
  return isWhole;
}

/** What is refused for its content will be refused again; people have been told. */
function isToRepeat({ outcome }: Fetched): boolean {
  return outcome === 'unavailable' || outcome === 'busy' || outcome === 'stopped';
}

function tell(log: Log, fetched: Fetched): void {
  const source = 'gateway';
  switch (fetched.outcome) {
    case 'imported':
    case 'known':
      return log.info('statement.imported', { source, effect: fetched.outcome, count: fetched.added });
    case 'refused':
      return log.warn('statement.refused', { source, refusal: fetched.rule });
    case 'unavailable':
      return log.warn('statement.postponed', { source, effect: fetched.cause });
    case 'busy':
    case 'stopped':
    case 'none':
    case 'notOffered':
      return log.info('statement.postponed', { source, effect: fetched.outcome });
  }
}

const dayMs = 86_400_000;

/** The days that are over for so long, the earliest first. */
export function daysOver(
  now: Date,
  { afterDayEndMs, daysMax }: Pick<FetchLimits, 'afterDayEndMs' | 'daysMax'>,
): readonly string[] {
  const latest = now.getTime() - afterDayEndMs - dayMs;
  return Array.from({ length: daysMax }, (_, index) => dayOf(latest - (daysMax - 1 - index) * dayMs));
}

/** When the day that is running now, or ended a moment ago, is over for so long. */
export function nextDue(now: Date, { afterDayEndMs }: Pick<FetchLimits, 'afterDayEndMs'>): Date {
  const day = Date.parse(`${dayOf(now.getTime() - afterDayEndMs)}T00:00:00Z`);
  return new Date(day + dayMs + afterDayEndMs);
}

function dayOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}
