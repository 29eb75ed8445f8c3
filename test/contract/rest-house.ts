/** The internal door as `serve` opens it, with everything behind it, and clients of every kind before it. */
import type { TestContext } from 'node:test';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import type { Config } from '../../src/config/config.ts';
import { readLedgerConfig } from '../../src/config.ts';
import { controlCall } from '../../src/cli/demo-client.ts';
import { tokenDigest } from '../../src/inbound/rest/bearer.ts';
import type { Partner } from '../../src/payments/partners.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createIds } from '../../src/platform/ids.ts';
import { closeDay } from '../../src/reconciliation/reports/close-day.ts';
import { openStores } from '../../src/store/open.ts';
import { bearer, json, restPartner, tokenOf } from '../inbound/rest/open-door.ts';
import { wholeBridge, type WholeBridge } from '../support/bridge.ts';
import { call, type HttpReply } from '../support/http.ts';

interface Content {
  readonly schema?: AnySchemaObject;
}

export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, Content>> }>>;
}

/** The published contract. */
export interface Contract {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, AnySchemaObject>> };
}

/** `post /v1/deposits`, and what the contract says of it. */
export function operationsOf({ paths }: Contract): ReadonlyMap<string, Operation> {
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation] as const),
  );
  return new Map(all);
}

const brand = { brands: ['main'], defaultBrand: 'main', currencies: ['EUR'], amountMax: [] } as const;

/** Every kind of client; `nobody` shows no token, `stranger` one of nobody's, and people are operators. */
export const clients = ['nobody', 'stranger', 'reader', 'payer', 'finance', 'ada'] as const;
export type ClientName = (typeof clients)[number] | 'ben';

const partners: readonly Partner[] = [
  restPartner('reader', { ...brand, operations: ['read'] }),
  restPartner('payer', {
    ...brand,
    operations: ['deposit', 'withdrawal', 'refund', 'status', 'cancel', 'transfer'],
  }),
  restPartner('finance', { ...brand, operations: ['read', 'statement'] }),
];

export interface Asked {
  readonly method?: string;
  readonly path: string;
  /** A document, or text that is sent as it is. */
  readonly body?: object | string;
}

export interface RestHouse {
  readonly whole: WholeBridge;
  readonly contract: Contract;
  readonly ask: (as: ClientName, asked: Asked) => Promise<HttpReply>;
  /** The same at a second bridge beside the first, with what is changed in the configuration. */
  readonly another: (change: (config: Config) => Config) => Promise<RestHouse['ask']>;
  readonly misbehave: (mode: string, more?: object) => Promise<void>;
  /** What the bank was told to do. */
  readonly instructions: () => Promise<readonly Instructed[]>;
}

interface Instructed {
  readonly instructionId: string;
  readonly amountMinor: string;
}

/** Opens the house for a test file; whoever does so closes it. */
export async function openRestHouse(
  t: Pick<TestContext, 'after'>,
  change: (config: Config) => Config = (config) => config,
): Promise<RestHouse> {
  const whole = await wholeBridge(t, (config) => change(withClients(config)));
  const { ledger } = await openStores(readLedgerConfig(whole.env).ledger);
  for (const id of ['ada', 'ben']) {
    // Only one of them looks after certificates.
    const roles = ['propose', 'confirm', ...(id === 'ada' ? (['security'] as const) : [])] as const;
    await ledger.putOperator({ id, roles, tokenDigests: [tokenDigest(tokenOf(id))], createdAt: new Date() });
  }
  await ledger.close();
  const control = whole.bank.controlUrl;
  const ask = askingAt(whole.bridge.ports.internal);
  return {
    whole,
    ask,
    another: async (changed) =>
      askingAt((await whole.another((config) => changed(withClients(config)))).ports.internal),
    contract: (await ask('reader', { path: '/v1/openapi.json' })).json as Contract,
    misbehave: async (mode, more = { count: 1 }) =>
      void (await controlCall('POST', `${control}/sandbox/faults`, { gateway: 'bank', mode, ...more })),
    instructions: async () =>
      (await controlCall('GET', `${control}/sandbox/instructions`)) as readonly Instructed[],
  };
}

/** Closes days of the main books one after another, the first of them 30 days ago. */
export async function closeDays({ whole }: Pick<RestHouse, 'whole'>, count: number): Promise<void> {
  await using open = new AsyncDisposableStack();
  const stores = await openStores(readLedgerConfig(whole.env).ledger);
  const { ledger, statements, reports: sums, closes } = stores;
  open.defer(() => ledger.close());
  const clock = systemClock;
  const limits = {
    reportPageMax: 500,
    reportRowsMax: 10_000,
    closeGraceMs: 3_600_000,
    closeLeaseMs: 60_000,
  };
  const books = new Map([['main', { zone: 'UTC', cutOff: '00:00' }]]);
  const reports = { sums, ledger, statements, accounts: [], books, limits };
  const world = { reports, closes, jobs: statements, clock, ids: createIds({ clock }), limits };
  const first = clock.now().getTime() - 30 * 86_400_000;
  for (let days = 0; days < count; days += 1) {
    const day = new Date(first + days * 86_400_000).toISOString().slice(0, 10);
    const closed = await closeDay(world, { brand: 'main', currency: 'EUR' }, day);
    if ('refused' in closed) throw new Error(closed.refused);
  }
}

/** With these clients alone, two people for every withdrawal above 50.00, and no day closed but by the test. */
function withClients(config: Config): Config {
  const max = { minor: 5_000n, currency: 'EUR' };
  const limit = { exceeded: 'approve', per: 'payment', direction: 'DBIT', max } as const;
  const { close: _, ...reconciliation } = config.reconciliation;
  return { ...config, partners, amountLimits: [limit], reconciliation };
}

function askingAt(port: number): RestHouse['ask'] {
  return (as, { method = 'GET', path, body }) =>
    call(port, {
      method,
      path,
      headers: [...(as === 'nobody' ? [] : [bearer(tokenOf(as))]), json],
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
}

/** What of an answer is not as the contract says: its status, its media type, its document. Empty where it follows it. */
export function violationsIn(contract: Contract): (operation: string, reply: HttpReply) => readonly string[] {
  const ajv = new Ajv2020({ strict: false });
  ajv.addSchema({ $id: 'contract', components: contract.components });
  const operations = operationsOf(contract);

  return (name, { status, headers, json: document, text }) => {
    const responses = operations.get(name)?.responses;
    const said = responses?.[status] ?? responses?.[`${Math.floor(status / 100)}XX`];
    if (said === undefined) return [`${status} is not in the contract`];
    const type = (headers['content-type'] ?? '').split(';')[0] ?? '';
    const content = said.content[type];
    if (content === undefined) return [`${type} is not in the contract of ${status}`];
    if (content.schema === undefined) return [];
    const found = JSON.parse(JSON.stringify(content.schema).replaceAll('"#/', '"contract#/')) as object;
    const validate = ajv.compile(found);
    if (validate(type.endsWith('json') ? document : text)) return [];
    return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath}: ${keyword}`);
  };
}
