import { formatAmount, type Money } from '../../ledger/money.ts';
import type { Payment } from '../../payments/payment.ts';
import { transactionStatus } from '../../payments/states.ts';
import type { BreakKind } from '../recorded-breaks.ts';
import type { CoreRow } from './list.ts';
import { believedOf } from './statuses.ts';

/** What does not agree of one payment. `expected` is what the ledger has, `actual` what the core's list says. */
export interface CoreDifference {
  readonly kind: Extract<
    BreakKind,
    | 'MISSING'
    | 'UNEXPECTED'
    | 'OVER_AMOUNT'
    | 'UNDER_AMOUNT'
    | 'CURRENCY_MISMATCH'
    | 'DIRECTION_MISMATCH'
    | 'DATA_MISMATCH'
    | 'DUPLICATE'
  >;
  readonly field: 'payment' | 'amount' | 'currency' | 'direction' | 'status' | 'brand';
  readonly expected?: string;
  readonly actual?: string;
  readonly atRisk: Money;
}

/** `recent`: it differs, and what happened so shortly before the list was made may differ. */
export interface CoreComparison {
  readonly differences: readonly CoreDifference[];
  readonly recent: boolean;
}

/** What happened at this instant or later the list need not know. */
export interface CoreGrace {
  readonly recentFrom: Date;
}

export const agreeing: CoreComparison = { differences: [], recent: false };
const onlyRecent: CoreComparison = { differences: [], recent: true };

/**
 * A payment of the ledger, or none, against what the list says of it: nothing, one row, or one row and how often it stands there.
 * At least one of both is there. What never changes (amount, currency, direction, brand) is compared whatever the time is.
 */
export function compare(
  payment: Payment | undefined,
  told: { readonly row: CoreRow; readonly times: number } | undefined,
  grace: CoreGrace,
): CoreComparison {
  if (told === undefined) return payment === undefined ? agreeing : unlisted(payment, grace);
  const { row, times } = told;
  if (payment === undefined) return unknown(row, grace);
  const { amount } = payment.instruction;
  const status = statusDifference(payment, row);
  const recent = status !== undefined && changedAt(payment, row) >= grace.recentFrom;
  const differences = [
    ...moneyDifferences(payment, row),
    ...(status === undefined || recent ? [] : [status]),
    ...(times > 1
      ? [{ kind: 'DUPLICATE', field: 'payment', expected: '1', actual: `${times}`, atRisk: amount } as const]
      : []),
  ];
  return { differences, recent };
}

/** Nothing is at risk of what ended without money moving. */
function unlisted(payment: Payment, { recentFrom }: CoreGrace): CoreComparison {
  if (payment.acceptedAt >= recentFrom) return onlyRecent;
  const { amount } = payment.instruction;
  const isDead = believedOf[payment.state.name].includes('notExecuted');
  const atRisk = isDead ? { ...amount, minor: 0n } : amount;
  const expected = transactionStatus(payment);
  return { differences: [{ kind: 'MISSING', field: 'payment', expected, atRisk }], recent: false };
}

/** What was refused at the door leaves nothing in the ledger: a core that says so is right. */
function unknown({ means, amount, at }: CoreRow, { recentFrom }: CoreGrace): CoreComparison {
  if (means !== 'open' && means !== 'settled') return agreeing;
  if (at >= recentFrom) return onlyRecent;
  return {
    differences: [{ kind: 'UNEXPECTED', field: 'payment', actual: means, atRisk: amount }],
    recent: false,
  };
}

function moneyDifferences({ instruction }: Payment, row: CoreRow): readonly CoreDifference[] {
  const { amount, direction, brand } = instruction;
  const found: CoreDifference[] = [];
  if (row.direction !== direction) {
    const told = { expected: direction, actual: row.direction, atRisk: amount };
    found.push({ kind: 'DIRECTION_MISMATCH', field: 'direction', ...told });
  }
  if (row.brand !== undefined && row.brand !== brand) {
    found.push({
      kind: 'DATA_MISMATCH',
      field: 'brand',
      expected: brand,
      actual: row.brand,
      atRisk: amount,
    });
  }
  return [...found, ...amountDifference(amount, row.amount)];
}

function amountDifference(ours: Money, theirs: Money): readonly CoreDifference[] {
  if (ours.currency !== theirs.currency) {
    const told = { expected: ours.currency, actual: theirs.currency, atRisk: ours };
    return [{ kind: 'CURRENCY_MISMATCH', field: 'currency', ...told }];
  }
  const over = theirs.minor - ours.minor;
  if (over === 0n) return [];
  const told = { expected: formatAmount(ours), actual: formatAmount(theirs) };
  return over > 0n
    ? [{ kind: 'OVER_AMOUNT', field: 'amount', ...told, atRisk: { ...ours, minor: over } }]
    : [{ kind: 'UNDER_AMOUNT', field: 'amount', ...told, atRisk: { ...ours, minor: -over } }];
}

function statusDifference(payment: Payment, { means }: CoreRow): CoreDifference | undefined {
  if (believedOf[payment.state.name].includes(means)) return undefined;
  const expected = transactionStatus(payment);
  const atRisk = payment.instruction.amount;
  return { kind: 'DATA_MISMATCH', field: 'status', expected, actual: means, atRisk };
}

/** When the payment came to stand as it does, as far as its state says, or was instructed, whichever is later. */
function changedAt({ state, acceptedAt }: Payment, { at }: CoreRow): Date {
  const since = 'endedAt' in state ? state.endedAt : state.name === 'unknown' ? state.since : acceptedAt;
  return since > at ? since : at;
}
