import type { InvariantCheck } from './walk.ts';
import { playerOfPage } from './words.ts';

/** The entry that a completed payment has exactly one of: between its player and a gateway, its own amount. */
const settledEntry = `
  entry.payment_id = page.id and entry.amount_minor = page.amount_minor and entry.currency = page.currency
  and (
    (page.direction = 'CRDT' and entry.debit like 'gateway:%' and entry.credit = ${playerOfPage})
    or (page.direction = 'DBIT' and entry.credit like 'gateway:%' and entry.debit = ${playerOfPage})
  )`;

const suspenseEntry = `(entry.debit = 'suspense' or entry.credit = 'suspense')`;

/** A payment has exactly the entries that its state, its returns and its cases require (I3). */
export const postingChecks: readonly InvariantCheck[] = [
  {
    invariant: 'I3',
    finding: 'a completed payment has not exactly one entry of its amount between player and gateway',
    sql: `
      select page.id as subject from page
      where page.state = 'completed' and (select count(*) from entry where ${settledEntry}) <> 1`,
  },
  {
    invariant: 'I3',
    finding: 'a payment has an entry that neither its state nor a case asks for',
    sql: `
      select page.id as subject from page
      where exists (
        select 1 from entry
        where entry.payment_id = page.id and not ${suspenseEntry}
          and not (page.state = 'completed' and ${settledEntry}))`,
  },
  {
    invariant: 'I3',
    finding: 'a payment has not exactly the suspense entries of its cases',
    sql: `
      select page.id as subject from page
      where (select count(*) from entry where entry.payment_id = page.id and ${suspenseEntry})
        <> (select count(*) from payment_case
          where payment_case.payment_id = page.id and payment_case.suspense_minor is not null)`,
  },
  {
    invariant: 'I3',
    finding: 'a case has no suspense entry of its amount',
    sql: `
      select payment_case.id as subject from page
      join payment_case on payment_case.payment_id = page.id
      where payment_case.suspense_minor is not null and not exists (
        select 1 from entry
        where entry.payment_id = page.id and ${suspenseEntry}
          and entry.amount_minor = payment_case.suspense_minor and entry.currency = payment_case.suspense_currency)`,
  },
];
