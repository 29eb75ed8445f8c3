/** `certs rotate server` and `certs rotate client`: our own certificates, at a door and towards a gateway. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { join, resolve } from 'node:path';
import { type AltName, altNamesOf } from '../pki/alt-names.ts';
import { type AuthorityFolder, openAuthorityFolder } from '../pki/authority-folder.ts';
import { certificatesFrom, checkIdentity } from '../pki/certificate-check.ts';
import { identityPaths, readIdentity, replaceIdentity } from '../pki/identity-files.ts';
import {
  issueCertificate,
  type IssuedCertificate,
  type IssueTerms,
  type LeafOrder,
  type LeafRole,
} from '../pki/issuing.ts';
import { type KeyKind, makeKey, plainKeyPem } from '../pki/keys.ts';
import type { ServerAddress } from '../pki/live-server.ts';
import { shownChain } from '../pki/leaf-files.ts';
import { type TrialHandshake, tryClient, tryGateway, tryServer } from '../pki/trial-handshake.ts';
import { Misconfigured } from '../platform/misconfigured.ts';
import type { TlsIdentity } from '../platform/tls.ts';
import { type Audit, withAudit } from './certs-audit.ts';
import { authoritiesFrom } from './certs-files.ts';
import { addressFrom } from './certs-inspect.ts';
import { issueTermsFrom, leafOptions, leafOrderFrom, tellTrial } from './certs-leaf.ts';
import { tellRefusal } from './certs-refusals.ts';
import { requireServed, servedNow, servedOptions } from './certs-served.ts';
import { actTerms, folderFrom, keyKindFrom } from './certs-terms.ts';
import { tellDone } from './certs-told.ts';
import { readArgs, type Terminal, UsageError } from './command.ts';
import { reasonFor } from './failure.ts';

/** Without whose it is: these are ours, and a partner's name in one of them would let us in as him. */
const { partner: _partners, ...ourLeaf } = leafOptions;

const options = {
  ...ourLeaf,
  ...servedOptions,
  key: { type: 'string' },
  name: { type: 'string' },
  authority: { type: 'string', multiple: true },
  against: { type: 'string' },
  'against-authority': { type: 'string', multiple: true },
} as const;

export type RotationValues = ReturnType<typeof readRotation>;

const trialTimeoutMs = 10_000;

export async function rotateIdentity(
  role: LeafRole,
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const values = readRotation(args);
  const stem = join(resolve(values.out), fileNameFrom(values.name, role));
  const against = gatewayFrom(role, values);
  requireServed(terminal, values);
  const folder = openAuthorityFolder(folderFrom(values));
  const order = {
    ...orderFrom(role, values, await namesBefore(stem)),
    keyKind: keyKindFrom(values.key, 'rsa-2048'),
  };
  const terms = await issueTermsFrom(terminal, folder, values);
  const { present } = identityPaths(stem);
  if (values['dry-run'] === true) {
    return tellTrial(terminal, values, {
      order,
      terms,
      did: 'issued',
      files: [present.certificate, present.key],
    });
  }
  const trial = trialFrom({ role, against }, values, folder);
  return withAudit(terminal, values, async (audit) => {
    const next = await issueNext(folder, order, terms);
    if ('refused' in next) return tellRefusal(terminal, next);
    await audit.tell([next.issued.act]);
    const unfit = checkIdentity(next.identity, {
      purpose: `${role}Auth`,
      now: terms.now,
      authorities: trial.authorities,
    });
    if (unfit.length > 0) return tellRefusal(terminal, { refused: 'unfit', findings: unfit });
    const handshakes = await trial.shake(next.identity, terms.now);
    if (handshakes.some(({ failed }) => failed !== undefined))
      return tellFailed(terminal, next.issued, handshakes);
    await replaceIdentity(stem, next.identity);
    await writeDown(terminal, { folder, audit, values }, next.issued);
    return tellRotated(terminal, { values, audit, stem, ...next, handshakes });
  });
}

function readRotation(args: readonly string[]) {
  return readArgs(args, { options }).values;
}

/** Beside --out: the name of both files, without their endings. */
function fileNameFrom(text: string | undefined, role: LeafRole): string {
  if (text === undefined) return role;
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(text)) return text;
  throw new UsageError('--name is the name of its files without their endings: letters, digits, _ and -');
}

async function namesBefore(stem: string): Promise<readonly AltName[]> {
  const before = await readIdentity(identityPaths(stem).present);
  if (before === undefined) return [];
  if (certificatesFrom(before.certificate) === undefined)
    throw new Misconfigured([`${stem}.pem: cannot be read; say its names: --dns, --ip or --uri`]);
  return altNamesOf(before.certificate);
}

