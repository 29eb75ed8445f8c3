import type { Writable } from 'node:stream';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { runCommand } from './cli/commands.ts';

/** The process: its arguments, its streams, its exit code. */
export async function run(args: readonly string[]): Promise<void> {
  process.stdout.on('error', endQuietlyOnPipeClosed);
  // That nobody reads the log any more is no reason to stop paying.
  process.stderr.on('error', () => {});
  process.exitCode = await runCommand(args, {
    env: process.env,
    out: (line) => write(process.stdout, `${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    bytes: (chunk) => write(process.stdout, chunk),
    ...(process.stderr.isTTY && { progress: redraw }),
    ...(process.stdin.isTTY && process.stderr.isTTY && { ask }),
  });
}

async function write(stream: Writable, chunk: string | Uint8Array): Promise<void> {
  if (!stream.write(chunk)) await once(stream, 'drain');
}

/** Asked on standard error, so that standard output stays what was asked for. */
async function ask(question: string): Promise<string | undefined> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const ended = once(terminal, 'close').then(() => undefined);
  try {
    return await Promise.race([terminal.question(question), ended]);
  } finally {
    terminal.close();
  }
}

/** Over what stands on the line, which is cut to the terminal's width. */
function redraw(line: string): void {
  process.stderr.write(`\r\u001B[K${line.slice(0, process.stderr.columns - 1)}`);
}

/** Whoever reads us has read enough (`| head`). */
function endQuietlyOnPipeClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
}
