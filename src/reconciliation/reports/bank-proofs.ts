import { bankProof, type BankProof } from '../matching/bank-proof.ts';
import { explainedIn } from '../matching/ledger-breaks.ts';
import type { OurAccount } from '../our-accounts.ts';
import type { Row, Section } from './document.ts';
import { incompleteNote, through } from './through.ts';
import type { ReportScope, ReportWorld } from './world.ts';

/** Each account at a bank against its newest closing balance until the last day of the scope. */
export async function bankProofs(world: ReportWorld, scope: ReportScope): Promise<Section> {
  const { brand, currency, to } = scope;
  const ours = world.accounts.filter(
    (account) =>
      account.reportOf === undefined &&
      (brand === undefined || account.brand === brand) &&
      (currency === undefined || account.currency === currency),
  );
  const seen = { complete: true };
  const rows: (Row & { readonly proof: string })[] = [];
  for (const account of ours) {
    const proof = await bankProof(
      { statements: world.statements, pageMax: world.limits.reportPageMax },
      account,
      { until: to },
    );
    const explainedMinor = await explained(world, { account, to, seen });
    rows.push(
      proof === undefined
        ? { account: account.name, currency: account.currency, proof: 'nothing to compare with' }
        : rowOf(account, proof, explainedMinor),
    );
  }
  const differs = rows.some(({ proof }) => proof === 'differs');
  return {
    id: 'bank-proof',
    title: 'Ledger against closing balances',
    note:
      'The opening of the first statement, what the ledger has and lines without a match, less what statements of other days ' +
      `tell, against the newest closing balance. Explained is what two people found to be right.${incompleteNote(seen)}`,
    ...(differs && { alarm: 'The ledger and a bank statement do not have the same balance.' }),
    columns,
    rows,
    ...(!seen.complete && { incomplete: true as const }),
  };
}

const money = (id: string, heading: string) => ({ id, heading, kind: 'money' }) as const;

const columns = [
  { id: 'account', heading: 'Account', kind: 'text' },
  { id: 'asOf', heading: 'As of', kind: 'date' },
  money('opening', 'First opening'),
  money('ledger', 'Ledger'),
  money('open', 'Without a match'),
  money('elsewhere', 'Of other days'),
  money('closing', 'Closing'),
  money('difference', 'Difference'),
  money('explained', 'Explained'),
  { id: 'currency', heading: 'Currency', kind: 'text' },
  { id: 'proof', heading: 'Proof', kind: 'text' },
] as const;

function rowOf({ name, currency }: OurAccount, proof: BankProof, explainedMinor: bigint) {
  const inCurrency = (minor: bigint) => ({ minor, currency });
  return {
    account: name,
    asOf: proof.on,
    opening: inCurrency(proof.openingMinor),
    ledger: inCurrency(proof.ledgerMinor),
    open: inCurrency(proof.openMinor),
    elsewhere: inCurrency(proof.elsewhereMinor),
    closing: inCurrency(proof.closingMinor),
    difference: inCurrency(proof.differenceMinor),
    explained: inCurrency(explainedMinor),
    currency,
    proof: proof.differenceMinor === explainedMinor ? 'agrees' : 'differs',
  };
}

interface Explained {
  readonly account: OurAccount;
  readonly to: string;
  readonly seen: { complete: boolean };
}

async function explained({ statements, limits }: ReportWorld, { account, to, seen }: Explained) {
  const filter = { kind: 'LEDGER_DIFFERS', place: account.name, open: false } as const;
  let minor = 0n;
  for await (const one of through(limits, seen, (page) => statements.breaks(filter, page))) {
    if (one.happenedOn <= to) minor += explainedIn([one]);
  }
  return minor;
}
