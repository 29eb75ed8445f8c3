/** The secrets of a developer's bridge, some of them shared with its PSP sandbox: files beside the development certificates. */
import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../platform/atomic-file.ts';

/** Each is 32 random bytes in base64, after the prefix that its standard wants, in a line of its own. */
const kinds = {
  /** Signs the requests to the PSP. */
  pspSigning: { file: 'psp-signing.key', prefix: '' },
  /** Signs the PSP's webhooks, by Standard Webhooks. */
  pspWebhook: { file: 'psp-webhook.key', prefix: 'whsec_' },
  /** Signs the daily close: an Ed25519 key is 32 random bytes. */
  closeSigning: { file: 'close-signing.key', prefix: '' },
} as const;

type DevelopmentSecretName = keyof typeof kinds;

export type DevelopmentSecrets = Readonly<Record<DevelopmentSecretName, string>>;

/** The name of the signing secret in the requests that it signs, for the configuration and for the sandbox. */
export const developmentSigningKeyId = 'development';

const secretBytes = 32;

/**
 * Reads the secrets of `directory`, and makes the ones that are missing, broken, or open to others (0600). The caller
 * holds the directory's lock.
 */
export async function makeMissingSecrets(directory: string): Promise<DevelopmentSecrets> {
  const secrets: Partial<Record<DevelopmentSecretName, string>> = {};
  for (const [name, { file, prefix }] of Object.entries(kinds)) {
    const path = join(directory, file);
    const found = await readSecret(path, prefix);
    const secret = found ?? prefix + randomBytes(secretBytes).toString('base64');
    if (found === undefined) await writeFileAtomically(path, `${secret}\n`, 0o600);
    secrets[name as DevelopmentSecretName] = secret;
  }
  return secrets as DevelopmentSecrets;
}

async function readSecret(path: string, prefix: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(path);
    const secret = (await readFile(path, 'utf8')).trimEnd();
    const isOurs = secret.startsWith(prefix) && /^[A-Za-z0-9+/]{43}=$/.test(secret.slice(prefix.length));
    return isOurs && (mode & 0o077) === 0 ? secret : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
