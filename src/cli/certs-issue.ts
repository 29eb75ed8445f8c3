import { join, resolve } from 'node:path';
import { openAuthorityFolder } from '../pki/authority-folder.ts';
import { issueIntoFiles } from '../pki/leaf-files.ts';
import { withAudit } from './certs-audit.ts';
import {
  issueTermsFrom,
  leafFileName,
  leafOptions,
  leafOrderFrom,
  leafRoleFrom,
  tellTrial,
} from './certs-leaf.ts';
import { tellRefusal } from './certs-refusals.ts';
import { folderFrom, keyKindFrom } from './certs-terms.ts';
import { tellDone } from './certs-told.ts';
import { readArgs, type Terminal, UsageError } from './command.ts';

const options = { ...leafOptions, key: { type: 'string' } } as const;

/** Issues a certificate with a new key into two files: `certs issue`. */
export async function issueToFiles(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = readArgs(args, { options, allowPositionals: true });
  const [role, ...more] = positionals;
  if (more.length > 0) throw new UsageError('say server or client, and nothing after it');
  const order = leafOrderFrom(leafRoleFrom(role), values);
  const keyKind = keyKindFrom(values.key, 'rsa-2048');
  const name = join(resolve(values.out), leafFileName(order));
  const paths = { certificate: `${name}.pem`, key: `${name}.key` };
  const files = [paths.certificate, paths.key];
  const folder = openAuthorityFolder(folderFrom(values));
  const terms = await issueTermsFrom(terminal, folder, values);
  if (values['dry-run'] === true) return tellTrial(terminal, values, { order, terms, did: 'issued', files });
  return withAudit(terminal, values, async (audit) => {
    const issued = await issueIntoFiles(folder, { ...order, keyKind, paths }, terms);
    if ('refused' in issued) return tellRefusal(terminal, issued);
    await audit.tell([issued.act]);
    return tellDone(terminal, values, { did: 'issued', certificates: [issued.entry], files }, audit);
  });
}
