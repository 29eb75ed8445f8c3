/** `partners change`: what a partner may do, from now on. Requests that are under way are judged by what held when they came. */
import { readArgs, type Terminal, UsageError } from './command.ts';
import { authoritiesFrom, authoritiesSaid } from './onboarding/authorities.ts';
import { partnerIdFrom } from './onboarding/known-partner.ts';
import {
  changePartner,
  nobodyOfThisId,
  reasonFrom,
  tellChanged,
  withPartners,
} from './onboarding/partner-acts.ts';
import { flagsOver, requireBooks, termsFrom, termsOptions } from './onboarding/partner-terms.ts';
import { readerOf } from './onboarding/places.ts';

const options = {
  ...termsOptions,
  issuer: { type: 'string', multiple: true },
  reason: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

export async function changeTerms(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = readArgs(args, { options, allowPositionals: true });
  const { reason, 'dry-run': dryRun, json, issuer, ...said } = values;
  const act = { partnerId: partnerIdFrom(positionals), reason: reasonFrom(reason), dryRun };
  if (Object.keys(said).length === 0 && issuer === undefined) {
    throw new UsageError('say what changes: --operation, --currency, --issuer, ...');
  }
  const issuers = issuer && authoritiesFrom(issuer, readerOf(terminal.env));
  const changed = await withPartners(terminal, (store) =>
    changePartner(store, act, (before, now) => {
      if (before === undefined) return nobodyOfThisId;
      const terms = termsFrom(flagsOver(before.partner, said));
      requireBooks(terms, terminal.env);
      const { partner } = before;
      if (issuers === undefined) return { partner: { ...partner, ...terms } };
      const known = authoritiesSaid(partner, issuers, now);
      if (typeof known === 'string') return known;
      const { notes, ...authorities } = known;
      return { partner: { ...partner, ...terms, ...authorities }, notes };
    }),
  );
  return tellChanged(terminal, 'changed', changed, { json });
}
