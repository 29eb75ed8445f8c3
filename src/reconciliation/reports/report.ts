import { agingSections } from './aging.ts';
import { dailySections } from './daily.ts';
import type { Report, ReportName, Section } from './document.ts';
import { feesSections } from './fees.ts';
import { gatewaySections } from './gateway.ts';
import { playerFundsSections } from './player-funds.ts';
import { unknownsSections } from './unknowns.ts';
import type { ReportScope, ReportWorld } from './world.ts';

interface Kind {
  readonly title: string;
  readonly sections: (world: ReportWorld, scope: ReportScope) => Promise<readonly Section[]>;
}

const kinds: Readonly<Record<ReportName, Kind>> = {
  daily: { title: 'Daily report', sections: dailySections },
  aging: { title: 'Open items by age', sections: agingSections },
  gateway: { title: 'Gateways', sections: gatewaySections },
  'player-funds': { title: 'Player funds', sections: playerFundsSections },
  unknowns: { title: 'Payments without an outcome', sections: unknownsSections },
  fees: { title: 'Fees', sections: feesSections },
};

/** Nothing in it is of now but what the ledger holds: asked again, an unchanged ledger answers the same. */
export async function reportOf(name: ReportName, world: ReportWorld, scope: ReportScope): Promise<Report> {
  const { title, sections } = kinds[name];
  const { from, to, brand, currency } = scope;
  return {
    name,
    title,
    parameters: [
      { name: 'from', value: from },
      { name: 'to', value: to },
      { name: 'brand', value: brand ?? 'all' },
      { name: 'currency', value: currency ?? 'all' },
    ],
    sections: await sections(world, scope),
  };
}
