import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../bin/cagebridge.js', import.meta.url));

export interface Started {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** The lines of standard output so far. */
  readonly lines: string[];
  /** Resolves with the line when one comes that holds the text. */
  line(text: string): Promise<string>;
  /** Everything on standard error so far. */
  errors(): string;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

export interface StartOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Options for Node itself. */
  readonly node?: readonly string[];
}

/** Runs the `cagebridge` command as a process of its own, which ends with the test at the latest. */
export function start(
  t: Pick<TestContext, 'after'>,
  args: readonly string[],
  { env, node = [] }: StartOptions,
): Started {
  const child = spawn(process.execPath, [...node, entry, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const reader = createInterface({ input: child.stdout });
  const closed = once(reader, 'close');
  reader.on('line', (line) => lines.push(line));
  return {
    child,
    lines,
    errors: () => errors,
    ended: once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals | null),
    async line(text) {
      for (;;) {
        const found = lines.find((line) => line.includes(text));
        if (found !== undefined) return found;
        const next = await Promise.race([once(reader, 'line'), closed.then(() => 'closed' as const)]);
        if (next === 'closed' && !lines.some((line) => line.includes(text))) {
          throw new Error(`the process ended without "${text}": ${errors}`);
        }
      }
    },
  };
}
