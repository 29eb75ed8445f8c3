/** Which certificate of an authority's record a word on the command line names. */
import { existsSync } from 'node:fs';
import type { AuthorityFolder } from '../pki/authority-folder.ts';
import type { InventoryEntry } from '../pki/authority-record.ts';
import { certificatesFrom } from '../pki/certificate-check.ts';
import { fingerprintOf } from '../pki/certificate.ts';
import { entriesNamed } from '../pki/revoking.ts';
import { textOf } from './certs-terms.ts';

/** By its serial number, its fingerprint or a file that it stands in; a sentence says why there is not exactly one. */
export function entryNamed(folder: AuthorityFolder, word: string): InventoryEntry | string {
  const named = existsSync(word) ? fingerprintIn(word) : word;
  if (named === undefined) return 'the file holds no certificate that can be read';
  const [entry, ...others] = entriesNamed(folder.inventory(), named);
  if (entry === undefined)
    return 'the record has no such certificate; --deny-only refuses it at the doors all the same';
  return others.length === 0
    ? entry
    : 'the record has several certificates of this number; say the fingerprint';
}

/** Of the first certificate of a file. */
export function fingerprintIn(path: string): string | undefined {
  const [certificate] = certificatesFrom(textOf(path)) ?? [];
  return certificate && fingerprintOf(certificate);
}
