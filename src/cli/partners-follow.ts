/** `partners follow`: the configuration's word counts for a partner again, from a bridge's next start on. */
import { readArgs, type Terminal } from './command.ts';
import { partnerIdFrom } from './onboarding/known-partner.ts';
import {
  changePartner,
  nobodyOfThisId,
  reasonFrom,
  tellChanged,
  withPartners,
} from './onboarding/partner-acts.ts';

const options = {
  reason: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** Until then he is as he is. It is the way to a new token for somebody whom a person has changed: tokens are configured. */
export async function followConfiguration(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = readArgs(args, { options, allowPositionals: true });
  const act = {
    partnerId: partnerIdFrom(positionals),
    reason: reasonFrom(values.reason),
    dryRun: values['dry-run'],
  };
  const changed = await withPartners(terminal, (store) =>
    changePartner(store, act, (before) => {
      if (before === undefined) return nobodyOfThisId;
      if (before.origin === 'configuration') return 'the partner follows the configuration already';
      return { partner: before.partner, origin: 'configuration' };
    }),
  );
  return tellChanged(terminal, 'following the configuration', changed, values);
}
