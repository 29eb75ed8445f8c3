import type { GatewaySettings } from '../kind.ts';
import type { Exponents } from '../minor-units.ts';

/** What this kind has beside what every gateway has, with its files read; a secret stays in base64, for settings are plain data. */
export interface PspSettings extends GatewaySettings {
  readonly signingKey: { readonly id: string; readonly secret: string };
  readonly exponents: Exponents;
  /** As Standard Webhooks writes them. */
  readonly webhookSecrets: readonly string[];
  readonly webhookToleranceSeconds: number;
}
