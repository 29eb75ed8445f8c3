import type { Money } from '../../ledger/money.ts';
import type { GroupSums } from '../report-store.ts';
import type { Row, Section } from './document.ts';
import { balanceMinor, nameIn } from './groups.ts';
import type { ReportScope, ReportWorld } from './world.ts';

const settled = ['settlementReported', 'settlementBooked'];

/** What each gateway did, and what it still has of ours. */
export async function gatewaySections(
  world: ReportWorld,
  { from, to, brand, currency }: ReportScope,
): Promise<readonly Section[]> {
  const which = { ...(brand !== undefined && { brand }), ...(currency !== undefined && { currency }) };
  const within = await world.sums.groupSums({ ...which, from, until: to });
  const upTo = await world.sums.groupSums({ ...which, until: to });
  const ofGateways = upTo.flatMap((sums) => {
    const gateway = gatewayOf(sums);
    return gateway === undefined ? [] : [{ gateway, sums }];
  });
  const each = Map.groupBy(ofGateways, ({ gateway, sums }) => `${gateway} ${sums.brand} ${sums.currency}`);
  const rows = [...each]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, found]) => {
      const [{ gateway, sums }] = found as [(typeof found)[number]];
      return gatewayRow({ gateway, brand: sums.brand, currency: sums.currency }, within, upTo);
    });
  return [{ id: 'gateways', title: 'Gateways', note, columns, rows }];
}

const note =
  'Movements are of the days from and to; on its way and open are the balances at the end of the last one. ' +
  'Above zero the gateway owes us. Other is what people and cases posted.';

const money = (id: string, heading: string) => ({ id, heading, kind: 'money' }) as const;

const columns = [
  { id: 'gateway', heading: 'Gateway', kind: 'text' },
  { id: 'brand', heading: 'Brand', kind: 'text' },
  money('deposits', 'Deposits'),
  money('withdrawals', 'Withdrawals'),
  money('returns', 'Returns'),
  money('other', 'Other'),
  money('fees', 'Fees'),
  money('settled', 'Settled'),
  money('transit', 'On its way'),
  money('open', 'Open'),
  { id: 'currency', heading: 'Currency', kind: 'text' },
] as const;

function gatewayOf({ group }: GroupSums): string | undefined {
  return nameIn(group, 'gateway') ?? nameIn(group, 'transit');
}

const payments = ['deposit', 'withdrawal', 'return', 'refund', 'chargeback', 'chargebackReversal'];

function gatewayRow(
  { gateway, brand, currency }: { gateway: string; brand: string; currency: string },
  within: readonly GroupSums[],
  upTo: readonly GroupSums[],
): Row {
  const isIts = (one: GroupSums) => one.brand === brand && one.currency === currency;
  const on = (sums: readonly GroupSums[], kind: 'gateway' | 'transit' | 'fees') =>
    sums.filter((one) => isIts(one) && nameIn(one.group, kind) === gateway);
  const moved = on(within, 'gateway');
  const net = (sums: readonly GroupSums[], sign: bigint): Money => ({
    minor: sign * balanceMinor(sums),
    currency,
  });
  const of = (...reasons: readonly string[]) => moved.filter(({ reason }) => reasons.includes(reason));
  return {
    gateway,
    brand,
    deposits: net(of('deposit'), 1n),
    withdrawals: net(of('withdrawal'), -1n),
    returns: net(of('return', 'refund', 'chargeback', 'chargebackReversal'), 1n),
    other: net(
      moved.filter(({ reason }) => !payments.includes(reason) && !settled.includes(reason)),
      1n,
    ),
    fees: net(on(within, 'fees'), 1n),
    settled: net(of(...settled), -1n),
    transit: net(on(upTo, 'transit'), 1n),
    open: net(on(upTo, 'gateway'), 1n),
    currency,
  };
}
