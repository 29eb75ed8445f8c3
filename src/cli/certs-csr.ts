import { join, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import { isUsableName } from '../pki/alt-names.ts';
import { namesOf } from '../pki/issuing.ts';
import { requestIntoFiles } from '../pki/leaf-files.ts';
import { leafFileName, leafRoleFrom } from './certs-leaf.ts';
import { tellRefusal } from './certs-refusals.ts';
import { keyKindFrom, nameOptions, namesFrom, partnerIdFrom } from './certs-terms.ts';
import { tellDone } from './certs-told.ts';
import { readArgs, type Terminal, UsageError } from './command.ts';

const options = {
  ...nameOptions,
  partner: { type: 'string' },
  key: { type: 'string' },
  out: { type: 'string', default: '.' },
  json: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
} as const;

/** Makes a key and a request for its certificate, for an authority that is somewhere else: `certs csr`. */
export async function requestToFiles(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = readArgs(args, { options, allowPositionals: true });
  const [word, ...more] = positionals;
  if (more.length > 0) throw new UsageError('say server or client, and nothing after it');
  const role = leafRoleFrom(word);
  const partnerId = partnerIdFrom(values.partner);
  const order = { role, names: namesFrom(values), ...(partnerId !== undefined && { partnerId }) };
  if (namesOf(order).length === 0) return tellRefusal(terminal, { refused: 'nameless' });
  if (!order.names.every(isUsableName)) return tellRefusal(terminal, { refused: 'nameUnusable' });
  const keyKind = keyKindFrom(values.key, 'rsa-2048');
  const name = join(resolve(values.out), leafFileName(order));
  const paths = { request: `${name}.csr`, key: `${name}.key` };
  const files = Object.values(paths);
  if (files.some((path) => existsSync(path))) return tellRefusal(terminal, { refused: 'fileThere' });
  const written = values['dry-run'] === true ? 'written' : await requestIntoFiles(order, { keyKind, paths });
  if (written === 'fileThere') return tellRefusal(terminal, { refused: written });
  return tellDone(terminal, values, { did: 'asked', certificates: [], files });
}
