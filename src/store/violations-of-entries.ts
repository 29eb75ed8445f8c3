import type { InvariantCheck } from './invariant-check.ts';

const playerOfPayment = `concat('player:', payment.brand, ':', payment.player_id)`;

/** The entry that a completed payment has exactly one of: between its player and a gateway, its own amount. */
const settledEntry = `
  entry.payment_id = payment.id and entry.amount_minor = payment.amount_minor and entry.currency = payment.currency
  and (
    (payment.direction = 'CRDT' and entry.debit like 'gateway:%' and entry.credit = ${playerOfPayment})
    or (payment.direction = 'DBIT' and entry.credit like 'gateway:%' and entry.debit = ${playerOfPayment})
  )`;

const suspenseEntry = `(entry.debit = 'suspense' or entry.credit = 'suspense')`;

const finals = `('completed', 'rejected', 'cancelled', 'expired')`;

/** Money: balances, entries and holds (I3, I4, I6, and the keys that count once). */
export const entryChecks: readonly InvariantCheck[] = [
  {
    invariant: 'I3',
    finding: 'the balance row is not the sum of its entries and open holds',
    sql: `
      select concat(account, ' ', currency) as subject
      from (
        select credit as account, currency, amount_minor as posted, 0 as held from entry where credit like 'player:%'
        union all
        select debit, currency, -amount_minor, 0 from entry where debit like 'player:%'
        union all
        select account, currency, 0, amount_minor from hold
        where not exists (select 1 from hold_end where hold_end.hold_id = hold.id)
        union all
        select account, currency, -posted_minor, -held_minor from player_balance
      ) as line
      group by account, currency
      having sum(posted) <> 0 or sum(held) <> 0`,
  },
  {
    invariant: 'I3',
    finding: 'a completed payment has not exactly one entry of its amount between player and gateway',
    sql: `
      select payment.id as subject from payment
      where payment.state = 'completed' and (select count(*) from entry where ${settledEntry}) <> 1`,
  },
  {
    invariant: 'I3',
    finding: 'a payment has an entry that neither its state nor a case asks for',
    sql: `
      select payment.id as subject from payment
      where exists (
        select 1 from entry
        where entry.payment_id = payment.id and not ${suspenseEntry}
          and not (payment.state = 'completed' and ${settledEntry}))`,
  },
  {
    invariant: 'I3',
    finding: 'a payment has not exactly the suspense entries of its cases',
    sql: `
      select payment.id as subject from payment
      where (select count(*) from entry where entry.payment_id = payment.id and ${suspenseEntry})
        <> (select count(*) from payment_case
          where payment_case.payment_id = payment.id and payment_case.suspense_minor is not null)`,
  },
  {
    invariant: 'I3',
    finding: 'a case has no suspense entry of its amount',
    sql: `
      select payment_case.id as subject from payment_case
      where payment_case.suspense_minor is not null and not exists (
        select 1 from entry
        where entry.payment_id = payment_case.payment_id and ${suspenseEntry}
          and entry.amount_minor = payment_case.suspense_minor and entry.currency = payment_case.suspense_currency)`,
  },
  {
    invariant: 'I3',
    finding: 'a transfer has not exactly one entry of its amount',
    sql: `
      select transfer.transfer_id as subject from transfer
      where (
        select count(*) from entry
        where entry.group_id = concat('transfer:', transfer.transfer_id)
          and entry.amount_minor = transfer.amount_minor and entry.currency = transfer.currency) <> 1`,
  },
  {
    invariant: 'I4',
    finding: 'a player has less than nothing available',
    sql: `
      select concat(account, ' ', currency) as subject from player_balance
      where posted_minor - held_minor < 0 or held_minor < 0`,
  },
  {
    invariant: 'I6',
    finding: 'a withdrawal that is not final has no open hold of its amount on its player',
    sql: `
      select payment.id as subject from payment
      where payment.direction = 'DBIT' and payment.state not in ${finals} and not exists (
        select 1 from hold
        where hold.payment_id = payment.id and hold.account = ${playerOfPayment}
          and hold.amount_minor = payment.amount_minor and hold.currency = payment.currency
          and not exists (select 1 from hold_end where hold_end.hold_id = hold.id))`,
  },
  {
    invariant: 'I6',
    finding: 'the hold of a final payment is open, or ended otherwise than the payment',
    sql: `
      select hold.payment_id as subject
      from hold
      join payment on payment.id = hold.payment_id
      left join hold_end on hold_end.hold_id = hold.id
      where payment.state in ${finals}
        and (hold_end.ending is null
          or hold_end.ending <> case when payment.state = 'completed' then 'posted' else 'voided' end)`,
  },
  {
    invariant: 'I6',
    finding: 'a completed withdrawal has no hold, or a deposit has one',
    sql: `
      select payment.id as subject from payment left join hold on hold.payment_id = payment.id
      where (payment.direction = 'DBIT' and payment.state = 'completed' and hold.id is null)
        or (payment.direction = 'CRDT' and hold.id is not null)`,
  },
  {
    invariant: 'I11',
    finding: 'an event was posted twice',
    sql: `select posting_key as subject from entry group by posting_key having count(*) > 1`,
  },
];
