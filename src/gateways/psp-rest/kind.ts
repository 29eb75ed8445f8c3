import { minorDigits } from '../../ledger/currencies.ts';
import { Misconfigured } from '../../platform/misconfigured.ts';
import type { ReadReference } from '../../platform/references.ts';
import { readSigningSecret, signingSecretBytesMin } from '../../platform/request-signature.ts';
import { defaultCallLimits, type GatewayKind, type GatewaySeed, type GatewaySettings } from '../kind.ts';
import type { Exponents } from '../minor-units.ts';
import { pspRest } from './gateway.ts';

interface KeySeed {
  readonly id: string;
  /** A reference. */
  readonly secret: string;
}

/** What this kind has beside what every gateway has, as the configuration writes it. */
interface PspSeed extends GatewaySeed {
  /** The one that signs, and around a rotation the other one. */
  readonly signingKeys: readonly KeySeed[];
  readonly exponents?: Exponents;
}

/** The same with its files read; a secret stays in base64, for settings are plain data. */
export interface PspSettings extends GatewaySettings {
  readonly signingKeys: readonly { readonly id: string; readonly secret: string }[];
  readonly exponents: Exponents;
}

/** A PSP that speaks openapi/psp-v1.json. */
export const pspRestKind: GatewayKind = {
  defaultLimits: defaultCallLimits,
  readOwn({ signingKeys, exponents = {} }: PspSeed, at, read) {
    const unknown = Object.keys(exponents).filter((currency) => minorDigits(currency) === undefined);
    if (unknown.length > 0) {
      throw new Misconfigured(unknown.map((currency) => `${at}/exponents/${currency}: unknown currency`));
    }
    return { signingKeys: keysFrom(signingKeys, `${at}/signingKeys`, read), exponents };
  },
  open: (settings: PspSettings, surroundings) =>
    pspRest({ ...settings, limits: { ...defaultCallLimits, ...settings.limits } }, surroundings),
};

function keysFrom(seeds: readonly KeySeed[], at: string, read: ReadReference): readonly KeySeed[] {
  const ids = seeds.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) < index);
  if (twice !== undefined) throw new Misconfigured([`${at}: the same id twice (${twice})`]);
  return seeds.map(({ id, secret: reference }, index) => {
    const place = `${at}/${index}/secret`;
    const secret = read(reference, place, 'secret');
    if (readSigningSecret(secret) !== undefined) return { id, secret };
    throw new Misconfigured([
      `${place}: the key ${id} is not base64 of at least ${signingSecretBytesMin} bytes (openssl rand -base64 32)`,
    ]);
  });
}
