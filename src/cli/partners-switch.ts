/** `partners disable` and `partners enable`: the running bridges refuse, or let in again, within seconds. */
import { readArgs, type Terminal } from './command.ts';
import {
  changePartner,
  nobodyOfThisId,
  reasonFrom,
  tellChanged,
  withPartners,
} from './onboarding/partner-acts.ts';
import { partnerIdFrom } from './onboarding/known-partner.ts';

const options = {
  reason: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** Either of the two, as a subcommand. */
export function switchPartner(enabled: boolean) {
  return async (args: readonly string[], terminal: Terminal): Promise<number> => {
    const { values, positionals } = readArgs(args, { options, allowPositionals: true });
    const act = {
      partnerId: partnerIdFrom(positionals),
      reason: reasonFrom(values.reason),
      dryRun: values['dry-run'],
    };
    const done = enabled ? 'enabled' : 'disabled';
    const changed = await withPartners(terminal, (store) =>
      changePartner(store, act, (before) => {
        if (before === undefined) return nobodyOfThisId;
        // A row that cannot be read stands disabled, and nobody has said so yet.
        const isSaid = before.unreadable !== true;
        if (isSaid && before.partner.enabled === enabled) return `the partner is ${done} already`;
        return { partner: { ...before.partner, enabled } };
      }),
    );
    return tellChanged(terminal, done, changed, values);
  };
}
