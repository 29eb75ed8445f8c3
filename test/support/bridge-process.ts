/** Bridges as processes of their own, to be killed: one home, one bank and one wire to it for a test file. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { certificatesOf, sandboxVariables, startDevelopmentSandboxes } from '../../src/cli/development.ts';
import { readLedgerConfig } from '../../src/config.ts';
import type { LedgerStore } from '../../src/payments/ledger-store.ts';
import { openLedger } from '../../src/store/open.ts';
import { type Address, bankControl, type DevelopmentCertificates } from './bridge-house.ts';
import { type Silence, silence } from './bridge-silence.ts';
import { openWire, type Wire } from './bridge-wire.ts';
import { developmentHome } from './development-home.ts';
import { start, type Started } from './process.ts';

/** How long these bridges wait: for their bank, and until a payment may not be sent any more. */
export const impatience = { connectTimeoutMs: 1_000, totalTimeoutMs: 1_500, sendWithinMs: 1_000 };

export interface BridgeProcess extends Address, Started {
  readonly internal: number;
  /** Resolves when the start has asked about everything that the last process left open. */
  recovered(): Promise<void>;
  /** SIGKILL, and resolves when the process is gone. */
  kill(): Promise<void>;
}

export interface Street {
  readonly env: Readonly<Record<string, string>>;
  readonly certificates: DevelopmentCertificates;
  readonly bank: ReturnType<typeof bankControl>;
  readonly wire: Wire;
  readonly silence: Silence;
  /** Starts a bridge; killed with the test at the latest. */
  bridge(
    t: Pick<TestContext, 'after'>,
    settings?: Settings,
    variables?: Readonly<Record<string, string>>,
  ): Promise<BridgeProcess>;
  /** Runs a `cagebridge` command to its end. */
  command(t: TestContext, ...args: readonly string[]): Promise<number | NodeJS.Signals | null>;
  /** The ledger by a connection of the test's own, once a bridge has made it. */
  ledger(): Promise<LedgerStore>;
  close(): Promise<void>;
}

export interface Settings {
  readonly stop?: { readonly doorsWithinMs: number; readonly paymentsWithinMs: number };
  readonly soapDoor?: { readonly partnerRequestsMax: number };
}

export async function openStreet(): Promise<Street> {
  await using stack = new AsyncDisposableStack();
  const home = await developmentHome('cagebridge-street-');
  stack.defer(() => rm(home, { recursive: true, force: true }));
  const env: Record<string, string> = {
    CAGEBRIDGE_DEV: '1',
    CAGEBRIDGE_HOME: home,
    CAGEBRIDGE_SOAP_PORT: '0',
    CAGEBRIDGE_PUBLIC_PORT: '0',
    CAGEBRIDGE_INTERNAL_PORT: '0',
    CAGEBRIDGE_LOG_LEVEL: 'debug',
  };
  const bank = stack.adopt(await startDevelopmentSandboxes(env, {}), (it) => it.close());
  const wire = stack.adopt(await openWire(bank.bank), (it) => it.close());
  Object.assign(env, sandboxVariables(bank));
  env['CAGEBRIDGE_BANK_URL'] = `https://127.0.0.1:${wire.port}`;
  const certificates = await certificatesOf(env);
  const quiet = silence();
  const heard: Started[] = [];
  let ledger: LedgerStore | undefined;
  stack.defer(async () => ledger?.close());
  const street = stack.move();

  const run = (
    t: Pick<TestContext, 'after'>,
    args: readonly string[],
    more: Record<string, string> = {},
  ): Started => {
    const started = start(t, args, { env: { ...env, ...more } });
    heard.push(started);
    return started;
  };
  return {
    env,
    certificates,
    bank: bankControl(bank.control),
    wire,
    silence: {
      ...quiet,
      check() {
        quiet.guards(home);
        for (const started of heard) quiet.heard(`${started.errors()}\n${started.lines.join('\n')}`);
        quiet.check();
      },
    },
    async bridge(t, settings = {}, variables = {}) {
      const file = await configuration(home, settings);
      const started = run(t, ['serve'], { CAGEBRIDGE_CONFIG: file, ...variables });
      const line = await started.line('bridge.listening');
      const { soap, internal } = JSON.parse(line) as { soap: number; internal: number };
      return { ...started, port: soap, internal, certificates, ...living(started) };
    },
    command: async (t, ...args) => run(t, args).ended,
    ledger: async () =>
      (ledger ??= await openLedger({ ...readLedgerConfig(env).ledger, createIfEmpty: false })),
    close: () => street.disposeAsync(),
  };
}

function living(started: Started): Pick<BridgeProcess, 'recovered' | 'kill'> {
  return {
    async recovered() {
      while (!started.errors().includes('"message":"recovery.finished"')) {
        await once(started.child.stderr, 'data');
      }
    },
    async kill() {
      started.child.kill('SIGKILL');
      await started.ended;
    },
  };
}

/** The development configuration with other bounds; what is not named stays. */
async function configuration(home: string, settings: Settings): Promise<string> {
  const shipped = readFileSync(new URL('../../config/development.json', import.meta.url), 'utf8');
  const { gateways } = JSON.parse(shipped) as { gateways: object[] };
  const { sendWithinMs, ...limits } = impatience;
  const file = join(home, ['config', ...Object.keys(settings), 'json'].join('.'));
  const document = {
    gateways: gateways.map((gateway) => ({ ...gateway, limits })),
    limits: { payments: { sendWithinMs }, ...settings },
  };
  await writeFile(file, JSON.stringify(document));
  return file;
}
