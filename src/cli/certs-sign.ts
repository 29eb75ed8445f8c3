import { join, resolve } from 'node:path';
import { openAuthorityFolder } from '../pki/authority-folder.ts';
import { namesOf, orderRefusal } from '../pki/issuing.ts';
import { signIntoFile } from '../pki/leaf-files.ts';
import { readRequest } from '../pki/request.ts';
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
import { folderFrom, textOf } from './certs-terms.ts';
import { tellDone } from './certs-told.ts';
import { readArgs, type Terminal, UsageError } from './command.ts';

const { uri: _uri, ...others } = leafOptions;
const options = { ...others, role: { type: 'string', default: 'client' } } as const;

/** Issues a certificate for a partner's own key: `certs sign`. */
export async function signRequest(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = readArgs(args, { options, allowPositionals: true });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError('say the file of one request');
  const order = leafOrderFrom(leafRoleFrom(values.role), values);
  if (order.partnerId === undefined) throw new UsageError('say --partner ID');
  if (order.role === 'client' && order.names.length > 0) {
    throw new UsageError('--dns and --ip are for servers: say --role server');
  }
  const request = textOf(file);
  const path = join(resolve(values.out), `${leafFileName(order)}.pem`);
  const folder = openAuthorityFolder(folderFrom(values));
  const terms = await issueTermsFrom(terminal, folder, values);
  if (values['dry-run'] === true) {
    const read = await readRequest(request, namesOf(order));
    if ('refused' in read) return tellRefusal(terminal, read);
    return tellTrial(terminal, values, { order, terms, did: 'signed', files: [path] });
  }
  const refused = orderRefusal(order, terms);
  if (refused !== undefined) return tellRefusal(terminal, { refused });
  return withAudit(terminal, values, async (audit) => {
    const signed = await signIntoFile(folder, { ...order, request, path }, terms);
    if ('refused' in signed) return tellRefusal(terminal, signed);
    await audit.tell([signed.act]);
    return tellDone(terminal, values, { did: 'signed', certificates: [signed.entry], files: [path] }, audit);
  });
}
