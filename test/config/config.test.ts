import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { readSource } from '../../src/config/certificates.ts';
import { readConfig, readLedgerConfig } from '../../src/config.ts';
import { issueLeaf, makeAuthority } from '../../src/pki/authority.ts';
import { developmentCertificates } from '../../src/pki/development.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { Misconfigured } from '../../src/platform/misconfigured.ts';

const home = mkdtempSync(join(tmpdir(), 'cagebridge-config-'));

before(async () => {
  await developmentCertificates(join(home, 'certs'), { clock: systemClock });
  writeFileSync(join(home, 'short-token'), `${'SECRET-'.repeat(4)}\n`, { mode: 0o600 });
  writeFileSync(join(home, 'open-token'), 'SECRET-'.repeat(5), { mode: 0o644 });
  writeFileSync(join(home, 'next-token'), `${'next-'.repeat(8)}\n`, { mode: 0o600 });
  await oddDoors();
});

after(() => rmSync(home, { recursive: true }));

/** What no listener opens with: one that was cut off behind its leaf, and RSA of 1024 bits. */
async function oddDoors(): Promise<void> {
  const [notBefore, notAfter] = [new Date(Date.now() - 60_000), new Date(Date.now() + 3_600_000)];
  const terms = { name: 'CN=odd', usages: ['serverAuth'], altNames: [], notBefore, notAfter } as const;
  const server = readFileSync(join(home, 'certs', 'server.pem'), 'utf8');
  writeFileSync(join(home, 'half.pem'), server + server.slice(0, 300));
  const weak = await issueLeaf({ ...terms, keyKind: 'rsa-1024' });
  writeFileSync(join(home, 'weak.pem'), weak.certificate);
  writeFileSync(join(home, 'weak.key'), weak.key, { mode: 0o600 });
}

/** The development configuration is a complete one; a row changes one thing in it. */
const development = { CAGEBRIDGE_DEV: '1', CAGEBRIDGE_HOME: home };

function fileOf(document: unknown): string {
  const path = join(mkdtempSync(join(home, 'case-')), 'config.json');
  writeFileSync(path, typeof document === 'string' ? document : JSON.stringify(document));
  return path;
}

async function problemsOf(env: Record<string, string>): Promise<readonly string[]> {
  try {
    await readConfig(env, systemClock);
  } catch (error) {
    assert.ok(error instanceof Misconfigured, String(error));
    return error.problems;
  }
  return [];
}

test('development needs no file: certificates, the partners, their token and the sandbox bank', async () => {
  const config = await readConfig(development, systemClock);
  assert.deepEqual(
    config.partners.map(({ id, operations }) => [id, operations]),
    [
      ['partner-a', ['deposit', 'withdrawal', 'status']],
      ['partner-b', ['deposit', 'status']],
      ['core', ['deposit', 'withdrawal', 'refund', 'status', 'cancel', 'transfer', 'read', 'statement']],
    ],
  );
  assert.equal(config.gateways[0]?.url, 'https://127.0.0.1:8453/bank/v1');
  assert.deepEqual(config.partners[1]?.amountMax, [{ minor: 1_000_000n, currency: 'EUR' }]);
  assert.match(config.soap.identity.certificate, /BEGIN CERTIFICATE/);
  assert.equal(config.ledger.url, `sqlite:${join(home, 'ledger.sqlite')}`);
  assert.deepEqual([config.soap.port, config.internal.port], [8443, 8080]);
});

test('the environment wins over the file, the file over what is shipped', async () => {
  const config = await readConfig(
    {
      ...development,
      CAGEBRIDGE_CONFIG: fileOf({
        doors: { soap: { port: 1 }, internal: { port: 2 } },
        limits: { payments: { statusAskMs: 7 } },
        log: { level: 'error' },
      }),
      CAGEBRIDGE_SOAP_PORT: '0',
      CAGEBRIDGE_LOG_LEVEL: 'debug',
      CAGEBRIDGE_BANK_URL: 'https://localhost:1234',
      LEDGER_URL: 'sqlite:/tmp/elsewhere.sqlite',
    },
    systemClock,
  );
  assert.deepEqual([config.soap.port, config.internal.port, config.log.level], [0, 2, 'debug']);
  assert.deepEqual([config.limits.payments.statusAskMs, config.limits.payments.historyMax], [7, 50]);
  assert.equal(config.gateways[0]?.url, 'https://localhost:1234/bank/v1');
  assert.equal(config.ledger.url, 'sqlite:/tmp/elsewhere.sqlite');
});

