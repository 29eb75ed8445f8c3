import { settledMinor } from './postings.ts';
import type { InvariantCheck } from './walk.ts';
import { notExecuted, playerOfPage, receivableOfPage } from './words.ts';

/** What takes money back from the player, and what gives it to him again. */
const signed = `case when payment_return.kind = 'chargebackReversal' then -1 else 1 end`;

const hasMismatch = `exists (
  select 1 from payment_case where payment_case.payment_id = page.id and payment_case.kind = 'mismatch')`;

const entriesOfReturn = `
  from entry
  where entry.payment_id = page.id and entry.group_id = concat(page.id, ':return:', payment_return.id)`;

/**
 * What came back counts once, is posted whole, and never comes to more than was settled; a refund and its row, which has its
 * id, are there together (I3, I11).
 */
export const returnChecks: readonly InvariantCheck[] = [
  {
    invariant: 'I3',
    finding: 'money came back for a payment that is not completed',
    sql: `
      select page.id as subject from page
      where page.state <> 'completed' and exists (
        select 1 from payment_return where payment_return.payment_id = page.id)`,
  },
  {
    invariant: 'I3',
    finding: 'a return is not posted as what it is',
    sql: `
      select payment_return.id as subject
      from page
      join payment_return on payment_return.payment_id = page.id
      where payment_return.kind <> 'refund' and (
        coalesce((select sum(entry.amount_minor) ${entriesOfReturn} and entry.currency = payment_return.currency), 0)
          <> payment_return.amount_minor
        or coalesce((
          select sum(entry.amount_minor) ${entriesOfReturn}
            and ${receivableOfPage} in (entry.debit, entry.credit)), 0) <> payment_return.receivable_minor
        or exists (
          select 1 ${entriesOfReturn} and not (
            (page.direction = 'CRDT' and payment_return.kind <> 'chargebackReversal'
              and entry.debit in (${playerOfPage}, ${receivableOfPage}) and entry.credit like 'gateway:%')
            or ((page.direction = 'DBIT' or payment_return.kind = 'chargebackReversal')
              and entry.credit in (${playerOfPage}, ${receivableOfPage}) and entry.debit like 'gateway:%'))))`,
  },
  {
    invariant: 'I3',
    finding: 'more came back, and is on its way back, than was settled',
    sql: `
      select page.id as subject from page
      where page.state = 'completed' and not ${hasMismatch} and coalesce((
        select sum(${signed} * payment_return.amount_minor) from payment_return
        where payment_return.payment_id = page.id and payment_return.kind <> 'refund'), 0)
      + coalesce((
        select sum(refund.amount_minor) from refund
        join payment refunding on refunding.id = refund.payment_id
        where refund.original_id = page.id and refunding.state not in ${notExecuted}), 0)
      > coalesce(${settledMinor}, 0)`,
  },
  {
    invariant: 'I3',
    finding: 'more was given back of chargebacks, or of what a player owes, than there was',
    sql: `
      select page.id as subject
      from page
      join payment_return on payment_return.payment_id = page.id
      where payment_return.kind <> 'refund'
      group by page.id
      having sum(${signed} * payment_return.receivable_minor) < 0
        or sum(case payment_return.kind when 'chargeback' then payment_return.amount_minor
          when 'chargebackReversal' then -payment_return.amount_minor else 0 end) < 0`,
  },
  {
    invariant: 'I3',
    finding: 'a refund was paid out, and what it gave back is not told by its original',
    sql: `
      select page.id as subject
      from page
      join refund on refund.payment_id = page.id
      where page.state = 'completed' and not exists (
        select 1 from payment_return
        where payment_return.id = page.id and payment_return.payment_id = refund.original_id
          and payment_return.kind = 'refund' and payment_return.currency = page.currency
          and payment_return.amount_minor = ${settledMinor})`,
  },
  {
    invariant: 'I3',
    finding: 'a payment tells of a refund that was not paid out',
    sql: `
      select payment_return.id as subject
      from page
      join payment_return on payment_return.payment_id = page.id
      where payment_return.kind = 'refund' and not exists (
        select 1 from refund
        join payment refunding on refunding.id = refund.payment_id
        where refund.payment_id = payment_return.id and refund.original_id = page.id
          and refunding.state = 'completed')`,
  },
  {
    invariant: 'I11',
    finding: 'a return counts twice',
    sql: `
      select payment_return.id as subject
      from page
      join payment_return on payment_return.payment_id = page.id
      where exists (
        select 1 from payment_return other
        where other.id > payment_return.id and (
          other.return_key = payment_return.return_key
          or (other.payment_id = page.id and other.gateway = payment_return.gateway
            and other.kind = payment_return.kind and other.reference = payment_return.reference)))`,
  },
];
