import type { GroupSums } from '../report-store.ts';
import { moneyText, type Row, type Section } from './document.ts';
import { balanceMinor } from './groups.ts';
import type { ReportScope, ReportWorld } from './world.ts';

/** What players are owed against the money that is there, in minor units. */
export interface PlayerFunds {
  readonly brand: string;
  readonly currency: string;
  /** Owed to players. */
  readonly owedMinor: bigint;
  readonly gatewaysMinor: bigint;
  readonly transitMinor: bigint;
  readonly banksMinor: bigint;
  /** Money of somebody whom nobody knows yet: it may be a player's. */
  readonly suspenseMinor: bigint;
  /** Owed by players: no money that is there. */
  readonly receivableMinor: bigint;
  /** In play at the tables: not at the cage, and not owed here. */
  readonly inPlayMinor: bigint;
  /** How much is missing; nothing where enough is there. */
  readonly shortMinor: bigint;
}

/** By brand and currency, at the end of the scope's last day. */
export async function playerFunds(
  world: Pick<ReportWorld, 'sums'>,
  { to, brand, currency }: Omit<ReportScope, 'from'>,
): Promise<readonly PlayerFunds[]> {
  const which = { ...(brand !== undefined && { brand }), ...(currency !== undefined && { currency }) };
  const upTo = await world.sums.groupSums({ ...which, until: to });
  const each = Map.groupBy(upTo, (sums) => `${sums.brand} ${sums.currency}`);
  return [...each].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, sums]) => fundsOf(sums));
}

function fundsOf(sums: readonly GroupSums[]): PlayerFunds {
  const { brand, currency } = sums[0] as GroupSums;
  const balance = (kind: string) =>
    balanceMinor(sums.filter(({ group }) => group === kind || group.startsWith(`${kind}:`)));
  const owedMinor = -balance('player');
  const suspenseMinor = -balance('suspense');
  const money = {
    gatewaysMinor: balance('gateway'),
    transitMinor: balance('transit'),
    banksMinor: balance('bank'),
  };
  const there = money.gatewaysMinor + money.transitMinor + money.banksMinor;
  const claims = owedMinor + (suspenseMinor > 0n ? suspenseMinor : 0n);
  return {
    brand,
    currency,
    owedMinor,
    ...money,
    suspenseMinor,
    receivableMinor: balance('receivable'),
    inPlayMinor: -balance('play'),
    shortMinor: claims > there ? claims - there : 0n,
  };
}

export async function playerFundsSections(
  world: ReportWorld,
  scope: ReportScope,
): Promise<readonly Section[]> {
  const funds = await playerFunds(world, scope);
  const short = funds.filter(({ shortMinor }) => shortMinor > 0n).map(shortText);
  return [
    {
      id: 'player-funds',
      title: 'Player funds',
      note:
        'What players are owed, and the money in suspense that may be theirs, against the money at gateways, in transit and ' +
        'at banks. What players owe us is no money that is there.',
      ...(short.length > 0 && { alarm: `Money is missing: ${short.join('; ')}.` }),
      columns: [
        { id: 'brand', heading: 'Brand', kind: 'text' },
        { id: 'what', heading: 'What', kind: 'text' },
        { id: 'amount', heading: 'Amount', kind: 'money' },
        { id: 'currency', heading: 'Currency', kind: 'text' },
      ],
      rows: funds.flatMap(fundRows),
    },
  ];
}

function shortText({ brand, currency, shortMinor: minor }: PlayerFunds): string {
  return `${brand} is short of ${moneyText({ minor, currency })} ${currency}`;
}

function fundRows({ brand, currency, ...funds }: PlayerFunds): readonly Row[] {
  const lines: readonly (readonly [string, bigint])[] = [
    ['Owed to players', funds.owedMinor],
    ['In suspense', funds.suspenseMinor],
    ['At gateways', funds.gatewaysMinor],
    ['In transit', funds.transitMinor],
    ['At banks', funds.banksMinor],
    ['Owed by players', funds.receivableMinor],
    ['In play at the tables', funds.inPlayMinor],
    ['Shortfall', funds.shortMinor],
  ];
  return lines.map(([what, minor]) => ({ brand, what, amount: { minor, currency }, currency }));
}
