import { existsSync } from 'node:fs';
import { startBridge } from '../app.ts';
import { isDevelopment } from '../config/development.ts';
import { readConfig } from '../config.ts';
import { systemClock } from '../platform/clock.ts';
import { createIds } from '../platform/ids.ts';
import { createLog, type Log } from '../platform/log.ts';
import { errorFields } from '../platform/redaction.ts';
import { type Environment, variable } from '../platform/references.ts';
import { onXmlEngineFailure } from '../platform/xml.ts';
import { type Command, readArgs, type Terminal, UsageError } from './command.ts';
import type { DevelopmentBank } from './development.ts';
import { developmentGuide } from './guide.ts';
import { sandboxOptions, type SandboxValues } from './sandbox-options.ts';
import { endProcessWithin, startedUnlessStopped, type StopRequest, stopOnSignals } from './stop-request.ts';

const options = { 'with-sandbox': { type: 'boolean' }, ...sandboxOptions } as const;

export const serve: Command = {
  usage: 'serve [--with-sandbox] [--bank-port N] [--control-port N]',
  async run(args, terminal) {
    const { values } = readArgs(args, { options });
    const stop = stopOnSignals();
    await using running = new AsyncDisposableStack();
    const log = await startedUnlessStopped(start(running, { stop, terminal, values }), stop);
    const exitCode = await stop.asked;
    log.info('bridge.stopping');
    await running.disposeAsync();
    log.info('bridge.stopped');
    endProcessWithin(500);
    return exitCode;
  },
};

interface Starting {
  readonly stop: StopRequest;
  readonly terminal: Terminal;
  readonly values: { readonly 'with-sandbox'?: boolean } & SandboxValues;
}

/** Opens everything, to be closed with `running`, and says where it listens. */
async function start(running: AsyncDisposableStack, { stop, terminal, values }: Starting): Promise<Log> {
  const { env } = terminal;
  const sandbox = values['with-sandbox'] === true ? await startSandbox(env, values) : undefined;
  const bank = sandbox?.bank;
  running.defer(async () => bank?.close());
  const config = await readConfig({ ...env, ...(bank && { CAGEBRIDGE_BANK_URL: bank.url }) }, systemClock);
  const log = createLog(config.log);
  stopOnFailures(stop, log);

  const ids = createIds({ clock: systemClock });
  const surroundings = { clock: systemClock, ids, log, onLedgerGone: () => stop.ask(1) };
  const bridge = running.adopt(await startBridge(config, surroundings), (it) => it.stop());
  log.info('bridge.started', { port: bridge.ports.soap });
  await announce(terminal, bridge.ports, sandbox?.line);
  if (isDevelopment(env)) {
    const guided = { config, ports: bridge.ports, now: systemClock.now(), ...(bank && { bank }) };
    terminal.err(await developmentGuide(guided));
  }
  return log;
}

/** The sandbox, unless the environment names another one; read only here, because a build for production has none. */
async function startSandbox(
  env: Environment,
  values: SandboxValues,
): Promise<{ readonly bank: DevelopmentBank; readonly line: string } | undefined> {
  if (!existsSync(new URL('./development.ts', import.meta.url)))
    throw new UsageError('this build has no sandbox');
  const { requireDevelopment, sandboxLine, startDevelopmentBank } = await import('./development.ts');
  requireDevelopment(env);
  if (variable(env, 'CAGEBRIDGE_BANK_URL') !== undefined) return undefined;
  const bank = await startDevelopmentBank(env, values);
  return { bank, line: sandboxLine(bank) };
}

/** One line for machines each: which ports were bound. */
async function announce(
  terminal: Terminal,
  ports: { soap: number; internal: number },
  sandboxLine: string | undefined,
): Promise<void> {
  await terminal.out(JSON.stringify({ event: 'bridge.listening', ...ports }));
  if (sandboxLine !== undefined) await terminal.out(sandboxLine);
}

/**
 * What nobody caught is a bug, and after it nobody knows what still holds: one line, no value in it, then the ordinary
 * stop, because payments under way are better written down than asked about later.
 */
function stopOnFailures(stop: StopRequest, log: Log): void {
  process.on('uncaughtException', (error) => {
    log.error('process.failed', errorFields(error));
    stop.ask(1);
  });
  onXmlEngineFailure((error) => {
    log.error('xml_engine.failed', errorFields(error));
    stop.ask(1);
  });
}