/** The names of the certificate before, unless others are said. */
function orderFrom(role: LeafRole, values: RotationValues, before: readonly AltName[]): LeafOrder {
  const order = leafOrderFrom(role, values);
  return order.names.length > 0 ? order : { ...order, names: before };
}

interface Trial {
  readonly authorities: readonly string[];
  readonly shake: (identity: TlsIdentity, now: Date) => Promise<readonly TrialHandshake[]>;
}

function gatewayFrom(role: LeafRole, { against }: RotationValues): ServerAddress | undefined {
  if (against === undefined) return undefined;
  const address = role === 'client' ? addressFrom(against) : undefined;
  if (address === undefined)
    throw new UsageError('--against is HOST:PORT of the gateway that a client is tried at');
  return address;
}

/** The other side has the root, unless the command says what else it has. */
function trialFrom(
  { role, against }: { readonly role: LeafRole; readonly against: ServerAddress | undefined },
  values: RotationValues,
  folder: AuthorityFolder,
): Trial {
  const authorities = authoritiesFrom(values.authority) ?? [folder.certificates.root];
  const its = authoritiesFrom(values['against-authority']);
  if (against !== undefined) {
    const gateway = its && { authorities: its };
    return {
      authorities,
      shake: (identity) => tryGateway(against, { identity, ...gateway }, trialTimeoutMs),
    };
  }
  const shake = role === 'server' ? tryServer : tryClient;
  const terms = { authorities, timeoutMs: trialTimeoutMs };
  return { authorities, shake: (identity, now) => shake(identity, { ...terms, now }) };
}

interface Next {
  readonly identity: TlsIdentity;
  readonly issued: IssuedCertificate;
}

/** The key is nowhere but here until the trial is over. */
async function issueNext(
  folder: AuthorityFolder,
  { keyKind, ...order }: LeafOrder & { readonly keyKind: KeyKind },
  terms: IssueTerms,
): Promise<Next | { readonly refused: Parameters<typeof tellRefusal>[1]['refused'] }> {
  const key: KeyObject = await makeKey(keyKind);
  const asked = { ...order, publicKey: createPublicKey(key), how: 'issued' } as const;
  const issued = await issueCertificate(folder, asked, terms);
  if ('refused' in issued) return issued;
  return { issued, identity: { certificate: shownChain(issued), key: plainKeyPem(key) } };
}

function tellFailed(
  terminal: Terminal,
  { entry }: IssuedCertificate,
  handshakes: readonly TrialHandshake[],
): number {
  const failed = handshakes.filter((one) => one.failed !== undefined);
  const told = failed.map((one) => `${one.version} ${one.failed}`).join(', ');
  terminal.err(
    `cagebridge: the trial failed (${told}): nothing was written, and the key of ${entry.serialNumber} is thrown away`,
  );
  return 1;
}

interface Acting {
  readonly folder: AuthorityFolder;
  readonly audit: Audit;
  readonly values: RotationValues;
}

/** The files are replaced by now: to fail for want of a note would make somebody rotate twice. */
async function writeDown(
  terminal: Terminal,
  { folder, audit, values }: Acting,
  { entry }: IssuedCertificate,
): Promise<void> {
  const terms = actTerms(values.reason, 'a rotation')();
  const act = { ...terms, kind: 'rotated', fingerprint256: entry.fingerprint256 } as const;
  try {
    await folder.change((writing) => writing.record(act));
  } catch (error) {
    terminal.err(reasonFor(error));
    terminal.err(`cagebridge: it is done; only the note of it is missing in the folder's record`);
  }
  await audit.tell([act]);
}

interface Rotated extends Next {
  readonly values: RotationValues;
  readonly audit: Audit;
  readonly stem: string;
  readonly handshakes: readonly TrialHandshake[];
}

async function tellRotated(
  terminal: Terminal,
  { values, audit, stem, issued, handshakes }: Rotated,
): Promise<number> {
  const { present, previous } = identityPaths(stem);
  const served = await servedNow(terminal, values, issued.entry.fingerprint256);
  const notes = [
    ...handshakes.map(({ version }) => ['tried', `${version} shakes hands`] as const),
    ['before', `the one before is ${previous.certificate}`] as const,
    ...served.notes,
  ];
  const done = {
    did: 'rotated',
    certificates: [issued.entry],
    files: [present.certificate, present.key],
    notes,
    facts: { handshakes, ...served.facts },
  };
  await tellDone(terminal, values, done, audit);
  return served.isWell ? 0 : 1;
}
