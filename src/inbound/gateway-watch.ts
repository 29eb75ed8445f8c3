import type { PaymentEvents } from '../payments/world.ts';
import type { GatewayHealth } from './health.ts';

/** Remembers the last word of each gateway, for `/ready`. */
export function gatewayWatch(
  names: Iterable<string>,
  events: PaymentEvents,
  clock: { now(): Date },
): { events: PaymentEvents; health: () => readonly GatewayHealth[] } {
  const last = new Map<string, GatewayHealth>(Array.from(names, (name) => [name, { name }]));
  return {
    events: {
      ...events,
      gatewayCalled(call) {
        last.set(call.gateway, { name: call.gateway, lastAnswer: call.answer, lastAnswerAt: clock.now() });
        events.gatewayCalled(call);
      },
    },
    health: () => [...last.values()],
  };
}
