import { openAuthorityFolder } from '../pki/authority-folder.ts';
import { listedAuthorities, type ListTerms, type PublishedList, publishList } from '../pki/revoking.ts';
import { systemClock } from '../platform/clock.ts';
import { withAudit } from './certs-audit.ts';
import { listTermsFrom } from './certs-list-terms.ts';
import { actOptions, actTerms, folderFrom } from './certs-terms.ts';
import { tellDone } from './certs-told.ts';
import { readArgs, type Terminal } from './command.ts';

const options = {
  ...actOptions,
  root: { type: 'boolean' },
  days: { type: 'string' },
  'root-passphrase': { type: 'string' },
  'retired-passphrase': { type: 'string' },
} as const;

/** Publishes the lists of revoked certificates anew, of the issuing authority and those before it: `certs crl`. */
export async function publishNow(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = readArgs(args, { options });
  const folder = openAuthorityFolder(folderFrom(values));
  const act = actTerms(values.reason, 'a list in its time');
  const refs = values.root === true ? (['root'] as const) : listedAuthorities(folder, systemClock.now());
  const terms: ListTerms[] = [];
  for (const of of refs) terms.push(await listTermsFrom(terminal, folder, { of, values, act }));
  const files = refs.map((of) => folder.paths.list(of));
  const done = { did: 'published', certificates: [], files };
  if (values['dry-run'] === true) return tellDone(terminal, values, done);
  return withAudit(terminal, values, async (audit) => {
    const lists: PublishedList[] = [];
    for (const one of terms) lists.push(await publishList(folder, one));
    await audit.tell(lists.map((list) => list.act));
    const views = lists.map(({ number, revoked, nextUpdate }) => ({
      number,
      revoked,
      nextUpdate: nextUpdate.toISOString(),
    }));
    const notes = views.map(
      ({ number, revoked, nextUpdate }) =>
        ['list', `number ${number}, ${revoked} revoked, holds until ${nextUpdate}`] as const,
    );
    return tellDone(terminal, values, { ...done, notes, facts: { lists: views } }, audit);
  });
}
