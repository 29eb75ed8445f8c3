/** What a person changes of a partner, over direct access to the ledger: whoever has that is trusted with it. */
import { userInfo } from 'node:os';
import { readLedgerConfig } from '../../config.ts';
import { conflictingPartners, type RosterFault, unusablePartners } from '../../inbound/partner-roster.ts';
import { formatAmount } from '../../ledger/money.ts';
import type { CertificateName, Partner } from '../../payments/partners.ts';
import type { LeafPaths } from '../../pki/leaf-files.ts';
import type { CertificateActKind, PartnerRevision, PartnerStore } from '../../payments/partner-store.ts';
import { systemClock } from '../../platform/clock.ts';
import { createIds } from '../../platform/ids.ts';
import { openStores } from '../../store/open.ts';
import { type Terminal, UsageError } from '../command.ts';

/** What an act comes to, or one sentence that says why it comes to nothing. */
export type Change =
  | {
      readonly partner: Partner;
      readonly acts?: readonly CertificateTold[];
      /** Whose word counts from now on: a person's where nothing is said. */
      readonly origin?: PartnerRevision['origin'];
      /** What the person who does it should know beside: a sentence each. */
      readonly notes?: readonly string[];
    }
  | string;

/** What was done with a certificate of his, for the audit. */
export interface CertificateTold {
  /** Where another record has it already. */
  readonly id?: string;
  readonly kind: CertificateActKind;
  readonly fingerprint256: string;
  readonly serialNumber: string;
}

export interface Act {
  readonly partnerId: string;
  readonly reason: string;
  readonly dryRun: boolean;
}

export interface Changed {
  readonly partner: Partner;
  readonly revision: number;
  readonly subject: string;
  readonly written: boolean;
  readonly notes: readonly string[];
  /** With whom he shares a certificate, a URI or a token, because somebody else was added at the same moment. */
  readonly conflicts: readonly string[];
}

const ids = createIds({ clock: systemClock });

/** The account of the operating system that runs the command. */
export function subjectOf(): string {
  return `os:${userInfo().username}`;
}

const reasonCharactersMax = 200;

/** @throws UsageError: an act without a reason is nobody's */
export function reasonFrom(text: string | undefined): string {
  const reason = text?.trim() ?? '';
  if (!/^\P{Cc}+$/u.test(reason) || reason.length > reasonCharactersMax) {
    throw new UsageError(`--reason says why, in one line of at most ${reasonCharactersMax} characters`);
  }
  return reason;
}

/** Opens the ledger for as long as the work takes. */
export async function withPartners<T>(
  { env }: Pick<Terminal, 'env'>,
  work: (store: PartnerStore) => Promise<T>,
): Promise<T> {
  const { ledger, partners } = await openStores(readLedgerConfig(env).ledger);
  try {
    return await work(partners);
  } finally {
    await ledger.close();
  }
}

export const nobodyOfThisId =
  'there is no partner of this id in the ledger (cagebridge partners list tells who there is)';
/** Nothing was written. */
export const changedMeanwhile = 'somebody else has changed this partner meanwhile: look again';

/**
 * Decides what becomes of a partner as he stands in the ledger, holds it against all the others, and adds it as his next
 * revision. A sentence says why nothing was written.
 */
export async function changePartner(
  store: PartnerStore,
  { partnerId, reason, dryRun }: Act,
  decide: (before: PartnerRevision | undefined, now: Date) => Promise<Change> | Change,
): Promise<Changed | string> {
  const all = await store.partners();
  const before = all.find(({ partner }) => partner.id === partnerId);
  const at = systemClock.now();
  const change = await decide(before, at);
  if (typeof change === 'string') return change;
  const { partner, acts = [], origin = 'person', notes = [] } = change;
  // Nobody is kept in because of what is wrong with him: it is asked again when he is let in.
  const faults = partner.enabled ? [...unusablePartners([partner]), ...conflictsOf(partner, all, at)] : [];
  if (faults.length > 0) return faults.map(faultSentence).join('; ');
  const revision = (before?.revision ?? 0) + 1;
  const subject = subjectOf();
  const told = { partner, revision, subject, notes };
  if (dryRun) return { ...told, written: false, conflicts: [] };
  const row = { id: ids.uuid(), partner, revision, origin, subject, reason, at };
  if ((await store.addRevision(row)) === 'stale') return changedMeanwhile;
  for (const act of acts) {
    await store.recordCertificateAct({ id: ids.uuid(), ...act, subject, reason, partnerId, at });
  }
  // Another partner may have been added between the look and the row: no index of the database knows of windows.
  const conflicts = partner.enabled ? conflictsOf(partner, await store.partners(), at) : [];
  return { ...told, written: true, conflicts: conflicts.map(faultSentence) };
}

