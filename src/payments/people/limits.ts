import type { Money } from '../../ledger/money.ts';
import type { LimitCheck, LimitScope } from '../ledger-store.ts';
import type { Direction, Instruction } from '../payment.ts';

/**
 * How much may be paid without anybody looking. Of one payment, or of all that a partner, a brand or a player was granted in
 * 24 hours; what is above is refused, or waits for approval.
 */
export interface AmountLimit {
  readonly exceeded: 'refuse' | 'approve';
  readonly per: 'payment' | LimitScope['kind'];
  readonly direction: Direction;
  readonly max: Money;
  /** Whose payments it is asked for; without it, everybody's. */
  readonly partners?: readonly string[];
  readonly brands?: readonly string[];
}

const cumulativeMs = 24 * 3_600_000;

/** What the limits of a single payment say of this one; refusing goes before. */
export function overSingleLimit(
  instruction: Instruction,
  limits: readonly AmountLimit[],
): AmountLimit['exceeded'] | undefined {
  const over = limitsOn(instruction, limits).filter(
    ({ per, max }) => per === 'payment' && instruction.amount.minor > max.minor,
  );
  return over.some(({ exceeded }) => exceeded === 'refuse') ? 'refuse' : over[0]?.exceeded;
}

/** What only the ledger can count. */
export function cumulativeLimits(
  instruction: Instruction,
  limits: readonly AmountLimit[],
  now: Date,
): LimitCheck[] {
  return limitsOn(instruction, limits).flatMap(({ exceeded, per, direction, max }) => {
    if (per === 'payment') return [];
    const { minor: maxMinor, currency } = max;
    const since = new Date(now.getTime() - cumulativeMs);
    return [{ exceeded, scope: scopeOf(per, instruction), direction, currency, since, maxMinor }];
  });
}

function limitsOn(
  { direction, amount, partnerId, brand }: Instruction,
  limits: readonly AmountLimit[],
): readonly AmountLimit[] {
  return limits.filter(
    (limit) =>
      limit.direction === direction &&
      limit.max.currency === amount.currency &&
      (limit.partners?.includes(partnerId) ?? true) &&
      (limit.brands?.includes(brand) ?? true),
  );
}

function scopeOf(
  kind: LimitScope['kind'],
  { partnerId, brand, playerId }: Pick<Instruction, 'partnerId' | 'brand' | 'playerId'>,
): LimitScope {
  switch (kind) {
    case 'partner':
      return { kind, partnerId };
    case 'brand':
      return { kind, brand };
    case 'player':
      return { kind, brand, playerId };
  }
}
