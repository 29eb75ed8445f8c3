/** Another issuing authority below the same root, and what becomes of the one before it. */
import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import { X509Certificate as ParsedCertificate } from '@peculiar/x509';
import { makeAuthority } from './authority.ts';
import {
  type AuthorityFolder,
  type AuthorityWriting,
  openAuthorityFolder,
  settleIssuing,
} from './authority-folder.ts';
import { authorityName, backdatedMs, keyFileText } from './authority-making.ts';
import { type ActTerms, type AuthorityAct, summaryOf } from './authority-record.ts';
import type { KeyKind } from './keys.ts';
import { listTermsOf, revocationList } from './revocation-list.ts';
import type { Signer } from './signer.ts';
import { readTextFile } from '../platform/text-file.ts';
import { dayMs } from '../platform/clock.ts';

export interface Replacement {
  readonly root: Signer;
  readonly keyKind: KeyKind;
  /** Of the new key. */
  readonly passphrase: string;
  readonly days: number;
  /** How long the first list of the new authority holds. */
  readonly listDays: number;
  readonly now: Date;
  readonly terms: () => ActTerms;
}

/**
 * Makes another authority issue. The one before keeps its key, for its list goes on as long as its certificates live. One
 * rename of `issuing.key`, which holds the certificate too, is the change: whoever is killed before it has the old
 * authority, and after it the new one.
 */
export async function replaceIssuing(
  folder: AuthorityFolder,
  { root, keyKind, passphrase, days, listDays, now, terms }: Replacement,
): Promise<{ readonly certificate: string; readonly acts: readonly AuthorityAct[] }> {
  const { paths } = folder;
  return folder.change(async (writing) => {
    const generation = writing.inventory().filter(({ role }) => role === 'issuing').length + 1;
    const end = Math.min(
      now.getTime() + days * dayMs,
      new X509Certificate(root.certificate).validToDate.getTime(),
    );
    const made = await makeAuthority({
      name: authorityName(organisationOf(root.certificate), 'issuing', generation),
      keyKind,
      notBefore: new Date(now.getTime() - backdatedMs),
      notAfter: new Date(end),
      pathLength: 0,
      issuer: { signer: root },
    });
    const summary = summaryOf(made.certificate, { role: 'issuing' });
    const { fingerprint256 } = summary;
    const acts: AuthorityAct[] = [
      { ...terms(), kind: 'authorityMade', certificate: summary },
      { ...terms(), kind: 'listPublished', fingerprint256, listNumber: 1 },
    ];
    await writing.record(...acts);
    await writing.file(made.certificate, { ...summary, how: 'made' });
    // Another process may have replaced it since this one opened the folder.
    await retire(openAuthorityFolder(folder.directory), writing);
    const list = await revocationList(
      made.signer,
      listTermsOf({ number: 1, now, days: listDays, revoked: [] }),
    );
    // Its list waits under its own number: whoever comes next puts it in its place, where this process is killed meanwhile.
    const serial = new X509Certificate(made.certificate).serialNumber;
    await writing.write(paths.list({ retired: serial }), list);
    await writing.write(paths.key('issuing'), await keyFileText(made, passphrase));
    await settleIssuing(paths);
    return { certificate: made.certificate, acts };
  });
}

/** Copies, not moves: until the rename it is still the one that issues. */
async function retire({ paths, certificates }: AuthorityFolder, writing: AuthorityWriting): Promise<void> {
  const retired = new X509Certificate(certificates.issuing).serialNumber;
  const [key, list] = [paths.key('issuing'), paths.list('issuing')];
  await writing.write(paths.list({ retired }), readTextFile(list, list));
  await writing.write(paths.key({ retired }), readTextFile(key, key, 'secret'));
}

function organisationOf(root: string): string {
  return new ParsedCertificate(root).subjectName.getField('O')[0] ?? '';
}
