import type { CoreListLimits, CoreListSettings } from './settings.ts';
import type { CoreListWorld } from './world.ts';

interface Settings {
  readonly partners: CoreListWorld['partners'];
  readonly brands: Readonly<Record<string, unknown>>;
  readonly reconciliation: {
    readonly coreList: CoreListSettings;
    readonly matching: { readonly limits: Pick<CoreListLimits, 'pageMax' | 'workWithinDays'> };
    readonly limits: Pick<CoreListLimits, 'importWaitMs' | 'importLeaseMs' | 'remarksMax'>;
  };
}

/** Comparing with lists of the core as the configuration says, over the stores. */
export function openCoreList(
  { partners, brands, reconciliation: { coreList: settings, matching, limits } }: Settings,
  parts: Pick<CoreListWorld, 'ledger' | 'statements' | 'clock' | 'ids'>,
): CoreListWorld {
  const bounds = { ...matching.limits, ...limits };
  return { ...parts, partners, brands: new Set(Object.keys(brands)), settings, limits: bounds };
}
