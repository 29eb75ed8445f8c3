/** What the commands below `cagebridge certs` have in common: their options, and how they are read. */
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { AltName } from '../pki/alt-names.ts';
import type { ActTerms } from '../pki/authority-record.ts';
import { type KeyKind, keyKinds } from '../pki/keys.ts';
import { systemClock } from '../platform/clock.ts';
import { createIds } from '../platform/ids.ts';
import { Misconfigured } from '../platform/misconfigured.ts';
import { resolveReference } from '../platform/references.ts';
import { readTextFile } from '../platform/text-file.ts';
import { type Terminal, UsageError } from './command.ts';

/** Of every command that reads an authority's folder. */
export const folderOptions = { ca: { type: 'string', default: 'ca' }, json: { type: 'boolean' } } as const;

/** Of every command that does something. */
export const actOptions = {
  ...folderOptions,
  passphrase: { type: 'string' },
  reason: { type: 'string' },
  'dry-run': { type: 'boolean' },
  'no-ledger': { type: 'boolean' },
} as const;

/** Of every command that puts names into a certificate. */
export const nameOptions = {
  dns: { type: 'string', multiple: true },
  ip: { type: 'string', multiple: true },
  uri: { type: 'string', multiple: true },
} as const;

export interface NameValues {
  readonly dns?: readonly string[];
  readonly ip?: readonly string[];
  readonly uri?: readonly string[];
}

export function namesFrom({ dns = [], ip = [], uri = [] }: NameValues): readonly AltName[] {
  return [...named('dns', dns), ...named('ip', ip), ...named('url', uri)];
}

function named(type: AltName['type'], values: readonly string[]): AltName[] {
  return values.map((value) => ({ type, value }));
}

/** The folder as an absolute path. */
export function folderFrom({ ca }: { readonly ca: string }): string {
  return resolve(ca);
}

const passphraseCharactersMin = 12;

/** The passphrase that an option refers to. It is never an argument: those stand in lists of processes. */
export function passphraseFrom(reference: string | undefined, { env }: Terminal, option: string): string {
  if (reference === undefined) throw new UsageError(`say ${option} env:NAME or ${option} file:PATH`);
  const place = { reference, at: option, kind: 'secret' } as const;
  const passphrase = resolveReference(place, { env, home: process.cwd() }).replace(/\r?\n$/, '');
  if (passphrase.length >= passphraseCharactersMin) return passphrase;
  throw new Misconfigured([`${option}: has less than ${passphraseCharactersMin} characters`]);
}

/** The text of a file that was named on the command line. @throws Misconfigured where it cannot be read */
export function textOf(path: string): string {
  return readTextFile(resolve(path), path);
}

/** A whole number of days from 1 to `max`. */
export function daysFrom(
  text: string | undefined,
  option: string,
  { or, max }: { or: number; max: number },
): number {
  if (text === undefined) return or;
  const days = /^[1-9][0-9]{0,4}$/.test(text) ? Number(text) : Infinity;
  if (days > max) throw new UsageError(`${option} is a number of days, 1 to ${max}`);
  return days;
}

export function keyKindFrom(text: string | undefined, or: KeyKind): KeyKind {
  if (text === undefined) return or;
  const kind = keyKinds.find((one) => one === text);
  if (kind === undefined) throw new UsageError(`--key is one of ${keyKinds.join(', ')}`);
  return kind;
}

/** As the configuration has it. */
export function partnerIdFrom(text: string | undefined): string | undefined {
  if (text === undefined || /^[a-z0-9][a-z0-9-]{0,34}$/.test(text)) return text;
  throw new UsageError("--partner is the partner's id: a-z, 0-9 and -, at most 35");
}

const reasonMax = 200;
export const ids = createIds({ clock: systemClock });

/** Who does it, now, and why: whoever the operating system says he is. */
export function actTerms(reason: string | undefined, or: string, option = '--reason'): () => ActTerms {
  const said = reason ?? or;
  if (!/^[^\p{Cc}]+$/u.test(said) || said.length > reasonMax) {
    throw new UsageError(`${option} is one line of at most ${reasonMax} characters`);
  }
  const subject = `os:${userInfo().username}`;
  return () => ({ id: ids.uuid(), at: systemClock.now(), subject, reason: said });
}
