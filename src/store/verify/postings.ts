import type { InvariantCheck } from './walk.ts';
import { playerOfPage, receivableOfPage, suspendingCase } from './words.ts';

/** The figure of the case that two people resolved to completed: that is what was settled. */
const figureInSuspense = `(select max(suspense_minor) from ${suspendingCase} and case_end.resolution = 'completed')`;

/** What a payment's completion moved, over all of its entries. */
export const settledMinor = `(
  select sum(entry.amount_minor) from entry
  where entry.payment_id = page.id and entry.group_id = concat(page.id, ':completed') and entry.currency = page.currency)`;

/** Only a withdrawal that people completed can take more than the player has. */
const takesFromPlayer = `(
  entry.debit = ${playerOfPage}
  or (entry.debit = ${receivableOfPage} and exists (
    select 1 from operator_act where operator_act.payment_id = page.id and operator_act.kind = 'confirmed')))`;

/** The gateway, or suspense where the gateway's figure stood there. */
const isOther = (account: string) => `(
  (${account} like 'gateway:%' and ${figureInSuspense} is null)
  or (${account} = 'suspense' and ${figureInSuspense} is not null))`;

/** A payment has exactly the entries that its state and its cases require (I3). */
export const postingChecks: readonly InvariantCheck[] = [
  {
    invariant: 'I3',
    finding: 'a completed payment has not posted exactly what was settled',
    sql: `
      select page.id as subject from page
      where page.state = 'completed'
        and coalesce(${settledMinor}, 0) <> coalesce(${figureInSuspense}, page.amount_minor)`,
  },
  {
    invariant: 'I3',
    finding: 'a payment was posted as completed between other accounts than its own',
    sql: `
      select page.id as subject
      from page
      join entry on entry.payment_id = page.id
      where entry.group_id = concat(page.id, ':completed') and not (
        (page.direction = 'CRDT' and entry.credit = ${playerOfPage} and ${isOther('entry.debit')})
        or (page.direction = 'DBIT' and ${takesFromPlayer} and ${isOther('entry.credit')}))`,
  },
  {
    invariant: 'I3',
    finding: 'a payment has an entry that neither its state nor a case nor a return asks for',
    sql: `
      select page.id as subject
      from page
      join entry on entry.payment_id = page.id
      where entry.posting_key not in (concat(entry.group_id, ':1'), concat(entry.group_id, ':2'))
        or not (
          (page.state = 'completed' and entry.group_id = concat(page.id, ':completed'))
          or exists (
            select 1 from ${suspendingCase} and (
              entry.posting_key = concat(page.id, ':case:', payment_case.id, ':1')
              or (case_end.resolution in ('notExecuted', 'unchanged')
                and entry.posting_key = concat(page.id, ':case:', payment_case.id, ':reversed:1'))))
          or exists (
            select 1 from payment_return
            where payment_return.payment_id = page.id and payment_return.kind <> 'refund'
              and entry.group_id = concat(page.id, ':return:', payment_return.id)))`,
  },
  {
    invariant: 'I3',
    finding: 'a payment has a case without the suspense entry of its figure',
    sql: `
      select page.id as subject
      from page
      join payment_case on payment_case.payment_id = page.id
      where payment_case.suspense_minor is not null and not exists (
        select 1 from entry
        where entry.posting_key = concat(page.id, ':case:', payment_case.id, ':1')
          and entry.amount_minor = payment_case.suspense_minor and entry.currency = payment_case.suspense_currency
          and ((page.direction = 'CRDT' and entry.debit like 'gateway:%' and entry.credit = 'suspense')
            or (page.direction = 'DBIT' and entry.debit = 'suspense' and entry.credit like 'gateway:%')))`,
  },
  {
    invariant: 'I3',
    finding: 'a payment has a case that was put aside, and its figure still stands in suspense',
    sql: `
      select page.id as subject
      from page
      join payment_case on payment_case.payment_id = page.id
      join case_end on case_end.case_id = payment_case.id
      where payment_case.suspense_minor is not null and case_end.resolution in ('notExecuted', 'unchanged')
        and not exists (
          select 1 from entry
          where entry.posting_key = concat(page.id, ':case:', payment_case.id, ':reversed:1')
            and entry.reverses_posting_key = concat(page.id, ':case:', payment_case.id, ':1'))`,
  },
];
