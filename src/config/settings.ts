import { resolve } from 'node:path';
import type { Address, Config } from './config.ts';
import type { GatewaySeed, RouteSeed } from '../gateways/configured.ts';
import type { PartnerSeed } from '../inbound/configured-partners.ts';
import { readPort } from '../platform/hosts.ts';
import { isJsonObject, type Json, type JsonObject, overlay, readJsonFile } from '../platform/json.ts';
import { compileJsonSchema } from '../platform/json-schema.ts';
import { Misconfigured } from '../platform/misconfigured.ts';
import { type Environment, variable } from '../platform/references.ts';
import type { AmountLimitSeed } from './amount-limits.ts';
import type { CertificatesSeed } from './certificates.ts';
import { isDevelopment } from './development.ts';
import type { MatchingRuleSeed } from './matching.ts';
import type { ReconciliationSeed } from './reconciliation.ts';

/** The document as the schema accepts it. */
export type Settings = Pick<Config, 'publicUrl' | 'revoked' | 'brands' | 'log' | 'limits'> & {
  readonly doors: {
    readonly soap: Address & { readonly certificate: string; readonly key: string };
    readonly public: Address & { readonly certificate?: string; readonly key?: string };
    readonly internal: Omit<Config['internal'], 'identity'> & {
      readonly certificate?: string;
      readonly key?: string;
    };
  };
  readonly certificates: CertificatesSeed;
  readonly partners: readonly PartnerSeed[];
  readonly gateways: readonly GatewaySeed[];
  readonly routes: readonly RouteSeed[];
  readonly amountLimits: readonly AmountLimitSeed[];
  readonly reconciliation: ReconciliationSeed;
};

const shipped = new URL('../../config/', import.meta.url);
const violationsMax = 10;

/**
 * The layers of the configuration as one document that its schema accepts: what is shipped, the file, the environment.
 * @throws Misconfigured
 */
export function readSettings(env: Environment): Settings {
  return checked(settingsFrom(env));
}

function settingsFrom(env: Environment): JsonObject {
  const file = variable(env, 'CAGEBRIDGE_CONFIG');
  const layers = [
    readJsonFile(new URL('default.json', shipped), 'config/default.json'),
    ...(isDevelopment(env)
      ? [readJsonFile(new URL('development.json', shipped), 'config/development.json')]
      : []),
    ...(file === undefined ? [] : [readJsonFile(resolve(file), 'CAGEBRIDGE_CONFIG')]),
    environmentLayer(env),
  ];
  return layers.reduce((below, above) => overlay(below, above), {});
}

/** The variables that stand for a place of the document. */
function environmentLayer(env: Environment): JsonObject {
  const door = (name: string): JsonObject => ({
    ...given(env, `CAGEBRIDGE_${name}_HOST`, (host) => ({ host })),
    ...given(env, `CAGEBRIDGE_${name}_PORT`, (port) => ({ port: portFrom(port, `CAGEBRIDGE_${name}_PORT`) })),
  });
  return {
    doors: { soap: door('SOAP'), public: door('PUBLIC'), internal: door('INTERNAL') },
    ...given(env, 'CAGEBRIDGE_LOG_LEVEL', (level) => ({ log: { level } })),
  };
}

function given(
  env: Environment,
  name: string,
  layer: (value: string) => Record<string, Json>,
): Record<string, Json> {
  const value = variable(env, name);
  return value === undefined ? {} : layer(value);
}

function portFrom(text: string, name: string): number {
  const port = readPort(text);
  if (port === undefined) throw new Misconfigured([`${name}: is not a port`]);
  return port;
}

function checked(document: JsonObject): Settings {
  const missing = whatIsMissing(document);
  if (missing.length > 0) {
    throw new Misconfigured([
      `the bridge needs ${missing.join(', ')} in the file that CAGEBRIDGE_CONFIG names; ` +
        'to try it on this machine with development certificates and a sandbox bank, run "npm start"',
    ]);
  }
  const violations = compileJsonSchema(configSchema(), { violationsMax: violationsMax })(document);
  if (violations.length === 0) return document as unknown as Settings;
  throw new Misconfigured(
    violations.map(
      ({ path, message, member }) => `${path}: ${message}${member === undefined ? '' : ` (${member})`}`,
    ),
  );
}

/** The rules of matching in a file of their own, `{"rules": [...]}` as the configuration has them. @throws Misconfigured */
export function readRules(file: string): readonly MatchingRuleSeed[] {
  const { $defs, properties } = configSchema() as unknown as ConfigSchema;
  const { rules } = properties.reconciliation.properties.matching.properties;
  const schema = {
    $defs,
    type: 'object',
    additionalProperties: false,
    required: ['rules'],
    properties: { rules },
  };
  const document = readJsonFile(resolve(file), '--rules');
  const violations = compileJsonSchema(schema, { violationsMax })(document);
  if (violations.length === 0) return (document as unknown as { rules: MatchingRuleSeed[] }).rules;
  throw new Misconfigured(violations.map(({ path, message }) => `${path}: ${message}`));
}

/** As far as a part of it is a schema of its own. */
interface ConfigSchema {
  readonly $defs: object;
  readonly properties: {
    readonly reconciliation: {
      readonly properties: { readonly matching: { readonly properties: { readonly rules: object } } };
    };
  };
}

/** With the schema of CSV profiles in it, which has a file of its own. */
function configSchema(): JsonObject {
  const schema = readJsonFile(new URL('schema.json', shipped), 'config/schema.json');
  const profile = readJsonFile(new URL('csv-profile.schema.json', shipped), 'config/csv-profile.schema.json');
  return overlay(schema, { $defs: { csvProfileFile: profile } });
}

/** The parts that nobody can guess, so that an empty configuration reads as one sentence. */
function whatIsMissing({ doors, ...lists }: JsonObject): string[] {
  const soap = isJsonObject(doors) && isJsonObject(doors['soap']) ? doors['soap'] : {};
  const parts = ['partners', 'gateways', 'routes'].filter((name) => isEmptyList(lists[name]));
  return soap['certificate'] === undefined ? ['a server certificate (doors.soap)', ...parts] : parts;
}

function isEmptyList(list: Json | undefined): boolean {
  return Array.isArray(list) && list.length === 0;
}
