/**
 * A house under fire: bridges as processes on one ledger, the two sandboxes as another, and everything that can be done to
 * them. What they hold in the end is judged by judgement.ts.
 */
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { certificatesOf } from '../../src/cli/development.ts';
import { bankPath } from '../../src/sandbox/bank.ts';
import { pspPath } from '../../src/sandbox/psp-requests.ts';
import { silence } from '../support/bridge-silence.ts';
import { developmentHome } from '../support/development-home.ts';
import { start, type Started } from '../support/process.ts';
import { type Caller, openCaller, type Target } from './callers.ts';
import { writeConfiguration } from './configuration.ts';
import { type Control, controlOf } from './control.ts';
import { type Forwarder, openForwarder } from './forwarder.ts';

export interface BridgeUnderFire extends Started, Target {
  readonly pid: number;
  /** SIGKILL, and resolves with the instant of it when the process is gone. */
  kill(): Promise<number>;
}

export interface HouseUnderFire {
  readonly home: string;
  readonly ledgerFile: string;
  readonly control: Control;
  readonly caller: Caller;
  /** Before the public door, where there is one. */
  readonly webhooks: Forwarder;
  /** Starts a bridge; `crashAt` is the point at which it ends itself. */
  bridge(crashAt?: string): Promise<BridgeUnderFire>;
  /** Runs a `cagebridge` command: its exit code, and what it printed. */
  command(...args: readonly string[]): Promise<{ exit: number | NodeJS.Signals | null; printed: string }>;
  killSandboxes(): Promise<void>;
  /** On the same ports, with the same journals. */
  startSandboxes(): Promise<void>;
  /** Every line that the processes wrote to standard error so far. */
  log(): string;
  /** Fails where a log line of any process names the person or holds a secret. */
  checkSilence(): void;
  /** Leaves ledger and logs where somebody can look at them; answers where. */
  keepEvidence(): Promise<string>;
  close(): Promise<void>;
}

/** What Node compiled is kept for the next process, which starts a third sooner by it; one that is killed keeps nothing. */
const compiled = fileURLToPath(new URL('../../node_modules/.cache/cagebridge-faults', import.meta.url));

const nowhere = JSON.stringify({ soap: 0, internal: 0 });

