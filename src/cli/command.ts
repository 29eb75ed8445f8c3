import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Environment } from '../platform/references.ts';

/** One command of `cagebridge`; its line in the list of commands is in commands.ts. */
export interface Command {
  /** What follows `cagebridge`, as the help shows it. */
  readonly usage: string;
  /** Resolves with the exit code: 0 is well, 1 found something or failed. Throws UsageError for 2. */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

/** Where a command speaks to people and machines. */
export interface Terminal {
  readonly env: Environment;
  /** Standard output: what was asked for. Resolves when there is room for more. */
  out(line: string): Promise<void>;
  /** Standard error: everything else. */
  err(line: string): void;
  /** Standard output, where what was asked for are bytes and not lines. */
  bytes?(chunk: Uint8Array): Promise<void>;
  /** What a person types to a question; undefined where the input has ended. Only where a person types. */
  readonly ask?: (question: string) => Promise<string | undefined>;
  /** How far something is, on one line that is drawn again; an empty one takes it away. Only where a person looks. */
  readonly progress?: (line: string) => void;
}

/** The command cannot be read. The message names an option, never a value. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** node:util's parseArgs, strict, with its complaints as UsageError. */
export function readArgs<Config extends ParseArgsConfig>(args: readonly string[], config: Config) {
  try {
    return parseArgs({ ...config, args: [...args], strict: true });
  } catch (error) {
    if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')) {
      throw new UsageError(error.message);
    }
    throw error;
  }
}
