import cluster from 'node:cluster';
import { flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type BoundPorts, startBridge } from '../app.ts';
import { isDevelopment } from '../config/development.ts';
import type { Config } from '../config/config.ts';
import { readConfig } from '../config.ts';
import { recoveryPoints } from '../payments/world.ts';
import { systemClock } from '../platform/clock.ts';
import { readCrashAt } from '../platform/crash-points.ts';
import { createIds } from '../platform/ids.ts';
import { createLog, type Log } from '../platform/log.ts';
import { errorFields } from '../platform/redaction.ts';
import { onXmlEngineFailure } from '../platform/xml.ts';
import { type StartedSandbox, startSandbox } from './beside.ts';
import { type Command, readArgs, type Terminal } from './command.ts';
import { startCrew } from './crew.ts';
import { developmentGuide } from './guide.ts';
import { sandboxOptions, sandboxUsage, type SandboxValues } from './sandbox-options.ts';
import { endProcessWithin, startedUnlessStopped, type StopRequest, stopOnSignals } from './stop-request.ts';
import { type WorkerLink, workerLink } from './worker-link.ts';
import { workersIn } from './workers-in.ts';

const options = { 'with-sandbox': { type: 'boolean' }, ...sandboxOptions } as const;

export const serve: Command = {
  usage: `serve [--with-sandbox] ${sandboxUsage}`,
  async run(args, terminal) {
    const { values } = readArgs(args, { options });
    const starting = { stop: stopOnSignals(), terminal, args, values };
    const link = cluster.isWorker ? workerLink(process) : undefined;
    const count = workersIn(terminal.env);
    if (link !== undefined)
      return running(starting, (open) => startWorker(open, starting, link)).finally(() => link.letGo());
    return running(starting, (open) =>
      count === 1 ? startAlone(open, starting) : startWorkers(open, starting, count),
    );
  },
};

/** A worker bounds its stop by itself; one that hangs is killed after it. */
const lastMomentMs = 1_000;

interface Starting {
  readonly stop: StopRequest;
  readonly terminal: Terminal;
  readonly args: readonly string[];
  readonly values: { readonly 'with-sandbox'?: boolean } & SandboxValues;
}

/** From the start to the stop that somebody asks for; what was opened is closed backwards. */
async function running(
  { stop }: Starting,
  start: (open: AsyncDisposableStack) => Promise<Log>,
): Promise<number> {
  await using open = new AsyncDisposableStack();
  const log = await startedUnlessStopped(start(open), stop);
  const exitCode = await stop.asked;
  log.info('bridge.stopping');
  await open.disposeAsync();
  log.info('bridge.stopped');
  endProcessWithin(500);
  return exitCode;
}

/** The bridge in this very process. */
async function startAlone(open: AsyncDisposableStack, starting: Starting): Promise<Log> {
  const beside = await sandboxBeside(open, starting);
  const { config, log, ports } = await openBridge(open, starting, { ...beside?.variables });
  await announce(starting, { config, ports, ...(beside && { beside }) });
  return log;
}

/** One of several processes behind the same doors: its primary says where they are. */
async function startWorker(open: AsyncDisposableStack, starting: Starting, link: WorkerLink): Promise<Log> {
  const { log } = await openBridge(open, starting, {}, link);
  return log;
}

/** Several processes behind the same doors; this one opens none of them, and sees to it that they live. */
async function startWorkers(open: AsyncDisposableStack, starting: Starting, count: number): Promise<Log> {
  const { stop, terminal, args } = starting;
  const beside = await sandboxBeside(open, starting);
  const variables = { ...beside?.variables };
  // Read here, too, so that what is wrong with it is said once.
  const config = await readConfig({ ...terminal.env, ...variables }, systemClock);
  const log = createLog(config.log);
  stopOnFailures(stop, log);
  const exec = fileURLToPath(new URL('../../bin/cagebridge.js', import.meta.url));
  const program = { exec, args: ['serve', ...args] };
  const giveUp = (exitCode: number): void => stop.ask(exitCode);
  const crew = startCrew({ count, program, variables, clock: systemClock, log, giveUp });
  open.defer(async () => crew.stop(config.limits.stop.totalMs + lastMomentMs));
  process.on('SIGHUP', () => crew.reload('signal'));
  const ports = await Promise.race([crew.listening, stop.asked.then(() => undefined)]);
  if (ports === undefined) return log;
  log.info('bridge.started', { port: ports.soap, count });
  await announce(starting, { config, ports, ...(beside && { beside }) });
  return log;
}

async function openBridge(
  open: AsyncDisposableStack,
  { stop, terminal: { env } }: Starting,
  variables: NodeJS.Dict<string>,
  link?: WorkerLink,
): Promise<{ readonly config: Config; readonly log: Log; readonly ports: BoundPorts }> {
  const crashAt = readCrashAt(env, recoveryPoints);
  const config = await readConfig({ ...env, ...variables }, systemClock, link ? 'asTheyAre' : 'made');
  const log = createLog(config.log);
  stopOnFailures(stop, log);
  const surroundings = {
    clock: systemClock,
    ids: createIds({ clock: systemClock }),
    log,
    onLedgerGone: (): void => stop.ask(1),
    ...(crashAt && { crashAt }),
    ...(link && { siblings: link.siblings }),
  };
  const bridge = open.adopt(await startBridge(config, surroundings), (it) => it.stop());
  process.on('SIGHUP', () => bridge.reloadCertificates());
  log.info('bridge.started', { port: bridge.ports.soap });
  link?.answersFor(bridge);
  // Also a process that is killed leaves to the next one what it compiled.
  flushCompileCache();
  return { config, log, ports: bridge.ports };
}

async function sandboxBeside(
  open: AsyncDisposableStack,
  { terminal: { env }, values }: Starting,
): Promise<StartedSandbox | undefined> {
  if (values['with-sandbox'] !== true) return undefined;
  const beside = await startSandbox(env, values);
  open.defer(async () => beside?.sandboxes.close());
  return beside;
}

interface Announced {
  readonly config: Config;
  readonly ports: BoundPorts;
  readonly beside?: StartedSandbox;
}

/** One line for machines each: which ports were bound. For a developer, what he can do with them. */
async function announce({ terminal }: Starting, { config, ports, beside }: Announced): Promise<void> {
  await terminal.out(JSON.stringify({ event: 'bridge.listening', ...ports }));
  if (beside !== undefined) await terminal.out(beside.line);
  if (!isDevelopment(terminal.env)) return;
  const sandboxes = beside && { sandboxes: beside.sandboxes };
  terminal.err(await developmentGuide({ config, ports, now: systemClock.now(), ...sandboxes }));
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
