/** Which partner is meant, and what the bridge knows of him. */
import { isDevelopment } from '../../config/development.ts';
import { readSettings } from '../../config/settings.ts';
import type { Operation, Partner, PartnerIdentity } from '../../payments/partners.ts';
import { type Environment, variable } from '../../platform/references.ts';
import { SchemaRefused } from '../../store/schema.ts';
import { UsageError } from '../command.ts';
import { withLedger } from '../with-ledger.ts';

/** What has to be known of a partner to try his connection. */
export type AskedOf = Pick<Partner, 'operations' | 'currencies' | 'tlsFloor'>;

/** What has to be known of him to tell him who he is to us. */
export type KnownPartner = AskedOf &
  Pick<Partner, 'id' | 'brands' | 'defaultBrand'> & {
    readonly identities: readonly Pick<PartnerIdentity, 'fingerprint256' | 'sanUri'>[];
  };

const operationNames: readonly Operation[] = [
  'deposit',
  'withdrawal',
  'refund',
  'status',
  'cancel',
  'transfer',
  'read',
  'statement',
];

/** The one id that follows a subcommand, in the form that the configuration has. @throws UsageError */
export function partnerIdFrom(positionals: readonly string[]): string {
  const [id, ...more] = positionals;
  if (id === undefined || more.length > 0 || !/^[a-z0-9][a-z0-9-]{0,34}$/.test(id)) {
    throw new UsageError('say one id of a partner: a-z, 0-9 and -, at most 35');
  }
  return id;
}

/** @throws UsageError */
export function operationsFrom(given: readonly string[]): readonly Operation[] {
  const known = operationNames.filter((name) => given.includes(name));
  if (known.length === 0 || given.some((name) => !known.some((one) => one === name))) {
    throw new UsageError(`--operation is one of ${operationNames.join(', ')}; say it once for each`);
  }
  return known;
}

/** As the ledger has him; where no bridge has opened it yet, as the configuration does. Undefined where there is nobody of this id. */
export async function knownPartner(id: string, env: Environment): Promise<KnownPartner | undefined> {
  return (await recordedPartner(id, env)) ?? configuredPartner(id, env);
}

/** As the ledger has him; undefined where it has nobody of this id, or was never opened by a bridge. */
export async function recordedPartner(id: string, env: Environment): Promise<KnownPartner | undefined> {
  try {
    const revisions = await withLedger({ env }, ({ partners }) => partners.revisionsOf(id, 1));
    return revisions[0]?.partner;
  } catch (error) {
    if (error instanceof SchemaRefused) return undefined;
    throw error;
  }
}

function configuredPartner(id: string, env: Environment): KnownPartner | undefined {
  if (!isDevelopment(env) && variable(env, 'CAGEBRIDGE_CONFIG') === undefined) return undefined;
  const seed = readSettings(env).partners.find((partner) => partner.id === id);
  return seed && { tlsFloor: 'TLSv1.2', identities: [], ...seed };
}
