/** Files about certificates as commands are given them: found, bounded, read, and their passwords by reference. */
import type { KeyObject } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import {
  type CertificateFile,
  certificateFileBytesMax,
  readCertificateFile,
  type UnreadableFile,
} from '../pki/certificate-file.ts';
import { certificatesFrom } from '../pki/certificate-check.ts';
import { Misconfigured } from '../platform/misconfigured.ts';
import { resolveReference } from '../platform/references.ts';
import { readTextFile } from '../platform/text-file.ts';
import type { Terminal } from './command.ts';

/** What a file that tells nothing is said to be. */
export const unreadableSentences: Readonly<Record<UnreadableFile, string>> = {
  tooLong: `is longer than ${certificateFileBytesMax / 1024 / 1024} MiB`,
  empty: 'holds no certificate, request, list or key',
  unreadable: 'cannot be read: it was cut off, or is something else',
  passwordNeeded: 'has a password: say --passphrase env:NAME or --passphrase file:PATH',
  wrongPassword: 'is not opened by this password',
};

/** @throws Misconfigured where the file is not there, or may not be read */
export function fileAt(path: string, password?: string): CertificateFile | UnreadableFile {
  try {
    if (statSync(path).size > certificateFileBytesMax) return 'tooLong';
    return readCertificateFile(readFileSync(path), password);
  } catch (error) {
    throw new Misconfigured([`${path}: cannot be read (${codeOf(error)})`]);
  }
}

/** The password of a file that somebody else made: however short it is. */
export function filePasswordFrom(reference: string | undefined, { env }: Terminal): string | undefined {
  if (reference === undefined) return undefined;
  const place = { reference, at: '--passphrase', kind: 'secret' } as const;
  return resolveReference(place, { env, home: process.cwd() }).replace(/\r?\n$/, '');
}

/** Every certificate of the files, as PEM; undefined where none is named. @throws Misconfigured */
export function authoritiesFrom(files: readonly string[] | undefined): readonly string[] | undefined {
  return files?.flatMap((file) => {
    const found = certificatesFrom(readTextFile(resolve(file), file));
    if (found === undefined) throw new Misconfigured([`${file}: is no certificate in PEM`]);
    return found.map(String);
  });
}

const endings = ['.pem', '.crt', '.cer', '.der', '.p12', '.pfx', '.crl'];
/** A folder with more is none of certificates. */
const filesMax = 2_000;

/** The files that are meant: each by itself, of a directory those that look like certificates, by name. @throws Misconfigured */
export function filesOf(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => {
    if (!isDirectory(path)) return [path];
    const names = readdirSync(path).filter((name) => endings.includes(extname(name).toLowerCase()));
    if (names.length > filesMax) throw new Misconfigured([`${path}: holds more than ${filesMax} files`]);
    return names.toSorted().map((name) => join(path, name));
  });
}

/** The key beside a certificate: `server.key` beside `server.pem`. */
export function keyBeside(
  path: string,
  password?: string,
): KeyObject | 'encrypted' | UnreadableFile | undefined {
  const beside = join(path, '..', `${basename(path, extname(path))}.key`);
  if (beside === path || statSync(beside, { throwIfNoEntry: false }) === undefined) return undefined;
  const found = fileAt(beside, password);
  return typeof found === 'string' ? found : (found.keys[0] ?? 'empty');
}

/** Whether others than its owner can use a file. */
export function isOpenToOthers(path: string): boolean {
  return (statSync(path).mode & 0o077) !== 0;
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw new Misconfigured([`${path}: cannot be read (${codeOf(error)})`]);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
}
