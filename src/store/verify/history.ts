import { stateTable } from '../../payments/states.ts';
import type { InvariantCheck } from './walk.ts';
import { finals, listed } from './words.ts';

/** Moves of the one table of states, as pairs of an `earlier` and a `later` version. */
const isMove = Object.entries(stateTable)
  .filter(([, { to }]) => to.length > 0)
  .map(([name, { to }]) => `(earlier.state = '${name}' and later.state in ${listed(to)})`)
  .join(' or ');

const pairs = `
  page
  join payment_version earlier on earlier.payment_id = page.id
  join payment_version later on later.payment_id = page.id and later.version = earlier.version + 1`;

/** Where a payment is and how it came there (I5, I7, I9, I11). */
export const historyChecks: readonly InvariantCheck[] = [
  {
    invariant: 'I5',
    finding: 'a state was followed by one that the table of states does not have there',
    sql: `
      select page.id as subject from ${pairs}
      where earlier.state not in ${finals} and later.state <> earlier.state and not (${isMove})`,
  },
  {
    invariant: 'I5',
    finding: 'the payment is not where its history says',
    sql: `
      select page.id as subject from page
      where not exists (
        select 1 from payment_version
        where payment_version.payment_id = page.id and payment_version.version = page.version
          and payment_version.state = page.state)
      or page.version <> (select count(*) from payment_version where payment_version.payment_id = page.id)`,
  },
  {
    invariant: 'I5',
    finding: 'a version was brought about by no answer and by no act',
    sql: `
      select page.id as subject
      from page
      join payment_version on payment_version.payment_id = page.id
      where payment_version.version > 1
        and not exists (
          select 1 from gateway_answer
          where gateway_answer.payment_id = page.id and gateway_answer.made_version = payment_version.version)
        and not exists (
          select 1 from operator_act
          where operator_act.payment_id = page.id and operator_act.payment_version = payment_version.version - 1)`,
  },
  {
    invariant: 'I7',
    finding: 'two payments share a reference of one partner',
    sql: `
      select page.id as subject from page
      where exists (
        select 1 from payment other
        where other.partner_id = page.partner_id and other.partner_reference = page.partner_reference
          and other.id > page.id)`,
  },
  {
    invariant: 'I9',
    finding: 'a payment that may have been sent was sent again otherwise than by the resend rule',
    sql: `
      select page.id as subject from ${pairs}
      where earlier.state = 'unknown' and later.state = 'submitted' and not exists (
        select 1 from gateway_answer
        where gateway_answer.payment_id = page.id and gateway_answer.made_version = later.version
          and gateway_answer.kind = 'notFound' and gateway_answer.effect = 'resent')`,
  },
  {
    invariant: 'I11',
    finding: 'two answers are said to have brought about one version',
    sql: `
      select page.id as subject from page
      join gateway_answer on gateway_answer.payment_id = page.id
      where gateway_answer.made_version is not null
      group by page.id, gateway_answer.made_version having count(*) > 1`,
  },
];
