import { minorDigits } from '../../ledger/currencies.ts';
import { Misconfigured } from '../../platform/misconfigured.ts';
import type { ReadReference } from '../../platform/references.ts';
import { readSigningSecret, signingSecretBytesMin } from '../../platform/request-signature.ts';
import {
  defaultCallLimits,
  type GatewayKind,
  type GatewaySeed,
  type GatewaySettings,
  type WholeSettings,
} from '../kind.ts';
import type { Exponents } from '../minor-units.ts';
import { pspRest } from './gateway.ts';

interface KeySeed {
  readonly id: string;
  /** A reference. */
  readonly secret: string;
}

/** What this kind has beside what every gateway has, as the configuration writes it. */
interface PspSeed extends GatewaySeed {
  readonly signingKey: KeySeed;
  readonly exponents?: Exponents;
}

/** The same with its files read; a secret stays in base64, for settings are plain data. */
export interface PspSettings extends GatewaySettings {
  readonly signingKey: { readonly id: string; readonly secret: string };
  readonly exponents: Exponents;
}

/** A PSP that speaks openapi/psp-v1.json. */
export const pspRestKind: GatewayKind = {
  defaultLimits: defaultCallLimits,
  readOwn({ signingKey, exponents = {} }: PspSeed, at, read) {
    const unknown = Object.keys(exponents).filter((currency) => minorDigits(currency) === undefined);
    if (unknown.length > 0) {
      throw new Misconfigured(unknown.map((currency) => `${at}/exponents/${currency}: unknown currency`));
    }
    return { signingKey: keyFrom(signingKey, `${at}/signingKey`, read), exponents };
  },
  open: (settings: WholeSettings<PspSettings>, surroundings) => pspRest(settings, surroundings),
};

function keyFrom({ id, secret: reference }: KeySeed, at: string, read: ReadReference): KeySeed {
  const place = `${at}/secret`;
  const secret = read(reference, place, 'secret');
  if (readSigningSecret(secret) !== undefined) return { id, secret };
  throw new Misconfigured([
    `${place}: the key ${id} is not base64 of at least ${signingSecretBytesMin} bytes (openssl rand -base64 32)`,
  ]);
}
