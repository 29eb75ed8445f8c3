import { bankAccount } from '../../ledger/accounts.ts';
import { endOf } from '../importing/sequence.ts';
import type { OurAccount } from '../our-accounts.ts';
import type { RecordedStatement, RecordedStatementEntry, StatementStore } from '../statement-store.ts';
import type { IsoDate } from '../statements/statement.ts';
import { sumOf } from './decision.ts';
import { linesOf } from './lines.ts';
import { spanOf, type Span } from './statement-span.ts';

/** Where the proof looks. */
export interface ProvingWorld {
  readonly statements: Pick<
    StatementStore,
    'statements' | 'files' | 'statementEntries' | 'tellings' | 'heldOn'
  >;
  /** Rows of one question. */
  readonly pageMax: number;
}

/**
 * An account at a bank against what its bank says, in signed minor units. From the first statement's opening to the last
 * one's closing balance the account moved by what the ledger has on it, and by the lines that nothing has posted yet.
 */
export interface BankProof {
  /** The newest closed statement, and the day that it ends on. */
  readonly statement: RecordedStatement;
  readonly on: IsoDate;
  /** What stood there before the first statement, which nobody has posted. */
  readonly openingMinor: bigint;
  /** What the ledger has on `bank:NAME`. */
  readonly ledgerMinor: bigint;
  /** Lines of statements that no match has posted. */
  readonly openMinor: bigint;
  /** Of these two, what was told before the first statement began or after the last one ended. */
  readonly elsewhereMinor: bigint;
  readonly closingMinor: bigint;
  /** Statements that were left out because their files are not read to their end. */
  readonly unread: number;
  /** Closing less all that; above zero the bank has more than we know of. */
  readonly differenceMinor: bigint;
}

interface Proving {
  /** The last day that is looked at. */
  readonly until?: IsoDate;
  /** The sum of the open lines, where it is known. */
  readonly openMinor?: bigint;
}

/** Lines outside of the statements' time that are looked through; where there are more, nothing is proven. */
const elsewhereMax = 100_000;

/**
 * Compares by what statements told, not by dates of value: a closing balance has a booking whose value is of another day.
 * Undefined where no closed statement, of a file that was read to its end, ends on this day or before, or where too much
 * came afterwards. What is written meanwhile may show as a difference: who acts on one looks twice.
 */
export async function bankProof(
  world: ProvingWorld,
  account: OurAccount,
  { until = '9999-12-31', openMinor }: Proving = {},
): Promise<BankProof | undefined> {
  const { told, unread } = await readStatements(world, account);
  const span = spanOf(told, { currency: account.currency, until });
  if (span === undefined) return undefined;
  const elsewhereMinor = await elsewhere(world, account, span);
  if (elsewhereMinor === undefined) return undefined;
  const leftMinor = openMinor ?? (await openLines(world, account));
  const { debitMinor, creditMinor } = await world.statements.heldOn(
    bankAccount(account.name),
    account.currency,
  );
  const { newest, on, openingMinor, closingMinor } = span;
  const ledgerMinor = debitMinor - creditMinor;
  const knownMinor = openingMinor + ledgerMinor + leftMinor - elsewhereMinor;
  return {
    statement: newest,
    on,
    openingMinor,
    ledgerMinor,
    openMinor: leftMinor,
    elsewhereMinor,
    closingMinor,
    unread,
    differenceMinor: closingMinor - knownMinor,
  };
}

/** The account's statements, but those of files that are not read to their end. */
async function readStatements(
  { statements, pageMax }: ProvingWorld,
  { name }: OurAccount,
): Promise<{ readonly told: readonly RecordedStatement[]; readonly unread: number }> {
  const open = new Set<string>();
  for await (const { id } of rowsOf(pageMax, (page) => statements.files({ state: 'open' }, page)))
    open.add(id);
  const told: RecordedStatement[] = [];
  let unread = 0;
  for await (const one of rowsOf(pageMax, (page) => statements.statements({ account: name }, page))) {
    if (open.has(one.fileId)) unread += 1;
    else told.push(one);
  }
  return { told, unread };
}

/** Lines that are in the ledger or open, and not between the two balances. */
async function elsewhere(
  world: ProvingWorld,
  { currency }: OurAccount,
  span: Span<RecordedStatement>,
): Promise<bigint | undefined> {
  let [minor, looked] = [0n, 0];
  for (const { statement, isBefore } of span.outside) {
    for await (const line of tellsFirst(world, statement)) {
      if ((looked += 1) > elsewhereMax) return undefined;
      if (line.entry.amount.currency !== currency || line.entry.status !== 'booked') continue;
      const day = line.entry.bookedOn ?? line.entry.valueOn ?? endOf(statement) ?? '9999-12-31';
      const isOutside = isBefore ? day <= span.begin && !(await isInside(world, line, span)) : day > span.on;
      if (isOutside) minor += sumOf([line.entry]);
    }
  }
  return minor;
}

async function* tellsFirst(
  { statements, pageMax }: ProvingWorld,
  { id: statementId }: RecordedStatement,
): AsyncGenerator<RecordedStatementEntry> {
  for await (const line of rowsOf(pageMax, (page) => statements.statementEntries({ statementId }, page))) {
    if (line.statementId === statementId) yield line;
  }
}

/** More documents than any bank writes about one line. */
const tellingsMax = 100;

/** Whether a statement between the balances tells of it again. */
async function isInside(
  { statements }: ProvingWorld,
  { key }: RecordedStatementEntry,
  { inside }: Span<RecordedStatement>,
): Promise<boolean> {
  const again = await statements.tellings(key, tellingsMax);
  return again.some(({ statementId }) => inside.has(statementId));
}

async function openLines({ statements, pageMax }: ProvingWorld, account: OurAccount): Promise<bigint> {
  let minor = 0n;
  const open = { account: account.name, open: true };
  for await (const told of rowsOf(pageMax, (page) => statements.statementEntries(open, page))) {
    const lines = linesOf(told, account).filter(({ amount }) => amount.currency === account.currency);
    minor += sumOf(lines);
  }
  return minor;
}

async function* rowsOf<Row extends { readonly id: string }>(
  limit: number,
  ask: (page: { readonly limit: number; readonly after?: string }) => Promise<readonly Row[]>,
): AsyncGenerator<Row> {
  let after: string | undefined;
  do {
    const page = await ask({ limit, ...(after !== undefined && { after }) });
    yield* page;
    after = page.length < limit ? undefined : page.at(-1)?.id;
  } while (after !== undefined);
}
