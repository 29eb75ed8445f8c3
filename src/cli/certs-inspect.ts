/** `certs inspect`: what a file holds, or what a server shows. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { certificateView, type View, viewsOf } from '../pki/inspection.ts';
import { type Handshake, type LiveServer, lookAtServer } from '../pki/live-server.ts';
import { resolveReference } from '../platform/references.ts';
import { tlsIdentity } from '../platform/tls-identity.ts';
import { authoritiesFrom, fileAt, filePasswordFrom, unreadableSentences } from './certs-files.ts';
import { readArgs, type Terminal, UsageError } from './command.ts';

const options = {
  passphrase: { type: 'string' },
  authority: { type: 'string', multiple: true },
  servername: { type: 'string' },
  certificate: { type: 'string' },
  key: { type: 'string' },
  json: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof readInspection>['values'];

const handshakeTimeoutMs = 10_000;

/** 0 where everything could be read, and where the server is believed. */
export async function inspect(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = readInspection(args);
  const [what, ...more] = positionals;
  if (what === undefined || more.length > 0) throw new UsageError('say one file, or HOST:PORT');
  const server = addressFrom(what);
  if (existsSync(what) || server === undefined) return inspectFile(what, values, terminal);
  return inspectServer(server, values, terminal);
}

function readInspection(args: readonly string[]) {
  return readArgs(args, { options, allowPositionals: true });
}

/** `host:port` and `[::1]:port`. */
export function addressFrom(text: string): { readonly host: string; readonly port: number } | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s/:]+)):(\d{1,5})$/.exec(text) ?? [];
  const [host, port] = [bracketed ?? plain, Number(digits)];
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}

async function inspectFile(path: string, values: Values, terminal: Terminal): Promise<number> {
  const found = fileAt(path, filePasswordFrom(values.passphrase, terminal));
  if (typeof found === 'string') {
    terminal.err(`cagebridge: ${path}: ${unreadableSentences[found]} (${found})`);
    return 1;
  }
  const views = await viewsOf(found);
  if (values.json === true)
    await terminal.out(JSON.stringify({ file: path, format: found.format, holds: views }));
  else await terminal.out([`${path}: ${found.format}`, ...views.map((view) => block(view))].join('\n\n'));
  return 0;
}

async function inspectServer(
  address: { readonly host: string; readonly port: number },
  values: Values,
  terminal: Terminal,
): Promise<number> {
  const identity = identityFrom(values, terminal);
  const authorities = authoritiesFrom(values.authority);
  const live = await lookAtServer({
    ...address,
    timeoutMs: handshakeTimeoutMs,
    ...(authorities && { authorities }),
    ...(identity && { identity }),
    ...(values.servername !== undefined && { servername: values.servername }),
  });
  const chain = live.chain.map(certificateView);
  if (values.json === true)
    await terminal.out(JSON.stringify({ ...address, handshakes: live.handshakes, chain }));
  else await terminal.out([handshakeLines(address, live), ...chain.map(block)].join('\n\n'));
  return live.handshakes.some(isBelieved) ? 0 : 1;
}

function isBelieved({ failed, refused }: Handshake): boolean {
  return failed === undefined && refused === undefined;
}

function identityFrom({ certificate, key }: Values, { env }: Terminal) {
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined || key === undefined) throw new UsageError('say --certificate and --key');
  const references = { certificate: `file:${resolve(certificate)}`, key: `file:${resolve(key)}` };
  return tlsIdentity(references, 'the client', (reference, at, kind) =>
    resolveReference({ reference, at, ...(kind && { kind }) }, { env, home: process.cwd() }),
  );
}

function handshakeLines({ host, port }: { host: string; port: number }, { handshakes }: LiveServer): string {
  const told = handshakes.map((handshake) => {
    const { version, cipher = '', refused, failed } = handshake;
    if (failed !== undefined) return row(version, `no handshake (${failed})`);
    return row(version, `${cipher}, ${refused === undefined ? 'believed' : `not believed (${refused})`}`);
  });
  return [`${host}:${port}`, ...told].join('\n');
}

function row(word: string, text: string): string {
  return `  ${word.padEnd(11)} ${text}`;
}

function block(view: View): string {
  const { kind, ...facts } = view;
  return [
    kind,
    ...Object.entries(facts).map(([word, fact]) => row(labels[word] ?? word, factText(fact))),
  ].join('\n');
}

const labels: Readonly<Record<string, string>> = {
  serialNumber: 'serial',
  fingerprint256: 'sha-256',
  issuerHash: 'issuer hash',
  notBefore: 'from',
  notAfter: 'until',
  isAuthority: 'authority',
  pathLength: 'path length',
  isProved: 'key proved',
  thisUpdate: 'made',
  nextUpdate: 'next',
  revokedCount: 'revoked',
};

function factText(fact: unknown): string {
  if (fact instanceof Date) return fact.toISOString();
  if (Array.isArray(fact)) return fact.length === 0 ? 'none' : fact.join(', ');
  if (typeof fact === 'boolean') return fact ? 'yes' : 'no';
  return String(fact);
}
