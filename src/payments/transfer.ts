import { accountingDate } from '../ledger/accounting-date.ts';
import { entriesOf } from '../ledger/entries.ts';
import { transferred } from '../ledger/postings.ts';
import { digest } from './fingerprint.ts';
import type { TransferOrder, TransferReceipt } from './payments.ts';
import { refusedUnasked, type Refusal } from './refusals.ts';
import type { CallContext, World } from './world.ts';

/**
 * Moves money between a player's cage account and play. Idempotent by its id: the same order of the same partner again answers
 * the same, another order under the same id is refused, and one without funds leaves nothing behind. Ids are one space for
 * all partners, so that an entry names one transfer; whoever meets another's id is told so, and nothing of that transfer.
 */
export async function transfer(
  world: World,
  order: TransferOrder,
  context: CallContext,
): Promise<TransferReceipt | Refusal> {
  const books = world.books.get(order.brand);
  if (books === undefined) return refusedUnasked('BRAND_FORBIDDEN');
  if (order.amount.minor === 0n) return refusedUnasked('AMOUNT_ZERO');

  const at = world.clock.now();
  const eventKey = `transfer:${order.transferId}`;
  const meaning = meaningOf(order);
  const fingerprint = `${ownerOf(order)}${meaning}`;
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
  const { transferId, brand, playerId, direction, amount } = order;
  const moved = { transferId, brand, playerId, direction, amount };
  const result = await world.ledger.transfer({ ...moved, commandId, fingerprint, at, entries });
  if (result.kind === 'insufficientFunds') return { refused: 'INSUFFICIENT_FUNDS', outcome: 'NOT_EXECUTED' };
  if (isSomebodyElses(result.fingerprint, order)) {
    return { refused: 'TRANSFER_ID_TAKEN', outcome: 'NOT_EXECUTED' };
  }
  if (!result.fingerprint.endsWith(`:${meaning}`))
    return { refused: 'REFERENCE_REUSED', outcome: 'EXECUTED' };
  const replayed = result.kind === 'known';
  world.events.transferred({ transferId, brand, direction, replayed, ...context });
  return { transferId, at: result.at, replayed };
}

/** What a fingerprint begins with: the version of its form, and whose transfer it is. */
function ownerOf({ partnerId }: TransferOrder): string {
  return partnerId === undefined ? 'v1:' : `v2:${partnerId}:`;
}

/** What nobody's token moved, before there were partners here, may be anybody's: then the meaning decides alone. */
function isSomebodyElses(fingerprint: string, order: TransferOrder): boolean {
  return fingerprint.startsWith('v2:') && !fingerprint.startsWith(ownerOf(order));
}

function meaningOf({ brand, playerId, direction, amount }: TransferOrder): string {
  return digest([brand, playerId, direction, amount.minor.toString(), amount.currency]);
}
