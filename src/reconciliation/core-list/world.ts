import type { LedgerStore } from '../../payments/ledger-store.ts';
import type { Clock, Ids } from '../../payments/ports.ts';
import type { FileSource, StatementStore } from '../statement-store.ts';
import type { CoreListLimits, CoreListSettings } from './settings.ts';

/** What comparing with the core's list stands on. */
export interface CoreListWorld {
  readonly ledger: Pick<LedgerStore, 'payments' | 'paymentById' | 'paymentByReference'>;
  readonly statements: Pick<
    StatementStore,
    | 'receiveFile'
    | 'keepBytes'
    | 'endFile'
    | 'fileById'
    | 'breaks'
    | 'openBreaks'
    | 'endBreaks'
    | 'claimJob'
    | 'releaseJob'
  >;
  /** Those who instruct payments, with the brand of whoever says none. */
  readonly partners: readonly { readonly id: string; readonly defaultBrand: string }[];
  /** That have books. */
  readonly brands: ReadonlySet<string>;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'uuid'>;
  readonly settings: CoreListSettings;
  readonly limits: CoreListLimits;
}

/** What is asked: a list, whose it is, and how it is read. What the order says goes before what the list says. */
export interface CoreListOrder {
  readonly source: FileSource;
  readonly partner?: string;
  /** Whose it is where neither the order, nor the list, nor the configuration says so. */
  readonly caller?: string;
  /** Absent: by how it begins. */
  readonly format?: 'csv' | 'json';
  readonly from?: Date;
  readonly until?: Date;
  readonly madeAt?: Date;
}
