/** The other processes of the same bridge: what is asked of one counts at all of them. */
import type { LookCause } from '../pki/certificate-keeper.ts';
import type { CountingSiblings } from '../platform/siblings.ts';

export interface Siblings extends CountingSiblings {
  /** Makes them read their certificates again, for the same cause. */
  reloadCertificates(cause: LookCause): void;
}

/** Of a process that is all there is. */
export const noSiblings: Pick<Siblings, 'reloadCertificates'> = { reloadCertificates() {} };
