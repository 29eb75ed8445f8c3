import { currencyCodes } from '../ledger/currencies.ts';
import { type Money, readAmount } from '../ledger/money.ts';
import type { Route } from '../payments/world.ts';
import { Misconfigured, orMisconfigured, unknownNames } from '../platform/misconfigured.ts';
import type { ReadReference } from '../platform/references.ts';
import { certificateFrom, tlsIdentity } from '../platform/tls-identity.ts';
import type { GatewaySeed, GatewaySettings, GatewaySurroundings, GatewayTls, OpenGateway } from './kind.ts';
import { boundsOf, kindOf } from './kinds.ts';

export type { GatewaySeed, GatewaySettings, OpenGateway } from './kind.ts';

export type RouteSeed = Omit<Route, 'amountMin' | 'amountMax'> & {
  readonly amountMin?: AmountSeed;
  readonly amountMax?: AmountSeed;
};

interface AmountSeed {
  readonly value: string;
  readonly currency: string;
}

/** The gateway with its files read; `at` is its place in the configuration, for errors. @throws Misconfigured */
export function gatewayFrom(seed: GatewaySeed, at: string, read: ReadReference): GatewaySettings {
  const { name, kind, directions, methods, currencies, limits = {}, breaker = {}, checks = {} } = seed;
  const amountMax = Object.entries(seed.amountMax ?? {}).map(([currency, value]) =>
    amountFrom({ value, currency }, `${at}/amountMax/${currency}`),
  );
  return {
    ...kindOf(kind).readOwn?.(seed, at, read),
    name,
    kind,
    url: addressFrom(seed.url, `${at}/url`, read),
    tls: tlsFrom(seed, at, read),
    capabilities: { directions, methods, currencies, amountMax },
    limits,
    breaker,
    checks,
  };
}

export function routeFrom({ amountMin, amountMax, ...conditions }: RouteSeed, at: string): Route {
  return {
    ...conditions,
    ...(amountMin && { amountMin: amountFrom(amountMin, `${at}/amountMin`) }),
    ...(amountMax && { amountMax: amountFrom(amountMax, `${at}/amountMax`) }),
  };
}

/** The gateways by name, ready to be called. */
export async function openGateways(
  settings: readonly GatewaySettings[],
  surroundings: GatewaySurroundings,
): Promise<ReadonlyMap<string, OpenGateway>> {
  const gateways = await Promise.all(
    settings.map((one) => kindOf(one.kind).open({ ...one, ...boundsOf(one) }, surroundings)),
  );
  return new Map(gateways.map((gateway) => [gateway.name, gateway]));
}

export function gatewayProblems(gateways: readonly GatewaySettings[]): string[] {
  const names = gateways.map(({ name }) => name);
  return [
    ...names
      .filter((name, index) => names.indexOf(name) < index)
      .map((name) => `/gateways: the same name twice (${name})`),
    ...gateways.flatMap(({ capabilities: { currencies } }, index) =>
      unknownNames(`/gateways/${index}/currencies: unknown currency`, currencies, currencyCodes()),
    ),
  ];
}

/** What a route names that is nowhere. */
export function routeProblems(
  routes: readonly Route[],
  known: Readonly<Record<'gateways' | 'partners' | 'brands', readonly string[]>>,
): string[] {
  return routes.flatMap((route, index) => [
    ...unknownNames(`/routes/${index}/gateways: unknown gateway`, route.gateways, known.gateways),
    ...unknownNames(`/routes/${index}/partners: unknown partner`, route.partners ?? [], known.partners),
    ...unknownNames(`/routes/${index}/brands: unknown brand`, route.brands ?? [], known.brands),
  ]);
}

/** The schema has settled that there are both of certificate and key, or neither. */
function tlsFrom(
  { authorities, certificate, key }: GatewaySeed,
  at: string,
  read: ReadReference,
): GatewayTls {
  return {
    authorities: authorities.map((reference, index) =>
      authorityFrom(reference, `${at}/authorities/${index}`, read),
    ),
    ...(certificate !== undefined &&
      key !== undefined && { identity: tlsIdentity({ certificate, key }, at, read) }),
  };
}

function authorityFrom(reference: string, at: string, read: ReadReference): string {
  const authority = read(reference, at);
  certificateFrom(authority, at);
  return authority;
}

function addressFrom(text: string, at: string, read: ReadReference): string {
  const address = text.startsWith('env:') ? read(text, at) : text;
  if (URL.canParse(address) && new URL(address).protocol === 'https:') return address;
  throw new Misconfigured([`${at}: is not an https address`]);
}

function amountFrom({ value, currency }: AmountSeed, at: string): Money {
  return orMisconfigured(readAmount(value, currency), at);
}
