import { denyUnderAllNames } from '../inbound/denying.ts';
import { LedgerUnavailable } from '../payments/ledger-store.ts';
import { type AuthorityFolder, openAuthorityFolder } from '../pki/authority-folder.ts';
import {
  type AuthorityAct,
  type InventoryEntry,
  revocationReasons,
  type RevocationReason,
} from '../pki/authority-record.ts';
import { listAuthorityOf, revokeCertificate, type Revoked } from '../pki/revoking.ts';
import { type Audit, withAudit } from './certs-audit.ts';
import { denyAlone, denyOptions } from './certs-deny.ts';
import { entryNamed } from './certs-entry.ts';
import { listTermsFrom } from './certs-list-terms.ts';
import { actOptions, actTerms, folderFrom, ids } from './certs-terms.ts';
import { tellDone } from './certs-told.ts';
import { readArgs, type Terminal, UsageError } from './command.ts';

const options = {
  ...actOptions,
  ...denyOptions,
  comment: { type: 'string' },
  days: { type: 'string' },
  'root-passphrase': { type: 'string' },
  'retired-passphrase': { type: 'string' },
} as const;

/** Ends a certificate before its time: `certs revoke`. */
export async function revokeNamed(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = readArgs(args, { options, allowPositionals: true });
  const [word, ...more] = positionals;
  if (word === undefined || more.length > 0)
    throw new UsageError('say one serial number, fingerprint or file');
  const reason = revocationReasonFrom(values.reason);
  const act = actTerms(values.comment, reason, '--comment');
  if (values['deny-only'] === true) return denyAlone(terminal, values, { word, reason, act: act() });
  const folder = openAuthorityFolder(folderFrom(values));
  const entry = entryNamed(folder, word);
  if (typeof entry === 'string') return told(terminal, entry);
  if (entry.role === 'root') return told(terminal, 'a root is on no list: take it out of what trusts it');
  const of = listAuthorityOf(folder, entry);
  const list = of && (await listTermsFrom(terminal, folder, { of, values, act }));
  const files = of === undefined ? [] : [folder.paths.list(of)];
  if (values['dry-run'] === true) {
    return tellDone(terminal, values, { did: 'revoked', certificates: [entry], files });
  }
  return withAudit(terminal, values, async (audit) => {
    const order = { fingerprint256: entry.fingerprint256, reason, act: act() };
    const revoked = await revokeCertificate(folder, order, list);
    if (revoked === undefined) return told(terminal, 'the certificate is not in the record any more');
    const denied = await tellLedger(audit, folder, revoked);
    if (typeof denied === 'object') return told(terminal, untold(denied));
    const notes = [['doors', sentences[denied]]] as const;
    const done = { did: 'revoked', certificates: [revoked.entry], files, notes, facts: { denied } };
    return tellDone(terminal, values, done, audit);
  });
}

function untold({ code, trouble }: LedgerUnavailable): string {
  return `it is revoked, and on its list; the doors do not know yet, because the ledger cannot be used (${code ?? trouble}): say it again`;
}

const sentences = {
  denied: 'refuse it within 5 seconds: it is on the deny list',
  known: 'refuse it: it was on the deny list already',
  no: 'learn it from the list of revoked certificates alone: no ledger was told',
} as const;

function told(terminal: Terminal, sentence: string): 1 {
  terminal.err(`cagebridge: ${sentence}`);
  return 1;
}

function revocationReasonFrom(text: string | undefined): RevocationReason {
  const reason = revocationReasons.find((one) => one === text);
  if (reason === undefined) throw new UsageError(`--reason is one of ${revocationReasons.join(', ')}`);
  return reason;
}

/** Also where the folder knew already: whoever was killed between the two finishes it by saying it again. */
async function tellLedger(
  audit: Audit,
  folder: AuthorityFolder,
  { entry, acts }: Revoked,
): Promise<keyof typeof sentences | LedgerUnavailable> {
  const revocation = folder.acts().find((act) => isRevocationOf(act, entry));
  if (audit.partners === undefined || revocation === undefined || entry.revoked === undefined) return 'no';
  const { id, at, subject, reason: comment } = revocation;
  const denying = { id, at, subject, comment, reason: entry.revoked.reason };
  const named = { certificate: entry, ids };
  const denied = await denyUnderAllNames(audit.partners, denying, named).catch((error: unknown) => {
    if (error instanceof LedgerUnavailable) return error;
    throw error;
  });
  if (typeof denied === 'object') return denied;
  await audit.tell([revocation, ...acts.filter((act) => act.id !== id)], [entry]);
  return denied;
}

function isRevocationOf(act: AuthorityAct, { fingerprint256 }: InventoryEntry): boolean {
  return act.kind === 'revoked' && act.fingerprint256 === fingerprint256;
}
