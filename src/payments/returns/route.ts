import type { Gateway } from '../gateways.ts';
import type { Instruction, Payment, PaymentState } from '../payment.ts';
import { gatewaysFor } from '../routing.ts';
import type { World } from '../world.ts';

/** The gateways that may carry an instruction, best first: what gives a deposit back goes the deposit's way or none. */
export async function routeFor(
  world: Pick<World, 'ledger' | 'gateways' | 'routes'>,
  instruction: Instruction,
): Promise<readonly Gateway[]> {
  if (instruction.refundOf === undefined) return gatewaysFor(instruction, world.routes, world.gateways);
  const original = await world.ledger.paymentById(instruction.refundOf);
  const way = original && wayBack(world, original);
  return way === undefined ? [] : [way.gateway];
}

export interface WayBack {
  readonly state: Extract<PaymentState, { name: 'completed' }>;
  readonly gateway: Gateway;
}

/** The one gateway by which a payment can be given back; undefined where it cannot. */
export function wayBack(
  { gateways }: Pick<World, 'gateways'>,
  { instruction, state, openCases }: Payment,
): WayBack | undefined {
  if (instruction.direction !== 'CRDT' || state.name !== 'completed') return undefined;
  // What may not be true is not given back.
  if (openCases.length > 0) return undefined;
  const gateway = gateways.get(state.attempt.gateway);
  return gateway?.refund === undefined ? undefined : { state, gateway };
}
