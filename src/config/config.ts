import type { KeyObject } from 'node:crypto';
import type { CertificatesConfig } from './certificates.ts';
import type { ReconciliationConfig } from './reconciliation.ts';
import type { GatewaySettings } from '../gateways/configured.ts';
import type { LedgerPatienceLimits } from '../inbound/ledger-patience.ts';
import type { InternalDoorLimits } from '../inbound/rest/limits.ts';
import type { DoorLimits } from '../inbound/soap/door-limits.ts';
import type { PublicDoorLimits } from '../inbound/webhooks/limits.ts';
import type { JobLimits } from '../jobs/limits.ts';
import type { Books } from '../ledger/accounting-date.ts';
import type { Partner } from '../payments/partners.ts';
import type { AmountLimit } from '../payments/people/limits.ts';
import type { PaymentLimits, Route } from '../payments/world.ts';
import type { LedgerLimits } from '../store/limits.ts';
import type { LogLevel } from '../platform/log.ts';
import type { TlsIdentity } from '../platform/tls.ts';

/** What the house is opened with: checked, complete, with its references resolved. */
export interface Config extends LedgerConfig {
  /** How partners reach the SOAP door; without it, by its bound address, which is no wildcard then. */
  readonly publicUrl?: string;
  readonly soap: Address & { readonly identity: TlsIdentity };
  /** For gateways' webhooks; closed where it has no certificate. */
  readonly public?: Address & { readonly identity: TlsIdentity };
  /** Without an identity it speaks plain HTTP, on loopback only. */
  readonly internal: Address & { readonly hosts: readonly string[]; readonly identity?: TlsIdentity };
  /** Where the certificates of doors and gateways, and the lists of revoked ones, are read again. */
  readonly certificates: CertificatesConfig;
  readonly partners: readonly Partner[];
  /** SHA-256 fingerprints of certificates that are refused whatever else holds. */
  readonly revoked: readonly string[];
  readonly gateways: readonly GatewaySettings[];
  readonly routes: readonly Route[];
  readonly amountLimits: readonly AmountLimit[];
  readonly brands: Readonly<Record<string, Books>>;
  readonly reconciliation: ReconciliationConfig;
  /** Where days are closed without anybody asking and signed: by what, and where the packs are laid. */
  readonly closePacks?: { readonly key: KeyObject; readonly directory: string };
  readonly log: { readonly level: LogLevel };
  readonly limits: {
    readonly soapDoor: DoorLimits;
    readonly publicDoor: PublicDoorLimits;
    readonly internalDoor: InternalDoorLimits;
    readonly payments: PaymentLimits;
    readonly jobs: JobLimits;
    readonly ledger: LedgerLimits;
    readonly ledgerAway: LedgerPatienceLimits;
    readonly stop: StopLimits;
  };
}

/** What is enough to look into the ledger. */
export interface LedgerConfig {
  /** The directory of the bridge's state: embedded ledger, development certificates, token. */
  readonly home: string;
  readonly ledger: {
    readonly url: string;
    /** Of the user in the URL, where the ledger is on SQL Server. */
    readonly password?: string;
    /** Only in development: elsewhere a ledger that is not there is one that was lost. */
    readonly createIfEmpty: boolean;
  };
}

export interface Address {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
}

/** How long a stop takes at most, step by step and altogether. */
export interface StopLimits {
  /** The large part: a caller waits at a door for as long as his payment is carried, and one that is cut off sends again. */
  readonly doorsWithinMs: number;
  /** For payments whose callers have gone. */
  readonly paymentsWithinMs: number;
  readonly totalMs: number;
}
