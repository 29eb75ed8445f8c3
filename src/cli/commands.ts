import { readFileSync } from 'node:fs';
import { type Command, type Terminal, UsageError } from './command.ts';
import { contract } from './contract.ts';
import { demo } from './demo.ts';
import { reasonFor } from './failure.ts';
import { ledger } from './ledger.ts';
import { migrate } from './migrate.ts';
import { payments } from './payments.ts';
import { sandbox } from './sandbox.ts';
import { serve } from './serve.ts';
import { verify } from './verify.ts';

/** Every command there is. */
const commands: Readonly<Record<string, Command>> = {
  serve,
  sandbox,
  demo,
  migrate,
  payments,
  ledger,
  verify,
  contract,
};

/** Runs what the arguments ask for and resolves with the exit code: 0 well, 1 found something or failed, 2 usage. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name = '--help', ...rest] = args;
  if (name === '--version') return say(terminal, version());
  if (name === '--help' || name === 'help') return say(terminal, help());
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    terminal.err(`cagebridge: there is no command of that name\n\n${help()}`);
    return 2;
  }
  if (rest.includes('--help'))
    return say(terminal, `usage: cagebridge ${command.usage}\n\n${command.summary}`);
  try {
    return await command.run(rest, terminal);
  } catch (error) {
    return explain(error, command, terminal);
  }
}

function explain(error: unknown, command: Command, terminal: Terminal): number {
  if (error instanceof UsageError) {
    terminal.err(`cagebridge: ${error.message}\nusage: cagebridge ${command.usage}`);
    return 2;
  }
  terminal.err(reasonFor(error));
  return 1;
}

async function say(terminal: Terminal, text: string): Promise<number> {
  await terminal.out(text);
  return 0;
}

function help(): string {
  return [
    'usage: cagebridge COMMAND [OPTION...]',
    '',
    ...Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(9)}  ${summary}`),
    '',
    '  COMMAND --help says what follows it; --version says which build this is.',
    '',
    'Exit codes: 0 well, 1 found something or failed, 2 usage.',
  ].join('\n');
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