test('a stop leaves its time to the callers, because the doors hold their answers', async () => {
  const { doorsWithinMs, totalMs } = (await readConfig(development, systemClock)).limits.stop;
  assert.ok(doorsWithinMs > totalMs / 2, 'a caller that is cut off sends again');
});

test('an empty variable is one that is not set', async () => {
  const names = [
    'CONFIG',
    'BANK_URL',
    'LOG_LEVEL',
    'SOAP_HOST',
    'SOAP_PORT',
    'PUBLIC_HOST',
    'PUBLIC_PORT',
    'INTERNAL_HOST',
    'INTERNAL_PORT',
  ];
  const empty = Object.fromEntries([...names.map((name) => [`CAGEBRIDGE_${name}`, '']), ['LEDGER_URL', '']]);
  const config = await readConfig({ ...development, ...empty }, systemClock);
  assert.deepEqual(config, await readConfig(development, systemClock));
  assert.deepEqual(readLedgerConfig({ CAGEBRIDGE_HOME: '' }), readLedgerConfig({}));
});

test('what was read is frozen, all the way down', async () => {
  const config = await readConfig(development, systemClock);
  assert.throws(() => Object.assign(config.limits.payments, { statusAskMs: 1 }), TypeError);
  assert.throws(() => (config.partners as unknown[]).push({}), TypeError);
  assert.throws(() => Object.assign(config.partners[0]!.identities[0]!, { sanUri: 'urn:x' }), TypeError);
});

test('without a file and outside development one sentence says what is missing', async () => {
  const problems = await problemsOf({ CAGEBRIDGE_HOME: home });
  assert.equal(problems.length, 1);
  assert.match(problems[0]!, /a server certificate \(doors\.soap\), partners, gateways, routes/);
  assert.match(problems[0]!, /npm start/);
});

const partnerA = {
  id: 'acme',
  issuers: ['file:certs/ca.pem'],
  identities: [{ sanUri: 'urn:cagebridge:partner:partner-a' }],
  operations: ['deposit'],
  brands: ['main'],
  defaultBrand: 'main',
  currencies: ['EUR'],
};
/** A partner who comes by REST alone. */
const rest = {
  id: 'rest',
  tokens: ['file:internal-token'],
  operations: ['read'],
  brands: ['main'],
  defaultBrand: 'main',
  currencies: ['EUR'],
};
const bank = {
  name: 'bank',
  kind: 'bankSoap',
  url: 'https://127.0.0.1:8453/bank/v1',
  authorities: ['file:certs/ca.pem'],
  certificate: 'file:certs/gateway-client.pem',
  key: 'file:certs/gateway-client.key',
  directions: ['CRDT'],
  methods: ['CARD'],
  currencies: ['EUR'],
};

