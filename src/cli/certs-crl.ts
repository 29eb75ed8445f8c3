import { openAuthorityFolder } from '../pki/authority-folder.ts';
import { publishList } from '../pki/revoking.ts';
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
} as const;

/** Publishes an authority's list of revoked certificates anew: `certs crl`. */
export async function publishNow(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = readArgs(args, { options });
  const folder = openAuthorityFolder(folderFrom(values));
  const name = values.root === true ? 'root' : 'issuing';
  const act = actTerms(values.reason, 'a list in its time');
  const terms = await listTermsFrom(terminal, folder, { name, values, act });
  const path = folder.paths.list(name);
  if (values['dry-run'] === true) {
    return tellDone(terminal, values, { did: 'published', certificates: [], files: [path] });
  }
  return withAudit(terminal, values, async (audit) => {
    const list = await publishList(folder, terms);
    await audit.tell([list.act]);
    const facts = { number: list.number, revoked: list.revoked, nextUpdate: list.nextUpdate.toISOString() };
    const notes = [
      ['list', `number ${facts.number}, ${facts.revoked} revoked, holds until ${facts.nextUpdate}`],
    ] as const;
    return tellDone(
      terminal,
      values,
      { did: 'published', certificates: [], files: [path], notes, facts },
      audit,
    );
  });
}
