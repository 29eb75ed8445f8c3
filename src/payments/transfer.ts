import { accountingDate } from '../ledger/accounting-date.ts';
import { entriesOf } from '../ledger/entries.ts';
import { transferred } from '../ledger/postings.ts';
import { digest } from './fingerprint.ts';
import type { TransferOrder, TransferReceipt } from './payments.ts';
import { refusedUnasked, type Refusal } from './refusals.ts';
import type { CallContext, World } from './world.ts';

/**
 * Moves money between a player's cage account and play. Idempotent by its id: the same order again answers the same,
 * another order under the same id is refused, and one without funds leaves nothing behind.
 */
export async function transfer(
  world: World,
  order: TransferOrder,
  { correlationId }: CallContext,
): Promise<TransferReceipt | Refusal> {
  const books = world.books.get(order.brand);
  if (books === undefined) return refusedUnasked('BRAND_FORBIDDEN');
  if (order.amount.minor === 0n) return refusedUnasked('AMOUNT_ZERO');

  const at = world.clock.now();
  const eventKey = `transfer:${order.transferId}`;
  const fingerprint = meaningOf(order);
  const entries = entriesOf(transferred(order), {
    eventKey,
    groupId: eventKey,
    brand: order.brand,
    reason: 'transfer',
    recordedAt: at,
    effectiveAt: at,
    accountingDate: accountingDate(at, books),
  });
  const commandId = world.ids.uuid();
  const result = await world.ledger.transfer({ ...order, commandId, fingerprint, at, entries });
  if (result.kind === 'insufficientFunds') return { refused: 'INSUFFICIENT_FUNDS', outcome: 'NOT_EXECUTED' };
  if (result.fingerprint !== fingerprint) return { refused: 'REFERENCE_REUSED', outcome: 'EXECUTED' };
  const { transferId, brand, direction } = order;
  const replayed = result.kind === 'known';
  world.events.transferred({ transferId, brand, direction, replayed, correlationId });
  return { transferId, at: result.at, replayed };
}

function meaningOf({ brand, playerId, direction, amount }: TransferOrder): string {
  return `v1:${digest([brand, playerId, direction, amount.minor.toString(), amount.currency])}`;
}
