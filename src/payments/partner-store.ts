import type { Page } from './ledger-store.ts';
import type { CertificateName, Partner } from './partners.ts';

/**
 * The store's port for who may come in: partners, the deny list of certificates, and what was done and seen of
 * certificates. What is decided here is added and never changed, so that every row is its own audit; only what was seen
 * last is written over.
 */
export interface PartnerStore {
  /**
   * Adds the next revision of a partner. `stale` where somebody else added that revision first: nothing is written. The
   * same revision again, by its id, is `added`.
   */
  addRevision(revision: PartnerRevision): Promise<'added' | 'stale'>;
  /** The newest revision of each partner, by id. */
  partners(): Promise<readonly PartnerRevision[]>;
  /** The newest `limit` revisions of one partner, newest first. */
  revisionsOf(partnerId: string, limit: number): Promise<readonly PartnerRevision[]>;

  /** Refuses a certificate from now on, for ever. `known` where the list has it already: nothing is written. */
  denyCertificate(denial: CertificateDenial): Promise<'denied' | 'known'>;
  /** The whole deny list, oldest first. */
  denials(): Promise<readonly CertificateDenial[]>;
  /** Differs from every earlier one once a revision or a denial was added: two counts, so that looking costs next to nothing. */
  directoryStamp(): Promise<string>;

  /** Writes down what was done with a certificate. The same id again writes nothing. */
  recordCertificateAct(act: CertificateAct): Promise<void>;
  /** What was done, by id (which is by time), after a cursor. */
  certificateActs(page: Page): Promise<readonly CertificateAct[]>;
  /** Keeps the later of what is known and what is told. Each certificate once, at most 1000 of them. */
  noteSightings(sightings: readonly CertificateSighting[]): Promise<void>;
  /** Every certificate that was ever seen, by fingerprint. */
  sightings(): Promise<readonly CertificateSighting[]>;

  /** Writes down which lists were met. One that is known already writes nothing. At most 1000 of them. */
  noteRevocationLists(lists: readonly RevocationListVersion[], at: Date): Promise<void>;
  /** The newest list that was ever met of each authority, by whichever bridge. */
  newestRevocationLists(): Promise<readonly RevocationListVersion[]>;
}

/** A partner as he is from an instant on. */
export interface PartnerRevision {
  /** UUIDv7; running the command again finds it. */
  readonly id: string;
  readonly partner: Partner;
  /** The row is no partner's: in his place stands somebody who may do nothing. */
  readonly unreadable?: true;
  /** 1, 2, 3, ... without a gap. */
  readonly revision: number;
  /** The configuration changes what the configuration said last; what a person said stands until a person says otherwise. */
  readonly origin: 'configuration' | 'person';
  /** Who: an operator's id, or the account of the operating system that ran the command (`os:NAME`). */
  readonly subject: string;
  readonly reason: string;
  readonly at: Date;
}

/** By its fingerprint, or by its serial number and issuer: the first is known of a certificate in hand, the second of one that was lost. */
export interface CertificateDenial {
  /** UUIDv7; running the command again finds it. */
  readonly id: string;
  readonly certificate: Pick<CertificateName, 'fingerprint256'> | Omit<CertificateName, 'fingerprint256'>;
  /** As RFC 5280 section 5.3.1 names them: keyCompromise, superseded, cessationOfOperation, ... */
  readonly reason: RevocationReason;
  readonly comment: string;
  readonly subject: string;
  readonly at: Date;
}

/** The reasons of RFC 5280 section 5.3.1 that end a certificate for good. */
export type RevocationReason =
  | 'unspecified'
  | 'keyCompromise'
  | 'cACompromise'
  | 'affiliationChanged'
  | 'superseded'
  | 'cessationOfOperation'
  | 'privilegeWithdrawn';

export interface CertificateAct {
  /** UUIDv7; running the command again finds it. */
  readonly id: string;
  readonly kind: CertificateActKind;
  readonly subject: string;
  readonly reason: string;
  readonly partnerId?: string;
  readonly fingerprint256?: string;
  readonly serialNumber?: string;
  readonly at: Date;
}

export type CertificateActKind =
  | 'authorityMade'
  | 'issued'
  | 'signed'
  | 'imported'
  | 'exported'
  | 'rotated'
  | 'revoked'
  | 'listPublished'
  | 'loaded'
  | 'refused';

/** When a certificate was shown to us, or shown by us, last. */
export interface CertificateSighting {
  readonly fingerprint256: string;
  readonly serialNumber: string;
  readonly issuerHash: string;
  /** Whose it was, where it was a partner's. */
  readonly partnerId?: string;
  readonly notAfter: Date;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
}

/** A list of revoked certificates (CRL) as far as older ones are told from it: by number, and at the same number by date. */
export interface RevocationListVersion {
  /** SHA-256 over the name and the key of whoever signed it, 64 lower-case hex digits: a renewed certificate makes no other authority. */
  readonly authority: string;
  /** Below 2^160; 0 where the authority does not count its lists. */
  readonly number: bigint;
  readonly thisUpdate: Date;
}
