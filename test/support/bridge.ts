import { rm } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import type { TestContext } from 'node:test';
import { type Bridge, startBridge } from '../../src/app.ts';
import { developmentHome } from './development-home.ts';
import { type SoapClient, soapClient } from '../../src/cli/demo-client.ts';
import {
  type DevelopmentSandboxes,
  certificatesOf,
  sandboxVariables,
  startDevelopmentSandboxes,
} from '../../src/cli/development.ts';
import { readConfig } from '../../src/config.ts';
import type { Config } from '../../src/config/config.ts';
import type { DevelopmentName } from '../../src/pki/development.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createIds } from '../../src/platform/ids.ts';
import { createLog } from '../../src/platform/log.ts';

export interface WholeBridge {
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  readonly bridge: Bridge;
  /** The bank, and the PSP beside it. */
  readonly bank: DevelopmentSandboxes;
  /** What the bridge has logged so far. */
  log(): string;
  /** A client with a certificate of this home. */
  client(name: DevelopmentName): Promise<SoapClient>;
  /** Another bridge on the same ledger and bank, with what is changed in the configuration. */
  another(change?: Change): Promise<Bridge>;
}

/** What a test changes of the configuration; files of its home may be read for it. */
export type Change = (config: Config) => Config | Promise<Config>;

/** The whole bridge as `npm start` builds it, in this process: real doors, real bank sandbox, real ledger file, free ports. */
export async function wholeBridge(
  t: Pick<TestContext, 'after'>,
  change: Change = (config) => config,
): Promise<WholeBridge> {
  const home = await developmentHome('cagebridge-app-');
  t.after(() => rm(home, { recursive: true, force: true }));
  const env: Record<string, string> = {
    CAGEBRIDGE_DEV: '1',
    CAGEBRIDGE_HOME: home,
    CAGEBRIDGE_SOAP_PORT: '0',
    CAGEBRIDGE_PUBLIC_PORT: '0',
    CAGEBRIDGE_INTERNAL_PORT: '0',
    CAGEBRIDGE_LOG_LEVEL: 'debug',
  };
  const bank = await startDevelopmentSandboxes(env, {});
  t.after(() => bank.close());
  Object.assign(env, sandboxVariables(bank));
  const stream = new PassThrough();
  let logged = '';
  stream.setEncoding('utf8').on('data', (text: string) => (logged += text));
  const log = createLog({ level: 'debug', stream });

  const start = async (changed: Change): Promise<Bridge> => {
    const config = await changed(await readConfig(env, systemClock));
    const bridge = await startBridge(config, {
      clock: systemClock,
      ids: createIds({ clock: systemClock }),
      log,
    });
    t.after(() => bridge.stop());
    return bridge;
  };
  const bridge = await start(change);
  return {
    home,
    env,
    bridge,
    bank,
    log: () => logged,
    another: async (again = change) => start(again),
    async client(name) {
      const { ca, [name]: identity } = await certificatesOf(env);
      const url = `https://localhost:${bridge.ports.soap}/soap/v1/payments`;
      const client = soapClient(url, { identity, authority: ca.certificate });
      t.after(() => client.close());
      return client;
    },
  };
}

/** A bridge that does not wait long for its bank. */
export function impatient(totalTimeoutMs: number): (config: Config) => Config {
  return (config) => ({
    ...config,
    gateways: config.gateways.map((gateway) => ({
      ...gateway,
      limits: { ...gateway.limits, totalTimeoutMs },
    })),
  });
}
