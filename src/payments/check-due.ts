import { ask } from './ask.ts';
import { carry } from './carry.ts';
import { allOf, type UnderWay } from './flights.ts';
import { expireApproval } from './people/end-unsent.ts';
import type { ClaimChecks, ClaimedCheck } from './ledger-store.ts';
import { attemptOf, type Payment } from './payment.ts';
import type { CallContext, World } from './world.ts';

/**
 * Asks about every payment whose check is due, the oldest first, each gateway in a lane of its own, so that a silent one keeps
 * nobody waiting. A check is claimed in the ledger before it is made, for as many as run at once: any number of processes
 * may do this at the same time, and one that stood still finds its claim taken and changes no schedule.
 * @throws LedgerUnavailable where nothing can be claimed, or a word cannot be written
 */
export async function checkDue(
  world: World,
  underWay: UnderWay,
  signal: AbortSignal,
): Promise<{ checked: number }> {
  const names = [...world.gateways.keys()];
  const lanes: ClaimChecks['of'][] = [...names.map((gateway) => ({ gateway })), { noneOf: names }];
  const counts = await allOf(lanes.map((of) => checkLane(world, underWay, { of, signal })));
  return { checked: counts.reduce((sum, count) => sum + count, 0) };
}

interface Lane {
  readonly of: ClaimChecks['of'];
  readonly signal: AbortSignal;
}

/** Ends when less than a whole batch was due, so that the schedule is caught up with. */
async function checkLane(world: World, underWay: UnderWay, { of, signal }: Lane): Promise<number> {
  const { checksConcurrencyMax: limit, claimLeaseMs } = world.limits;
  let checked = 0;
  while (!signal.aborted) {
    const now = world.clock.now();
    const leaseUntil = new Date(now.getTime() + claimLeaseMs);
    const claimed = await world.ledger.claimChecks({ now, leaseUntil, limit, of });
    // One that fails keeps nobody else's check waiting; its claim lapses, and a later round asks again.
    await allOf(claimed.map((one) => checkOne(world, underWay, { ...one, until: leaseUntil })));
    checked += claimed.length;
    if (claimed.length < limit) break;
  }
  return checked;
}

async function checkOne(
  world: World,
  underWay: UnderWay,
  { payment, fence, until }: ClaimedCheck & { readonly until: Date },
): Promise<void> {
  const context = { correlationId: world.ids.uuid() };
  world.reached('inStatusCheck');
  // Who carries it hears the gateway himself.
  if (underWay.carried.current(payment.id) !== undefined) return;
  if (payment.state.name === 'awaitingApproval') return void (await expireApproval(world, payment, context));
  const question = { source: 'statusCheck', claim: { fence, until }, context } as const;
  const asked = await underWay.asked.join(`check:${payment.id}`, () => ask(world, payment, question));
  // Only the word that moved it says `resent`: whoever else finds it submitted has not to send it.
  if (asked.effect === 'resent') await sendAgain(world, underWay, asked.payment, context);
}

async function sendAgain(
  world: World,
  { carried }: UnderWay,
  payment: Payment,
  context: CallContext,
): Promise<void> {
  const route = [...world.gateways.values()].filter(({ name }) => name === attemptOf(payment.state)?.gateway);
  world.reached('inResend');
  await carried.join(payment.id, () => carry(world, payment, route, context));
}
