import type { GroupSums } from '../report-store.ts';
import type { Row, Section } from './document.ts';
import { balanceMinor, nameIn } from './groups.ts';
import type { ReportScope, ReportWorld } from './world.ts';

/** What gateways and banks took for their work. */
export async function feesSections(
  world: ReportWorld,
  { from, to, brand, currency }: ReportScope,
): Promise<readonly Section[]> {
  const which = { ...(brand !== undefined && { brand }), ...(currency !== undefined && { currency }) };
  return [feesSection(await world.sums.groupSums({ ...which, from, until: to }))];
}

export function feesSection(within: readonly GroupSums[]): Section {
  const fees = within.filter(({ group }) => nameIn(group, 'fees') !== undefined);
  return {
    id: 'fees',
    title: 'Fees',
    note: 'Below zero where more was given back than taken. The share is of what the gateway or the bank account moved in the same days.',
    columns: [
      { id: 'brand', heading: 'Brand', kind: 'text' },
      { id: 'place', heading: 'Gateway or bank', kind: 'text' },
      { id: 'kind', heading: 'Kind', kind: 'text' },
      { id: 'entries', heading: 'Entries', kind: 'count' },
      { id: 'amount', heading: 'Fees', kind: 'money' },
      { id: 'volume', heading: 'Volume', kind: 'money' },
      { id: 'share', heading: 'Share', kind: 'text' },
      { id: 'currency', heading: 'Currency', kind: 'text' },
    ],
    rows: fees.map((fee) => feeRow(fee, within)),
  };
}

function feeRow(fee: GroupSums, within: readonly GroupSums[]): Row {
  const { brand, group, reason, currency, entries } = fee;
  const place = nameIn(group, 'fees') ?? group;
  const minor = balanceMinor([fee]);
  const volume = volumeMinor(within, { brand, place, currency });
  return {
    brand,
    place,
    kind: reason,
    entries,
    amount: { minor, currency },
    volume: { minor: volume, currency },
    share: share(minor, volume),
    currency,
  };
}

/** Of a gateway what payments moved, and of a bank account what was booked on it but for the fees themselves. */
function volumeMinor(
  within: readonly GroupSums[],
  { brand, place, currency }: { brand: string; place: string; currency: string },
): bigint {
  return within
    .filter((one) => one.brand === brand && one.currency === currency && isVolume(one, place))
    .reduce((minor, { debitMinor, creditMinor }) => minor + debitMinor + creditMinor, 0n);
}

function isVolume({ group, reason }: GroupSums, place: string): boolean {
  if (nameIn(group, 'gateway') === place) return reason === 'deposit' || reason === 'withdrawal';
  return nameIn(group, 'bank') === place && reason !== 'bankFee';
}

/** In percent with two digits behind the point, cut off and not rounded; nothing of nothing. */
export function share(minor: bigint, ofMinor: bigint): string | undefined {
  if (ofMinor === 0n) return undefined;
  const size = minor < 0n ? -minor : minor;
  const hundredths = ((size * 10_000n) / ofMinor).toString().padStart(3, '0');
  const sign = minor < 0n ? '-' : '';
  return `${sign}${hundredths.slice(0, -2)}.${hundredths.slice(-2)} %`;
}
