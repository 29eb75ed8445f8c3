import { resolve } from 'node:path';
import { Misconfigured } from './misconfigured.ts';
import { fileStamp, readTextFile } from './text-file.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a variable says. An empty one is not set: it is how a unit file or a compose file leaves one out. */
export function variable(env: Environment, name: string): string | undefined {
  return env[name] === '' ? undefined : env[name];
}

export interface References {
  readonly env: Environment;
  /** Where relative paths start. */
  readonly home: string;
}

/** Reads a reference; `at` is its place, for the error. A file with a secret in it may be for its owner alone. */
export type ReadReference = (reference: string, at: string, kind?: 'secret') => string;

/**
 * What the reference at `at` stands for: `env:NAME` a variable of the environment, `file:PATH` the text of a file. A
 * secret is never a value in a configuration, so anything else is refused.
 * @throws Misconfigured where it leads nowhere, naming the place and the reference, never what it holds.
 */
export function resolveReference(
  { reference, at, kind }: { reference: string; at: string; kind?: 'secret' | 'bytes' },
  { env, home }: References,
): string {
  const { scheme, place } = partsOf(reference);
  if (scheme === undefined)
    throw new Misconfigured([`${at}: is not a reference: write env:NAME or file:PATH`]);
  if (scheme === 'file') return readTextFile(resolve(home, place), `${at}: the file ${place}`, kind);
  const value = variable(env, place);
  if (value === undefined) throw new Misconfigured([`${at}: the variable ${place} is not set`]);
  return value;
}

/**
 * Differs once what the reference stands for may have changed: a variable never does. Undefined where nobody can say
 * without reading it.
 */
export function referenceStamp(reference: string, home: string, now: Date): string | undefined {
  const { scheme, place } = partsOf(reference);
  if (scheme === 'env') return reference;
  return scheme === 'file' ? fileStamp(resolve(home, place), now) : undefined;
}

function partsOf(reference: string): { readonly scheme?: string; readonly place: string } {
  const [, scheme, place = ''] = /^(env|file):(.+)$/s.exec(reference) ?? [];
  return { ...(scheme !== undefined && { scheme }), place };
}
