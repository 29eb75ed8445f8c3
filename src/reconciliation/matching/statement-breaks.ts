import { gapNow } from '../importing/gaps.ts';
import { endOf } from '../importing/sequence.ts';
import type { OurAccount } from '../our-accounts.ts';
import type { Break, BreakEnd, RecordedBreak, RecordedStatement } from '../statement-store.ts';
import { statementBreaks } from './breaks.ts';
import { opened, opening } from './open-breaks.ts';
import { statementPages } from './take-up.ts';
import type { MatchingWorld } from './world.ts';

/**
 * Opens what is a break of statements: their own figures do not add up, or before one something is missing. A gap that
 * another statement fills is none, and where it was one it ends by that statement. Says how many are open.
 */
export async function workStatementBreaks(world: MatchingWorld): Promise<StatementBreaks> {
  let open = 0;
  const told = new Map<string, string>();
  for (const account of world.accounts) {
    let [count, last] = [0, ''];
    for await (const page of statementPages(world, account)) {
      const first = page.filter(({ repeats }) => repeats === undefined);
      open += await workPage(world, account, first);
      count += page.length;
      last = page.at(-1)?.id ?? last;
    }
    told.set(account.name, `${count} ${last}`);
  }
  return { open, told };
}

interface StatementBreaks {
  readonly open: number;
  /** By account, what changes when a statement of it comes or is taken up. */
  readonly told: ReadonlyMap<string, string>;
}

/** Of one statement there are two, and what people opened anew never. */
const breaksOfOneMax = 8;

async function workPage(
  world: MatchingWorld,
  account: OurAccount,
  told: readonly RecordedStatement[],
): Promise<number> {
  const broken = told.flatMap((statement) =>
    statementBreaks(statement, { brand: account.brand, open: () => opening(world) }).map((found) => ({
      statement,
      found,
    })),
  );
  const known = await knownBreaks(
    world,
    broken.map(({ statement }) => statement.id),
  );
  const open: Break[] = [];
  const ends: BreakEnd[] = [];
  for (const { statement, found } of broken) {
    const before = known.get(found.key);
    if (before?.end !== undefined) continue;
    const gap = found.kind === 'STATEMENT_GAP' ? await gapOf(world, account, statement) : undefined;
    if (gap?.kind === 'filled' && before !== undefined) {
      ends.push({ breakId: before.id, resolution: 'arrived', by: gap.by.id, at: world.clock.now() });
    } else if (gap === undefined || gap.kind === 'open' || before !== undefined) open.push(found);
  }
  if (ends.length > 0) await world.statements.endBreaks(ends);
  return opened(world, open);
}

/** By their keys. */
async function knownBreaks(
  { statements }: MatchingWorld,
  about: readonly string[],
): Promise<ReadonlyMap<string, RecordedBreak>> {
  if (about.length === 0) return new Map();
  const found = await statements.breaks({ about }, { limit: about.length * breaksOfOneMax });
  return new Map(found.map((one) => [one.key, one]));
}

/** Statements that one may follow; so many as an import looks at. */
const beforeMax = 200;

async function gapOf({ statements }: MatchingWorld, account: OurAccount, statement: RecordedStatement) {
  const until = endOf(statement);
  const told =
    until === undefined ? [] : await statements.lastStatements(statement.accountKey, until, beforeMax);
  return gapNow(statement, told, account.holidays);
}
