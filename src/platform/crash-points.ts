import { Misconfigured } from './misconfigured.ts';
import { type Environment, variable } from './references.ts';

/** Where a process ends itself, and the how many-th time that it comes there, from 1. */
export interface CrashAt {
  readonly point: string;
  readonly time: number;
}

const at = 'CAGEBRIDGE_CRASH_AT';
const timesMax = 1_000_000;

/**
 * Reads CAGEBRIDGE_CRASH_AT, `point` or `point:n`: for tests of what a death at a named instant leaves behind. Whoever set
 * it anywhere else would have a bridge that kills itself, so without NODE_ENV=test it is a reason not to start.
 * @throws Misconfigured also for a point that is not among these, and for an n that is no whole number from 1
 */
export function readCrashAt(env: Environment, points: readonly string[]): CrashAt | undefined {
  const text = variable(env, at);
  if (text === undefined) return undefined;
  if (env['NODE_ENV'] !== 'test') throw new Misconfigured([`${at}: is for tests alone (NODE_ENV=test)`]);
  const [, point = '', digits = '1'] = /^([a-zA-Z]+)(?::([1-9][0-9]{0,6}))?$/.exec(text) ?? [];
  const time = Number(digits);
  if (!points.includes(point) || time > timesMax) {
    throw new Misconfigured([
      `${at}: is POINT or POINT:N, N from 1 to ${timesMax}, POINT one of ${points.join(', ')}`,
    ]);
  }
  return { point, time };
}

/** What is called at each point: the process dies there by SIGKILL when its time has come. Without an order it does nothing. */
export function crashPoints(crashAt: CrashAt | undefined, die = killSelf): (point: string) => void {
  if (crashAt === undefined) return () => {};
  let times = 0;
  return (point) => {
    if (point !== crashAt.point) return;
    times += 1;
    if (times === crashAt.time) die();
  };
}

const slowDiskMs = 50;

/** As on a slow disk: whoever acts on what is not written yet has the time to do so before the end, where it is seen. */
export function killSelfLater(): void {
  wait(slowDiskMs);
  killSelf();
}

/** No handler runs, nothing is flushed; the wait is for a kernel that takes a moment, so that not one statement follows. */
function killSelf(): void {
  process.kill(process.pid, 'SIGKILL');
  wait(60_000);
}

/** Holds up this thread alone. */
function wait(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
