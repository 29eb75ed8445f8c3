import type { InvariantCheck } from './walk.ts';
import { finals, notExecuted, playerOfPage } from './words.ts';

/** It had ended without money moving before two people said that it is completed: its hold was voided then. */
const wasCorrected = `exists (
  select 1 from payment_version
  where payment_version.payment_id = page.id and payment_version.state in ${notExecuted})`;

/** A hold ends once, with its payment (I6). */
export const holdChecks: readonly InvariantCheck[] = [
  {
    invariant: 'I6',
    finding: 'a withdrawal that is not final has no open hold of its amount on its player',
    sql: `
      select page.id as subject from page
      where page.direction = 'DBIT' and page.state not in ${finals} and not exists (
        select 1 from hold
        where hold.payment_id = page.id and hold.account = ${playerOfPage}
          and hold.amount_minor = page.amount_minor and hold.currency = page.currency
          and not exists (select 1 from hold_end where hold_end.hold_id = hold.id))`,
  },
  {
    invariant: 'I6',
    finding: 'the hold of a final payment is open, or ended otherwise than the payment',
    sql: `
      select page.id as subject
      from page
      join hold on hold.payment_id = page.id
      left join hold_end on hold_end.hold_id = hold.id
      where page.state in ${finals}
        and (hold_end.ending is null
          or hold_end.ending <> case when page.state = 'completed' and not ${wasCorrected} then 'posted'
            else 'voided' end)`,
  },
  {
    invariant: 'I6',
    finding: 'a completed withdrawal has no hold, or a deposit has one',
    sql: `
      select page.id as subject from page left join hold on hold.payment_id = page.id
      where (page.direction = 'DBIT' and page.state = 'completed' and hold.id is null)
        or (page.direction = 'CRDT' and hold.id is not null)`,
  },
];
