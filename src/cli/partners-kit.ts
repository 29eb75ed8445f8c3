/** `partners kit`: what a partner needs for his first call, as one file to send to him. */
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { writeFileAtomically } from '../platform/atomic-file.ts';
import { makeDirectory } from '../platform/directory.ts';
import type { Environment } from '../platform/references.ts';
import { certificateFrom } from '../platform/tls-identity.ts';
import { readArgs, type Terminal, UsageError } from './command.ts';
import { folderOf, kitFiles, type KitParts } from './onboarding/kit.ts';
import { type KnownPartner, knownPartner, partnerIdFrom } from './onboarding/known-partner.ts';
import { developmentFile, publicUrlFrom, readerOf } from './onboarding/places.ts';
import { zipped } from './onboarding/zip.ts';

const options = {
  out: { type: 'string' },
  url: { type: 'string' },
  authority: { type: 'string', multiple: true },
  certificate: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

export async function makeKit(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = readArgs(args, { options, allowPositionals: true });
  const id = partnerIdFrom(positionals);
  if (values.out === undefined) throw new UsageError('say --out DIR');
  const partner = await knownPartner(id, terminal.env);
  if (partner === undefined) throw new UsageError('nobody of this id is known here');
  const { env } = terminal;
  const file = values.certificate ?? developmentFile(env, `${id}.pem`);
  const certificate = file === undefined ? undefined : certificateFile(env, file, '--certificate');
  const parts = kitPartsFrom(partner, kitPlacesFrom(values, env), certificate);
  await tellKit(terminal, await writeKit(parts, values.out, values['dry-run']), values);
  return 0;
}

export type KitPlaces = Pick<KitParts, 'publicUrl' | 'authorities'>;

interface SaidPlaces {
  readonly url?: string | undefined;
  readonly authority?: readonly string[] | undefined;
}

/** Where he calls, and who vouches for it: what was said; in development, what is in the home. @throws UsageError, Misconfigured */
export function kitPlacesFrom({ url, authority }: SaidPlaces, env: Environment): KitPlaces {
  const own = developmentFile(env, 'ca.pem');
  const files = authority ?? (own === undefined ? [] : [own]);
  if (files.length === 0) throw new UsageError('say --authority FILE: who vouches for the bridge');
  return {
    publicUrl: publicUrlFrom(url, env),
    authorities: files.map((path) => certificateFile(env, path, '--authority')),
  };
}

/** A key that was named by mistake goes to nobody. */
function certificateFile(env: Environment, path: string, at: string): string {
  const pem = readerOf(env)(`file:${resolve(path)}`, at);
  if (pem.includes('PRIVATE KEY')) throw new UsageError(`${at} holds a private key`);
  certificateFrom(pem, at);
  return pem;
}

/** His certificate goes along where it is known (PEM). */
export function kitPartsFrom(
  partner: KnownPartner,
  places: KitPlaces,
  certificate: string | undefined,
): KitParts {
  return {
    partner,
    ...places,
    ...(certificate !== undefined && { certificate }),
    identity: identityOf(partner),
  };
}

export interface WrittenKit {
  readonly partnerId: string;
  readonly path: string;
  readonly sha256: string;
  readonly files: readonly string[];
}

/** Writes the zip, or only says what would be in it. */
export async function writeKit(parts: KitParts, out: string, dryRun: boolean): Promise<WrittenKit> {
  const files = kitFiles(parts);
  const zip = zipped(files);
  const path = join(out, `${folderOf(parts.partner.id)}.zip`);
  if (!dryRun) {
    makeDirectory(out);
    await writeFileAtomically(path, zip, 0o600);
  }
  const sha256 = createHash('sha256').update(zip).digest('hex');
  return { partnerId: parts.partner.id, path, sha256, files: [...files.keys()] };
}

export async function tellKit(
  terminal: Terminal,
  kit: WrittenKit,
  { json, 'dry-run': dryRun }: { readonly json: boolean; readonly 'dry-run': boolean },
): Promise<void> {
  if (json) return terminal.out(JSON.stringify({ ...kit, written: !dryRun }));
  const { path, sha256, files } = kit;
  await terminal.out(`${dryRun ? 'would write' : 'wrote'}: ${path}, ${files.length} files, sha256 ${sha256}`);
}

function identityOf({ identities }: KnownPartner): string {
  const names = identities.flatMap(({ fingerprint256, sanUri }) => [
    ...(fingerprint256 === undefined ? [] : [`the certificate with SHA-256 \`${fingerprint256}\``]),
    ...(sanUri === undefined ? [] : [`a certificate with the SAN URI \`${sanUri}\``]),
  ]);
  return names.join(', or ');
}
