import { existsSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { type BoundPorts, startBridge } from '../app.ts';
import { isDevelopment } from '../config/development.ts';
import { readConfig } from '../config.ts';
import { recoveryPoints } from '../payments/world.ts';
import { systemClock } from '../platform/clock.ts';
import { readCrashAt } from '../platform/crash-points.ts';
import { createIds } from '../platform/ids.ts';
import { createLog, type Log } from '../platform/log.ts';
import { errorFields } from '../platform/redaction.ts';
import type { Environment } from '../platform/references.ts';
import { onXmlEngineFailure } from '../platform/xml.ts';
import { type Command, readArgs, type Terminal, UsageError } from './command.ts';
import type { SomeSandboxes } from './development.ts';
import { developmentGuide } from './guide.ts';
import { sandboxOptions, sandboxUsage, type SandboxValues } from './sandbox-options.ts';
import { endProcessWithin, startedUnlessStopped, type StopRequest, stopOnSignals } from './stop-request.ts';

const options = { 'with-sandbox': { type: 'boolean' }, ...sandboxOptions } as const;

export const serve: Command = {
  usage: `serve [--with-sandbox] ${sandboxUsage}`,
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
  const crashAt = readCrashAt(env, recoveryPoints);
  const sandbox = values['with-sandbox'] === true ? await startSandbox(env, values) : undefined;
  running.defer(async () => sandbox?.sandboxes.close());
  const config = await readConfig({ ...env, ...sandbox?.variables }, systemClock);
  const log = createLog(config.log);
  stopOnFailures(stop, log);

  const ids = createIds({ clock: systemClock });
  const onLedgerGone = (): void => stop.ask(1);
  const surroundings = { clock: systemClock, ids, log, onLedgerGone, ...(crashAt && { crashAt }) };
  const bridge = running.adopt(await startBridge(config, surroundings), (it) => it.stop());
  process.on('SIGHUP', () => bridge.reloadCertificates());
  log.info('bridge.started', { port: bridge.ports.soap });
  await announce(terminal, bridge.ports, sandbox?.line);
  // Also a process that is killed leaves to the next one what it compiled.
  flushCompileCache();
  if (isDevelopment(env)) {
    const guided = { config, ports: bridge.ports, now: systemClock.now(), ...sandbox };
    terminal.err(await developmentGuide(guided));
  }
  return log;
}

interface StartedSandbox {
  readonly sandboxes: SomeSandboxes;
  /** Where they are, for the configuration. */
  readonly variables: Environment;
  readonly line: string;
}

/** The sandboxes that the environment does not name; read only here, because a build for production has none. */
async function startSandbox(env: Environment, values: SandboxValues): Promise<StartedSandbox | undefined> {
  if (!existsSync(new URL('./development.ts', import.meta.url)))
    throw new UsageError('this build has no sandbox');
  const { requireDevelopment, sandboxLine, sandboxVariables, startMissingSandboxes, webhooksHere } =
    await import('./development.ts');
  requireDevelopment(env);
  const sandboxes = await startMissingSandboxes(env, { ...webhooksHere(env), ...values });
  if (sandboxes === undefined) return undefined;
  return { sandboxes, variables: sandboxVariables(sandboxes), line: sandboxLine(sandboxes) };
}

/** One line for machines each: which ports were bound. */
async function announce(
  terminal: Terminal,
  ports: BoundPorts,
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
