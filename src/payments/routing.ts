import type { Gateway, GatewayCapabilities } from './gateways.ts';
import type { Instruction } from './payment.ts';
import type { Route } from './world.ts';

/**
 * The gateways that may carry an instruction, best first: those of the first route whose conditions it meets, without
 * those that cannot. Empty where no route fits.
 */
export function gatewaysFor(
  instruction: Instruction,
  routes: readonly Route[],
  gateways: ReadonlyMap<string, Gateway>,
): readonly Gateway[] {
  const route = routes.find((candidate) => fits(instruction, candidate));
  return (route?.gateways ?? []).flatMap((name) => {
    const gateway = gateways.get(name);
    return gateway !== undefined && canCarry(instruction, gateway.capabilities) ? [gateway] : [];
  });
}

function fits(instruction: Instruction, route: Route): boolean {
  const { amount } = instruction;
  return (
    (route.direction ?? instruction.direction) === instruction.direction &&
    among(instruction.method, route.methods) &&
    among(amount.currency, route.currencies) &&
    among(instruction.brand, route.brands) &&
    among(instruction.partnerId, route.partners) &&
    (route.amountMin === undefined ||
      sameCurrency(instruction, route.amountMin, (min) => amount.minor >= min)) &&
    (route.amountMax === undefined ||
      sameCurrency(instruction, route.amountMax, (max) => amount.minor <= max))
  );
}

function canCarry(instruction: Instruction, capabilities: GatewayCapabilities): boolean {
  const { amount } = instruction;
  const limit = capabilities.amountMax.find(({ currency }) => currency === amount.currency);
  return (
    capabilities.directions.includes(instruction.direction) &&
    capabilities.currencies.includes(amount.currency) &&
    capabilities.methods.includes(instruction.method) &&
    (limit === undefined || amount.minor <= limit.minor)
  );
}

function among<T>(value: T, allowed: readonly T[] | undefined): boolean {
  return allowed === undefined || allowed.includes(value);
}

/** A bound in another currency says nothing of this amount, so the route is not for it. */
function sameCurrency(
  { amount }: Instruction,
  bound: { minor: bigint; currency: string },
  within: (minor: bigint) => boolean,
): boolean {
  return bound.currency === amount.currency && within(bound.minor);
}
