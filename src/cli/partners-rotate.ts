/** `partners rotate`: a partner's next certificate beside the present one, each with its window, so that no call is lost. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { paymentsPath } from '../inbound/soap/contract.ts';
import type { Partner } from '../payments/partners.ts';
import { systemClock } from '../platform/clock.ts';
import type { Environment } from '../platform/references.ts';
import { readArgs, type Terminal, UsageError } from './command.ts';
import { partnerIdFrom } from './onboarding/known-partner.ts';
import {
  certificateOptions,
  type Obtained,
  obtainCertificate,
  sourceFrom,
  toldOf,
} from './onboarding/obtain-certificate.ts';
import {
  type Act,
  type Changed,
  changePartner,
  denialOf,
  reasonFrom,
  tellChanged,
  withPartners,
} from './onboarding/partner-acts.ts';
import { readerOf } from './onboarding/places.ts';
import { preflight } from './onboarding/preflight.ts';
import { abandoned, finished, rotated, rotationUnderWay } from './onboarding/rotation.ts';
import { type Seen, skipped } from './onboarding/trial.ts';
import { kitPlacesFrom } from './partners-kit.ts';

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
  const { changed, obtained } = await rotate(act, values, terminal);
  if (typeof changed === 'string' || obtained === undefined) {
    return tellChanged(terminal, 'rotated', changed, values);
  }
  const { json } = values;
  const seen = flight && (await fly(flight, changed, obtained));
  const told = { json, paths: obtained.paths, more: { ...(seen && { preflight: seen }) } };
  const code = await tellChanged(terminal, 'rotated', changed, told);
  if (!json) await tellWindows(terminal, changed.partner, seen);
  return seen?.verdict === 'failed' ? 1 : code;
}

async function finishRotation(act: Act, values: Values, terminal: Terminal): Promise<number> {
  const changed = await withPartners(terminal, (store) =>
    changePartner(store, act, async (before, now) => {
      if (before === undefined) return nobody;
      const denials = await store.denials();
      return finished(before.partner, now, (fingerprint256) =>
        denials.some(
          ({ certificate }) =>
            'fingerprint256' in certificate && certificate.fingerprint256 === fingerprint256,
        ),
      );
    }),
  );
  return tellChanged(terminal, 'rotation finished', changed, values);
}

/** As many revisions as a partner may have had since his rotation began. */
const revisionsMax = 1_000;

async function abandonRotation(act: Act, values: Values, terminal: Terminal): Promise<number> {
  const changed = await withPartners(terminal, (store) =>
    changePartner(store, act, async (before, now) => {
      if (before === undefined) return nobody;
      const revisions = await store.revisionsOf(act.partnerId, revisionsMax);
      const readable = revisions.filter(({ unreadable }) => unreadable !== true);
      return abandoned(
        before.partner,
        readable.map(({ partner }) => partner),
        now,
      );
    }),
  );
  return tellChanged(terminal, 'rotation abandoned', changed, values);
}

/** The certificate is issued, or read, only where nothing else is in the way. */
async function rotate(act: Act, values: Values, terminal: Terminal) {
  const source = sourceFrom(values, values.out);
  const window = windowFrom(values);
  let obtained: Obtained | undefined;
  const changed = await withPartners(terminal, (store) =>
    changePartner(store, act, async (before, now) => {
      const inTheWay = before === undefined ? nobody : rotationUnderWay(before.partner, now);
      if (before === undefined || inTheWay !== undefined) return inTheWay ?? nobody;
      const certificate = await obtainCertificate(source, { ...act, terminal, now });
      if (typeof certificate === 'string') return certificate;
      const denied = await denialOf(store, certificate);
      if (denied !== undefined) return denied;
      obtained = certificate;
      const terms = { ...window(now), now, sanUri: values['san-uri'] };
      const change = rotated(before.partner, certificate, terms);
      if (typeof change === 'string') return change;
      const { fingerprint256, serialNumber } = certificate;
      return { ...change, acts: [toldOf(certificate), { kind: 'rotated', fingerprint256, serialNumber }] };
    }),
  );
  return { changed, obtained };
}

const nobody = 'there is no partner of this id in the ledger';

function valuesFrom(args: readonly string[]) {
  return readArgs(args, { options, allowPositionals: true });
}

interface Flight {
  readonly url: URL;
  readonly authorities: readonly string[];
  /** Of a certificate that was brought; of one that is issued it is known. */
  readonly key: string | undefined;
}

/** Only where somebody says where. @throws UsageError, Misconfigured */
function flightFrom({ url, key, authority, ca }: Values, env: Environment): Flight | undefined {
  if (url === undefined) return undefined;
  if (key === undefined && ca === undefined)
    throw new UsageError('--url needs --key, to call with the certificate');
  const read = readerOf(env);
  const { publicUrl, authorities } = kitPlacesFrom({ url, authority }, env);
  return {
    url: new URL(`${publicUrl}${paymentsPath}`),
    authorities,
    key: key === undefined ? undefined : read(`file:${resolve(key)}`, '--key', 'secret'),
  };
}

/** Calls with the next certificate while the older one counts too. */
async function fly(
  { url, authorities, key: given }: Flight,
  { partner, written }: Changed,
  { pem, fingerprint256, paths }: Obtained,
): Promise<Seen> {
  const now = systemClock.now();
  const next = partner.identities.find((one) => one.fingerprint256 === fingerprint256);
  if (!written || (next?.notBefore ?? now) > now) return skipped('the certificate does not count yet');
  const key = given ?? readFileSync(paths?.key ?? '', 'utf8');
  const identity = { certificate: pem, key };
  const caller = { url, authorities, identity, callTimeoutMs: 5_000 };
  return preflight(caller, partner, `rotate-${now.getTime()}`);
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
  if (seen.verdict === 'failed') await terminal.out('partners rotate ID --abandon takes it back');
}
