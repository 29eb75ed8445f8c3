import type { CsvProfile } from '../profile.ts';
import { adyenSettlementDetails } from './adyen.ts';
import { paypalSettlement } from './paypal.ts';
import { pspRestSettlement } from './psp-rest.ts';
import { stripePayoutReconciliation } from './stripe.ts';

/** Profiles that come along. The configuration's own are written in the same words. */
export const shippedProfiles: readonly CsvProfile[] = [
  adyenSettlementDetails,
  stripePayoutReconciliation,
  paypalSettlement,
  pspRestSettlement,
];
