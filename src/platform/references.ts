import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Misconfigured } from './misconfigured.ts';

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

/**
 * What the reference at `at` stands for: `env:NAME` a variable of the environment, `file:PATH` the text of a file. A
 * secret is never a value in a configuration, so anything else is refused.
 * @throws Misconfigured where it leads nowhere, naming the place and the reference, never what it holds.
 */
export function resolveReference(reference: string, at: string, { env, home }: References): string {
  const [, kind, place = ''] = /^(env|file):(.+)$/s.exec(reference) ?? [];
  if (kind === undefined) throw new Misconfigured([`${at}: is not a reference: write env:NAME or file:PATH`]);
  if (kind === 'file') return readText(resolve(home, place), `${at}: the file ${place}`);
  const value = variable(env, place);
  if (value === undefined) throw new Misconfigured([`${at}: the variable ${place} is not set`]);
  return value;
}

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new Misconfigured([`${what} cannot be read (${code})`]);
  }
}
