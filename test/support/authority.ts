/**
 * An authority in a folder of its own, for tests. Run as a program, `issue DIR OUT COUNT STEP` or `replace DIR OUT 1 STEP`,
 * it issues into that folder, or replaces its issuing authority, and says each serial number once it has the files. It
 * dies before the STEP-th time that a file takes its name; with STEP 0 it lives.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { X509Certificate } from 'node:crypto';
import fs, { mkdirSync, type PathLike, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type AuthorityFolder, openAuthorityFolder } from '../../src/pki/authority-folder.ts';
import { makeAuthorityFolder, type NewAuthority } from '../../src/pki/authority-making.ts';
import type { ActTerms } from '../../src/pki/authority-record.ts';
import { replaceIssuing } from '../../src/pki/authority-replacing.ts';
import { openEncryptedKey } from '../../src/pki/keys.ts';
import { issueIntoFiles } from '../../src/pki/leaf-files.ts';
import { type KeySigner, keySigner, type Signer } from '../../src/pki/signer.ts';
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

/** Each key is opened when it is first asked for. */
export function openedAuthority(directory: string): TestAuthority {
  const folder = openAuthorityFolder(directory);
  const { root, issuing } = folder.certificates;
  const held: { signer?: Signer; root?: Signer } = {};
  return {
    folder,
    get signer() {
      return (held.signer ??= { ...heldKey(folder, 'issuing'), certificate: issuing, chain: [root] });
    },
    get root() {
      return (held.root ??= { ...heldKey(folder, 'root'), certificate: root, chain: [] });
    },
  };
}

function heldKey({ paths }: AuthorityFolder, name: 'root' | 'issuing'): KeySigner {
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

interface IssuingOptions {
  readonly directory: string;
  readonly out: string;
  readonly count: number;
  readonly what?: 'issue' | 'replace';
  readonly step?: number;
}

export function startIssuing(
  t: Pick<TestContext, 'after'>,
  { directory, out, count, what = 'issue', step = 0 }: IssuingOptions,
): Issuing {
  const args = [fileURLToPath(import.meta.url), what, directory, out, String(count), String(step)];
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [what, directory = '', out = '', count, step] = process.argv.slice(2);
  dieBefore(Number(step));
  if (what === 'replace') await replaceOnce(directory);
  else await issueSome(directory, out, Number(count));
}

/** A file gets its name by one of two calls of the file system, and between them nothing happens that anybody could see. */
function dieBefore(step: number): void {
  let steps = 0;
  const dying =
    (call: (from: PathLike, to: PathLike) => Promise<void>) =>
    async (from: PathLike, to: PathLike): Promise<void> => {
      steps += 1;
      if (steps !== step) return call(from, to);
      process.kill(process.pid, 'SIGKILL');
      return new Promise(() => {});
    };
  fs.promises.rename = dying(fs.promises.rename);
  fs.promises.link = dying(fs.promises.link);
  syncBuiltinESMExports();
}

async function issueSome(directory: string, out: string, count: number): Promise<void> {
  const { folder, signer } = openedAuthority(directory);
  for (let index = 0; index < count; index += 1) {
    const partnerId = `bank-${process.pid}-${index}`;
    const paths = { certificate: join(out, `${partnerId}.pem`), key: join(out, `${partnerId}.key`) };
    const order = { role: 'client', partnerId, names: [], days: 397, automatic: false } as const;
    const terms = { signer, now: systemClock.now(), act: actTerms() };
    const issued = await issueIntoFiles(folder, { ...order, keyKind: 'ec-p256', paths }, terms);
    if ('refused' in issued) throw new Error(issued.refused);
    process.stdout.write(`${issued.entry.serialNumber}\n`);
  }
}

async function replaceOnce(directory: string): Promise<void> {
  const { folder, root } = openedAuthority(directory);
  const { issuing } = passphrases;
  const { certificate } = await replaceIssuing(folder, {
    root,
    keyKind: 'ec-p256',
    passphrase: issuing,
    days: 900,
    listDays: 7,
    now: systemClock.now(),
    terms: () => actTerms(),
  });
  process.stdout.write(`${new X509Certificate(certificate).serialNumber}\n`);
}
