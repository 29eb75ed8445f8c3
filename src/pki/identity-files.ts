/**
 * The two files that a certificate and its key are served from, replaced together. Two renames are not one: between them a
 * process that is killed leaves the next key beside the present certificate. The running bridge keeps what it has meanwhile,
 * and the next run puts the pair right before anything else.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { removeLeftOvers, writeFileAtomically } from '../platform/atomic-file.ts';
import { syncDirectory } from '../platform/directory.ts';
import type { TlsIdentity } from '../platform/tls.ts';
import { withDirectoryLock } from './files.ts';

export interface IdentityPaths {
  readonly certificate: string;
  readonly key: string;
}

/** Where a pair is, by its path without an ending: the present one, the next one before it counts, the one before. */
export function identityPaths(stem: string) {
  const at = (suffix: string): IdentityPaths => ({
    certificate: `${stem}${suffix}.pem`,
    key: `${stem}${suffix}.key`,
  });
  return { present: at(''), next: at('.next'), previous: at('.previous') };
}

/** The pair that is served from there; undefined where there is none. */
export async function readIdentity({ certificate, key }: IdentityPaths): Promise<TlsIdentity | undefined> {
  if (!existsSync(certificate) || !existsSync(key)) return undefined;
  return { certificate: await readFile(certificate, 'utf8'), key: await readFile(key, 'utf8') };
}

const lock = { waitMsMax: 30_000, staleMs: 60_000 };

/**
 * Puts the next pair in the place of the present one, which stays beside it as the previous one. Where root does it, the
 * files are whose the ones before were: the bridge has to read them.
 */
export async function replaceIdentity(stem: string, identity: TlsIdentity): Promise<void> {
  const directory = dirname(stem);
  const { present, next, previous } = identityPaths(stem);
  await withDirectoryLock(directory, lock, async () => {
    await finishReplacing(stem);
    const before = await readIdentity(present);
    const owner = await stat(before === undefined ? directory : present.key);
    if (before !== undefined) await writePair(previous, before, owner);
    await writePair(next, identity, owner);
    await rename(next.key, present.key);
    await rename(next.certificate, present.certificate);
    await syncDirectory(directory);
  });
}

/** Ends what a process that was killed began. True where there was something to end. */
export async function finishReplacing(stem: string): Promise<boolean> {
  const { present, next, previous } = identityPaths(stem);
  // A key without a passphrase may be among what was left.
  for (const { certificate, key } of [present, next, previous])
    for (const path of [certificate, key]) await removeLeftOvers(path);
  if (!existsSync(next.certificate)) {
    await rm(next.key, { force: true });
    return false;
  }
  const certificate = await readFile(next.certificate, 'utf8');
  const key = existsSync(present.key) ? await readFile(present.key, 'utf8') : '';
  // The key went first: where it has arrived, the certificate follows; where it has not, nothing has happened yet.
  const isHalfDone = isPair(certificate, key);
  if (isHalfDone) await rename(next.certificate, present.certificate);
  else await rm(next.certificate, { force: true });
  await rm(next.key, { force: true });
  await syncDirectory(dirname(stem));
  return isHalfDone;
}

function isPair(certificate: string, key: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

async function writePair(
  { certificate, key }: IdentityPaths,
  identity: TlsIdentity,
  owner: Owner,
): Promise<void> {
  for (const [path, content] of [
    [key, identity.key],
    [certificate, identity.certificate],
  ] as const) {
    await writeFileAtomically(path, content, 0o600);
    if (process.getuid?.() === 0) await chown(path, owner.uid, owner.gid);
  }
}