/** A change to the development configuration, and what the start says to it. No message holds a value. */
const refusals: readonly (readonly [string, object | string, RegExp])[] = [
  ['unknown member', { partnres: [] }, /^\/: must NOT have additional properties \(partnres\)$/],
  [
    'a member of another type',
    { doors: { soap: { port: 'SECRET' } } },
    /^\/doors\/soap\/port: must be integer$/,
  ],
  [
    'a port out of range',
    { doors: { internal: { port: 70000 } } },
    /^\/doors\/internal\/port: must be <= 65535$/,
  ],
  [
    'a limit of zero',
    { limits: { payments: { statusAskMs: 0 } } },
    /^\/limits\/payments\/statusAskMs: must be >= 1$/,
  ],
  [
    'a secret instead of a reference',
    { doors: { soap: { key: '-----BEGIN SECRET' } } },
    /^\/doors\/soap\/key: must match pattern/,
  ],
  [
    'a variable that is not set',
    { doors: { soap: { key: 'env:NOT_THERE' } } },
    /^\/doors\/soap\/key: the variable NOT_THERE is not set$/,
  ],
  [
    'a file that is not there',
    { doors: { soap: { certificate: 'file:none.pem' } } },
    /^\/doors\/soap\/certificate: the file none\.pem cannot be read \(ENOENT\)$/,
  ],
  [
    'a key of another certificate',
    { doors: { soap: { key: 'file:certs/bank.key' } } },
    /^\/doors\/soap\/key: is not the key of the certificate$/,
  ],
  [
    'a certificate that is none',
    { doors: { soap: { certificate: 'file:certs/bank.key' } } },
    /^\/doors\/soap\/certificate: is not a certificate in PEM$/,
  ],
  [
    'a certificate with half another one behind it',
    { doors: { soap: { certificate: 'file:half.pem' } } },
    /^\/doors\/soap\/certificate: holds something else than certificates in PEM$/,
  ],
  [
    'a certificate that TLS serves by to nobody',
    { doors: { internal: { certificate: 'file:weak.pem', key: 'file:weak.key' } } },
    /^\/doors\/internal\/certificate: TLS serves by no such certificate \(ERR_SSL_EE_KEY_TOO_SMALL\)$/,
  ],
  [
    'a log level that is none',
    { log: { level: 'SECRET' } },
    /^\/log\/level: must be equal to one of the allowed values$/,
  ],
  ['no partner', { partners: [] }, /needs partners in the file/],
  [
    'a partner without identity',
    { partners: [{ ...partnerA, identities: [] }] },
    /^\/partners\/0\/identities: must NOT have fewer than 1 items$/,
  ],
  [
    'an identity without a name',
    { partners: [{ ...partnerA, identities: [{}] }] },
    /^\/partners\/0\/identities\/0: must have required property/,
  ],
  [
    'a fingerprint in upper case',
    { partners: [{ ...partnerA, identities: [{ fingerprint256: 'A'.repeat(64) }] }] },
    /fingerprint256: must match pattern/,
  ],
  [
    'a window that is no date',
    { partners: [{ ...partnerA, identities: [{ sanUri: 'urn:x', notBefore: '2026-13-40T00:00:00Z' }] }] },
    /^\/partners\/0\/identities\/0\/notBefore: is no instant/,
  ],
  [
    'a window without zone',
    { partners: [{ ...partnerA, identities: [{ sanUri: 'urn:x', notAfter: '2026-11-22T00:00:00' }] }] },
    /notAfter: must match pattern/,
  ],
  [
    'an issuer that is no authority',
    { partners: [{ ...partnerA, issuers: ['file:certs/server.pem'] }] },
    /^\/partners: acme: badIssuer$/,
  ],
  [
    'two partners with one name',
    { partners: [partnerA, { ...partnerA, id: 'birch' }] },
    /^\/partners: acme and birch: sameSanUri$/,
  ],
  [
    'two partners with one id',
    { partners: [partnerA, { ...partnerA, identities: [{ sanUri: 'urn:x' }] }] },
    /^\/partners: acme and acme: sameId$/,
  ],
  [
    'a default brand that is not his',
    { partners: [{ ...partnerA, defaultBrand: 'other' }] },
    /^\/partners\/0\/defaultBrand: is not one/,
  ],
  [
    'a brand that has no books',
    { partners: [{ ...partnerA, brands: ['main', 'other'] }] },
    /^\/partners\/0\/brands: unknown brand \(other\)$/,
  ],
  [
    'a currency that is none',
    { partners: [{ ...partnerA, currencies: ['EUX'] }] },
    /^\/partners\/0\/currencies: unknown currency \(EUX\)$/,
  ],
  [
    'a limit with too many decimals',
    { partners: [{ ...partnerA, amountMax: { JPY: '10.5' } }] },
    /^\/partners\/0\/amountMax\/JPY: tooManyDecimals$/,
  ],
  [
    'a limit that is a number',
    { partners: [{ ...partnerA, amountMax: { EUR: 10.5 } }] },
    /^\/partners\/0\/amountMax\/EUR: must be string$/,
  ],
  [
    'an operation that is none',
    { partners: [{ ...partnerA, operations: ['chargeback'] }] },
    /operations\/0: must be equal to one of/,
  ],
  [
    'a partner without any way in',
    { partners: [{ ...rest, tokens: undefined }] },
    /^\/partners\/0: must have required property '(identities|tokens)'/,
  ],
  [
    'issuers without identities',
    { partners: [{ ...partnerA, identities: undefined, tokens: ['file:internal-token'] }] },
    /^\/partners\/0: must have property identities when property issuers is present/,
  ],
  [
    'three tokens',
    { partners: [{ ...rest, tokens: ['env:A', 'env:B', 'env:C'] }] },
    /^\/partners\/0\/tokens: must NOT have more than 2 items$/,
  ],
  ['no tokens', { partners: [{ ...rest, tokens: [] }] }, /^\/partners\/0\/tokens: must NOT have fewer/],
  [
    'a token instead of a reference',
    { partners: [{ ...rest, tokens: ['SECRET-SECRET-SECRET-SECRET-SECRET'] }] },
    /^\/partners\/0\/tokens\/0: must match pattern/,
  ],
  [
    'a token that is short',
    { partners: [{ ...rest, tokens: ['file:short-token'] }] },
    /^\/partners\/0\/tokens\/0: is no bearer token: 32 to 200 characters/,
  ],
  [
    'a token that others can read',
    { partners: [{ ...rest, tokens: ['file:open-token'] }] },
    /^\/partners\/0\/tokens\/0: the file open-token is a secret that others/,
  ],
  [
    'a token that is not there',
    { partners: [{ ...rest, tokens: ['file:internal-token', 'env:NOT_THERE'] }] },
    /^\/partners\/0\/tokens\/1: the variable NOT_THERE is not set$/,
  ],
  [
    'two partners with one token',
    { partners: [rest, { ...rest, id: 'till', tokens: ['file:next-token', 'file:internal-token'] }] },
    /^\/partners: rest and till: sameToken$/,
  ],
  [
    'a certificate of the internal door without its key',
    { doors: { internal: { certificate: 'file:certs/server.pem' } } },
    /^\/doors\/internal: must have property key when property certificate is present/,
  ],
  [
    'a key of another certificate at the internal door',
    { doors: { internal: { certificate: 'file:certs/server.pem', key: 'file:certs/bank.key' } } },
    /^\/doors\/internal\/key: is not the key of the certificate$/,
  ],
  [
    'development certificates at an internal door for everybody',
    {
      doors: {
        internal: { host: '0.0.0.0', certificate: 'file:certs/server.pem', key: 'file:certs/server.key' },
      },
    },
    /^\/doors\/internal\/host: is not loopback, and development/,
  ],
  [
    'an internal door that waits less than a payment takes',
    { limits: { internalDoor: { answerTimeoutMs: 34_000 } } },
    /^\/limits\/internalDoor\/answerTimeoutMs: is not more than the 34000 that a payment may take$/,
  ],
  [
    'a gateway of an unknown kind',
    { gateways: [{ ...bank, kind: 'carrierPigeon' }] },
    /^\/gateways\/0\/kind: must be equal/,
  ],
  [
    'a gateway without TLS',
    { gateways: [{ ...bank, url: 'http://127.0.0.1/' }] },
    /^\/gateways\/0\/url: must match pattern/,
  ],
  ['two gateways with one name', { gateways: [bank, bank] }, /^\/gateways: the same name twice \(bank\)$/],
  [
    'an amount limit of nobody',
    {
      amountLimits: [
        {
          exceeded: 'refuse',
          per: 'payment',
          direction: 'DBIT',
          max: { value: '1', currency: 'EUR' },
          partners: ['nobody'],
        },
      ],
    },
    /^\/amountLimits\/0\/partners: unknown partner \(nobody\)$/,
  ],
  [
    'an amount limit of no brand',
    {
      amountLimits: [
        {
          exceeded: 'refuse',
          per: 'payment',
          direction: 'DBIT',
          max: { value: '1', currency: 'EUR' },
          brands: ['none'],
        },
      ],
    },
    /^\/amountLimits\/0\/brands: unknown brand \(none\)$/,
  ],
  [
    'an amount limit with more decimals than its currency',
    {
      amountLimits: [
        { exceeded: 'refuse', per: 'payment', direction: 'DBIT', max: { value: '1.5', currency: 'JPY' } },
      ],
    },
    /^\/amountLimits\/0\/max: tooManyDecimals$/,
  ],
  [
    'a route to nowhere',
    { routes: [{ gateways: ['elsewhere'] }] },
    /^\/routes\/0\/gateways: unknown gateway \(elsewhere\)$/,
  ],
  [
    'a route for nobody',
    { routes: [{ gateways: ['bank'], partners: ['nobody'] }] },
    /^\/routes\/0\/partners: unknown partner \(nobody\)$/,
  ],
  [
    'a route bound with wrong decimals',
    { routes: [{ gateways: ['bank'], amountMin: { value: '1.5', currency: 'JPY' } }] },
    /^\/routes\/0\/amountMin: tooManyDecimals$/,
  ],
  [
    'a zone that is none',
    { brands: { main: { zone: 'Mars/Base', cutOff: '06:00' } } },
    /^\/brands\/main\/zone: unknown time zone$/,
  ],
  [
    'a cut-off that is no time',
    { brands: { main: { zone: 'Europe/Malta', cutOff: '24:00' } } },
    /^\/brands\/main\/cutOff: must match pattern/,
  ],
  [
    'an internal door for everybody',
    { doors: { internal: { host: '0.0.0.0' } } },
    /^\/doors\/internal\/host: is not loopback/,
  ],
  [
    'development certificates for everybody',
    { doors: { soap: { host: '0.0.0.0' } } },
    /^\/doors\/soap\/host: is not loopback, and development/,
  ],
  [
    'a connection that may take longer than its call',
    { gateways: [{ ...bank, limits: { connectTimeoutMs: 2, totalTimeoutMs: 1 } }] },
    /^\/gateways\/0\/limits\/connectTimeoutMs: is more than totalTimeoutMs \(1\)$/,
  ],
  [
    'a breaker that waits for more calls than it looks at',
    { gateways: [{ ...bank, breaker: { windowCalls: 9 } }] },
    /^\/gateways\/0\/breaker\/callsMin: is more than windowCalls \(9\)$/,
  ],
  [
    'a grace in which a copy that is still under way is taken for none',
    { gateways: [{ ...bank, checks: { notFoundGraceMs: 5_000 }, limits: { totalTimeoutMs: 5_000 } }] },
    /^\/gateways\/0\/checks\/notFoundGraceMs: is not more than totalTimeoutMs \(5000\)$/,
  ],
  [
    'a door that waits less than a gateway and the ledger take',
    { limits: { soapDoor: { answerTimeoutMs: 34_000 } } },
    /^\/limits\/soapDoor\/answerTimeoutMs: is not more than the 34000 that a payment may take$/,
  ],
  [
    'a door that waits less than a route with an alternative takes',
    {
      gateways: [
        { ...bank, limits: { connectTimeoutMs: 1_000, totalTimeoutMs: 20_000 } },
        { ...bank, name: 'other', limits: { totalTimeoutMs: 40_000 } },
      ],
      routes: [{ gateways: ['bank'] }, { gateways: ['bank', 'other'] }],
    },
    /^\/limits\/soapDoor\/answerTimeoutMs: is not more than the 69000 that a payment may take$/,
  ],
  [
    'a door that waits less than a copy waits',
    { limits: { payments: { copyWaitMs: 58_000 } } },
    /^\/limits\/soapDoor\/answerTimeoutMs: is not more than the 75800 that/,
  ],
  [
    'one partner who can fill a gateway from both doors',
    { limits: { internalDoor: { partnerRequestsMax: 32 } } },
    /^\/gateways\/1\/limits\/callsMax: leaves 64 calls to instructions, and one partner alone may send 64 at once/,
  ],
  [
    'a gateway for so few calls that one partner can fill it, although half are left to instructions',
    { gateways: [{ ...bank, limits: { callsMax: 126 } }], routes: [{ gateways: ['bank'] }] },
    /^\/gateways\/0\/limits\/callsMax: leaves 63 calls to instructions, and one partner alone may send 63 at once/,
  ],
  [
    'a door that waits less than the slowest gateway takes to call a payment off, route or none',
    {
      gateways: [bank, { ...bank, name: 'retired', limits: { totalTimeoutMs: 42_200 } }],
      routes: [{ gateways: ['bank'] }],
    },
    /^\/limits\/internalDoor\/answerTimeoutMs: is not more than the 60000 that a payment may take$/,
  ],
  [
    'a stop whose steps are longer than the whole',
    { limits: { stop: { paymentsWithinMs: 2_001 } } },
    /^\/limits\/stop\/totalMs: is less than the 24001 of doors, payments and ledger$/,
  ],
  [
    'a stop that is killed before its end',
    { limits: { stop: { totalMs: 24_001 } } },
    /^\/limits\/stop\/totalMs: must be <= 24000$/,
  ],
  [
    'a connection that lives for a day',
    { limits: { soapDoor: { socketLifetimeMsMax: 86_400_000 } } },
    /^\/limits\/soapDoor\/socketLifetimeMsMax: must be <= 3600000$/,
  ],
  [
    'an authority of a gateway that is none',
    { gateways: [{ ...bank, authorities: ['file:certs/bank.key'] }] },
    /^\/gateways\/0\/authorities\/0: is not a certificate in PEM$/,
  ],
  ['no doors at all', { doors: null }, /needs a server certificate/],
  ['a door that is none', { doors: { soap: null } }, /needs a server certificate/],
  ['partners that are no list', { partners: null }, /^\/partners: must be array$/],
  ['a file that is no JSON', '{ "SECRET": ', /^CAGEBRIDGE_CONFIG: the file is no JSON object$/],
  ['a file that is no object', '[]', /^CAGEBRIDGE_CONFIG: the file is no JSON object$/],
];

