import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { soapClient } from '../../src/cli/demo-client.ts';
import { paymentRequest } from '../../src/cli/soap-examples.ts';
import { readSettings } from '../../src/config/settings.ts';
import { developmentCertificates } from '../../src/pki/development.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { readLedgerUrl } from '../../src/store/ledger-url.ts';
import { start } from '../support/process.ts';

interface Mounted {
  readonly source: string;
  readonly target: string;
}

interface Service {
  readonly image: string;
  readonly build?: { readonly target: string };
  readonly user: string;
  readonly read_only?: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly configs?: readonly Mounted[];
  readonly secrets?: readonly string[];
  readonly ports?: readonly string[];
  readonly network_mode?: string;
  readonly networks?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly stop_grace_period?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly configs: Readonly<Record<string, { readonly file: string }>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = readFileSync(join(root, 'compose.yaml'), 'utf8');
const compose = parse(text, { merge: true }) as Compose;
const { services } = compose;
const configFile = join(root, 'deploy/compose/cagebridge.json');
const made = './deploy/compose/made/';

/** What deploy/compose/prepare.sh makes, made once for this file. */
let prepared = '';

before(async () => {
  prepared = join(await mkdtemp(join(tmpdir(), 'cagebridge-compose-')), 'made');
  await promisify(execFile)('/bin/sh', [join(root, 'deploy/compose/prepare.sh'), prepared]);
});
after(() => rm(join(prepared, '..'), { recursive: true, force: true }));

test('images are ours or pinned by a version', () => {
  for (const [name, { image, build }] of Object.entries(services)) {
    const isPinned = /:[0-9][A-Za-z0-9.-]+$/.test(image) && !image.endsWith('latest');
    assert.ok(build !== undefined || isPinned, name);
  }
});

for (const name of ['migrate', 'bridge', 'sandbox']) {
  test(`${name} may do nothing but read its code`, () => {
    const { user, read_only, cap_drop, security_opt } = services[name]!;
    assert.deepEqual([read_only, cap_drop, security_opt], [true, ['ALL'], ['no-new-privileges:true']]);
    assert.match(user, /CAGEBRIDGE_UID.*CAGEBRIDGE_GID/);
  });
}

test('one waits for the other: SQL Server, the database, the schema, the bridge', () => {
  const waits = Object.entries(services).flatMap(([name, { depends_on = {} }]) =>
    Object.entries(depends_on).map(([first, { condition }]) => [first, condition, name].join(' ')),
  );
  assert.deepEqual(waits, [
    'sqlserver service_healthy database',
    'database service_completed_successfully migrate',
    'migrate service_completed_successfully grants',
    'grants service_completed_successfully bridge',
    'bridge service_started sandbox',
  ]);
});

test('only the bridge is reached, from this machine alone; SQL Server is in a network of its own', () => {
  const published = Object.entries(services).filter(([, { ports }]) => ports !== undefined);
  assert.deepEqual(
    published.map(([name]) => name),
    ['bridge'],
  );
  for (const port of services['bridge']?.ports ?? []) assert.match(port, /^127\.0\.0\.1:/);
  assert.equal(compose.networks['ledger']?.internal, true);
  assert.deepEqual(services['sqlserver']?.networks, ['ledger']);
  assert.equal(services['sandbox']?.network_mode, 'service:bridge');
});

test('the bridge has longer to stop than it may take', () => {
  const { totalMs } = readSettings({ CAGEBRIDGE_CONFIG: configFile }).limits.stop;
  const seconds = Number(/^([0-9]+)s$/.exec(services['bridge']?.stop_grace_period ?? '')?.[1]);
  assert.ok(seconds * 1_000 > totalMs + 1_000);
});

test('SQL Server is told itself to stop: the image’s own entrypoint, which passes no signal on, is not run', () => {
  const { entrypoint, command = [] } = services['sqlserver']!;
  assert.deepEqual(entrypoint, ['/bin/bash', '-c']);
  assert.equal(command.length, 1);
  assert.match(command[0]!, / exec \/opt\/mssql\/bin\/sqlservr$/);
});

test('secrets are files that prepare.sh makes for their owner alone, and no value stands in the file', async () => {
  for (const { environment = {} } of Object.values(services)) {
    for (const [name, value] of Object.entries(environment)) {
      if (/PASSWORD|TOKEN|SECRET|KEY/.test(name)) assert.match(value, /^file:\/run\/secrets\//, name);
    }
  }
  const used = Object.values(services).flatMap(({ secrets = [] }) => secrets);
  assert.deepEqual([...new Set(used)].toSorted(), Object.keys(compose.secrets).toSorted());
  for (const { file } of Object.values(compose.secrets)) {
    assert.ok(file.startsWith(made), file);
    assert.equal((await stat(join(prepared, file.slice(made.length)))).mode & 0o077, 0, file);
  }
  assert.match(await readFile(join(root, 'deploy/compose/.gitignore'), 'utf8'), /^made\/$/m);
});

test('every configuration file that is mounted is there', () => {
  const used = Object.values(services).flatMap(({ configs = [] }) => configs.map(({ source }) => source));
  assert.deepEqual([...new Set(used)].toSorted(), Object.keys(compose.configs).toSorted());
  for (const { file } of Object.values(compose.configs)) {
    const place = file.startsWith(made) ? join(prepared, file.slice(made.length)) : join(root, file);
    assert.ok(existsSync(place), file);
  }
});

test('the configuration for trying is valid, and each of its references is mounted', async () => {
  readSettings({ CAGEBRIDGE_CONFIG: configFile });
  const { configs = [], secrets = [], environment = {} } = services['bridge']!;
  const there = [...configs.map(({ target }) => target), ...secrets.map((name) => `/run/secrets/${name}`)];
  const config = await readFile(configFile, 'utf8');
  const { LEDGER_URL: ledger = '', LEDGER_PASSWORD: password } = environment;
  const address = readLedgerUrl(ledger);
  assert.ok(address.engine === 'mssql' && address.caFile !== undefined);
  assert.ok(there.includes(address.caFile));
  const references = [...`${config} "${password}"`.matchAll(/"file:([^"]+)"/g)];
  assert.ok(references.length >= 8);
  for (const [, path = ''] of references) assert.ok(there.includes(path), path);
});

test('the sandbox takes the certificates that prepare.sh made, and does not make others', async () => {
  const certs = join(prepared, 'sandbox/certs');
  const asMade = await contentsOf(certs);
  await developmentCertificates(certs, { clock: systemClock });
  assert.deepEqual(await contentsOf(certs), asMade);
});

async function contentsOf(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).toSorted();
  return Promise.all(names.map(async (name) => `${name} ${await readFile(join(directory, name), 'base64')}`));
}

test('with these files a deposit by SOAP is settled by the bank, and one by REST by the PSP', async (t) => {
  const sandbox = start(t, ['sandbox'], {
    env: { CAGEBRIDGE_DEV: '1', CAGEBRIDGE_HOME: join(prepared, 'sandbox'), CAGEBRIDGE_SOAP_PORT: '0' },
  });
  const { bank, psp } = JSON.parse(await sandbox.line('sandbox.listening')) as Record<string, number>;
  const places = new Map([
    ...Object.entries(compose.secrets).map(([name, { file }]) => [`/run/secrets/${name}`, file] as const),
    ...services['bridge']!.configs!.map(
      ({ source, target }) => [target, compose.configs[source]!.file] as const,
    ),
  ]);
  const here = (path: string) => join(prepared, places.get(path)!.slice(made.length));
  const written = (await readFile(configFile, 'utf8'))
    .replaceAll(/"file:([^"]+)"/g, (_, path: string) => JSON.stringify(`file:${here(path)}`))
    .replace('127.0.0.1:8453', `127.0.0.1:${bank}`)
    .replace('127.0.0.1:8454', `127.0.0.1:${psp}`)
    .replaceAll('"0.0.0.0"', '"127.0.0.1"');
  const config = join(prepared, 'here.json');
  await writeFile(config, written);
  const env = {
    CAGEBRIDGE_CONFIG: config,
    CAGEBRIDGE_HOME: join(prepared, 'home'),
    CAGEBRIDGE_SOAP_PORT: '0',
    CAGEBRIDGE_PUBLIC_PORT: '0',
    CAGEBRIDGE_INTERNAL_PORT: '0',
  };
  assert.equal(await start(t, ['migrate'], { env }).ended, 0);
  const bridge = start(t, ['serve'], { env });
  const ports = JSON.parse(await bridge.line('bridge.listening')) as { soap: number; internal: number };

  const inside = { ...env, CAGEBRIDGE_INTERNAL_PORT: String(ports.internal) };
  for (const args of [['health'], ['health', '--ready']]) {
    const asked = start(t, args, { env: inside });
    assert.equal(await asked.ended, 0, asked.errors());
    assert.match(asked.lines.join('\n'), /^\/(health|ready) 200$/);
  }

  const pem = async (name: string) => readFile(join(prepared, 'sandbox/certs', name), 'utf8');
  const client = soapClient(`https://localhost:${ports.soap}/soap/v1/payments`, {
    identity: { certificate: await pem('partner-a.pem'), key: await pem('partner-a.key') },
    authority: await pem('ca.pem'),
  });
  t.after(() => client.close());
  const order = { operation: 'Deposit', reference: 'd-1', playerId: 'player-1', amount: '7.00' } as const;
  const answer = await client.call('1.1', paymentRequest('1.1', { ...order, at: new Date() }));
  assert.equal(answer.text('TransactionStatus'), 'ACSC', answer.body.toString());

  const byCard = await postJson(`https://localhost:${ports.internal}/v1/deposits`, {
    ca: await pem('ca.pem'),
    token: (await readFile(join(prepared, 'core-token'), 'utf8')).trim(),
    document: {
      partnerReference: 'd-2',
      playerId: 'player-1',
      amount: { value: '7.00', currency: 'EUR' },
      paymentMethod: 'CARD',
      paymentToken: 'token-1',
    },
  });
  assert.equal(byCard['status'], 'ACSC', JSON.stringify(byCard));
  assert.equal(byCard['gateway'], 'psp');

  bridge.child.kill('SIGTERM');
  assert.equal(await bridge.ended, 0);
  const gone = start(t, ['health'], { env: inside });
  assert.equal(await gone.ended, 1);
  assert.match(gone.errors(), /^cagebridge: the internal door does not answer \(ECONNREFUSED\)$/m);
});

async function postJson(
  url: string,
  { ca, token, document }: { ca: string; token: string; document: object },
): Promise<Record<string, unknown>> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const sent = request(url, { method: 'POST', ca, agent: false, headers }).end(JSON.stringify(document));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return (await json(response)) as Record<string, unknown>;
}
