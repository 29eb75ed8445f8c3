/** Where an act is told: always in the authority's own record; and in the ledger's audit, where this machine has a ledger. */
import { existsSync } from 'node:fs';
import { readLedgerConfig } from '../config.ts';
import { LedgerUnavailable } from '../payments/ledger-store.ts';
import type { CertificateAct, PartnerStore } from '../payments/partner-store.ts';
import type { AuthorityAct, CertificateSummary, InventoryEntry } from '../pki/authority-record.ts';
import { readLedgerUrl } from '../store/ledger-url.ts';
import { openStores } from '../store/open.ts';
import type { Terminal } from './command.ts';

export interface Audit {
  /** Where the acts are told beside the folder's record; undefined where there is no ledger, or it is not wanted. */
  readonly partners: PartnerStore | undefined;
  /** What an act does not say of its certificate is taken from the entries. */
  tell(acts: readonly AuthorityAct[], entries?: readonly InventoryEntry[]): Promise<void>;
  /** One word for machines, and the sentence for people. */
  readonly place: 'ledger' | 'folder';
  readonly sentence: string;
}

/**
 * Runs work with the ledger open, where there is one. It is opened before anything is done: one that is there and cannot be
 * opened is a reason to do nothing, until `--no-ledger` says to do without.
 */
export async function withAudit<T>(
  terminal: Terminal,
  { 'no-ledger': without = false }: { 'no-ledger'?: boolean },
  work: (audit: Audit) => Promise<T>,
): Promise<T> {
  const { env } = terminal;
  const { ledger: location } = readLedgerConfig(env);
  if (without || !hasLedger(env)) return work(folderAlone(without));
  const stores = await openStores({ ...location, createIfEmpty: false });
  try {
    return await work(ledgerToo(stores.partners, terminal));
  } finally {
    await stores.ledger.close();
  }
}

/** A ledger that somebody names is meant, even if it cannot be found; the one of the home only where its file is. */
export function hasLedger(env: Terminal['env']): boolean {
  const address = readLedgerUrl(readLedgerConfig(env).ledger.url);
  return (env['LEDGER_URL'] ?? '') !== '' || (address.engine === 'sqlite' && existsSync(address.file));
}

function folderAlone(without: boolean): Audit {
  const why = without ? '--no-ledger' : 'there is no ledger here';
  return {
    partners: undefined,
    tell: () => Promise.resolve(),
    place: 'folder',
    sentence: `the folder's own record (${why})`,
  };
}

function ledgerToo(partners: PartnerStore, terminal: Terminal): Audit {
  return {
    partners,
    tell: async (acts, entries = []) => {
      try {
        for (const act of acts) await partners.recordCertificateAct(ledgerActOf(act, entries));
      } catch (error) {
        if (!(error instanceof LedgerUnavailable)) throw error;
        // It is done, and the record has it: to fail now would make somebody do it twice.
        terminal.err(
          `cagebridge: it is done; the ledger's audit could not be told (${error.code ?? error.trouble})`,
        );
      }
    },
    place: 'ledger',
    sentence: "the ledger and the folder's own record",
  };
}

/** The same act as the ledger keeps it, under the same id. */
function ledgerActOf(act: AuthorityAct, entries: readonly InventoryEntry[]): CertificateAct {
  const { id, at, subject, reason, kind } = act;
  const terms = { id, at, subject, reason, kind };
  if ('certificate' in act) return { ...terms, ...ledgerNames(act.certificate) };
  const entry = entries.find(({ fingerprint256 }) => fingerprint256 === act.fingerprint256);
  return { ...terms, ...(entry === undefined ? { fingerprint256: act.fingerprint256 } : ledgerNames(entry)) };
}

function ledgerNames({
  partnerId,
  fingerprint256,
  serialNumber,
}: CertificateSummary): Pick<CertificateAct, 'partnerId' | 'fingerprint256' | 'serialNumber'> {
  return { fingerprint256, serialNumber, ...(partnerId !== undefined && { partnerId }) };
}
