import { bankSoapKind } from './bank-soap/kind.ts';
import { defaultBreakerLimits } from './breaker.ts';
import { type Bounds, defaultChecks, type GatewayKind, type GatewaySettings } from './kind.ts';
import { pspRestKind } from './psp-rest/kind.ts';

/** Every kind of gateway, by the word that stands for it in the configuration. */
const kinds: Readonly<Record<string, GatewayKind>> = {
  bankSoap: bankSoapKind,
  pspRest: pspRestKind,
};

export const kindNames: readonly string[] = Object.keys(kinds);

/** The kind of that name; the schema has settled that there is one. */
export function kindOf(name: string): GatewayKind {
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind === undefined)
    throw new Error(`the schema knows a kind of gateway that the code does not: ${name}`);
  return kind;
}

/** The bounds of a gateway: the configured ones, and its kind's or everybody's where there is none. */
export function boundsOf({
  kind,
  limits,
  breaker,
  checks,
}: Pick<GatewaySettings, 'kind' | keyof Bounds>): Bounds {
  return {
    limits: { ...kindOf(kind).defaultLimits, ...limits },
    breaker: { ...defaultBreakerLimits, ...breaker },
    checks: { ...defaultChecks, ...checks },
  };
}
