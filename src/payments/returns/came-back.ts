import { sameMoney, type Money } from '../../ledger/money.ts';
import type { ReturnWord } from '../gateways.ts';
import type { Payment, PaymentReturn } from '../payment.ts';

/**
 * `differs`: its reference names a row of another kind or amount. `ambiguous`: it may be more than one row. `unnamed`: it
 * has a reference, and may be the row that was told without one, or another return.
 */
export type Match = 'new' | 'same' | 'differs' | 'ambiguous' | 'unnamed';

/**
 * Which row a word speaks of. A return is known by its gateway and its reference there. A word without a reference is
 * known by kind and amount instead. A row without one keeps no trace of a reference that was taken for it, so no word
 * with one is the same as it: it would swallow every later return of that kind and amount.
 */
export function matchOf(
  { returns }: Pick<Payment, 'returns'>,
  { kind, reference, amount }: ReturnWord,
  gateway: string,
): Match {
  const named = returns.find((row) => row.reference === reference && row.gateway === gateway);
  const isSame = (row: PaymentReturn): boolean => row.kind === kind && sameMoney(row.amount, amount);
  if (reference !== undefined && named !== undefined) return isSame(named) ? 'same' : 'differs';
  const alike = returns.filter(isSame);
  if (reference !== undefined) return alike.some((row) => row.reference === undefined) ? 'unnamed' : 'new';
  if (alike.length > 1) return 'ambiguous';
  return alike.length === 1 ? 'same' : 'new';
}

/** What came back in all, by the rows but for refunds: what was charged back and reversed is here again. In minor units. */
export function cameBackMinor({ returns }: Pick<Payment, 'returns'>): bigint {
  return sumOf(returns, ({ kind, amount: { minor } }) => {
    if (kind === 'refund') return 0n;
    return kind === 'chargebackReversal' ? -minor : minor;
  });
}

/** What was charged back and not reversed since, in minor units. */
export function chargedBackMinor({ returns }: Pick<Payment, 'returns'>): bigint {
  return sumOf(returns, ({ kind, amount: { minor } }) => {
    if (kind === 'chargeback') return minor;
    return kind === 'chargebackReversal' ? -minor : 0n;
  });
}

/** What of this payment's returns the player still owes us, in minor units. */
export function owedMinor({ returns }: Pick<Payment, 'returns'>): bigint {
  return sumOf(returns, ({ kind, receivableMinor }) =>
    kind === 'chargebackReversal' ? -receivableMinor : receivableMinor,
  );
}

/** What callers are told that came back, refunds included; undefined where nothing ever did. */
export function returnedAmount({ returns }: Pick<Payment, 'returns'>): Money | undefined {
  const [first] = returns;
  if (first === undefined) return undefined;
  const minor = sumOf(returns, (row) =>
    row.kind === 'chargebackReversal' ? -row.amount.minor : row.amount.minor,
  );
  return { minor, currency: first.amount.currency };
}

function sumOf(returns: readonly PaymentReturn[], minorOf: (row: PaymentReturn) => bigint): bigint {
  return returns.reduce((sum, row) => sum + minorOf(row), 0n);
}
