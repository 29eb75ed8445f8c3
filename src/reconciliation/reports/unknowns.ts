import { accountingDate } from '../../ledger/accounting-date.ts';
import type { Payment } from '../../payments/payment.ts';
import { isoDate } from '../calendar.ts';
import type { IsoDate } from '../statements/statement.ts';
import { ageBucket, ageBuckets, ageDays } from './age.ts';
import type { Row, Section } from './document.ts';
import { tally, tallyRows } from './tally.ts';
import { incompleteNote, through, type Seen } from './through.ts';
import type { ReportScope, ReportWorld } from './world.ts';

/** Payments that were sent and have no outcome: what only time, the gateway or two people can settle. */

const states = ['submitted', 'pending', 'unknown'] as const;

interface Unknown {
  readonly payment: Payment;
  readonly gateway: string;
  readonly since: IsoDate;
  readonly days: number;
}

async function* unknowns(world: ReportWorld, scope: ReportScope, seen: Seen): AsyncGenerator<Unknown> {
  const all = through(world.limits, seen, (page) => world.ledger.payments({ states }, page));
  for await (const payment of all) {
    const { brand, amount } = payment.instruction;
    if (scope.brand !== undefined && brand !== scope.brand) continue;
    if (scope.currency !== undefined && amount.currency !== scope.currency) continue;
    const books = world.books.get(brand);
    const since =
      books === undefined ? isoDate(payment.acceptedAt) : accountingDate(payment.acceptedAt, books);
    const days = ageDays(since, scope.to);
    if (days < 0) continue;
    const { state } = payment;
    yield { payment, gateway: 'attempt' in state ? (state.attempt?.gateway ?? '') : '', since, days };
  }
}

/** Each of them. */
export async function unknownsSections(world: ReportWorld, scope: ReportScope): Promise<readonly Section[]> {
  const seen = { complete: true };
  const rows: Row[] = [];
  for await (const unknown of unknowns(world, scope, seen)) rows.push(unknownRow(unknown));
  return [
    {
      id: 'unknowns',
      title: 'Payments without an outcome',
      note: `Sent to a gateway, and not known to have ended. The oldest first.${incompleteNote(seen)}`,
      columns: [
        { id: 'payment', heading: 'Payment', kind: 'text' },
        { id: 'since', heading: 'Accepted', kind: 'date' },
        { id: 'days', heading: 'Days', kind: 'count' },
        { id: 'gateway', heading: 'Gateway', kind: 'text' },
        { id: 'direction', heading: 'Direction', kind: 'text' },
        { id: 'state', heading: 'State', kind: 'text' },
        { id: 'amount', heading: 'Amount', kind: 'money' },
        { id: 'currency', heading: 'Currency', kind: 'text' },
        { id: 'nextCheck', heading: 'Next check', kind: 'text' },
        { id: 'cases', heading: 'Cases', kind: 'text' },
      ],
      rows,
      ...(!seen.complete && { incomplete: true as const }),
    },
  ];
}

function unknownRow({ payment, gateway, since, days }: Unknown): Row {
  const { id, instruction, state, check, openCases } = payment;
  return {
    payment: id,
    since,
    days,
    gateway,
    direction: instruction.direction === 'CRDT' ? 'deposit' : 'withdrawal',
    state: state.name,
    amount: instruction.amount,
    currency: instruction.amount.currency,
    nextCheck: check?.dueAt.toISOString(),
    cases: openCases.map(({ kind }) => kind).join(' '),
  };
}

/** How many, by age and gateway, without naming any. */
export async function unknownsByAge(world: ReportWorld, scope: ReportScope): Promise<Section> {
  const seen = { complete: true };
  const counted = tally<{ age: string; gateway: string; state: string; currency: string }>();
  for await (const { payment, gateway, days } of unknowns(world, scope, seen)) {
    const { minor, currency } = payment.instruction.amount;
    counted.add({ age: ageBucket(days), gateway, state: payment.state.name, currency }, minor);
  }
  return {
    id: 'unknowns',
    title: 'Payments without an outcome',
    note: `Sent to a gateway, and not known to have ended. The oldest first.${incompleteNote(seen)}`,
    columns: [
      { id: 'age', heading: 'Age in days', kind: 'text' },
      { id: 'gateway', heading: 'Gateway', kind: 'text' },
      { id: 'state', heading: 'State', kind: 'text' },
      { id: 'open', heading: 'Payments', kind: 'count' },
      { id: 'amount', heading: 'Amount', kind: 'money' },
      { id: 'currency', heading: 'Currency', kind: 'text' },
    ],
    rows: tallyRows(counted.groups(({ age }) => String(ageBuckets.length - ageBuckets.indexOf(age)))),
    ...(!seen.complete && { incomplete: true as const }),
  };
}
