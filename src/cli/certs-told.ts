/** How a command below `cagebridge certs` says what it did, or would do. */
import { relative } from 'node:path';
import type { InventoryEntry } from '../pki/authority-record.ts';
import type { Audit } from './certs-audit.ts';
import type { Terminal } from './command.ts';

export interface Done {
  /** One word: `issued`, `signed`, ... */
  readonly did: string;
  readonly certificates: readonly Omit<InventoryEntry, 'issuedAt'>[];
  /** Files that were written, or would be. */
  readonly files: readonly string[];
  /** What else people should read: a word and its sentence. */
  readonly notes?: readonly (readonly [string, string])[];
  /** What else machines are told. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

interface Asked {
  readonly json?: boolean;
  readonly 'dry-run'?: boolean;
}

/** One document for machines; a few lines for people. */
export async function tellDone(
  terminal: Terminal,
  { json = false, 'dry-run': dry = false }: Asked,
  { did, certificates, files, notes = [], facts = {} }: Done,
  audit?: Pick<Audit, 'place' | 'sentence'>,
): Promise<number> {
  if (json) {
    const views = certificates.map((entry) => certificateView(entry));
    const document = { did: dry ? 'nothing' : did, dryRun: dry, certificates: views, files, ...facts };
    await terminal.out(JSON.stringify(audit === undefined ? document : { ...document, audit: audit.place }));
    return 0;
  }
  if (dry) await terminal.out('dry run  nothing is written');
  for (const entry of certificates) {
    for (const [word, text] of certificateLines(entry, dry ? `would be ${did}` : did))
      await say(terminal, word, text);
  }
  for (const file of files) await say(terminal, dry ? 'file' : 'wrote', shortest(file));
  for (const [word, sentence] of notes) await say(terminal, word, sentence);
  if (audit !== undefined && !dry) await say(terminal, 'audit', audit.sentence);
  return 0;
}

async function say(terminal: Terminal, word: string, text: string): Promise<void> {
  await terminal.out(`${word.padEnd(8)} ${text}`);
}

/** As people type it. */
function shortest(path: string): string {
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
}

function certificateLines(
  { serialNumber, fingerprint256, role, partnerId, names, notAfter }: Omit<InventoryEntry, 'issuedAt'>,
  did: string,
): readonly (readonly [string, string])[] {
  const whose = partnerId === undefined ? '' : ` of ${partnerId}`;
  return [
    [did, `${role} certificate${whose}`],
    ...(serialNumber === ''
      ? []
      : ([
          ['serial', serialNumber],
          ['sha-256', fingerprint256],
        ] as const)),
    ...(names.length === 0 ? [] : ([['names', names.join(', ')]] as const)),
    ['until', notAfter.toISOString()],
  ];
}

/** What machines are told of a certificate. */
export function certificateView({
  serialNumber,
  fingerprint256,
  issuerHash,
  role,
  partnerId,
  names,
  notBefore,
  notAfter,
  how,
  revoked,
}: Omit<InventoryEntry, 'issuedAt'>): object {
  return {
    serialNumber,
    fingerprint256,
    issuerHash,
    role,
    ...(partnerId !== undefined && { partnerId }),
    names,
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
    how,
    ...(revoked !== undefined && { revoked: { at: revoked.at.toISOString(), reason: revoked.reason } }),
  };
}
