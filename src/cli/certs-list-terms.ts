/** Who signs a list of revoked certificates, and how long it holds. */
import type { AuthorityFolder, AuthorityRef } from '../pki/authority-folder.ts';
import type { ActTerms } from '../pki/authority-record.ts';
import type { ListTerms } from '../pki/revoking.ts';
import { systemClock } from '../platform/clock.ts';
import { daysFrom, passphraseFrom } from './certs-terms.ts';
import type { Terminal } from './command.ts';

/** A list that holds for long is believed for long; the root's changes only with the authorities below it. */
const listDays = { issuing: { or: 7, max: 31 }, root: { or: 365, max: 397 } } as const;

/** Where an authority's passphrase is another one than that of the authority that issues. */
const options = {
  issuing: 'passphrase',
  root: 'root-passphrase',
  retired: 'retired-passphrase',
} as const;

interface ListValues {
  readonly passphrase?: string;
  readonly 'root-passphrase'?: string;
  readonly 'retired-passphrase'?: string;
  readonly days?: string;
}

export async function listTermsFrom(
  terminal: Terminal,
  folder: AuthorityFolder,
  { of, values, act }: { of: AuthorityRef; values: ListValues; act: () => ActTerms },
): Promise<ListTerms> {
  const days = daysFrom(values.days, '--days', listDays[of === 'root' ? of : 'issuing']);
  const option = options[typeof of === 'string' ? of : 'retired'];
  const reference = values[option] ?? values.passphrase;
  const signer = await folder.signer(of, passphraseFrom(reference, terminal, `--${option}`));
  return { of, signer, days, now: systemClock.now(), act: act() };
}
