/** What makes a booking, and a statement, the same one however many documents tell of it (ADR 13). */
import { createHash } from 'node:crypto';
import { referenceKey, type KeyedEntry } from '../statement-store.ts';
import type { Entry, IsoDate, References, StatementHeader } from '../statements/statement.ts';

/** What banks write where they have no reference. */
export function isPlaceholder(reference: string): boolean {
  return /^(NONREF|NOREF|NOTPROVIDED|NOTAVAILABLE|NONE|N\/?A|[0./-]*)$/.test(referenceKey(reference));
}

/**
 * The booking's fingerprint: SHA-256 in lower-case hex of a versioned canonical text. The servicer's reference says alone
 * which booking it is. An entry's own reference is often counted anew by the day, or is the customer's number, so the day
 * stands beside it. Without either, everything counts that two tellings of one booking have in common.
 */
export function fingerprintOf(accountKey: string, entry: Entry): string {
  const { amount, direction, reversal, kind } = entry;
  const text = JSON.stringify([
    'booking-v1',
    accountKey,
    amount.minor.toString(),
    amount.currency,
    direction,
    reversal,
    kind ?? null,
    ...distinguishing(entry),
  ]);
  return createHash('sha256').update(text).digest('hex');
}

function distinguishing(entry: Entry): readonly unknown[] {
  const { references, bookedOn = null, valueOn = null, remittance = '', counterparty = {} } = entry;
  const servicer = referenceIn(references.accountServicer);
  if (servicer !== undefined) return ['servicer', servicer];
  const own = referenceIn(references.entry);
  if (own !== undefined) return ['entry', own, bookedOn];
  const { name = '', account = '' } = counterparty;
  const words = [remittance, name, account].map(referenceKey);
  return ['dates', bookedOn, valueOn, ...words, otherReferences(references)];
}

/** Names and values in an order that no document decides. */
function otherReferences({ accountServicer: _none, entry: _nor, other, ...named }: References): unknown {
  const proprietary = Object.entries(other ?? {}).map(([name, value]) => [`other ${name}`, value] as const);
  return [...Object.entries(named), ...proprietary]
    .flatMap(([name, value]) => {
      const key = referenceIn(value);
      return key === undefined ? [] : [[name, key] as const];
    })
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function referenceIn(reference: string | undefined): string | undefined {
  return reference === undefined || isPlaceholder(reference) ? undefined : referenceKey(reference);
}

/** The entry with its identity: the n-th booking of its fingerprint, from 1. */
export function keyed(entry: Entry, fingerprint: string, occurrence: number): KeyedEntry {
  return { key: `${fingerprint}:${occurrence}`, fingerprint, entry };
}

/**
 * The statement's own identity. Banks begin anew each year with ids and sequence numbers, so the day stands in it too, and
 * pages of one statement are told apart.
 */
export function statementIdentity(
  accountKey: string,
  { kind, id, sequence = '', page, createdAt, from, to }: StatementHeader,
  closedOn: IsoDate | undefined,
): string {
  const day = closedOn ?? to?.slice(0, 10) ?? from?.slice(0, 10) ?? createdAt?.slice(0, 10) ?? '';
  return JSON.stringify([accountKey, kind, id, sequence, page?.number ?? '', day]);
}

/**
 * The row's id of a statement: a UUIDv8 of its file's id (UUIDv7) and its place in it, from 0, so that reading again finds it
 * and rows stay in the order in which files came.
 */
export function statementIdOf(fileId: string, ordinal: number): string {
  const place = ordinal.toString(16).padStart(6, '0');
  const rest = createHash('sha256').update(`${fileId}:${ordinal}`).digest('hex').slice(0, 12);
  return `${fileId.slice(0, 13)}-8${place.slice(0, 3)}-8${place.slice(3)}-${rest}`;
}
