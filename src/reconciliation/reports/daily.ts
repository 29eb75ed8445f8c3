import { daysAfter } from '../calendar.ts';
import type { GroupSums } from '../report-store.ts';
import { openBreaks, openItems, unmatchedLines } from './aging.ts';
import { bankProofs } from './bank-proofs.ts';
import type { Section } from './document.ts';
import { feesSection } from './fees.ts';
import { balanceMinor, groupRank, groupTitle, sumOf } from './groups.ts';
import { unknownsByAge } from './unknowns.ts';
import type { ReportScope, ReportWorld } from './world.ts';

/** What the day came to: balances, movements, what is open. No player is in it. */
export async function dailySections(world: ReportWorld, scope: ReportScope): Promise<readonly Section[]> {
  const { brand, currency, from, to } = scope;
  const which = { ...(brand !== undefined && { brand }), ...(currency !== undefined && { currency }) };
  const before = await world.sums.groupSums({ ...which, until: daysAfter(from, -1) });
  const within = await world.sums.groupSums({ ...which, from, until: to });
  return [
    balances(before, within),
    movements(within),
    feesSection(within),
    await unknownsByAge(world, scope),
    await openBreaks(world, scope),
    await openItems(world, scope),
    await unmatchedLines(world, scope),
    await bankProofs(world, scope),
  ];
}

function balances(before: readonly GroupSums[], within: readonly GroupSums[]): Section {
  const all = Map.groupBy([...before, ...within], keyOf);
  const opening = Map.groupBy(before, keyOf);
  const moved = Map.groupBy(within, keyOf);
  const rows = [...all].toSorted(inOrder).map(([key, sums]) => {
    const { brand, group, currency } = sums[0] as GroupSums;
    const its = moved.get(key) ?? [];
    return {
      brand,
      account: groupTitle(group),
      opening: { minor: balanceMinor(opening.get(key) ?? []), currency },
      debits: sumOf(its, 'debitMinor', currency),
      credits: sumOf(its, 'creditMinor', currency),
      closing: { minor: balanceMinor(sums), currency },
      currency,
    };
  });
  return {
    id: 'balances',
    title: 'Balances',
    note: 'Debits less credits. What is owed to players stands below zero.',
    columns: [
      { id: 'brand', heading: 'Brand', kind: 'text' },
      { id: 'account', heading: 'Accounts', kind: 'text' },
      { id: 'opening', heading: 'Opening', kind: 'money' },
      { id: 'debits', heading: 'Debits', kind: 'money' },
      { id: 'credits', heading: 'Credits', kind: 'money' },
      { id: 'closing', heading: 'Closing', kind: 'money' },
      { id: 'currency', heading: 'Currency', kind: 'text' },
    ],
    rows,
  };
}

function keyOf({ brand, currency, group }: GroupSums): string {
  return `${brand} ${currency} ${groupRank(group)}`;
}

function inOrder([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** Each entry once, at the account that it debits. */
function movements(within: readonly GroupSums[]): Section {
  const debited = within.filter(({ debitMinor }) => debitMinor > 0n);
  const byReason = Map.groupBy(within, ({ brand, currency, reason }) => `${brand} ${currency} ${reason}`);
  const rows = [...byReason].toSorted(inOrder).map(([, sums]) => {
    const { brand, reason, currency } = sums[0] as GroupSums;
    const its = debited.filter(
      (one) => one.brand === brand && one.reason === reason && one.currency === currency,
    );
    // Every entry is counted at both of its sides.
    const entries = sums.reduce((count, one) => count + one.entries, 0) / 2;
    return { brand, reason, entries, amount: sumOf(its, 'debitMinor', currency), currency };
  });
  return {
    id: 'movements',
    title: 'Movements by reason',
    columns: [
      { id: 'brand', heading: 'Brand', kind: 'text' },
      { id: 'reason', heading: 'Reason', kind: 'text' },
      { id: 'entries', heading: 'Entries', kind: 'count' },
      { id: 'amount', heading: 'Amount', kind: 'money' },
      { id: 'currency', heading: 'Currency', kind: 'text' },
    ],
    rows,
  };
}
