/** A call with a certificate that has just begun to count, before the older one ends. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Partner } from '../../payments/partners.ts';
import type { DoorCaller } from './door-wire.ts';
import { expecting, type Seen, seenOf } from './trial.ts';
import { answerToNone, askAboutNone } from './transport-checks.ts';

/** Every bridge knows of a change within 5 s; twice that, for one that is busy. */
export const seenWithinMs = 10_000;
const everyMs = 250;

/** Asks for a payment that does not exist until he is let in, or too much time has passed. Moves nothing. */
export async function preflight(
  caller: DoorCaller,
  { operations }: Pick<Partner, 'operations'>,
  { run, withinMs }: { readonly run: string; readonly withinMs: number },
): Promise<Seen> {
  const wanted = answerToNone({ operations });
  const endMs = performance.now() + withinMs;
  let seen: Seen;
  do {
    seen = await seenOf(async () => expecting(wanted, await askAboutNone(caller, run)));
    if (seen.verdict === 'passed') break;
    await pause(everyMs);
  } while (performance.now() < endMs);
  return seen;
}
