import type { Money } from '../../ledger/money.ts';
import type { GroupSums } from '../report-store.ts';

/** What an account group is, for people. */
export function groupTitle(group: string): string {
  const [kind = group, name = ''] = group.split(':');
  const titles: Readonly<Record<string, string>> = {
    player: 'Players',
    play: 'In play',
    receivable: 'Receivable from players',
    gateway: `Gateway ${name}`,
    transit: `In transit from ${name}`,
    bank: `Bank account ${name}`,
    fees: `Fees of ${name}`,
    fx: 'Between currencies',
    suspense: 'Suspense',
  };
  return titles[kind] ?? group;
}

/** The order in which people read them: what we owe, then where the money is. */
const order = ['player', 'play', 'receivable', 'gateway', 'transit', 'bank', 'fees', 'fx', 'suspense'];

export function groupRank(group: string): string {
  const [kind = ''] = group.split(':');
  const place = order.indexOf(kind);
  return `${place === -1 ? order.length : place} ${group}`;
}

/** The name behind the colon of `gateway:NAME`, where it is one of that kind. */
export function nameIn(group: string, kind: 'gateway' | 'transit' | 'bank' | 'fees'): string | undefined {
  return group.startsWith(`${kind}:`) ? group.slice(kind.length + 1) : undefined;
}

/** Debits less credits. */
export function balanceMinor(sums: readonly Pick<GroupSums, 'debitMinor' | 'creditMinor'>[]): bigint {
  return sums.reduce((minor, { debitMinor, creditMinor }) => minor + debitMinor - creditMinor, 0n);
}

export function sumOf(
  sums: readonly GroupSums[],
  side: 'debitMinor' | 'creditMinor',
  currency: string,
): Money {
  return { minor: sums.reduce((minor, one) => minor + one[side], 0n), currency };
}
