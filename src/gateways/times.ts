import type { Route } from '../payments/world.ts';
import type { Bounds, GatewaySettings } from './kind.ts';
import { boundsOf } from './kinds.ts';
import { neverSentMs } from './tries.ts';

/** Bounds of one gateway that contradict one another. */
export function gatewayTimeProblems(gateways: readonly GatewaySettings[]): string[] {
  return gateways
    .map(boundsOf)
    .flatMap((bounds, index) => contradictions(bounds).map((problem) => `/gateways/${index}/${problem}`));
}

function contradictions({ limits, breaker, checks }: Bounds): string[] {
  const { connectTimeoutMs, totalTimeoutMs } = limits;
  return [
    ...(connectTimeoutMs <= totalTimeoutMs
      ? []
      : [`limits/connectTimeoutMs: is more than totalTimeoutMs (${totalTimeoutMs})`]),
    ...(breaker.callsMin <= breaker.windowCalls
      ? []
      : [`breaker/callsMin: is more than windowCalls (${breaker.windowCalls})`]),
    // A copy that is still on its way could arrive after it was said not to be there.
    ...(checks.notFoundGraceMs > totalTimeoutMs
      ? []
      : [`checks/notFoundGraceMs: is not more than totalTimeoutMs (${totalTimeoutMs})`]),
  ];
}

/** The longest that one call takes, whichever gateway is called: one without a route is still asked about its payments. */
export function longestCallMs(gateways: readonly GatewaySettings[]): number {
  return Math.max(0, ...gateways.map((gateway) => boundsOf(gateway).limits.totalTimeoutMs));
}

/**
 * The longest that a payment is carried, over all routes: to every gateway but the last it was never sent, which is
 * certain when its tries are over, and `recordMs` is what writing each answer down takes.
 */
export function longestRouteMs(
  routes: readonly Route[],
  gateways: readonly GatewaySettings[],
  recordMs: number,
): number {
  const times = new Map(gateways.map((gateway) => [gateway.name, boundsOf(gateway).limits]));
  return Math.max(
    0,
    ...routes.flatMap((route) => {
      let beforeMs = 0;
      return route.gateways.map((name) => {
        const limits = times.get(name);
        const wholeMs = beforeMs + (limits?.totalTimeoutMs ?? 0) + recordMs;
        beforeMs += (limits === undefined ? 0 : neverSentMs(limits)) + recordMs;
        return wholeMs;
      });
    }),
  );
}
