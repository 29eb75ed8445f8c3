import type { Route } from '../payments/world.ts';
import { questionsMax } from './bulkhead.ts';
import type { GatewaySettings } from './kind.ts';
import { boundsOf } from './kinds.ts';

/**
 * A gateway that one partner could fill: the others would read that it is busy, which is final, and need new references.
 * What is left to instructions must be more than one partner may send at once. A gateway without a route carries none.
 */
export function gatewayShareProblems(
  gateways: readonly GatewaySettings[],
  routes: readonly Route[],
  partnerRequestsMax: number,
): string[] {
  const routed = new Set(routes.flatMap((route) => route.gateways));
  return gateways.flatMap((gateway, index) => {
    const { callsMax } = boundsOf(gateway).limits;
    const left = callsMax - questionsMax(callsMax);
    if (!routed.has(gateway.name) || left > partnerRequestsMax) return [];
    return [
      `/gateways/${index}/limits/callsMax: leaves ${left} calls to instructions, and one partner alone may send ` +
        `${partnerRequestsMax} at once (partnerRequestsMax of both doors)`,
    ];
  });
}
