import type { Writable } from 'node:stream';
import { once } from 'node:events';
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
  });
}

async function write(stream: Writable, chunk: string | Uint8Array): Promise<void> {
  if (!stream.write(chunk)) await once(stream, 'drain');
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