export async function openHouseUnderFire(): Promise<HouseUnderFire> {
  await using unfinished = new AsyncDisposableStack();
  const stack = unfinished.use(new AsyncDisposableStack());
  const home = await developmentHome('cagebridge-fire-');
  stack.defer(() => rm(home, { recursive: true, force: true }));
  const webhooks = stack.adopt(await openForwarder(), (it) => it.close());
  const processes: Started[] = [];
  const run = (args: readonly string[], env: Readonly<Record<string, string>>): Started => {
    const started = start({ after: (work) => stack.defer(work as () => void) }, args, { env });
    processes.push(started);
    return started;
  };

  const base = {
    NODE_COMPILE_CACHE: compiled,
    CAGEBRIDGE_DEV: '1',
    CAGEBRIDGE_HOME: home,
    CAGEBRIDGE_SOAP_PORT: '0',
  };
  const certificates = await certificatesOf(base);
  const sandboxes = await openSandboxes((args) =>
    run([...args, '--webhook-url', `https://127.0.0.1:${webhooks.port}/webhook/payment/psp`], base),
  );
  const env: Readonly<Record<string, string>> = {
    ...base,
    NODE_ENV: 'test',
    CAGEBRIDGE_CONFIG: await writeConfiguration(home),
    CAGEBRIDGE_PUBLIC_PORT: '0',
    CAGEBRIDGE_INTERNAL_PORT: '0',
    CAGEBRIDGE_LOG_LEVEL: 'info',
    CAGEBRIDGE_BANK_URL: `https://127.0.0.1:${sandboxes.ports.bank}${bankPath}`,
    CAGEBRIDGE_PSP_URL: `https://127.0.0.1:${sandboxes.ports.psp}${pspPath}`,
  };
  const caller = stack.adopt(openCaller(home, certificates), (it) => it.close());
  const ledgerFile = join(home, 'ledger.sqlite');
  const opened = unfinished.move();

  return {
    home,
    ledgerFile,
    webhooks,
    caller,
    control: controlOf(sandboxes.ports.control),
    async bridge(crashAt) {
      const started = run(['serve'], {
        ...env,
        ...(crashAt !== undefined && { CAGEBRIDGE_CRASH_AT: crashAt }),
      });
      const line = await started.line('bridge.listening').catch(async (error: unknown) => {
        // Its point was on the way to the doors: nobody will be answered there.
        if (crashAt !== undefined && (await started.ended) === 'SIGKILL') return nowhere;
        throw error;
      });
      const ports = JSON.parse(line) as Target & { readonly public?: number };
      webhooks.lead(ports.public);
      return { ...started, ...ports, pid: started.child.pid ?? 0, kill: () => killed(started) };
    },
    async command(...args) {
      const started = run(args, env);
      const exit = await started.ended;
      return { exit, printed: started.lines.join('\n') };
    },
    killSandboxes: () => sandboxes.kill(),
    startSandboxes: () => sandboxes.start(),
    log: () => processes.map((started) => started.errors()).join('\n'),
    checkSilence() {
      const quiet = silence();
      quiet.guards(home);
      for (const started of processes) quiet.heard(`${started.errors()}\n${started.lines.join('\n')}`);
      quiet.check();
    },
    async keepEvidence() {
      const kept = await mkdtemp(join(tmpdir(), 'cagebridge-evidence-'));
      for (const file of ['ledger.sqlite', 'ledger.sqlite-wal']) {
        await copyFile(join(home, file), join(kept, file)).catch(() => undefined);
      }
      const logs = processes.map((started) => `=== process ${started.child.pid}\n${started.errors()}`);
      await writeFile(join(kept, 'logs.txt'), logs.join('\n'));
      return kept;
    },
    close: () => opened.disposeAsync(),
  };
}

async function killed({ child, ended }: Started): Promise<number> {
  const atMs = Date.now();
  child.kill('SIGKILL');
  await ended;
  return atMs;
}

interface Ports {
  readonly bank: number;
  readonly psp: number;
  readonly control: number;
}

async function openSandboxes(run: (args: readonly string[]) => Started) {
  const first = run(['sandbox']);
  const ports = JSON.parse(await first.line('sandbox.listening')) as Ports;
  let running: Started | undefined = first;
  return {
    ports,
    async kill(): Promise<void> {
      if (running === undefined) return;
      running.child.kill('SIGKILL');
      await running.ended;
      running = undefined;
    },
    async start(): Promise<void> {
      const again = Object.entries(ports).filter(([name]) => name !== 'event');
      running = run(['sandbox', ...again.flatMap(([name, port]) => [`--${name}-port`, String(port)])]);
      await running.line('sandbox.listening');
    },
  };
}

/** Resolves true when the process has ended by itself within the time. */
export async function endedWithin({ ended }: Started, ms: number): Promise<boolean> {
  const enough = new AbortController();
  const waited = pause(ms, false, { signal: enough.signal }).catch(() => false);
  const result = await Promise.race([ended.then(() => true), waited]);
  enough.abort();
  return result;
}

/** Stops a process in the middle of whatever it does, and lets it go on after so long. */
export async function stoppedFor({ child }: Started, ms: number): Promise<void> {
  child.kill('SIGSTOP');
  await pause(ms);
  child.kill('SIGCONT');
}

/** Lowers or lifts what a file of a living process may grow to, so that its disk is full: `unlimited` or bytes. */
export async function limitFiles({ child }: Started, bytes: number | 'unlimited'): Promise<void> {
  const { spawn } = await import('node:child_process');
  const limiting = spawn('prlimit', [`--pid=${child.pid}`, `--fsize=${bytes}:`], { stdio: 'ignore' });
  const [code] = (await once(limiting, 'exit')) as [number];
  if (code !== 0) throw new Error(`prlimit ended with ${code}`);
}
