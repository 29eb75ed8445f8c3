import { daysAfter, isoDate } from '../calendar.ts';
import {
  referenceKey,
  type ExpectedItem,
  type ItemKind,
  type RecordedStatement,
  type UnexpectedEntry,
} from '../statement-store.ts';
import type { OurAccount } from '../our-accounts.ts';

/** How long after the event money may take, by gateway, until it is missing, in days. */
export interface SettlementTerms {
  readonly reportWithinDays: number;
  readonly bankWithinDays: number;
}

/**
 * What a payment's ledger entry on a gateway's account lets us expect: in the gateway's report where it sends one, else on
 * a bank account. A debit of the gateway's account is money that comes to us.
 */
export function expectedOf(
  { entry, gateway, references }: UnexpectedEntry,
  expectedIn: ExpectedItem['expectedIn'],
  terms: SettlementTerms,
): ExpectedItem {
  const days = expectedIn === 'report' ? terms.reportWithinDays : terms.bankWithinDays;
  return {
    key: entry.postingKey,
    expectedIn,
    gateway,
    brand: entry.brand,
    direction: entry.debit === `gateway:${gateway}` ? 'CRDT' : 'DBIT',
    amount: entry.amount,
    kind: kindOf(entry.reason),
    ...(entry.paymentId !== undefined && { paymentId: entry.paymentId }),
    effectiveAt: entry.effectiveAt,
    dueOn: daysAfter(isoDate(entry.effectiveAt), days),
    references: [...new Set(references.map(referenceKey))].filter((reference) => reference !== ''),
    ...(entry.reversesPostingKey !== undefined && { reverses: entry.reversesPostingKey }),
  };
}

/** The reasons under which payments post: everything but a settlement and a dispute is money that came back. */
function kindOf(reason: string): ItemKind {
  if (reason === 'suspense') return 'suspense';
  return reason === 'deposit' || reason === 'withdrawal' ? 'payment' : 'return';
}

/**
 * What a settlement report without a line for its payout lets us expect on a bank account: the sum of its lines, less the fees.
 * Undefined where it came to nothing, or is no settlement.
 */
export function payoutOf(
  statement: RecordedStatement,
  account: OurAccount,
  terms: SettlementTerms,
): ExpectedItem | undefined {
  const { id, header, creditMinor, debitMinor, feesMinor, payouts, currency = account.currency } = statement;
  const minor = creditMinor - debitMinor - feesMinor;
  if (header.kind !== 'settlement' || account.reportOf === undefined || payouts > 0 || minor === 0n)
    return undefined;
  const on = (header.to ?? header.createdAt)?.slice(0, 10) ?? isoDate(statement.receivedAt);
  return payout(account, { id, currency, minor, on, references: [header.id] }, terms);
}

/** Money on its way from a gateway to the bank. `minor` is signed: below zero we owe it. */
export function payout(
  { name, brand, reportOf = name }: OurAccount,
  told: { id: string; currency: string; minor: bigint; on: string; references: readonly string[] },
  terms: SettlementTerms,
): ExpectedItem {
  const { id, currency, minor, on, references } = told;
  return {
    key: `payout:${name}:${id}`,
    expectedIn: 'bank',
    gateway: reportOf,
    brand,
    direction: minor > 0n ? 'CRDT' : 'DBIT',
    amount: { minor: minor < 0n ? -minor : minor, currency },
    kind: 'payout',
    effectiveAt: new Date(`${on}T00:00:00Z`),
    dueOn: daysAfter(on, terms.bankWithinDays),
    references: [...new Set(references.map(referenceKey))],
  };
}
