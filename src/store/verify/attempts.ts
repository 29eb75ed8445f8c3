import type { InvariantCheck } from './walk.ts';

const hasAttempt = `exists (
  select 1 from attempt where attempt.payment_id = page.id and attempt.ordinal = page.attempt_ordinal)`;

/** Who close a case as completed may say that its money moved by an attempt before the last one. */
const isCompletedByPeople = `exists (
  select 1 from payment_case join case_end on case_end.case_id = payment_case.id
  where payment_case.payment_id = page.id and case_end.resolution = 'completed')`;

/** One effect, and nothing sent after a word that it may have left (I1, I9). */
export const attemptChecks: readonly InvariantCheck[] = [
  {
    invariant: 'I1',
    finding: 'an attempt was followed by another one although it may have been sent',
    sql: `
      select page.id as subject from page
      join attempt on attempt.payment_id = page.id
      where exists (
        select 1 from attempt later
        where later.payment_id = attempt.payment_id and later.ordinal > attempt.ordinal)
      and not exists (
        select 1 from gateway_answer answer
        where answer.payment_id = attempt.payment_id and answer.attempt_ordinal = attempt.ordinal
          and answer.kind = 'neverSent' and answer.effect = 'rerouted')`,
  },
  {
    invariant: 'I1',
    finding: 'an attempt was left for another gateway after a word that moved its payment',
    sql: `
      select page.id as subject from page
      join gateway_answer rerouted on rerouted.payment_id = page.id and rerouted.effect = 'rerouted'
      where exists (
        select 1 from gateway_answer answer
        where answer.payment_id = page.id and answer.attempt_ordinal = rerouted.attempt_ordinal
          and answer.effect in ('moved', 'resent'))`,
  },
  {
    invariant: 'I1',
    finding: 'two attempts of one payment are said to have settled, and no case asks about it',
    sql: `
      select page.id as subject from page
      join gateway_answer answer on answer.payment_id = page.id and answer.kind = 'settled'
      where not exists (
        select 1 from payment_case where payment_case.payment_id = page.id and payment_case.kind <> 'noAnswer')
      group by page.id having count(distinct answer.attempt_ordinal) > 1`,
  },
  {
    invariant: 'I1',
    finding: 'one attempt is said to have settled and not to have, and no case asks about it',
    sql: `
      select page.id as subject from page
      join gateway_answer settled on settled.payment_id = page.id and settled.kind = 'settled'
      where exists (
        select 1 from gateway_answer negative
        where negative.payment_id = page.id and negative.attempt_ordinal = settled.attempt_ordinal
          and negative.kind in ('declined', 'cancelled', 'expired'))
      and not exists (
        select 1 from payment_case where payment_case.payment_id = page.id and payment_case.kind <> 'noAnswer')`,
  },
  {
    invariant: 'I1',
    finding:
      'a payment stands on an attempt that it does not have, or not on its last one, and nobody said so',
    sql: `
      select page.id as subject from page
      where (
        page.attempt_ordinal is not null
        and (select count(*) from attempt where attempt.payment_id = page.id) <> page.attempt_ordinal
        and not (page.state = 'completed' and ${hasAttempt} and ${isCompletedByPeople}))
      or (page.attempt_ordinal is null and exists (select 1 from attempt where attempt.payment_id = page.id))`,
  },
  {
    invariant: 'I1',
    finding: 'a payment was completed with the money of one gateway, and stands on an attempt at another one',
    sql: `
      select page.id as subject
      from page
      join attempt on attempt.payment_id = page.id and attempt.ordinal = page.attempt_ordinal
      join payment_case on payment_case.payment_id = page.id and payment_case.suspense_minor is not null
      join case_end on case_end.case_id = payment_case.id and case_end.resolution = 'completed'
      join entry on entry.posting_key = concat(page.id, ':case:', payment_case.id, ':1')
      where page.state = 'completed'
        and concat('gateway:', attempt.gateway) not in (entry.debit, entry.credit)`,
  },
  {
    invariant: 'I9',
    finding: 'an attempt was sent again without having been not found twice before',
    sql: `
      select page.id as subject from page
      join gateway_answer answer on answer.payment_id = page.id
      group by page.id, answer.attempt_ordinal
      having sum(case when answer.effect = 'resent' then 2 else 0 end)
        > sum(case when answer.kind = 'notFound' and answer.source = 'statusCheck' then 1 else 0 end)`,
  },
];
