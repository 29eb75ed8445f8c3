/** `partners rotate`: a partner's next certificate beside the present one, each with its window, so that no call is lost. */
import type { Partner } from '../payments/partners.ts';
import { readArgs, type Terminal, UsageError } from './command.ts';
import { partnerIdFrom } from './onboarding/known-partner.ts';
import {
  certificateOptions,
  type Obtained,
  obtainCertificate,
  sourceFrom,
  toldOf,
} from './onboarding/obtain-certificate.ts';
import { changePartner, reasonFrom, tellChanged, withPartners } from './onboarding/partner-acts.ts';
import { finished, rotated, rotationUnderWay } from './onboarding/rotation.ts';

const options = {
  ...certificateOptions,
  out: { type: 'string' },
  from: { type: 'string' },
  'overlap-days': { type: 'string' },
  finish: { type: 'boolean', default: false },
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
  if (values.finish) {
    const changed = await withPartners(terminal, (store) =>
      changePartner(store, act, (before, now) =>
        before === undefined ? nobody : finished(before.partner, now),
      ),
    );
    return tellChanged(terminal, 'rotation finished', changed, values);
  }
  const source = sourceFrom(values, values.out);
  const window = windowFrom(values);
  let obtained: Obtained | undefined;
  const changed = await withPartners(terminal, (store) =>
    changePartner(store, act, async (before, now) => {
      if (before === undefined) return nobody;
      const underWay = rotationUnderWay(before.partner, now);
      if (underWay !== undefined) return underWay;
      const certificate = await obtainCertificate(source, { ...act, terminal, now });
      if (typeof certificate === 'string') return certificate;
      obtained = certificate;
      const terms = { ...window(now), now, sanUri: values['san-uri'] };
      const change = rotated(before.partner, certificate, terms);
      if (typeof change === 'string') return change;
      const { fingerprint256, serialNumber } = certificate;
      return { ...change, acts: [toldOf(certificate), { kind: 'rotated', fingerprint256, serialNumber }] };
    }),
  );
  const code = await tellChanged(terminal, 'rotated', changed, { json: values.json, paths: obtained?.paths });
  if (typeof changed !== 'string' && !values.json) await tellWindows(terminal, changed.partner);
  return code;
}

const nobody = 'there is no partner of this id in the ledger';

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

async function tellWindows(terminal: Terminal, { identities }: Partner): Promise<void> {
  for (const { fingerprint256, sanUri, notBefore, notAfter } of identities) {
    const from = notBefore === undefined ? '' : ` from ${notBefore.toISOString()}`;
    const until = notAfter === undefined ? '' : ` until ${notAfter.toISOString()}`;
    await terminal.out(`  ${fingerprint256 ?? sanUri ?? ''}${from}${until}`);
  }
}
