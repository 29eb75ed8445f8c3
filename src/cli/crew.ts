/** The processes of one bridge, watched by a primary that binds nothing itself: whoever dies is replaced. */
import cluster, { type Worker } from 'node:cluster';
import type { BoundPorts } from '../app.ts';
import type { LookCause } from '../pki/certificate-keeper.ts';
import type { systemClock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Environment } from '../platform/references.ts';
import { crewCounts } from './crew-counts.ts';
import type { ToPrimary, ToWorker } from './crew-words.ts';

export interface Crew {
  /** Where all of them listen, once each of them does. */
  readonly listening: Promise<BoundPorts>;
  /** Makes each read its certificates again. */
  reload(cause: LookCause): void;
  /** Stops them as a signal does; who has not ended within the bound is killed. Resolves when nobody is left. */
  stop(withinMs: number): Promise<void>;
}

export interface CrewOptions {
  readonly count: number;
  /** The program of a worker, and its arguments. */
  readonly program: { readonly exec: string; readonly args: readonly string[] };
  /** Beside the environment of this process. */
  readonly variables: Environment;
  readonly clock: Pick<typeof systemClock, 'sleep' | 'monotonicMs'>;
  readonly log: Log;
  /** Told with an exit code where there is no use in going on: one dies at the first start, or again and again. */
  readonly giveUp: (exitCode: number) => void;
}

/** One that has lived so long has not died of its start. */
const livedMs = 60_000;
const pauseMsMin = 250;
const pauseMsMax = 30_000;
/** So many deaths in a row, each of a short life, and nobody starts another one. */
const shortLivesMax = 8;

function prepareCluster({ exec, args }: CrewOptions['program']): void {
  // Each accepts for itself. Where the primary hands connections on, one that is on its way to a worker that dies is answered
  // by nobody, and closed by nobody.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  // Structured clones: JSON knows neither NaN nor Infinity, which a metric may be.
  cluster.setupPrimary({ exec, args: [...args], serialization: 'advanced' });
}

interface Member {
  readonly worker: Worker;
  readonly bornMs: number;
  ports?: BoundPorts;
}

export function startCrew({ count, program, variables, clock, log, giveUp }: CrewOptions): Crew {
  prepareCluster(program);
  const members = new Map<number, Member>();
  const counts = crewCounts(() => Array.from(members.values(), ({ worker }) => worker));
  const { promise: listening, resolve: allListen } = Promise.withResolvers<BoundPorts>();
  const { promise: empty, resolve: nobodyLeft } = Promise.withResolvers<void>();
  const stopping = new AbortController();
  let hasOpened = false;
  let shortLives = 0;

  function hire(): void {
    const worker = cluster.fork(variables);
    const member: Member = { worker, bornMs: clock.monotonicMs() };
    members.set(worker.id, member);
    worker.on('message', (words: ToPrimary) => heard(member, words));
    // A channel that is gone is told of by the exit.
    worker.on('error', () => {});
    worker.on('exit', (code: number | null, signal: string | null) => void bury(member, code, signal));
  }

  function heard(member: Member, words: ToPrimary): void {
    if (words.kind === 'reload') tell({ kind: 'reload', cause: words.cause }, member);
    else if (words.kind !== 'listening') counts.heard(member.worker, words);
    else {
      member.ports = words.ports;
      const open = [...members.values()].filter(({ ports }) => ports !== undefined);
      if (open.length < count) return;
      hasOpened = true;
      allListen(words.ports);
    }
  }

  async function bury(member: Member, code: number | null, signal: string | null): Promise<void> {
    members.delete(member.worker.id);
    counts.gone(member.worker);
    if (stopping.signal.aborted) return members.size === 0 ? nobodyLeft() : undefined;
    log.error('worker.died', { errorCode: signal ?? String(code) });
    counts.died();
    const hasLived = clock.monotonicMs() - member.bornMs >= livedMs;
    shortLives = hasLived ? 0 : shortLives + 1;
    if (!hasOpened || shortLives > shortLivesMax) return giveUp(code === null || code === 0 ? 1 : code);
    await clock.sleep(Math.min(pauseMsMax, pauseMsMin * 2 ** shortLives), stopping.signal);
    if (!stopping.signal.aborted) hire();
  }

  function tell(words: ToWorker, except?: Member): void {
    for (const member of members.values()) if (member !== except) member.worker.send(words, () => {});
  }

  for (let hired = 0; hired < count; hired += 1) hire();
  return {
    listening,
    reload: (cause) => tell({ kind: 'reload', cause }),
    async stop(withinMs) {
      stopping.abort();
      if (members.size === 0) nobodyLeft();
      const all = (signal: NodeJS.Signals): void => {
        for (const { worker } of members.values()) worker.process.kill(signal);
      };
      all('SIGTERM');
      const killing = setTimeout(() => all('SIGKILL'), withinMs);
      await empty;
      clearTimeout(killing);
    },
  };
}
