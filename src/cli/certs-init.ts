import { authorityPaths } from '../pki/authority-folder.ts';
import { isTaken, makeAuthorityFolder } from '../pki/authority-making.ts';
import { inventoryOf } from '../pki/authority-record.ts';
import { systemClock } from '../platform/clock.ts';
import { withAudit } from './certs-audit.ts';
import { actOptions, actTerms, daysFrom, folderFrom, keyKindFrom, passphraseFrom } from './certs-terms.ts';
import { tellDone } from './certs-told.ts';
import { readArgs, type Terminal, UsageError } from './command.ts';

const options = {
  ...actOptions,
  name: { type: 'string' },
  key: { type: 'string' },
  days: { type: 'string' },
  'root-days': { type: 'string' },
  'root-passphrase': { type: 'string' },
} as const;

/** Authorities live longer than what they issue: 5 years, and 20 for the root, which is out of reach most of the time. */
const issuingDays = { or: 1_826, max: 3_653 };
const rootDays = { or: 7_305, max: 9_131 };
/** The root's list changes only with an authority below it; the issuing one's holds for a week. */
const listDays = { root: 365, issuing: 7 };

/** Makes an authority: `certs init`. */
export async function initAuthority(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = readArgs(args, { options });
  const directory = folderFrom(values);
  const organisation = organisationFrom(values.name);
  const issuing = passphraseFrom(values.passphrase, terminal, '--passphrase');
  const rootReference = values['root-passphrase'] ?? values.passphrase;
  const order = {
    organisation,
    keyKind: keyKindFrom(values.key, 'rsa-3072'),
    passphrases: { issuing, root: passphraseFrom(rootReference, terminal, '--root-passphrase') },
    days: {
      issuing: daysFrom(values.days, '--days', issuingDays),
      root: daysFrom(values['root-days'], '--root-days', rootDays),
    },
    listDays,
    now: systemClock.now(),
    terms: actTerms(values.reason, 'a new authority'),
  };
  const files = filesOf(directory);
  if (isTaken(directory)) return tellTaken(terminal, directory);
  if (values['dry-run'] === true) return tellDone(terminal, values, { did: 'made', certificates: [], files });
  return withAudit(terminal, values, async (audit) => {
    const made = await makeAuthorityFolder(directory, order);
    if (made === 'taken') return tellTaken(terminal, directory);
    await audit.tell(made.acts);
    return tellDone(
      terminal,
      values,
      { did: 'made', certificates: inventoryOf(made.acts), files, notes },
      audit,
    );
  });
}

const notes = [
  ['note', "keep root.key on no network: it signs another issuing authority, and the root's own list"],
] as const;

function tellTaken(terminal: Terminal, directory: string): number {
  terminal.err(`cagebridge: ${directory}: is not empty; an authority is made in a folder of its own`);
  return 1;
}

function filesOf(directory: string): string[] {
  const { certificate, key, list, record } = authorityPaths(directory);
  return [
    ...(['root', 'issuing'] as const).flatMap((name) => [certificate(name), key(name), list(name)]),
    record,
  ];
}

/** It stands in certificates that others see, and is nothing that a file name or a log could stumble over. */
function organisationFrom(text: string | undefined): string {
  if (text !== undefined && /^[\p{L}\p{N}][\p{L}\p{N} .,&'()-]{0,39}$/u.test(text)) return text;
  throw new UsageError("--name is the organisation: letters, digits, spaces and .,&'()-, at most 40");
}