for (const [name, document, expected] of refusals) {
  test(`refused: ${name}`, async () => {
    const problems = await problemsOf({ ...development, CAGEBRIDGE_CONFIG: fileOf(document) });
    assert.ok(
      problems.some((problem) => expected.test(problem)),
      `said: ${problems.join(' | ')}`,
    );
    assert.doesNotMatch(problems.join('\n'), /SECRET/);
  });
}

const environments: readonly (readonly [string, Record<string, string>, RegExp])[] = [
  ['a port that is none', { CAGEBRIDGE_SOAP_PORT: 'SECRET' }, /^CAGEBRIDGE_SOAP_PORT: is not a port$/],
  ['a port out of range', { CAGEBRIDGE_INTERNAL_PORT: '65536' }, /^CAGEBRIDGE_INTERNAL_PORT: is not a port$/],
  [
    'a ledger that is none',
    { LEDGER_URL: 'mysql://SECRET' },
    /^LEDGER_URL: is neither sqlite:FILE nor mssql:/,
  ],
  [
    'a password in the address',
    { LEDGER_URL: 'mssql://user:SECRET@host:1433/db' },
    /^LEDGER_URL: holds a password; it is given by reference in LEDGER_PASSWORD$/,
  ],
  ['a ledger in memory', { LEDGER_URL: 'sqlite::memory:' }, /^LEDGER_URL: is neither sqlite:FILE nor/],
  [
    'a ledger at no port',
    { LEDGER_URL: 'mssql://sa:SECRET@host:99999/db' },
    /^LEDGER_URL: is not mssql:\/\/USER@HOST:PORT\/DATABASE$/,
  ],
  [
    'a ledger on SQL Server without a password',
    { LEDGER_URL: 'mssql://user@host:1433/db' },
    /^LEDGER_PASSWORD: is not set/,
  ],
  [
    'a password that is no reference',
    { LEDGER_URL: 'mssql://user@host/db', LEDGER_PASSWORD: 'SECRET' },
    /^LEDGER_PASSWORD: is not a reference: write env:NAME or file:PATH$/,
  ],
  [
    'a file that is not there',
    { CAGEBRIDGE_CONFIG: '/nowhere/config.json' },
    /^CAGEBRIDGE_CONFIG: the file cannot be read \(ENOENT\)$/,
  ],
  [
    'a bank without TLS',
    { CAGEBRIDGE_BANK_URL: 'http://SECRET' },
    /^\/gateways\/0\/url: is not an https address$/,
  ],
  ['a log level that is none', { CAGEBRIDGE_LOG_LEVEL: 'loud' }, /^\/log\/level: must be equal/],
];

