import type { InvariantCheck } from './invariant-check.ts';

/** Payments, their attempts, versions and answers (I1, I5, I7, I11). */
export const paymentChecks: readonly InvariantCheck[] = [
  {
    invariant: 'I1',
    finding: 'an attempt was followed by another one although it may have been sent',
    sql: `
      select attempt.payment_id as subject from attempt
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
    finding: 'two attempts of one payment are said to have settled',
    sql: `
      select payment_id as subject from gateway_answer
      where kind = 'settled'
      group by payment_id having count(distinct attempt_ordinal) > 1`,
  },
  {
    invariant: 'I1',
    finding: 'a payment stands on an attempt that it does not have',
    sql: `
      select payment.id as subject from payment
      where payment.attempt_ordinal is not null and not exists (
        select 1 from attempt
        where attempt.payment_id = payment.id and attempt.ordinal = payment.attempt_ordinal)`,
  },
  {
    invariant: 'I5',
    finding: 'a final state was followed by another one',
    sql: `
      select earlier.payment_id as subject
      from payment_version earlier
      join payment_version later
        on later.payment_id = earlier.payment_id and later.version = earlier.version + 1
      where earlier.state in ('completed', 'rejected', 'cancelled', 'expired') and later.state <> earlier.state`,
  },
  {
    invariant: 'I5',
    finding: 'the payment is not where its history says',
    sql: `
      select payment.id as subject from payment
      where not exists (
        select 1 from payment_version
        where payment_version.payment_id = payment.id and payment_version.version = payment.version
          and payment_version.state = payment.state)
      or payment.version <> (select count(*) from payment_version where payment_version.payment_id = payment.id)`,
  },
  {
    invariant: 'I7',
    finding: 'two payments share a reference of one partner',
    sql: `
      select min(id) as subject from payment group by partner_id, partner_reference having count(*) > 1`,
  },
  {
    invariant: 'I11',
    finding: 'two answers are said to have brought about one version',
    sql: `
      select payment_id as subject from gateway_answer
      where made_version is not null
      group by payment_id, made_version having count(*) > 1`,
  },
];
