import type { Route } from '../payments/world.ts';
import type { GatewaySettings } from './kind.ts';
import { boundsOf } from './kinds.ts';

/** A bound that lies beyond the one that it is part of, or within the one that it must outlast. */
export function gatewayTimeProblems(gateways: readonly GatewaySettings[]): string[] {
  return gateways.map(boundsOf).flatMap(({ limits: { connectTimeoutMs, totalTimeoutMs }, checks }, index) => [
    ...(connectTimeoutMs <= totalTimeoutMs
      ? []
      : [`/gateways/${index}/limits/connectTimeoutMs: is more than totalTimeoutMs (${totalTimeoutMs})`]),
    // A copy that is still on its way could arrive after it was said not to be there.
    ...(checks.notFoundGraceMs > totalTimeoutMs
      ? []
      : [`/gateways/${index}/checks/notFoundGraceMs: is not more than totalTimeoutMs (${totalTimeoutMs})`]),
  ]);
}

/** The longest that one call takes, whichever gateway is called: one without a route is still asked about its payments. */
export function longestCallMs(gateways: readonly GatewaySettings[]): number {
  return Math.max(0, ...gateways.map((gateway) => boundsOf(gateway).limits.totalTimeoutMs));
}

/**
 * The longest that a payment is carried, over all routes: to every gateway but the last it was never sent, which is
 * certain when `connectTimeoutMs` is over, and `recordMs` is what writing each answer down takes.
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
        const { connectTimeoutMs = 0, totalTimeoutMs = 0 } = times.get(name) ?? {};
        const wholeMs = beforeMs + totalTimeoutMs + recordMs;
        beforeMs += connectTimeoutMs + recordMs;
        return wholeMs;
      });
    }),
  );
}
