import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBridge } from '../app.ts';
import { readConfig } from '../config.ts';
import type { Config } from '../config/config.ts';
import { internalToken } from '../inbound/rest/token.ts';
import { systemClock } from '../platform/clock.ts';
import { createIds } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';
import { type Environment, variable } from '../platform/references.ts';
import { type Command, readArgs, type Terminal } from './command.ts';
import { balancesOf, compareWithGateways, entriesOf } from './demo-proof.ts';
import { story } from './demo-story.ts';
import { coreClient, soapClient } from './demo-client.ts';
import {
  certificatesOf,
  requireDevelopment,
  startDevelopmentSandboxes,
  sandboxVariables,
} from './development.ts';
import { withLedger } from './with-ledger.ts';

/** How long the bridge waits for a gateway here: the story has answers that get lost. */
const gatewayTimeoutMs = 1_500;

export const demo: Command = {
  usage: 'demo',
  async run(args, terminal) {
    readArgs(args, {});
    requireDevelopment(terminal.env);
    await using house = new AsyncDisposableStack();
    const env = await demoEnvironment(terminal.env, house);

    const sandboxes = house.adopt(await startDevelopmentSandboxes(env, {}), (it) => it.close());
    const config = impatient(await readConfig({ ...env, ...sandboxVariables(sandboxes) }, systemClock));
    const surroundings = {
      clock: systemClock,
      ids: createIds({ clock: systemClock }),
      log: createLog(config.log),
    };
    const { ports } = house.adopt(await startBridge(config, surroundings), (it) => it.stop());
    const { ca, 'partner-a': partner } = await certificatesOf(env);
    const url = `https://localhost:${ports.soap}/soap/v1/payments`;
    const client = soapClient(url, { identity: partner, authority: ca.certificate });
    house.defer(() => client.close());
    const internalUrl = `http://127.0.0.1:${ports.internal}`;

    await terminal.out(
      `\nA bridge at ${url} (SOAP) and ${internalUrl} (REST)\nA bank   at ${sandboxes.bankUrl} (SOAP)\nA PSP    at ${sandboxes.pspUrl} (REST)\nThe ledger in ${config.home}\n`,
    );
    const run = surroundings.ids.uuid().slice(-12);
    const stage = {
      partner: client,
      core: coreClient(internalUrl, await internalToken(config.home)),
      controlUrl: sandboxes.controlUrl,
      playerId: `player-${run}`,
      run,
      now: () => systemClock.now(),
    };
    const told = await tell(stage, terminal);
    const proven = await prove({ ...terminal, env }, stage);
    await terminal.out(told && proven ? '\ndemo: ok' : '\ndemo: FAILED');
    return told && proven ? 0 : 1;
  },
};

type Stage = Parameters<typeof story>[0];

async function tell(stage: Stage, terminal: Terminal): Promise<boolean> {
  await terminal.out(line('who does what', 'reads', 'which means'));
  let well = true;
  for await (const { title, read, meaning, asExpected } of story(stage)) {
    await terminal.out(line(title, read, asExpected ? meaning : 'NOT WHAT WAS EXPECTED'));
    well &&= asExpected;
  }
  return well;
}

async function prove(terminal: Terminal, { playerId, controlUrl }: Stage): Promise<boolean> {
  return withLedger(terminal, async (ledger) => {
    await terminal.out(`\n${indented(await entriesOf(ledger, playerId))}`);
    await terminal.out(`\n${indented(await balancesOf(ledger))}`);
    const { equal, effects, payments } = await compareWithGateways(ledger, controlUrl);
    const violations = await ledger.violations(1);
    await terminal.out(
      `\n  Bank and PSP executed ${effects} instructions, the ledger completed ${payments} payments: ${equal ? 'the same ones' : 'NOT the same'}.` +
        `\n  Invariants of the ledger: ${violations.length === 0 ? 'all hold' : 'VIOLATED, see cagebridge verify'}.`,
    );
    return equal && violations.length === 0;
  });
}

function line(title: string, read: string, meaning: string): string {
  return `  ${title.padEnd(58)}  ${read.padEnd(28)}  ${meaning}`;
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

/** A home of its own that goes with the demo, unless one is named; any free ports; a log of errors alone. */
async function demoEnvironment(env: Environment, house: AsyncDisposableStack): Promise<Environment> {
  const quiet = {
    CAGEBRIDGE_SOAP_PORT: '0',
    CAGEBRIDGE_PUBLIC_PORT: '0',
    CAGEBRIDGE_INTERNAL_PORT: '0',
    CAGEBRIDGE_LOG_LEVEL: 'error',
    ...env,
  };
  if (variable(env, 'CAGEBRIDGE_HOME') !== undefined) return quiet;
  const home = await mkdtemp(join(tmpdir(), 'cagebridge-demo-'));
  house.defer(() => rm(home, { recursive: true, force: true }));
  return {
    ...quiet,
    CAGEBRIDGE_HOME: home,
    CAGEBRIDGE_CONFIG: undefined,
    LEDGER_URL: undefined,
  };
}

function impatient(config: Config): Config {
  const gateways = config.gateways.map((gateway) => ({
    ...gateway,
    limits: { ...gateway.limits, totalTimeoutMs: gatewayTimeoutMs },
  }));
  return { ...config, gateways };
}
