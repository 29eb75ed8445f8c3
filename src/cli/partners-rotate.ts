/** `partners rotate`: a partner's next certificate beside the present one, each with its window, so that no call is lost. */
import type { PartnerRevision, PartnerStore } from '../payments/partner-store.ts';
import type { Partner } from '../payments/partners.ts';
import { systemClock } from '../platform/clock.ts';
import { readArgs, type Terminal, UsageError } from './command.ts';
import { type CertificateGiven, giveCertificate } from './onboarding/certificate-act.ts';
import { type Flight, flightFrom, fly } from './onboarding/flight.ts';
import { partnerIdFrom } from './onboarding/known-partner.ts';
import { certificateOptions, sourceFrom } from './onboarding/obtain-certificate.ts';
import {
  type Act,
  nobodyOfThisId,
  reasonFrom,
  tellChanged,
  withPartners,
} from './onboarding/partner-acts.ts';
import { rotated, rotationUnderWay } from './onboarding/rotation.ts';
import { type Seen, skipped } from './onboarding/trial.ts';
import { abandonRotation, finishRotation } from './partners-rotate-end.ts';

const options = {
  ...certificateOptions,
  out: { type: 'string' },
  from: { type: 'string' },
  'overlap-days': { type: 'string' },
  url: { type: 'string' },
  authority: { type: 'string', multiple: true },
  key: { type: 'string' },
  finish: { type: 'boolean', default: false },
  abandon: { type: 'boolean', default: false },
  reason: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof valuesFrom>['values'];

const dayMs = 86_400_000;

export async function rotatePartner(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = valuesFrom(args);
  const act = {
    partnerId: partnerIdFrom(positionals),
    reason: reasonFrom(values.reason),
    dryRun: values['dry-run'],
  };
  if (values.finish && values.abandon) throw new UsageError('say --finish or --abandon');
  if (values.finish) return finishRotation(act, values, terminal);
  if (values.abandon) return abandonRotation(act, values, terminal);
  // Whatever the flight needs is looked at before anything is written.
  const flight = flightFrom(values, terminal.env);
  const { changed, obtained, seen } = await withPartners(terminal, (store) =>
    rotate(store, act, { values, terminal, flight }),
  );
  if (typeof changed === 'string') return tellChanged(terminal, 'rotated', changed, values);
  const { json } = values;
  const told = { json, paths: obtained?.paths, more: { ...(seen && { preflight: seen }) } };
  const done = seen?.verdict === 'failed' ? 'rotation taken back' : 'rotated';
  const code = await tellChanged(terminal, done, changed, told);
  if (!json) {
    await tellWindows(terminal, changed.partner, seen);
    if (changed.written && seen?.verdict !== 'failed') await terminal.out(nextStep(changed.partner));
  }
  return seen?.verdict === 'failed' ? 1 : code;
}

interface Rotating {
  readonly values: Values;
  readonly terminal: Terminal;
  readonly flight: Flight | undefined;
}

interface RotationDone extends CertificateGiven {
  readonly seen?: Seen;
}

/** With a flight the older certificate gets its end only where it has passed; otherwise nothing has changed. */
async function rotate(
  store: PartnerStore,
  act: Act,
  { values, terminal, flight }: Rotating,
): Promise<RotationDone> {
  const window = windowFrom(values);
  const start = systemClock.now();
  const isTried = flight !== undefined && !act.dryRun && window(start).from <= start;
  let before: PartnerRevision | undefined;
  const given = await giveCertificate(store, {
    ...act,
    source: sourceFrom(values, values.out),
    terminal,
    hindrance: (found, now) => hindranceOf(found, now, isTried),
    propose(found, certificate, now) {
      if (found === undefined) return nobodyOfThisId;
      before = found;
      const { from, until } = window(now);
      const terms = { from, until: isTried ? undefined : until, now, sanUri: values['san-uri'] };
      const change = rotated(found.partner, certificate, terms);
      if (typeof change === 'string' || isTried) return change;
      const { fingerprint256, serialNumber } = certificate;
      return { ...change, acts: [{ kind: 'rotated', fingerprint256, serialNumber }] };
    },
  });
  const { changed, obtained: next } = given;
  if (flight === undefined || next === undefined || typeof changed === 'string') return given;
  if (!isTried) return { ...given, seen: skipped('the certificate does not count yet') };
  const flown = await fly(store, flight, {
    act,
    next,
    before,
    until: (now) => window(now).until,
  });
  if (typeof flown.changed !== 'string') return { ...given, ...flown };
  const way = flown.seen.verdict === 'passed' ? '--finish' : '--abandon';
  const said = `the pre-flight has ${flown.seen.verdict}, and both certificates count (partners rotate ${act.partnerId} ${way})`;
  return { ...given, changed: `${said}: ${flown.changed}` };
}

function hindranceOf(before: PartnerRevision | undefined, now: Date, isTried: boolean): string | undefined {
  if (before === undefined) return nobodyOfThisId;
  if (isTried && !before.partner.enabled) {
    return 'the partner is disabled, so that no pre-flight can pass: leave --url out, or enable him first';
  }
  return rotationUnderWay(before.partner, now);
}

function valuesFrom(args: readonly string[]) {
  return readArgs(args, { options, allowPositionals: true });
}

/** From when the next one counts, and until when the present one does: both for 30 days, where nothing is said. @throws UsageError */
function windowFrom(values: Values): (now: Date) => { from: Date; until: Date } {
  const overlap = values['overlap-days'] ?? '30';
  if (!/^\d{1,3}$/.test(overlap)) throw new UsageError('--overlap-days is a number of days, 0 to 999');
  const overlapMs = Number(overlap) * dayMs;
  const said = values.from === undefined ? undefined : new Date(values.from);
  if (
    said !== undefined &&
    (Number.isNaN(said.getTime()) || !/^\d{4}-\d\d-\d\d(T.*(Z|[+-]\d\d:\d\d))?$/.test(values.from ?? ''))
  ) {
    throw new UsageError('--from is a day, or an instant with its zone, as in 2027-03-01T06:00:00Z');
  }
  return (now) => {
    const from = said === undefined || said < now ? now : said;
    return { from, until: new Date(from.getTime() + overlapMs) };
  };
}

function nextStep({ id }: Partner): string {
  return `next: when partners list shows that he uses the next one: cagebridge partners rotate ${id} --finish --reason TEXT`;
}

async function tellWindows(
  terminal: Terminal,
  { identities }: Partner,
  seen: Seen | undefined,
): Promise<void> {
  for (const { fingerprint256, sanUri, notBefore, notAfter } of identities) {
    const from = notBefore === undefined ? '' : ` from ${notBefore.toISOString()}`;
    const until = notAfter === undefined ? '' : ` until ${notAfter.toISOString()}`;
    await terminal.out(`  ${fingerprint256 ?? sanUri ?? ''}${from}${until}`);
  }
  if (seen === undefined) return;
  await terminal.out(`pre-flight with the next certificate: ${seen.verdict}, ${seen.seen}`);
  if (seen.verdict === 'failed')
    await terminal.out('everything is as it was before, and the next one has ended');
}
