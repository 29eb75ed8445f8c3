import { playerAccount } from '../../ledger/accounts.ts';
import type { Posting } from '../../ledger/entries.ts';
import type { HoldEnding } from '../../ledger/holds.ts';
import { paymentCompleted } from '../../ledger/postings.ts';
import { routeFor } from '../returns/route.ts';
import type { Case, Payment, StateName } from '../payment.ts';
import type { World } from '../world.ts';
import { availableOf, factsFor } from './found.ts';
import type { Resolution } from './resolutions.ts';
import { heldMinor, resolve } from './resolved.ts';

/** What an act will do, shown before it is done: which accounts, which amounts, and what the player can use after it. */
export interface Effect {
  /** Where the payment will be; of an approval, once its gateway has settled it. */
  readonly state: StateName;
  readonly postings: readonly Posting[];
  readonly holdEnding?: HoldEnding;
  /** What the player can use, in minor units of the payment's currency. */
  readonly availableMinor: { readonly before: bigint; readonly after: bigint };
}

export async function effectOfResolution(
  world: World,
  payment: Payment,
  open: Case,
  resolution: Resolution,
): Promise<Effect> {
  const facts = await factsFor(world, payment, open);
  const { next, posted, holdEnding } = resolve(payment, open, resolution, facts);
  return effectOf(payment, facts.availableMinor, {
    state: next.state.name,
    postings: posted?.postings ?? [],
    ...(holdEnding && heldMinor(payment) > 0n && { holdEnding }),
  });
}

/** Of a payment that waits for approval; without postings where no gateway carries it any more. */
export async function effectOfApproval(world: World, payment: Payment): Promise<Effect> {
  const { instruction } = payment;
  const [gateway] = await routeFor(world, instruction);
  return effectOf(payment, await availableOf(world, payment), {
    state: 'completed',
    postings: gateway === undefined ? [] : paymentCompleted({ ...instruction, gateway: gateway.name }),
    ...(heldMinor(payment) > 0n && { holdEnding: 'posted' }),
  });
}

function effectOf(payment: Payment, before: bigint, effect: Omit<Effect, 'availableMinor'>): Effect {
  const { brand, playerId, amount: held } = payment.instruction;
  const player = playerAccount(brand, playerId);
  const released = effect.holdEnding === undefined ? 0n : held.minor;
  const after = effect.postings.reduce((sum, { debit, credit, amount }) => {
    if (debit === player) return sum - amount.minor;
    return credit === player ? sum + amount.minor : sum;
  }, before + released);
  return { ...effect, availableMinor: { before, after } };
}
