/** Where a partner calls us, and where files are: in development everything is in the home. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readLedgerConfig } from '../../config.ts';
import { isDevelopment } from '../../config/development.ts';
import { readSettings } from '../../config/settings.ts';
import { paymentsPath } from '../../inbound/soap/contract.ts';
import { type Environment, type ReadReference, resolveReference } from '../../platform/references.ts';
import { UsageError } from '../command.ts';

/** A certificate or key of the development home; undefined outside development, and where there is none. */
export function developmentFile(env: Environment, name: string): string | undefined {
  const path = join(readLedgerConfig(env).home, 'certs', name);
  return isDevelopment(env) && existsSync(path) ? path : undefined;
}

export function readerOf(env: Environment): ReadReference {
  const { home } = readLedgerConfig(env);
  return (reference, at, kind) => resolveReference({ reference, at, ...(kind && { kind }) }, { env, home });
}

/**
 * The public URL of the SOAP door, without the path of the service: what was said, with the path or without it; in
 * development, the door of this machine. @throws UsageError
 */
export function publicUrlFrom(said: string | undefined, env: Environment): string {
  const text = said ?? configuredUrl(env);
  if (!/^https:\/\/[^\s?#@]+$/.test(text) || !URL.canParse(text)) {
    throw new UsageError('--url is an https address');
  }
  const { origin, pathname } = new URL(text);
  const path = pathname.endsWith(paymentsPath) ? pathname.slice(0, -paymentsPath.length) : pathname;
  return `${origin}${path.replace(/\/$/, '')}`;
}

function configuredUrl(env: Environment): string {
  if (!isDevelopment(env)) throw new UsageError('say --url https://...');
  const { publicUrl, doors } = readSettings(env);
  return publicUrl ?? `https://localhost:${doors.soap.port}`;
}
