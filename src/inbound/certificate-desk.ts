/** The certificates of the running bridge as one: kept, known, told of and asked for. */
import type { PartnerStore } from '../payments/partner-store.ts';
import type { PartnerDirectory } from '../payments/partners.ts';
import type { Clock, Ids } from '../payments/ports.ts';
import { certificateKeeper, type CertificateKeeper, type KeptPart } from '../pki/certificate-keeper.ts';
import { certificateInventory, type KnownCertificate } from './certificate-inventory.ts';
import { certificateSightings, type CertificateSightings } from './certificate-sightings.ts';
import { certificateTrail } from './certificate-telemetry.ts';
import type { RevocationLists } from '../pki/revocation-lists.ts';
import type { CertificatesTold } from '../platform/metric-instruments.ts';
import type { Instruments } from './instruments.ts';
import type { CertificateDoor } from './rest/admin-certificates.ts';

export interface CertificateDesk {
  readonly keeper: CertificateKeeper;
  readonly sightings: CertificateSightings;
  /** Everything that somebody has to be told of before it ends. */
  readonly endings: () => readonly KnownCertificate[];
  readonly flushActs: () => Promise<void>;
  /** Writes down what was seen and done since the last round; a ledger that is away goes without. */
  readonly flush: () => Promise<void>;
  /** What monitoring asks. */
  readonly told: CertificatesTold;
  /** What the internal door asks. */
  readonly door: CertificateDoor;
}

export interface DeskParts extends Instruments {
  readonly parts: readonly KeptPart[];
  readonly lists: Pick<RevocationLists, 'known'>;
  readonly store: PartnerStore;
  readonly directory: Pick<PartnerDirectory, 'partners'> & { look(): Promise<void> };
  readonly clock: Clock;
  readonly ids: Ids;
}

export function certificateDesk({ parts, lists, store, directory, ...around }: DeskParts): CertificateDesk {
  const { clock, ids } = around;
  const trail = certificateTrail({ ...around, store });
  const keeper = certificateKeeper(parts, clock, trail.events);
  const sightings = certificateSightings(store, clock);
  const inventory = certificateInventory(keeper, () => directory.partners());
  const flushActs = (): Promise<void> => trail.flush();
  const endings = (): readonly KnownCertificate[] => inventory(sightings.lately());
  return {
    keeper,
    sightings,
    endings,
    flushActs,
    flush: async () => void (await Promise.allSettled([sightings.flush(), flushActs()])),
    told: {
      parts: () => keeper.served().map(({ part }) => part),
      refused: () => keeper.refused().map(({ part }) => part),
      endings,
      lists: () => lists.known(),
    },
    door: {
      keeper,
      inventory,
      flushActs,
      flushSightings: () => sightings.flush(),
      store,
      lookAgain: () => directory.look(),
      clock,
      ids,
    },
  };
}
