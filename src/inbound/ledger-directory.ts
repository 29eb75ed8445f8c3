/** Who may come in, as the ledger's table has it: the authority behind the doors, looked at again and again. */
import { currencyCodes } from '../ledger/currencies.ts';
import { unlessLedgerAway } from '../payments/ledger-trouble.ts';
import type { CertificateDenial, PartnerRevision, PartnerStore } from '../payments/partner-store.ts';
import type { CertificateName, Partner, PartnerDirectory } from '../payments/partners.ts';
import type { Clock } from '../payments/ports.ts';
import { unusablePartners } from './partner-roster.ts';

export interface LedgerDirectory extends PartnerDirectory {
  /**
   * Whether somebody has a token, as far as anybody can tell: what cannot be read may be one who has. Whom the configuration
   * has ceased to name has none any more; whom a person has disabled has his still, as long as that person's word stands.
   */
  hasTokens(): boolean;
  /** Looks now. @throws LedgerUnavailable */
  look(): Promise<void>;
  /** Looks every `lookMs` until the signal, and tells of each change that it finds. Never rejects. */
  keepLooking(signal: AbortSignal): Promise<void>;
  /** To be told, after each change, that who may come in is not who it was. */
  onChange(listener: () => void): void;
}

export interface DirectoryParts {
  /** What the configuration says: nobody comes in by it before the ledger was looked at. */
  readonly configured: readonly Partner[];
  /** Says it to the ledger, before anything is read there. @throws LedgerUnavailable */
  readonly seed: () => Promise<void>;
  readonly store: Pick<PartnerStore, 'partners' | 'denials' | 'directoryStamp'>;
  /** Fingerprints that the configuration refuses. */
  readonly revoked: readonly string[];
  /** Brands that have books: who names another one could not be paid. */
  readonly brands: readonly string[];
  readonly clock: Clock;
  /** Told of a partner of the ledger who cannot be let in as he is written there, once for each change. */
  readonly unusable: (partnerId: string, fault: string) => void;
}

/** For so long somebody who was disabled or denied can still come in. */
const believedMs = 5_000;
/** So often the ledger is looked at, so that nobody has to wait for it at a door. */
const lookMs = 2_000;

interface Snapshot {
  readonly stamp: string;
  readonly partners: readonly Partner[];
  readonly denied: ReadonlySet<string>;
  readonly hasTokens: boolean;
}

/** Looks once, and keeps what it found. A ledger that is away is looked at again: a bridge starts without it. */
export async function openLedgerDirectory(parts: DirectoryParts): Promise<LedgerDirectory> {
  const { store, clock, configured, revoked } = parts;
  const listeners: (() => void)[] = [];
  let snapshot: Snapshot = {
    stamp: 'never looked',
    partners: configured,
    denied: new Set(revoked.map(byFingerprint)),
    hasTokens: configured.some(({ tokenDigests }) => tokenDigests.length > 0),
  };
  let isSeeded = false;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    if (!isSeeded) await parts.seed();
    isSeeded = true;
    const at = clock.monotonicMs();
    if ((await store.directoryStamp()) !== snapshot.stamp) {
      snapshot = await read(parts);
      for (const listener of listeners) listener();
    }
    lookedAt = at;
  }

  function isBelieved(): boolean {
    return clock.monotonicMs() - lookedAt < believedMs;
  }

  /** One question to the ledger at a time, however many are at the doors. */
  function lookOnce(): Promise<void> {
    return (looking ??= look().finally(() => (looking = undefined)));
  }

  await lookOnce().catch(unlessLedgerAway);
  return {
    partners: () => snapshot.partners,
    hasTokens: () => snapshot.hasTokens,
    isDenied: (certificate) => namesOf(certificate).some((name) => snapshot.denied.has(name)),
    async refreshed() {
      // The first one may have begun long ago, and have been answered late.
      if (!isBelieved()) await lookOnce();
      if (!isBelieved()) await lookOnce();
    },
    async look() {
      // The one that is under way may have begun before what the caller wants to be seen.
      await looking?.catch(() => {});
      await lookOnce();
    },
    async keepLooking(signal) {
      while (!signal.aborted) {
        await clock.sleep(lookMs, signal);
        // Whatever it is, whoever waits at a door is told of it: without the ledger nobody is believed for long.
        if (!signal.aborted) await lookOnce().catch(() => {});
      }
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

/** The stamp first: what is added while the rows are read is found by the next look. */
async function read({ store, revoked, brands, unusable }: DirectoryParts): Promise<Snapshot> {
  const stamp = await store.directoryStamp();
  const revisions = await store.partners();
  const denials = await store.denials();
  const partners = revisions.map(({ partner, unreadable: isUnreadable = false }) => {
    const fault = isUnreadable ? 'unreadable' : faultOf(partner, brands);
    if (fault === undefined) return partner;
    if (isUnreadable || partner.enabled) unusable(partner.id, fault);
    // The listener is not asked to trust what it cannot read.
    return { ...partner, enabled: false, issuers: [] };
  });
  return {
    stamp,
    partners,
    denied: new Set([...revoked.map(byFingerprint), ...denials.map(deniedName)]),
    hasTokens: revisions.some(mayHaveTokens),
  };
}

function mayHaveTokens({ partner, origin, unreadable: isUnreadable }: PartnerRevision): boolean {
  const isGone = origin === 'configuration' && !partner.enabled;
  return isUnreadable === true || (partner.tokenDigests.length > 0 && !isGone);
}

/** Why somebody cannot be let in as he is written: nobody guesses what was meant. */
function faultOf(partner: Partner, brands: readonly string[]): string | undefined {
  const [unfit] = unusablePartners([partner]);
  if (unfit !== undefined) return unfit.fault;
  if (!partner.enabled) return undefined;
  if (!partner.brands.includes(partner.defaultBrand)) return 'defaultBrandNotHis';
  if (!partner.brands.every((brand) => brands.includes(brand))) return 'unknownBrand';
  const known = currencyCodes();
  return partner.currencies.every((currency) => known.includes(currency)) ? undefined : 'unknownCurrency';
}

function deniedName({ certificate }: CertificateDenial): string {
  if ('fingerprint256' in certificate) return byFingerprint(certificate.fingerprint256);
  return bySerial(certificate.issuerHash, certificate.serialNumber);
}

/** Both names under which a certificate may be denied. */
function namesOf({ fingerprint256, issuerHash, serialNumber }: CertificateName): readonly string[] {
  return [byFingerprint(fingerprint256), bySerial(issuerHash, serialNumber)];
}

function byFingerprint(fingerprint256: string): string {
  return `fingerprint ${fingerprint256.toLowerCase()}`;
}

/** However it was typed: leading zeros are no part of a number. */
function bySerial(issuerHash: string, serialNumber: string): string {
  return `serial ${issuerHash.toLowerCase()} ${serialNumber.toUpperCase().replace(/^0+(?=.)/, '')}`;
}
