import type { InvariantCheck } from './walk.ts';
import { finals } from './words.ts';

/** Nothing that is open is forgotten, and nothing is asked about for ever (I10). */
export const scheduleChecks: readonly InvariantCheck[] = [
  {
    invariant: 'I10',
    finding: 'a payment that is not final has neither a next check nor an open case',
    sql: `
      select page.id as subject from page
      where page.state not in ${finals}
        and not exists (select 1 from payment_check where payment_check.payment_id = page.id)
        and (page.state = 'awaitingApproval' or not exists (
          select 1 from payment_case
          where payment_case.payment_id = page.id
            and not exists (select 1 from case_end where case_end.case_id = payment_case.id)))`,
  },
  {
    invariant: 'I10',
    finding: 'a payment that is final is still to be asked about',
    sql: `
      select page.id as subject from page
      join payment_check on payment_check.payment_id = page.id
      where page.state in ${finals}`,
  },
];
