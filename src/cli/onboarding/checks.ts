import { mediaTypeCheck, refusalChecks } from './refusal-checks.ts';
import { withMoneyChecks, withoutMoneyChecks } from './payment-checks.ts';
import { transportChecks } from './transport-checks.ts';
import type { Check } from './trial.ts';

/** Everything that a partner's connection is tried for, in this order. Made anew for each trial: later ones look at what earlier ones sent. */
export function conformanceChecks(): readonly Check[] {
  const versions = ['1.1', '1.2'] as const;
  return [
    ...transportChecks,
    mediaTypeCheck,
    ...versions.flatMap((version) => refusalChecks(version)),
    ...versions.flatMap((version) => withoutMoneyChecks(version)),
    ...versions.flatMap((version) => withMoneyChecks(version)),
  ];
}
