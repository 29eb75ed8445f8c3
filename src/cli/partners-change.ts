/** `partners change`: what a partner may do, from now on. Requests that are under way are judged by what held when they came. */
import { readArgs, type Terminal, UsageError } from './command.ts';
import { partnerIdFrom } from './onboarding/known-partner.ts';
import {
  changePartner,
  nobodyOfThisId,
  reasonFrom,
  tellChanged,
  withPartners,
} from './onboarding/partner-acts.ts';
import { flagsOver, requireBooks, termsFrom, termsOptions } from './onboarding/partner-terms.ts';

const options = {
  ...termsOptions,
  reason: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

export async function changeTerms(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = readArgs(args, { options, allowPositionals: true });
  const { reason, 'dry-run': dryRun, json, ...said } = values;
  const act = { partnerId: partnerIdFrom(positionals), reason: reasonFrom(reason), dryRun };
  if (Object.keys(said).length === 0) throw new UsageError('say what changes: --operation, --currency, ...');
  const changed = await withPartners(terminal, (store) =>
    changePartner(store, act, async (before) => {
      if (before === undefined) return nobodyOfThisId;
      const terms = await termsFrom(flagsOver(before.partner, said), terminal);
      requireBooks(terms, terminal.env);
      return { partner: { ...before.partner, ...terms } };
    }),
  );
  return tellChanged(terminal, 'changed', changed, { json });
}
