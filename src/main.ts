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
    out: (line) => write(process.stdout, line),
    err: (line) => void process.stderr.write(`${line}\n`),
  });
}

async function write(stream: Writable, line: string): Promise<void> {
  if (!stream.write(`${line}\n`)) await once(stream, 'drain');
}

/** Whoever reads us has read enough (`| head`). */
function endQuietlyOnPipeClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
}
