import type { Gateway } from '../payments/gateways.ts';
import type { PaymentEvents } from '../payments/world.ts';
import type { GatewayHealth } from './health.ts';

/** Remembers the last word of each gateway, for `/ready`, which tells its breaker too. */
export function gatewayWatch(
  gateways: ReadonlyMap<string, Pick<Gateway, 'breaker'>>,
  events: PaymentEvents,
  clock: { now(): Date },
): { events: PaymentEvents; health: () => readonly GatewayHealth[] } {
  type Heard = Pick<GatewayHealth, 'lastAnswer' | 'lastAnswerAt'>;
  const last = new Map<string, Heard>();
  return {
    events: {
      ...events,
      gatewayCalled(call) {
        last.set(call.gateway, { lastAnswer: call.answer, lastAnswerAt: clock.now() });
        events.gatewayCalled(call);
      },
    },
    health: () =>
      Array.from(gateways, ([name, gateway]) => ({ name, breaker: gateway.breaker(), ...last.get(name) })),
  };
}