for (const [name, env, expected] of environments) {
  test(`refused in the environment: ${name}`, async () => {
    const problems = await problemsOf({ ...development, ...env });
    assert.ok(
      problems.some((problem) => expected.test(problem)),
      `said: ${problems.join(' | ')}`,
    );
    assert.doesNotMatch(problems.join('\n'), /SECRET/);
  });
}

/** No account names a gateway that is not there. */
const reconciliation = { accounts: [] };

test('a gateway that no route names may carry few calls: it is only asked', async () => {
  const retired = { ...bank, name: 'retired', limits: { callsMax: 2 } };
  const document = { gateways: [bank, retired], routes: [{ gateways: ['bank'] }], reconciliation };
  assert.deepEqual(await problemsOf({ ...development, CAGEBRIDGE_CONFIG: fileOf(document) }), []);
});

test('the time-outs of a gateway that names none fit the shipped bounds', async () => {
  const document = { gateways: [bank], routes: [{ gateways: ['bank'] }], reconciliation };
  assert.deepEqual(await problemsOf({ ...development, CAGEBRIDGE_CONFIG: fileOf(document) }), []);
});

/** Certificates of a house of its own, in a home beside the development ones. */
async function ownCertificates(): Promise<void> {
  const [notBefore, notAfter] = [new Date(Date.now() - 60_000), new Date(Date.now() + 3_600_000)];
  const issuer = await makeAuthority({ name: 'CN=Own CA', notBefore, notAfter });
  const altNames = [{ type: 'dns', value: 'cage.example' }] as const;
  const leaf = {
    name: 'CN=cage.example',
    notBefore,
    notAfter,
    usages: ['serverAuth'],
    altNames,
    issuer,
  } as const;
  const own = await issueLeaf(leaf);
  writeFileSync(join(home, 'own-ca.pem'), issuer.certificate);
  writeFileSync(join(home, 'own.pem'), own.certificate);
  writeFileSync(join(home, 'own.key'), own.key, { mode: 0o600 });
}

