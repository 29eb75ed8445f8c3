import type { Payment } from '../../payments/payment.ts';
import { type Compared, corePaymentName } from './breaks.ts';
import { compare, type CoreGrace } from './compare.ts';
import type { CoreWindow } from './list.ts';
import type { CoreList, ListedRow } from './read-list.ts';
import type { CoreListWorld } from './world.ts';

/** A list, and whose payments it speaks of. */
export interface Walk {
  readonly list: CoreList;
  readonly partnerId: string;
  readonly window: CoreWindow;
  readonly grace: CoreGrace;
}

/** What was compared of one page. */
export interface ComparedPage {
  readonly compared: readonly Compared[];
  /** Payments of the ledger in the window. */
  readonly payments: number;
  /** Payments that are not in the list for certain: their row, or any row, could not be read. */
  readonly undecided: number;
}

/**
 * Goes through the ledger's payments of the window page by page, each with its row, then through the rows that are left, each with
 * its payment: one of another time, or none. Every row and every payment of the window is met once.
 */
export async function* comparedPages(
  world: Pick<CoreListWorld, 'ledger' | 'limits'>,
  walk: Walk,
): AsyncGenerator<ComparedPage, void, undefined> {
  const met = new Set<string>();
  for await (const page of paymentPages(world, walk)) {
    const decided = page.filter((payment) => isDecided(payment, walk.list));
    const compared = decided.map((payment) => compareOne(payment, rowsOf(payment, walk.list, met), walk));
    yield { compared, payments: page.length, undecided: page.length - decided.length };
  }
  const left = [...walk.list.rows.values()].filter(({ row }) => !met.has(row.id));
  for (let at = 0; at < left.length; at += world.limits.pageMax) {
    const page = left.slice(at, at + world.limits.pageMax);
    yield { compared: await compareLeft(world, walk, { page, met }), payments: 0, undecided: 0 };
  }
}

/** A payment's id begins with the time at which it was made; clocks may be apart by so much. */
const clockSkewMs = 3_600_000;

async function* paymentPages(
  { ledger, limits }: Pick<CoreListWorld, 'ledger' | 'limits'>,
  { partnerId, window }: Walk,
): AsyncGenerator<readonly Payment[], void, undefined> {
  const filter = { partnerId, acceptedFrom: window.from, acceptedBefore: window.until };
  let after: string | undefined = lowestIdOf(window.from.getTime() - clockSkewMs);
  while (after !== undefined) {
    const page: readonly Payment[] = await ledger.payments(filter, { after, limit: limits.pageMax });
    if (page.length > 0) yield page;
    after = page.length < limits.pageMax ? undefined : page.at(-1)?.id;
  }
}

/** Before every UUIDv7 of this time, so that a large ledger is not gone through from its beginning. */
function lowestIdOf(ms: number): string {
  const hex = Math.max(0, ms).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

function namesOf({ id, instruction }: Payment): readonly string[] {
  return [instruction.partnerReference, id];
}

/** Not where its own row, or a row of which nobody can say whose it is, could not be read. */
function isDecided(payment: Payment, { rows, spoilt, unnamed }: CoreList): boolean {
  const names = namesOf(payment);
  return names.some((name) => rows.has(name)) || (unnamed === 0 && !names.some((name) => spoilt.has(name)));
}

type Told = NonNullable<Parameters<typeof compare>[1]>;

/** Under both of its names, marked as met; how often it is in the list altogether. */
function rowsOf(payment: Payment, { rows }: CoreList, met: Set<string>): Told | undefined {
  const found = namesOf(payment).flatMap((name) => rows.get(name) ?? []);
  for (const { row } of found) met.add(row.id);
  const [first] = found;
  return first && { row: first.row, times: found.reduce((sum, { times }) => sum + times, 0) };
}

function compareOne(payment: Payment, told: Told | undefined, { partnerId, grace }: Walk): Compared {
  const name = corePaymentName(partnerId, payment.instruction.partnerReference);
  const row = told && { row: told.row };
  return { name, payment, ...row, comparison: compare(payment, told, grace) };
}

async function compareLeft(
  { ledger }: Pick<CoreListWorld, 'ledger'>,
  walk: Walk,
  { page, met }: { readonly page: readonly ListedRow[]; readonly met: Set<string> },
): Promise<readonly Compared[]> {
  const { partnerId, grace, list } = walk;
  const compared: Compared[] = [];
  for (const told of page) {
    const { row } = told;
    // Another row may have named the same payment.
    if (met.has(row.id)) continue;
    const payment = await paymentNamed(ledger, partnerId, row.id);
    if (payment !== undefined) compared.push(compareOne(payment, rowsOf(payment, list, met), walk));
    else {
      const name = corePaymentName(partnerId, row.id);
      compared.push({ name, row, comparison: compare(undefined, told, grace) });
    }
  }
  return compared;
}

const paymentIdLength = 36;

/** A reference is shorter than an id. Somebody else's payment looks like no payment. */
async function paymentNamed(
  ledger: CoreListWorld['ledger'],
  partnerId: string,
  id: string,
): Promise<Payment | undefined> {
  if (id.length < paymentIdLength) return ledger.paymentByReference(partnerId, id);
  const payment = await ledger.paymentById(id);
  return payment?.instruction.partnerId === partnerId ? payment : undefined;
}
