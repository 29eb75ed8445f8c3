/** A pre-flight of a rotation: he calls with the next certificate while both count, and only then does the older one get its end. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { paymentsPath } from '../../inbound/soap/contract.ts';
import type { Partner } from '../../payments/partners.ts';
import type { PartnerRevision, PartnerStore } from '../../payments/partner-store.ts';
import { systemClock } from '../../platform/clock.ts';
import type { Environment } from '../../platform/references.ts';
import { UsageError } from '../command.ts';
import { kitPlacesFrom } from '../partners-kit.ts';
import type { Obtained } from './obtain-certificate.ts';
import { type Act, type Changed, changePartner, nobodyOfThisId } from './partner-acts.ts';
import { readerOf } from './places.ts';
import { preflight, seenWithinMs } from './preflight.ts';
import { switched, takenBack } from './rotation.ts';
import type { Seen } from './trial.ts';

export interface Flight {
  readonly url: URL;
  readonly authorities: readonly string[];
  /** Of a certificate that was brought; of one that is issued it is known. */
  readonly key: string | undefined;
  /** For so long he may be refused because a bridge has not looked yet. */
  readonly withinMs: number;
}

interface FlightFlags {
  readonly url?: string | undefined;
  readonly key?: string | undefined;
  readonly authority?: readonly string[] | undefined;
  readonly ca?: string | undefined;
}

/** Only where somebody says where. @throws UsageError, Misconfigured */
export function flightFrom({ url, key, authority, ca }: FlightFlags, env: Environment): Flight | undefined {
  if (url === undefined) return undefined;
  if (key === undefined && ca === undefined)
    throw new UsageError('--url needs --key, to call with the certificate');
  const read = readerOf(env);
  const { publicUrl, authorities } = kitPlacesFrom({ url, authority }, env);
  return {
    url: new URL(`${publicUrl}${paymentsPath}`),
    authorities,
    key: key === undefined ? undefined : read(`file:${resolve(key)}`, '--key', 'secret'),
    withinMs: seenWithinMs,
  };
}

export interface Flown {
  readonly seen: Seen;
  /** The switch, or the way back; a sentence where neither was written. */
  readonly changed: Changed | string;
}

export interface FlightPlan {
  readonly act: Act;
  readonly next: Obtained;
  /** As he was before the next certificate counted. */
  readonly before: PartnerRevision | undefined;
  readonly until: (now: Date) => Date;
}

/** Passed, the older certificate gets its end; failed, everything is as it was before, and the next one has ended. */
export async function fly(store: PartnerStore, flight: Flight, plan: FlightPlan): Promise<Flown> {
  const { act, next, before, until } = plan;
  const [present] = await store.revisionsOf(act.partnerId, 1);
  if (present === undefined || before === undefined) return { seen: unseen, changed: nobodyOfThisId };
  const seen = await callWith(flight, present.partner, next);
  const { serialNumber, fingerprint256 } = next;
  if (seen.verdict === 'passed') {
    const changed = await changePartner(store, act, (found, now) => {
      const change = found === undefined ? nobodyOfThisId : switched(found.partner, next, until(now));
      if (typeof change === 'string') return change;
      return { ...change, acts: [{ kind: 'rotated', fingerprint256, serialNumber }] };
    });
    return { seen, changed };
  }
  const reason = `taken back: the pre-flight failed (${act.reason})`.slice(0, reasonCharactersMax);
  const changed = await changePartner(store, { ...act, reason }, (found, now) =>
    found === undefined ? nobodyOfThisId : takenBack(found.partner, before.partner, { next, now }),
  );
  return { seen, changed };
}

const unseen: Seen = { verdict: 'failed', seen: 'not tried' };
const reasonCharactersMax = 200;

function callWith(
  { url, authorities, key: given, withinMs }: Flight,
  partner: Partner,
  next: Obtained,
): Promise<Seen> {
  const key = given ?? readFileSync(next.paths?.key ?? '', 'utf8');
  const caller = { url, authorities, identity: { certificate: next.pem, key }, callTimeoutMs: 5_000 };
  return preflight(caller, partner, { run: `rotate-${systemClock.now().getTime()}`, withinMs });
}
