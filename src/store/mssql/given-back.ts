/** States that a payment ended in without money moving. */
export const endedWithoutMoney = "('rejected', 'cancelled', 'expired')";

/** What of a payment came back, and every refund of it that is paid out or under way; the payment is locked by then. */
export function givenBack(paymentId: string): string {
  return `(
    select coalesce(sum(case when b.kind = 'chargebackReversal' then -b.amount_minor else b.amount_minor end), 0)
    from payment_return as b
    where b.payment_id = ${paymentId} and b.kind <> 'refund')
  + (
    select coalesce(sum(o.amount_minor), 0)
    from refund as o
    join payment as p on p.id = o.payment_id
    where o.original_id = ${paymentId} and p.state not in ${endedWithoutMoney})`;
}