/** Only conflicts in which this partner has a part: others were there before. A window that is over opens no more. */
function conflictsOf(partner: Partner, all: readonly PartnerRevision[], now: Date): readonly RosterFault[] {
  const others = all.map((one) => one.partner).filter(({ id }) => id !== partner.id);
  return others.flatMap((other) => conflictingPartners([living(other, now), living(partner, now)]));
}

function living(partner: Partner, now: Date): Partner {
  const identities = partner.identities.filter(({ notAfter }) => notAfter === undefined || notAfter > now);
  return { ...partner, identities };
}

function faultSentence({ partnerIds, fault }: RosterFault): string {
  return `${partnerIds.join(' and ')}: ${sentences[fault]}`;
}

const sentences: Readonly<Record<RosterFault['fault'], string>> = {
  sameId: 'have the same id',
  sameFingerprint: 'have the same certificate at one time',
  sameSanUri: 'have the same SAN URI at one time',
  sameToken: 'have the same token',
  noIssuer: 'names no authority that issues his certificates',
  badIssuer: 'names an authority that is none',
  issuerWithoutRoot: 'names an authority without those above it, up to a root',
  noIdentity: 'has no certificate',
  namelessIdentity: 'has a certificate without a name',
};

export interface Told {
  readonly json: boolean;
  /** Where a key and a certificate were written. */
  readonly paths?: LeafPaths | undefined;
  /** What else is told to machines. */
  readonly more?: object;
}

/** Why a certificate that somebody brings cannot stand for anybody any more. */
export async function denialOf(
  store: Pick<PartnerStore, 'denials'>,
  { fingerprint256, serialNumber, issuerHash }: CertificateName,
): Promise<string | undefined> {
  const denials = await store.denials();
  const denied = denials.some(({ certificate }) =>
    'fingerprint256' in certificate
      ? certificate.fingerprint256 === fingerprint256
      : certificate.serialNumber === serialNumber && certificate.issuerHash === issuerHash,
  );
  return denied ? 'the certificate was revoked, which is for ever' : undefined;
}

/** Tells what came of it; the exit code. */
export async function tellChanged(
  terminal: Terminal,
  done: string,
  changed: Changed | string,
  { json, paths, more }: Told,
): Promise<number> {
  if (typeof changed === 'string') {
    terminal.err(`cagebridge: ${changed}`);
    return 1;
  }
  const { partner, revision, subject, written, notes, conflicts } = changed;
  const code = tellConflicts(terminal, changed);
  if (json) {
    const told = { done, written, revision, subject, ...paths, partner: partnerTold(partner), ...more };
    await terminal.out(JSON.stringify({ ...told, notes, conflicts }));
    return code;
  }
  await terminal.out(
    `${written ? '' : 'would be '}${done}: ${partner.id}, revision ${revision}, by ${subject}`,
  );
  if (paths !== undefined) {
    await terminal.out(`his key, for him alone: ${paths.key}; his certificate: ${paths.certificate}`);
  }
  for (const note of notes) await terminal.out(note);
  return code;
}

/** At the door such a certificate is nobody's, which is safe; whoever made it so has to know at once. */
function tellConflicts(terminal: Terminal, { partner, conflicts }: Changed): number {
  if (conflicts.length === 0) return 0;
  for (const conflict of conflicts) {
    terminal.err(
      `cagebridge: ${conflict}: both were written at the same moment, and neither is let in by it`,
    );
  }
  terminal.err(
    `cagebridge: give one of them another certificate: partners rotate ${partner.id} CERTIFICATE --overlap-days 0 --reason TEXT`,
  );
  return 1;
}

/** A partner for machines: authorities and tokens are counted, limits are decimal text by currency. */
export function partnerTold({ issuers, tokenDigests, amountMax, ...more }: Partner) {
  const limits = amountMax.map((money) => [money.currency, formatAmount(money)] as const);
  return {
    ...more,
    issuers: issuers.length,
    tokens: tokenDigests.length,
    amountMax: Object.fromEntries(limits) as Readonly<Record<string, string>>,
  };
}
