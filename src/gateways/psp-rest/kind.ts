import { minorDigits } from '../../ledger/currencies.ts';
import { Misconfigured } from '../../platform/misconfigured.ts';
import type { ReadReference } from '../../platform/references.ts';
import { readSigningSecret, signingSecretBytesMin } from '../../platform/request-signature.ts';
import { readWebhookSecret } from '../../platform/standard-webhooks.ts';
import { defaultCallLimits, type GatewayKind, type GatewaySeed, type WholeSettings } from '../kind.ts';
import type { Exponents } from '../minor-units.ts';
import { pspRest } from './gateway.ts';
import type { PspSettings } from './settings.ts';

interface KeySeed {
  readonly id: string;
  /** A reference. */
  readonly secret: string;
}

/** What this kind has beside what every gateway has, as the configuration writes it. */
interface PspSeed extends GatewaySeed {
  readonly signingKey: KeySeed;
  readonly exponents?: Exponents;
  /** What the PSP signs its webhooks with: two while one follows the other, none where it sends none. */
  readonly webhookKeys?: readonly WebhookKeySeed[];
  readonly webhookToleranceSeconds?: number;
}

interface WebhookKeySeed {
  /** For people: nothing on the wire names it. */
  readonly id?: string;
  /** A reference. */
  readonly secret: string;
}

/** A PSP that speaks openapi/psp-v1.json. */
export const pspRestKind: GatewayKind = {
  defaultLimits: defaultCallLimits,
  readOwn(seed: PspSeed, at, read) {
    const { signingKey, exponents = {}, webhookKeys = [], webhookToleranceSeconds = 300 } = seed;
    const unknown = Object.keys(exponents).filter((currency) => minorDigits(currency) === undefined);
    if (unknown.length > 0) {
      throw new Misconfigured(unknown.map((currency) => `${at}/exponents/${currency}: unknown currency`));
    }
    const webhookSecrets = webhookKeys.map((key, index) =>
      webhookSecretFrom(key, `${at}/webhookKeys/${index}/secret`, read),
    );
    return {
      signingKey: keyFrom(signingKey, `${at}/signingKey`, read),
      exponents,
      webhookSecrets,
      webhookToleranceSeconds,
    };
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

function webhookSecretFrom(
  { secret: reference }: WebhookKeySeed,
  place: string,
  read: ReadReference,
): string {
  const secret = read(reference, place, 'secret');
  if (readWebhookSecret(secret) !== undefined) return secret;
  throw new Misconfigured([
    `${place}: is not whsec_ and base64 of 24 to 64 bytes, as Standard Webhooks writes it`,
  ]);
}
