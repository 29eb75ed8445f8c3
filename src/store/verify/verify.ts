import type {
  InvariantViolation,
  Verification,
  VerifiedCounts,
  WantedVerification,
} from '../../payments/verification.ts';
import type { Lists } from '../engine.ts';
import type { Told } from '../told.ts';
import { balanceWalk } from './balances.ts';
import { entryWalk } from './entries.ts';
import { breakWalk, matchWalk } from './matches.ts';
import { certificateActWalk, denialWalk, partnerWalk } from './partners.ts';
import { paymentWalk } from './payments.ts';
import { transferWalk } from './transfers.ts';
import { webhookWalk } from './webhooks.ts';
import { within, type InvariantCheck, type KeyRange, type Walk } from './walk.ts';

const walks: readonly Walk[] = [
  paymentWalk,
  balanceWalk,
  transferWalk,
  entryWalk,
  webhookWalk,
  matchWalk,
  breakWalk,
  partnerWalk,
  denialWalk,
  certificateActWalk,
];

/** Rows whose checks are one statement: so few that it holds no snapshot for long, so many that there are few statements. */
const rowsMax = 2_000;

type Counted = keyof VerifiedCounts;

const none: Record<Counted, number> = {
  payments: 0,
  attempts: 0,
  entries: 0,
  holds: 0,
  cases: 0,
  returns: 0,
  acts: 0,
  webhooks: 0,
  balances: 0,
  transfers: 0,
  matches: 0,
  breaks: 0,
  partnerRevisions: 0,
  denials: 0,
  certificateActs: 0,
};

/**
 * What a database can show of the invariants, over the whole ledger, in bounded memory. All questions about a page are one
 * statement, and so one snapshot: each is one that a correct ledger answers with nothing at any moment, also while it is
 * written to. What is added meanwhile behind the last page is not looked at.
 */
export async function verifyLedger(
  over: Lists,
  { findingsMax, pageMax = rowsMax, onPage = () => {} }: WantedVerification,
): Promise<Verification> {
  const violations: InvariantViolation[] = [];
  const counts = { ...none };
  for (const walk of walks) {
    let after: string | undefined = walk.from;
    while (after !== undefined) {
      const range = await nextRange(over, walk, { after, pageMax });
      for (const [name, count] of await countIn(over, walk, range)) counts[name] += count;
      violations.push(...(await findingsIn(over, walk, range, findingsMax - violations.length)));
      onPage(counts);
      if (violations.length >= findingsMax) return { violations, counts, whole: false };
      after = range.last;
    }
  }
  return { violations, counts, whole: true };
}

/** The next page's keys; the last page is open, so that what belongs to no row of the table is looked at, too. */
async function nextRange(
  { knex, rows }: Lists,
  { table, key }: Walk,
  { after, pageMax }: { after: string; pageMax: number },
): Promise<KeyRange> {
  const keys = knex(table).select(key).where(key, '>', after).orderBy(key).limit(pageMax);
  const query = knex.max({ last: key }).count({ many: '*' }).from(keys.as('next_page'));
  const [found] = await rows<Told<{ last: bigint | string | null; many: bigint }>>(query);
  const isFull = Number(found?.many ?? 0) === pageMax;
  return { after, ...(isFull && found?.last != null && { last: String(found.last) }) };
}

async function countIn(
  { knex, rows }: Lists,
  { table, key, counted, belonging = {} }: Walk,
  range: KeyRange,
): Promise<readonly (readonly [Counted, number])[]> {
  const count = (name: Counted, of: string, column: string) =>
    within(knex(of).count({ many: '*' }), column, range).as(name);
  const others = Object.entries(belonging) as [Counted, string][];
  const columns = [count(counted, table, key), ...others.map(([name, of]) => count(name, of, 'payment_id'))];
  const [found] = await rows<Told<Partial<Record<Counted, bigint>>>>(knex.select(columns));
  return [counted, ...others.map(([name]) => name)].map((name) => [name, Number(found?.[name] ?? 0)]);
}

/** Every check of the page in one statement. */
async function findingsIn(
  { knex, rows }: Lists,
  { page, checks }: Walk,
  range: KeyRange,
  limit: number,
): Promise<readonly InvariantViolation[]> {
  const all = checks.map(
    ({ sql }, place) => `select ${place} as place, subject from (${sql}) as check_${place}`,
  );
  const query = knex
    .with('page', page(knex, range))
    .select('place', 'subject')
    .from(knex.raw(`(${all.join(' union all ')}) as finding`))
    .orderBy(['place', 'subject'])
    .limit(limit);
  const found = await rows<Told<{ place: bigint; subject: string }>>(query);
  return found.map(({ place, subject }) => {
    // Every place is one of the checks'.
    const { invariant, finding } = checks[Number(place)] as InvariantCheck;
    return { invariant, subject, finding };
  });
}
