/** The kinds of gateways: what the code has, the schema has, and what is read of a configuration. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { defaultBreakerLimits } from '../../src/gateways/breaker.ts';
import { gatewayFrom } from '../../src/gateways/configured.ts';
import { defaultCallLimits, defaultChecks, type GatewaySeed } from '../../src/gateways/kind.ts';
import { kindNames, kindOf } from '../../src/gateways/kinds.ts';
import { Misconfigured } from '../../src/platform/misconfigured.ts';
import { compileJsonSchema } from '../../src/platform/json-schema.ts';
import { certificates } from './calls.ts';

interface Schema {
  readonly $defs: Readonly<Record<string, { properties: Readonly<Record<string, { enum?: string[] }>> }>>;
}

const schema = JSON.parse(await readFile('config/schema.json', 'utf8')) as Schema;
const gateway = compileJsonSchema(
  { $defs: schema.$defs, $ref: '#/$defs/gateway' },
  {
    violationsMax: 10,
  },
);

test('the schema names every kind that the code has, and describes it', () => {
  assert.deepEqual(schema.$defs['gateway']?.properties['kind']?.enum, kindNames);
  for (const name of kindNames)
    assert.deepEqual(Object.keys(schema.$defs[name]?.properties ?? {}).slice(0, 2), ['name', 'kind']);
  const bounds = Object.keys(schema.$defs['callLimits']?.properties ?? {});
  assert.deepEqual(bounds, Object.keys(defaultCallLimits));
  const breaker = Object.keys(schema.$defs['breaker']?.properties ?? {});
  assert.deepEqual(breaker, Object.keys(defaultBreakerLimits));
  const rules = Object.keys(schema.$defs['checks']?.properties ?? {}).filter(
    (name) => name !== 'dedupWindowMs',
  );
  assert.deepEqual(rules, Object.keys(defaultChecks));
  assert.throws(() => kindOf('toString'), /does not/);
});

test('the schema looks at the members of every kind: one that it forgot would be accepted whatever it says', () => {
  for (const kind of kindNames) {
    assert.ok(
      gateway({ kind }).some(({ member }) => member === 'url'),
      kind,
    );
    assert.ok(
      gateway({ kind, more: 1 }).some(({ member }) => member === 'more'),
      kind,
    );
  }
});

const common = {
  name: 'psp',
  url: 'https://127.0.0.1:8454/psp/v1',
  authorities: ['file:certs/ca.pem'],
  directions: ['CRDT', 'DBIT'],
  methods: ['EWALLET'],
  currencies: ['EUR', 'ISK'],
};
const psp = {
  ...common,
  kind: 'pspRest',
  signingKey: { id: 'k1', secret: 'file:certs/psp-signing.key' },
};

const accepted: readonly (readonly [what: string, seed: object])[] = [
  ['a bank', { ...common, kind: 'bankSoap', certificate: 'env:A', key: 'env:B' }],
  ['a PSP', psp],
  ['a PSP that asks for a certificate', { ...psp, certificate: 'env:A', key: 'env:B' }],
  [
    'another key, exponents, limits and checks',
    {
      ...psp,
      signingKey: { id: 'k2', secret: 'env:NEXT' },
      exponents: { ISK: 2 },
      webhookKeys: [{ id: 'old', secret: 'env:OLD' }, { secret: 'file:new' }],
      webhookToleranceSeconds: 60,
      limits: { callsMax: 3, triesMax: 1, retryPauseMs: 50 },
      breaker: { windowCalls: 5, callsMin: 5, failureShareMax: 0.9, openMs: 500 },
      checks: {
        scheduleMs: [1_000, 86_400_000],
        afterwardsMs: 5_000,
        jitter: 0,
        notFoundGraceMs: 60_000,
        dedupWindowMs: 30 * 86_400_000,
        resendsMax: 0,
      },
    },
  ],
];

for (const [what, seed] of accepted) {
  test(`${what} is accepted`, () => assert.deepEqual(gateway(seed), []));
}

const refused: readonly (readonly [what: string, seed: object, path: string, message: RegExp])[] = [
  ['no kind', common, '/', /required property 'kind'/],
  ['a kind that nobody has', { ...psp, kind: 'carrierPigeon' }, '/kind', /allowed values/],
  ['a bank without a certificate', { ...common, kind: 'bankSoap', key: 'env:B' }, '/', /'certificate'/],
  [
    'a bank with a signing key',
    { ...psp, kind: 'bankSoap', certificate: 'env:A', key: 'env:B' },
    '/',
    /additional/,
  ],
  ['a certificate without its key', { ...psp, certificate: 'env:A' }, '/', /key when property certificate/],
  ['a signing key without a secret', { ...psp, signingKey: { id: 'k' } }, '/signingKey', /secret/],
  [
    'a secret that is no reference',
    { ...psp, signingKey: { id: 'k', secret: 'c2VjcmV0' } },
    '/signingKey/secret',
    /pattern/,
  ],
  [
    'a key id for no header',
    { ...psp, signingKey: { id: 'k 1', secret: 'env:A' } },
    '/signingKey/id',
    /pattern/,
  ],
  [
    'a reply of more than 1 MiB from a PSP',
    { ...psp, limits: { replyBytesMax: 1_048_577 } },
    '/limits/replyBytesMax',
    /<= 1048576/,
  ],
  [
    'a reply of more than 1 MiB from a bank',
    {
      ...common,
      kind: 'bankSoap',
      certificate: 'env:A',
      key: 'env:B',
      limits: { replyBytesMax: 1_048_577 },
    },
    '/limits/replyBytesMax',
    /<= 1048576/,
  ],
  [
    'three keys of webhooks',
    { ...psp, webhookKeys: Array.from({ length: 3 }, () => ({ secret: 'env:A' })) },
    '/webhookKeys',
    /more than 2/,
  ],
  [
    'a key of webhooks that is no reference',
    { ...psp, webhookKeys: [{ secret: 'whsec_c2VjcmV0' }] },
    '/webhookKeys/0/secret',
    /pattern/,
  ],
  ['no try', { ...psp, limits: { triesMax: 0 } }, '/limits/triesMax', />= 1/],
  [
    'a breaker that never opens',
    { ...psp, breaker: { failureShareMax: 1 } },
    '/breaker/failureShareMax',
    /< 1/,
  ],
  ['no question at all', { ...psp, checks: { scheduleMs: [] } }, '/checks/scheduleMs', /fewer than 1/],
  ['a jitter of more than the wait', { ...psp, checks: { jitter: 1.5 } }, '/checks/jitter', /<= 1/],
  ['resending without end', { ...psp, checks: { resendsMax: 11 } }, '/checks/resendsMax', /<= 10/],
  ['an exponent that no currency has', { ...psp, exponents: { ISK: 5 } }, '/exponents/ISK', /<= 4/],
];

for (const [what, seed, path, message] of refused) {
  test(`${what}: refused with one sentence`, () => {
    const violations = gateway(seed);
    assert.equal(violations.length, 1, JSON.stringify(violations));
    assert.equal(violations[0]?.path, path);
    assert.match(violations[0]?.message ?? '', message);
  });
}

const strong = Buffer.alloc(32, 7).toString('base64');

async function read(seed: object, secrets: Readonly<Record<string, string>>): Promise<unknown> {
  const { ca } = await certificates();
  return gatewayFrom(seed as GatewaySeed, '/gateways/1', (reference) => secrets[reference] ?? ca.certificate);
}

test('the settings of a PSP are plain data that can be frozen, with its secrets in base64', async () => {
  const settings = await read(psp, { 'file:certs/psp-signing.key': strong });
  const { ca } = await certificates();
  assert.deepEqual(settings, {
    name: 'psp',
    kind: 'pspRest',
    url: common.url,
    tls: { authorities: [ca.certificate] },
    capabilities: {
      directions: ['CRDT', 'DBIT'],
      methods: ['EWALLET'],
      currencies: ['EUR', 'ISK'],
      amountMax: [],
    },
    limits: {},
    breaker: {},
    checks: {},
    signingKey: { id: 'k1', secret: strong },
    exponents: {},
    webhookSecrets: [],
    webhookToleranceSeconds: 300,
  });
  assert.deepEqual(structuredClone(settings), settings);
});

const misconfigured: readonly (readonly [what: string, change: object, secret: string, problem: RegExp])[] = [
  [
    'a secret of 31 bytes',
    {},
    Buffer.alloc(31, 7).toString('base64'),
    /^\/gateways\/1\/signingKey\/secret: the key k1 is not base64 of at least 32 bytes/,
  ],
  [
    'a key of webhooks without its prefix',
    { webhookKeys: [{ secret: 'file:webhook.key' }] },
    strong,
    /^\/gateways\/1\/webhookKeys\/0\/secret: is not whsec_ and base64 of 24 to 64 bytes/,
  ],
  ['a secret in words', {}, 'correct horse', /^\/gateways\/1\/signingKey\/secret: the key k1 is not/],
  [
    'an exponent of what is no money',
    { exponents: { XAU: 2 } },
    strong,
    /^\/gateways\/1\/exponents\/XAU: unknown currency$/,
  ],
];

for (const [what, change, secret, problem] of misconfigured) {
  test(`${what}: no start, and no word of what stands there`, async () => {
    const secrets = { 'file:certs/psp-signing.key': secret, 'file:webhook.key': secret };
    await assert.rejects(read({ ...psp, ...change }, secrets), (error) => {
      assert.ok(error instanceof Misconfigured);
      assert.equal(error.problems.length, 1);
      assert.match(error.message, problem);
      assert.ok(!error.message.includes(secret));
      return true;
    });
  });
}
