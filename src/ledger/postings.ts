import {
  gatewayAccount,
  playAccount,
  playerAccount,
  receivableAccount,
  suspenseAccount,
} from './accounts.ts';
import type { Posting } from './entries.ts';
import type { Money } from './money.ts';

/**
 * Which accounts an event moves money between: the rows of design 7, as they are written there. Directions are seen
 * from the player: CRDT brings money to the player (a deposit), DBIT takes it (a withdrawal).
 */

interface PaymentParties {
  readonly direction: 'CRDT' | 'DBIT';
  readonly brand: string;
  readonly playerId: string;
  readonly gateway: string;
  readonly amount: Money;
}

/** Deposit: debit gateway, credit player. Withdrawal: debit player, credit gateway, as its hold is posted. */
export function paymentCompleted(payment: PaymentParties): Posting[] {
  const player = playerAccount(payment.brand, payment.playerId);
  return [between(payment, gatewayAccount(payment.gateway), player)];
}

/**
 * Money that a gateway says it moved although our payment says otherwise (final already, or another amount or
 * currency): the gateway's figures against suspense, until two people close the case.
 */
export function conflictingSettlement(payment: Omit<PaymentParties, 'brand' | 'playerId'>): Posting[] {
  return [between(payment, gatewayAccount(payment.gateway), suspenseAccount)];
}

/**
 * A payment that two people say is completed: what stands in suspense for it is turned into the player's, or where nothing
 * does, the ordinary row. `receivableMinor` of a withdrawal is what the player had not got: he owes it. A deposit has none.
 */
export function completedByPeople(
  payment: PaymentParties & { readonly receivableMinor: bigint; readonly from: 'suspense' | 'gateway' },
): Posting[] {
  const { player, receivable, gateway } = partsOf(payment);
  const other = payment.from === 'suspense' ? suspenseAccount : gateway;
  if (payment.direction === 'CRDT') return [{ debit: other, credit: player.account, amount: payment.amount }];
  return [
    { debit: player.account, credit: other, amount: player.amount },
    { debit: receivable.account, credit: other, amount: receivable.amount },
  ].filter(movesMoney);
}

/** The other way round, the whole of it. */
export function reversed({ debit, credit, amount }: Posting): Posting[] {
  return [{ debit: credit, credit: debit, amount }];
}

interface ReturnParties extends Omit<PaymentParties, 'direction'> {
  /** How much of the amount the player owes us, or of a reversal owes us no more: 0 to the whole of it, in minor units. */
  readonly receivableMinor: bigint;
}

/** A deposit that was returned or charged back: debit player, the rest receivable, credit gateway. */
export function depositTakenBack(returned: ReturnParties): Posting[] {
  const { player, receivable, gateway } = partsOf(returned);
  return [
    { debit: player.account, credit: gateway, amount: player.amount },
    { debit: receivable.account, credit: gateway, amount: receivable.amount },
  ].filter(movesMoney);
}

/** A chargeback that was reversed: debit gateway, credit that payment's receivable first, the rest player. */
export function chargebackReversed(returned: ReturnParties): Posting[] {
  const { player, receivable, gateway } = partsOf(returned);
  return [
    { debit: gateway, credit: receivable.account, amount: receivable.amount },
    { debit: gateway, credit: player.account, amount: player.amount },
  ].filter(movesMoney);
}

/** A withdrawal that came back: debit gateway, credit player. */
export function withdrawalReturned(payment: Omit<PaymentParties, 'direction'>): Posting[] {
  return paymentCompleted({ ...payment, direction: 'CRDT' });
}

function partsOf({ brand, playerId, gateway, amount, receivableMinor }: ReturnParties) {
  const { minor, currency } = amount;
  if (receivableMinor < 0n || receivableMinor > minor) throw new RangeError('more is owed than came back');
  return {
    player: {
      account: playerAccount(brand, playerId),
      amount: { minor: minor - receivableMinor, currency },
    },
    receivable: {
      account: receivableAccount(brand, playerId),
      amount: { minor: receivableMinor, currency },
    },
    gateway: gatewayAccount(gateway),
  };
}

function movesMoney({ amount }: Posting): boolean {
  return amount.minor > 0n;
}

/** To the tables, or from them. */
export type TransferDirection = 'toPlay' | 'fromPlay';

/** Between the cage and the tables: `toPlay` debits the player, `fromPlay` credits the player. */
export function transferred(transfer: {
  readonly direction: TransferDirection;
  readonly brand: string;
  readonly playerId: string;
  readonly amount: Money;
}): Posting[] {
  const player = playerAccount(transfer.brand, transfer.playerId);
  const play = playAccount(transfer.brand);
  const { amount } = transfer;
  return transfer.direction === 'toPlay'
    ? [{ debit: player, credit: play, amount }]
    : [{ debit: play, credit: player, amount }];
}

/** A deposit flows from the gateway to the other account, a withdrawal from the other account to the gateway. */
function between(
  { direction, amount }: Pick<PaymentParties, 'direction' | 'amount'>,
  gateway: string,
  other: string,
): Posting {
  return direction === 'CRDT'
    ? { debit: gateway, credit: other, amount }
    : { debit: other, credit: gateway, amount };
}
