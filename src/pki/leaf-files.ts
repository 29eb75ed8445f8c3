/** A certificate and its new key as two files, for whoever is to show it. */
import { createPublicKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AuthorityFolder } from './authority-folder.ts';
import { writeNewFile } from './files.ts';
import {
  issueCertificate,
  type IssuedCertificate,
  type IssueRefusal,
  type IssueTerms,
  leafName,
  type LeafOrder,
  namesOf,
  orderRefusal,
} from './issuing.ts';
import { type KeyKind, makeKey, plainKeyPem } from './keys.ts';
import { makeRequest, readRequest, type RequestRefusal } from './request.ts';
import { keySigner } from './signer.ts';
import { makeDirectory } from '../platform/directory.ts';

export interface LeafPaths {
  /** The leaf and the authorities between it and the root, as a server or a client shows them. */
  readonly certificate: string;
  readonly key: string;
}

/**
 * Issues a certificate with a new key into files, which must not be there: the key of an older certificate is never
 * written over. The key comes first, so that a certificate that left has one; a process that dies after that leaves a key
 * of no certificate.
 */
export async function issueIntoFiles(
  folder: AuthorityFolder,
  { paths, keyKind, ...order }: LeafOrder & { readonly keyKind: KeyKind; readonly paths: LeafPaths },
  terms: IssueTerms,
): Promise<IssuedCertificate | { readonly refused: IssueRefusal | 'fileThere' }> {
  const refused = orderRefusal(order, terms);
  if (refused !== undefined) return { refused };
  if (existsSync(paths.certificate) || existsSync(paths.key)) return { refused: 'fileThere' };
  const key = await makeKey(keyKind);
  makeDirectory(dirname(paths.key));
  if (!(await writeNewFile(paths.key, plainKeyPem(key)))) return { refused: 'fileThere' };
  const asked = { ...order, publicKey: createPublicKey(key), how: 'issued' } as const;
  const issued = await issueCertificate(folder, asked, terms).catch(async (error: unknown) => {
    await rm(paths.key, { force: true });
    throw error;
  });
  if ('refused' in issued) await rm(paths.key, { force: true });
  else if (!(await writeNewFile(paths.certificate, shownChain(issued)))) return { refused: 'fileThere' };
  return issued;
}

/** What stands in a certificate file: everything but the root, which the other side has or does not believe. */
export function shownChain({ certificate, chain }: Pick<IssuedCertificate, 'certificate' | 'chain'>): string {
  return [certificate, ...chain.slice(0, -1)].join('');
}

/** A new key and a request for its certificate as two files, which must not be there; the name is of the key alone. */
export async function requestIntoFiles(
  order: Pick<LeafOrder, 'partnerId' | 'names'>,
  { keyKind, paths }: { readonly keyKind: KeyKind; readonly paths: RequestPaths },
): Promise<'written' | 'fileThere'> {
  if (existsSync(paths.request) || existsSync(paths.key)) return 'fileThere';
  const key = await makeKey(keyKind);
  const asked = { name: leafName(order), names: namesOf(order) };
  const request = await makeRequest(keySigner(key), asked);
  makeDirectory(dirname(paths.key));
  if (!(await writeNewFile(paths.key, plainKeyPem(key)))) return 'fileThere';
  return (await writeNewFile(paths.request, request)) ? 'written' : 'fileThere';
}

export interface RequestPaths {
  readonly request: string;
  readonly key: string;
}

/** Issues a certificate for a request (PEM) into a file that must not be there. */
export async function signIntoFile(
  folder: AuthorityFolder,
  { path, request, ...order }: LeafOrder & { readonly request: string; readonly path: string },
  terms: IssueTerms,
): Promise<IssuedCertificate | { readonly refused: IssueRefusal | RequestRefusal | 'fileThere' }> {
  const read = await readRequest(request, namesOf(order));
  if ('refused' in read) return read;
  if (existsSync(path)) return { refused: 'fileThere' };
  const issued = await issueCertificate(folder, { ...order, ...read, how: 'signed' }, terms);
  if ('refused' in issued) return issued;
  makeDirectory(dirname(path));
  return (await writeNewFile(path, shownChain(issued))) ? issued : { refused: 'fileThere' };
}
