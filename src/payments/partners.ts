import type { Money } from '../ledger/money.ts';

/**
 * What a partner may ask for. `status`, `cancel` and `refund` reach his own payments only; `read` is for the casino's core and finance,
 * who see every payment, entry and balance; `statement` hands in what banks and gateways tell.
 */
export type Operation =
  'deposit' | 'withdrawal' | 'refund' | 'status' | 'cancel' | 'transfer' | 'read' | 'statement';

/**
 * One certificate that stands for a partner, named exactly: by its SHA-256 fingerprint (64 lower-case hex digits) or by
 * a SAN URI. A partner has a current one and, around a rotation, a next one; each counts within its window only.
 */
export interface PartnerIdentity {
  readonly fingerprint256?: string;
  readonly sanUri?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Of the certificate that was in hand when he was given the identity; absent where somebody has only named it. */
  readonly certificate?: TakenCertificate;
}

/** What is kept of a certificate that somebody brought or issued: nobody is let in by it, people are told by it. */
export interface TakenCertificate {
  /** Of an identity by a SAN URI: which certificate it was, at the time. */
  readonly fingerprint256: string;
  readonly serialNumber: string;
  readonly issuerHash: string;
  /** Its own end, whatever the window. */
  readonly notAfter: Date;
  /** Fingerprints of the authorities that it was taken in under, up to their roots. */
  readonly authorities: readonly string[];
}

/**
 * What happens where a list of revoked certificates (a CRL, RFC 5280) of a partner's issuers is not there or is past its
 * next update: nobody asked for one; he is let in, with an alarm; he is refused. Who stands on a list that we have is
 * refused whichever it is, however old the list.
 */
export type CrlPolicy = 'notRequired' | 'openWhenStale' | 'closedWhenStale';

/** Who may call us, and what for (design 5). Amounts are per payment; a currency without a limit has none. */
export interface Partner {
  readonly id: string;
  readonly enabled: boolean;
  /** CA certificates (PEM) of which one must have issued the leaf. */
  readonly issuers: readonly string[];
  readonly identities: readonly PartnerIdentity[];
  /** SHA-256 (lower-case hex) of the bearer tokens that stand for him at the internal door: a current one and a next one. */
  readonly tokenDigests: readonly string[];
  readonly tlsFloor: 'TLSv1.2' | 'TLSv1.3';
  readonly crl: CrlPolicy;
  readonly operations: readonly Operation[];
  readonly brands: readonly string[];
  readonly defaultBrand: string;
  readonly currencies: readonly string[];
  readonly amountMax: readonly Money[];
}

/** A certificate as the deny list names it. */
export interface CertificateName {
  /** SHA-256 of the whole certificate, 64 lower-case hex digits. */
  readonly fingerprint256: string;
  /** Upper-case hex, as OpenSSL writes it. */
  readonly serialNumber: string;
  /** The first 16 hex digits of SHA-256 over the issuer's name: a serial number is one authority's. */
  readonly issuerHash: string;
}

/** Where partners live is nobody's business but the directory's: the ledger's table, as it was a moment ago. */
export interface PartnerDirectory {
  /** All partners, disabled ones included: the door tells "disabled" from "unknown" in the log, not to the caller. The same list as long as nothing changed. */
  partners(): readonly Partner[];
  /** Whether the deny list names it: refused whatever else holds. */
  isDenied(certificate: CertificateName): boolean;
  /** Resolves when neither is older than 5 s; at once, where they are not. @throws LedgerUnavailable */
  refreshed(): Promise<void>;
}
