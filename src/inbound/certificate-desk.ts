/** The certificates of the running bridge as one: kept, known, told of and asked for. */
import type { PartnerStore } from '../payments/partner-store.ts';
import type { PartnerDirectory } from '../payments/partners.ts';
import type { Clock, Ids } from '../payments/ports.ts';
import {
  certificateKeeper,
  type CertificateKeeper,
  type KeptPart,
  type LookCause,
} from '../pki/certificate-keeper.ts';
import { certificateInventory, type KnownCertificate } from './certificate-inventory.ts';
import { certificateSightings, type CertificateSightings } from './certificate-sightings.ts';
import { certificateTrail } from './certificate-telemetry.ts';
import { authorityLists, type ListedPartner, listedPartners, shareMetLists } from './partner-lists.ts';
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
  /** Tells the ledger which lists of revoked certificates were met, and learns what others have met. */
  readonly shareMetLists: () => Promise<void>;
  /** How the lists stand of those partners who want one. */
  readonly listed: () => readonly ListedPartner[];
  /** Reads every file now, as a signal asks for it, or whoever asked another process. */
  readonly reload: (cause?: LookCause) => void;
  /** Writes down what was seen and done since the last round; a ledger that is away goes without. */
  readonly flush: () => Promise<void>;
  /** What monitoring asks. */
  readonly told: CertificatesTold;
  /** What the internal door asks. */
  readonly door: CertificateDoor;
}

export interface DeskParts extends Instruments {
  readonly parts: readonly KeptPart[];
  readonly lists: Pick<RevocationLists, 'listOf' | 'remember' | 'unremembered'>;
  readonly store: PartnerStore;
  readonly directory: Pick<PartnerDirectory, 'partners'> & { look(): Promise<void> };
  /** The other processes of this bridge. */
  readonly siblings: { reloadCertificates(cause: LookCause): void };
  readonly clock: Clock;
  readonly ids: Ids;
}

/** So long a stop waits for it at most. */
const lastFlushMs = 1_000;

export function certificateDesk({
  parts,
  lists,
  store,
  directory,
  siblings,
  ...around
}: DeskParts): CertificateDesk {
  const { clock, ids } = around;
  const trail = certificateTrail({ ...around, store });
  const keeper = certificateKeeper(parts, clock, trail.events);
  const sightings = certificateSightings(store, clock);
  const inventory = certificateInventory(keeper, () => directory.partners(), clock);
  const flushActs = (): Promise<void> => trail.flush();
  const endings = (): readonly KnownCertificate[] => inventory.endings(sightings.known());
  const listed = (): readonly ListedPartner[] => listedPartners(directory.partners(), lists, clock.now());
  return {
    keeper,
    sightings,
    endings,
    flushActs,
    shareMetLists: () => shareMetLists(store, lists, clock),
    listed,
    reload: (cause = 'signal') => void keeper.reload(cause),
    async flush() {
      const written = new AbortController();
      const writing = Promise.allSettled([sightings.flush(), flushActs()]).finally(() => written.abort());
      await Promise.race([writing, clock.sleep(lastFlushMs, written.signal)]);
    },
    told: {
      parts: () => keeper.served().map(({ part }) => part),
      refused: () => keeper.refused().map(({ part }) => part),
      endings,
      lists: () => authorityLists(directory.partners(), lists, clock.now()),
      listed: () => listed(),
    },
    door: {
      keeper,
      inventory,
      reloadOthers: (cause) => siblings.reloadCertificates(cause),
      flushActs,
      flushSightings: () => sightings.flush(),
      store,
      lookAgain: () => directory.look(),
      clock,
      ids,
    },
  };
}
