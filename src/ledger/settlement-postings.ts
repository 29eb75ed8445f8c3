import {
  bankAccount,
  feesAccount,
  fxAccount,
  gatewayAccount,
  suspenseAccount,
  transitAccount,
} from './accounts.ts';
import type { Posting } from './entries.ts';
import type { Money } from './money.ts';

/**
 * Which accounts the later way of the money goes through, from the gateway to the bank: the rows of design 7 that begin
 * with a report or a statement. CRDT is money that comes to us, DBIT money that leaves.
 */

type Direction = 'CRDT' | 'DBIT';

/** A line of a gateway's report. `feeMinor` is what it kept for itself; below zero where it gave some back. */
export interface ReportedSettlement {
  readonly gateway: string;
  readonly direction: Direction;
  /** What the ledger has on the gateway's account. */
  readonly gross: Money;
  readonly feeMinor: bigint;
}

/** What is on its way to the bank after fees, signed: above zero it comes to us. */
export function netMinor({ direction, gross, feeMinor }: Omit<ReportedSettlement, 'gateway'>): bigint {
  return (direction === 'CRDT' ? gross.minor : -gross.minor) - feeMinor;
}

/** Settlement net and fee: debit transit and fees, credit gateway. A negative net the other way round, fees unchanged. */
export function settlementReported(reported: ReportedSettlement): Posting[] {
  const { gateway, gross, feeMinor } = reported;
  const account = gatewayAccount(gateway);
  const { currency } = gross;
  return [
    ...signed({ minor: netMinor(reported), currency, debit: transitAccount(gateway), credit: account }),
    ...signed({ minor: feeMinor, currency, debit: feesAccount(gateway), credit: account }),
  ];
}

/** A settlement on the bank statement: in, debit bank and credit transit; out, the other way round. */
export function settlementBooked(booked: {
  readonly account: string;
  readonly gateway: string;
  readonly direction: Direction;
  readonly amount: Money;
}): Posting[] {
  return [inOrOut(booked, transitAccount(booked.gateway))];
}

/** A bank's fee: debit fees, credit bank. One that is given back, the other way round. */
export function bankFeeBooked(booked: {
  readonly account: string;
  readonly direction: Direction;
  readonly amount: Money;
}): Posting[] {
  return [inOrOut(booked, feesAccount(booked.account))];
}

/** A booking that nothing of ours explains: in, debit bank and credit suspense; out, the other way round. */
export function unmatchedBooked(booked: {
  readonly account: string;
  readonly direction: Direction;
  readonly amount: Money;
}): Posting[] {
  return [inOrOut(booked, suspenseAccount)];
}

/** An amount that becomes one of another currency on the account where it stands: two postings of one group, through fx. */
export function converted({
  account,
  from,
  to,
}: {
  readonly account: string;
  readonly from: Money;
  readonly to: Money;
}): Posting[] {
  return [
    { debit: fxAccount, credit: account, amount: from },
    { debit: account, credit: fxAccount, amount: to },
  ];
}

function inOrOut(
  { account, direction, amount }: { account: string; direction: Direction; amount: Money },
  other: string,
): Posting {
  const bank = bankAccount(account);
  return direction === 'CRDT'
    ? { debit: bank, credit: other, amount }
    : { debit: other, credit: bank, amount };
}

/** Nothing for nothing; the other way round below zero. */
function signed({
  minor,
  currency,
  debit,
  credit,
}: {
  minor: bigint;
  currency: string;
  debit: string;
  credit: string;
}): Posting[] {
  if (minor === 0n) return [];
  if (minor > 0n) return [{ debit, credit, amount: { minor, currency } }];
  return [{ debit: credit, credit: debit, amount: { minor: -minor, currency } }];
}
