/** What any engine must do for reconciliation: every command, every refusal, every command run twice, and the questions. */
import assert from 'node:assert/strict';
import type { Stores } from '../../src/store/ledger.ts';
import { breaks } from './statement-store-breaks.ts';
import { partners } from './partner-contract.ts';
import { closeRaces } from './statement-store-close-races.ts';
import { closes } from './statement-store-closes.ts';
import { entries, files } from './statement-store-files.ts';
import { ledger } from './statement-store-ledger.ts';
import { expectations, matches } from './statement-store-matches.ts';
import { races } from './statement-store-races.ts';
import { reports } from './statement-store-reports.ts';

/** Opens the same ledger again, as another bridge does. */
export type OpenAgain = () => Promise<Stores>;

export interface StatementCase {
  readonly name: string;
  readonly body: (stores: Stores, openAgain: OpenAgain) => Promise<void>;
}

export type StatementContract = (name: string, body: StatementCase['body']) => void;

/** Every case; each ends with a ledger that holds its invariants. */
export function statementContract(): readonly StatementCase[] {
  const cases: StatementCase[] = [];
  const contract: StatementContract = (name, body) => {
    cases.push({
      name,
      async body(stores, openAgain) {
        await body(stores, openAgain);
        assert.deepEqual(await stores.ledger.violations(10), []);
      },
    });
  };
  for (const part of [
    files,
    entries,
    expectations,
    matches,
    breaks,
    ledger,
    races,
    closes,
    closeRaces,
    reports,
    partners,
  ])
    part(contract);
  return cases;
}
