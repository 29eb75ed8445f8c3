/**
 * An authority in a folder of its own, for tests. Run as a program, `issue DIR OUT COUNT`, it issues into that folder and
 * says each serial number once it has the files.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type AuthorityFolder, openAuthorityFolder } from '../../src/pki/authority-folder.ts';
import { makeAuthorityFolder, type NewAuthority } from '../../src/pki/authority-making.ts';
import type { ActTerms } from '../../src/pki/authority-record.ts';
import { openEncryptedKey } from '../../src/pki/keys.ts';
import { issueIntoFiles } from '../../src/pki/leaf-files.ts';
import { keySigner, type Signer } from '../../src/pki/signer.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createIds } from '../../src/platform/ids.ts';

export const passphrases = {
  root: 'the root is far away',
  issuing: 'the other one is at hand',
} as const;

const ids = createIds({ clock: systemClock });

export function actTerms(reason = 'a test'): ActTerms {
  return { id: ids.uuid(), at: systemClock.now(), subject: 'os:test', reason };
}

export async function emptyFolder(t: Pick<TestContext, 'after'>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cagebridge-ca-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** EC, because RSA keys take their time and nothing here depends on the kind. */
export function newAuthority(changes: Partial<NewAuthority> = {}): NewAuthority {
  return {
    organisation: 'Test House',
    keyKind: 'ec-p256',
    passphrases,
    days: { root: 7_305, issuing: 1_826 },
    listDays: { root: 365, issuing: 7 },
    now: systemClock.now(),
    terms: () => actTerms(),
    ...changes,
  };
}

export interface TestAuthority {
  readonly folder: AuthorityFolder;
  /** With the key opened once: deriving it for each signature takes a tenth of a second. */
  readonly signer: Signer;
  readonly root: Signer;
}

/** Of the same keys each time in a process, in a folder of its own, unless something is to be different. */
export async function freshAuthority(
  t: Pick<TestContext, 'after'>,
  changes?: Partial<NewAuthority>,
): Promise<TestAuthority> {
  const directory = join(await emptyFolder(t), 'ca');
  if (changes === undefined) {
    for (const [name, content] of await (usual ??= usualFiles())) {
      mkdirSync(dirname(join(directory, name)), { recursive: true, mode: 0o700 });
      writeFileSync(join(directory, name), content, { mode: 0o600 });
    }
  } else await made(directory, changes);
  return openedAuthority(directory);
}

let usual: Promise<ReadonlyMap<string, string>> | undefined;

async function usualFiles(): Promise<ReadonlyMap<string, string>> {
  const place = await mkdtemp(join(tmpdir(), 'cagebridge-ca-'));
  const directory = join(place, 'ca');
  await made(directory, {});
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((one) =>
    one.isFile(),
  );
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name));
  const files = new Map(paths.map((path) => [relative(directory, path), readFileSync(path, 'utf8')]));
  await rm(place, { recursive: true });
  return files;
}

async function made(directory: string, changes: Partial<NewAuthority>): Promise<void> {
  if ((await makeAuthorityFolder(directory, newAuthority(changes))) === 'taken')
    throw new Error('the folder is taken');
}

export function openedAuthority(directory: string): TestAuthority {
  const folder = openAuthorityFolder(directory);
  const { root, issuing } = folder.certificates;
  return {
    folder,
    signer: { ...heldKey(folder, 'issuing'), certificate: issuing, chain: [root] },
    root: { ...heldKey(folder, 'root'), certificate: root, chain: [] },
  };
}

function heldKey({ paths }: AuthorityFolder, name: 'root' | 'issuing') {
  const key = openEncryptedKey(readFileSync(paths.key(name), 'utf8'), passphrases[name]);
  if (key === undefined) throw new Error('the test has the wrong passphrase');
  return keySigner(key);
}

/** Why a test that asks OpenSSL is skipped; false where it is not. */
export const withoutOpenssl: string | false = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'there is no openssl on this machine';
  }
})();

/** What OpenSSL prints, on both streams; it throws where OpenSSL fails. */
export function openssl(...args: readonly string[]): string {
  return execFileSync('openssl', [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export interface Issuing {
  readonly child: ChildProcess;
  /** The serial numbers that it said so far. */
  readonly serials: string[];
  /** Resolves when it says the next one, or has ended. */
  next(): Promise<void>;
  readonly ended: Promise<unknown>;
}

export function startIssuing(
  t: Pick<TestContext, 'after'>,
  { directory, out, count }: { directory: string; out: string; count: number },
): Issuing {
  const args = [fileURLToPath(import.meta.url), 'issue', directory, out, String(count)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const serials: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => serials.push(line));
  const ended = Promise.all([once(child, 'exit'), once(lines, 'close')]);
  t.after(() => child.kill('SIGKILL'));
  return {
    child,
    serials,
    ended,
    next: async () => void (await Promise.race([once(lines, 'line'), ended])),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await issueSome(process.argv.slice(3));

async function issueSome([directory = '', out = '', count = '0']: readonly string[]): Promise<void> {
  const { folder, signer } = openedAuthority(directory);
  for (let index = 0; index < Number(count); index += 1) {
    const partnerId = `bank-${process.pid}-${index}`;
    const paths = { certificate: join(out, `${partnerId}.pem`), key: join(out, `${partnerId}.key`) };
    const order = { role: 'client', partnerId, names: [], days: 397, automatic: false } as const;
    const terms = { signer, now: systemClock.now(), act: actTerms() };
    const issued = await issueIntoFiles(folder, { ...order, keyKind: 'ec-p256', paths }, terms);
    if ('refused' in issued) throw new Error(issued.refused);
    process.stdout.write(`${issued.entry.serialNumber}\n`);
  }
}