async function saidOutsideDevelopment(document: object): Promise<readonly string[]> {
  return problemsOf({ CAGEBRIDGE_HOME: home, CAGEBRIDGE_CONFIG: fileOf(document) });
}

test('beyond loopback nothing of development is left: no switch, no certificate, not even at a gateway', async () => {
  await ownCertificates();
  const identity = { certificate: 'file:own.pem', key: 'file:own.key' };
  const ownBank = { ...bank, ...identity, authorities: ['file:own-ca.pem'] };
  const open = {
    doors: { soap: { ...identity, host: '0.0.0.0' } },
    publicUrl: 'https://cage.example',
    brands: { main: { zone: 'Europe/Malta', cutOff: '06:00' } },
    partners: [{ ...partnerA, issuers: ['file:own-ca.pem'] }],
    gateways: [ownBank],
    routes: [{ gateways: ['bank'] }],
  };
  const refused = /^\/doors\/soap\/host: is not loopback, and development \(/;
  assert.deepEqual(await saidOutsideDevelopment(open), []);
  for (const host of ['0.0.0.0', '::']) {
    const doors = { soap: { ...identity, host } };
    assert.match(
      (await saidOutsideDevelopment({ ...open, doors, publicUrl: undefined })).join(),
      /^\/publicUrl: is missing/,
    );
  }
  assert.match((await problemsOf({ ...development, CAGEBRIDGE_CONFIG: fileOf(open) })).join(), refused);
  for (const gateway of [
    { ...ownBank, authorities: ['file:own-ca.pem', 'file:certs/ca.pem'] },
    { ...ownBank, certificate: bank.certificate, key: bank.key },
  ]) {
    assert.match((await saidOutsideDevelopment({ ...open, gateways: [gateway] })).join(), refused);
  }
});

test('a partner by REST alone has the digests of his tokens, and neither issuers nor identities', async () => {
  const partners = [{ ...rest, tokens: ['file:internal-token', 'env:NEXT'] }, partnerA];
  // The shipped one names a partner that is not here.
  const ownList = { coreList: { partner: rest.id } };
  const env = {
    ...development,
    NEXT: 'next-'.repeat(8),
    CAGEBRIDGE_CONFIG: fileOf({ partners, reconciliation: ownList }),
  };
  const [byRest, bySoap] = (await readConfig(env, systemClock)).partners;
  const token = readFileSync(join(home, 'internal-token'), 'utf8').trim();
  assert.deepEqual(byRest?.tokenDigests, [token, 'next-'.repeat(8)].map(digestOf));
  assert.deepEqual([byRest?.issuers, byRest?.identities, bySoap?.tokenDigests], [[], [], []]);
});

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

test('beyond loopback the internal door needs TLS and somebody who may come in', async () => {
  await ownCertificates();
  const identity = { certificate: 'file:own.pem', key: 'file:own.key' };
  const open = (internal: object, partners: object[]) => ({
    doors: { soap: identity, internal: { host: '0.0.0.0', hosts: ['cage.example'], ...internal } },
    brands: { main: { zone: 'Europe/Malta', cutOff: '06:00' } },
    partners,
    gateways: [{ ...bank, ...identity, authorities: ['file:own-ca.pem'] }],
    routes: [{ gateways: ['bank'] }],
  });
  const bySoap = { ...partnerA, issuers: ['file:own-ca.pem'] };
  const till = { ...rest, tokens: ['file:next-token'] };
  const refused = [
    '/doors/internal/host: is not loopback; elsewhere this door needs TLS (certificate and key) and a partner with tokens',
  ];
  assert.deepEqual(await saidOutsideDevelopment(open({}, [till])), refused);
  assert.deepEqual(await saidOutsideDevelopment(open(identity, [bySoap])), refused);
  assert.deepEqual(await saidOutsideDevelopment(open(identity, [{ ...till, enabled: false }])), refused);
  assert.deepEqual(await saidOutsideDevelopment(open(identity, [till, bySoap])), []);
  assert.deepEqual(await saidOutsideDevelopment(open({ ...identity, host: '127.0.0.1' }, [bySoap])), []);
});

test('a key that others can use is refused, a certificate may be for everybody', async () => {
  const { ca, bank: mine } = await developmentCertificates(join(home, 'certs'), { clock: systemClock });
  const soap = { certificate: 'file:shared.pem', key: 'file:shared.key' };
  writeFileSync(join(home, 'shared.pem'), `${mine.certificate}\n${ca.certificate}`, { mode: 0o644 });
  writeFileSync(join(home, 'shared.key'), mine.key);
  const say = async (mode: number) => {
    chmodSync(join(home, 'shared.key'), mode);
    return problemsOf({ ...development, CAGEBRIDGE_CONFIG: fileOf({ doors: { soap } }) });
  };
  for (const mode of [0o600, 0o400]) assert.deepEqual(await say(mode), []);
  for (const mode of [0o640, 0o620, 0o604, 0o644]) {
    assert.deepEqual(await say(mode), [
      '/doors/soap/key: the file shared.key is a secret that others than its owner can use; make it 0600',
    ]);
  }
});

test('at most ten problems are told', async () => {
  const partners = Array.from({ length: 30 }, () => ({}));
  assert.equal((await problemsOf({ ...development, CAGEBRIDGE_CONFIG: fileOf({ partners }) })).length, 10);
});

test('the ledger is found without the rest of the configuration', () => {
  assert.deepEqual(readLedgerConfig({ CAGEBRIDGE_HOME: home }), {
    home,
    ledger: { url: `sqlite:${join(home, 'ledger.sqlite')}`, createIfEmpty: false },
  });
});

test('a ledger on SQL Server comes with the password that its reference leads to', () => {
  const url = 'mssql://cage@db.example/ledger';
  const passwordFile = join(home, 'ledger-password');
  writeFileSync(passwordFile, 'a pass word\n', { mode: 0o600 });
  const ledger = { url, password: 'a pass word', createIfEmpty: false };
  for (const reference of ['env:SOME', `file:${passwordFile}`]) {
    const env = { CAGEBRIDGE_HOME: home, LEDGER_URL: url, LEDGER_PASSWORD: reference, SOME: 'a pass word' };
    assert.deepEqual(readLedgerConfig(env), { home, ledger });
  }
  const env = { CAGEBRIDGE_HOME: home, LEDGER_URL: url, LEDGER_PASSWORD: 'file:ledger-password' };
  writeFileSync(passwordFile, 'seen', { mode: 0o644 });
  chmodSync(passwordFile, 0o644);
  assert.throws(() => readLedgerConfig(env), /^Misconfigured: LEDGER_PASSWORD: .*make it 0600$/);
});

test('the certificates of a running bridge are read again by their references; what the environment holds stays', async () => {
  const pem = readFileSync(join(home, 'certs/ca.pem'), 'utf8');
  const file = fileOf({ certificates: { watchMs: 500, revocationLists: ['env:LISTS'] } });
  const { certificates } = await readConfig(
    { ...development, CAGEBRIDGE_CONFIG: file, LISTS: pem },
    systemClock,
  );
  assert.deepEqual([certificates.watchMs, certificates.developmentAllowed], [500, true]);
  assert.deepEqual(
    certificates.sources.map(({ part }) => part),
    ['doors.soap', 'doors.public', 'gateways.bank', 'gateways.psp', 'revocationLists'],
  );
  const [soap] = certificates.sources;
  const lists = certificates.sources.at(-1);
  assert.ok(soap && lists);
  const references = { home, env: certificates.variables };
  assert.match(readSource(soap, references).identity?.certificate ?? '', /BEGIN CERTIFICATE/);
  assert.deepEqual(readSource(lists, references), { revocationLists: [pem] });
  assert.deepEqual(certificates.variables, { LISTS: pem }, 'nothing else of the environment is kept');
  const gone = { ...soap, key: 'file:certs/gone.key' };
  assert.throws(
    () => readSource(gone, references),
    /^Misconfigured: \/doors\/soap\/key: the file certs\/gone\.key cannot be read/,
  );
});
