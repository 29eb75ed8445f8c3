import { type AmountRefusal, type Money, readAmount } from '../ledger/money.ts';
import type { GatewayCapabilities } from '../payments/gateways.ts';
import type { Route } from '../payments/world.ts';
import { orMisconfigured } from '../platform/misconfigured.ts';
import { tlsIdentity } from '../platform/tls-identity.ts';
import type { TlsIdentity } from '../platform/tls.ts';

/** A gateway as the configuration writes it, once its schema has accepted it. */
export interface GatewaySeed extends Omit<GatewayCapabilities, 'amountMax'>, GatewayBounds {
  readonly name: string;
  readonly kind: 'bankSoap';
  /** An address, or a reference to one. */
  readonly url: string;
  /** References to PEM files, as are the next two. */
  readonly authorities: readonly string[];
  readonly certificate: string;
  readonly key: string;
  /** Decimal text by currency. */
  readonly amountMax?: Readonly<Record<string, string>>;
}

interface GatewayBounds {
  readonly connectTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly connectionsMax: number;
}

/** What a gateway is opened with. */
export interface GatewaySettings extends GatewayBounds {
  readonly name: string;
  readonly kind: 'bankSoap';
  readonly url: string;
  readonly authorities: readonly string[];
  readonly identity: TlsIdentity;
  readonly capabilities: GatewayCapabilities;
}

export type RouteSeed = Omit<Route, 'amountMin' | 'amountMax'> & {
  readonly amountMin?: AmountSeed;
  readonly amountMax?: AmountSeed;
};

interface AmountSeed {
  readonly value: string;
  readonly currency: string;
}

type ReadReference = (reference: string, at: string) => string;

/** The gateway with its files read; `at` is its place in the configuration, for errors. */
export function gatewayFrom(seed: GatewaySeed, at: string, read: ReadReference): GatewaySettings {
  const { name, kind, connectTimeoutMs, totalTimeoutMs, connectionsMax, directions, methods, currencies } =
    seed;
  const limits = Object.entries(seed.amountMax ?? {}).map(([currency, value]) =>
    amountFrom({ value, currency }, `${at}/amountMax/${currency}`),
  );
  return {
    name,
    kind,
    url: seed.url.startsWith('env:') ? read(seed.url, `${at}/url`) : seed.url,
    authorities: seed.authorities.map((reference, index) => read(reference, `${at}/authorities/${index}`)),
    identity: tlsIdentity(seed, at, read),
    connectTimeoutMs,
    totalTimeoutMs,
    connectionsMax,
    capabilities: { directions, methods, currencies, amountMax: limits },
  };
}

export function routeFrom({ amountMin, amountMax, ...conditions }: RouteSeed, at: string): Route {
  return {
    ...conditions,
    ...(amountMin && { amountMin: amountFrom(amountMin, `${at}/amountMin`) }),
    ...(amountMax && { amountMax: amountFrom(amountMax, `${at}/amountMax`) }),
  };
}

function amountFrom({ value, currency }: AmountSeed, at: string): Money {
  return orMisconfigured<Money>(readAmount(value, currency) satisfies Money | AmountRefusal, at);
}
