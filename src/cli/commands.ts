import { existsSync, readFileSync } from 'node:fs';
import { type Command, type Terminal, UsageError } from './command.ts';
import { reasonFor } from './failure.ts';

interface Listed {
  /** One line for the list of commands. */
  readonly summary: string;
  load(): Promise<Command>;
}

/**
 * Every command there may be. Each is read only when it is asked for, from the file of its name beside this one: a build
 * for production leaves out the sandbox and the demo, and does not have the command then.
 */
const commands: Readonly<Record<string, Listed>> = {
  serve: {
    summary: 'the bridge, until SIGTERM or SIGINT',
    load: async () => (await import('./serve.ts')).serve,
  },
  sandbox: {
    summary: 'a bank and a PSP on this machine that misbehave on request',
    load: async () => (await import('./sandbox.ts')).sandbox,
  },
  demo: {
    summary: 'the whole way in one go, against a bank on this machine',
    load: async () => (await import('./demo.ts')).demo,
  },
  health: {
    summary: 'whether the bridge of this machine serves; 1 where it does not',
    load: async () => (await import('./health.ts')).health,
  },
  migrate: {
    summary:
      "brings the ledger to this build's schema, or makes it; --status only looks, 1 where it is not current",
    load: async () => (await import('./migrate.ts')).migrate,
  },
  payments: {
    summary: 'where payments stand',
    load: async () => (await import('./payments.ts')).payments,
  },
  cases: {
    summary: 'questions that only people can close: what they are, and what people do about them',
    load: async () => (await import('./cases.ts')).cases,
  },
  approve: {
    summary: 'what waits for a person; with an id, his yes to it',
    load: async () => (await import('./approve.ts')).approve,
  },
  reject: {
    summary: "a person's no, to a payment that waits or to what another one proposed",
    load: async () => (await import('./reject.ts')).reject,
  },
  operators: {
    summary: 'who may work on cases and approvals; tokens are written to files, never printed',
    load: async () => (await import('./operators.ts')).operators,
  },
  certs: {
    summary: 'certificates: an authority of our own, what it issues and revokes, and what is in use',
    load: async () => (await import('./certs.ts')).certs,
  },
  partners: {
    summary: 'who may call us, by which certificates; what a new one gets, and a trial as he would call',
    load: async () => (await import('./partners.ts')).partners,
  },
  webhooks: {
    summary: 'what providers told of their own accord, and what became of it',
    load: async () => (await import('./webhooks.ts')).webhooks,
  },
  ledger: {
    summary: 'what was posted, and what it sums up to',
    load: async () => (await import('./ledger.ts')).ledger,
  },
  recon: {
    summary: 'statements of banks and gateways: import, and what was read of them',
    load: async () => (await import('./recon.ts')).recon,
  },
  report: {
    summary: 'what finance reads: the day, open items by age, gateways, player funds, unknowns, fees',
    load: async () => (await import('./report.ts')).report,
  },
  verify: {
    summary: 'whether the ledger holds its invariants; 1 where it does not',
    load: async () => (await import('./verify.ts')).verify,
  },
  contract: {
    summary: 'writes the WSDL and its schemas, with the address that partners call',
    load: async () => (await import('./contract.ts')).contract,
  },
};

/** Runs what the arguments ask for and resolves with the exit code: 0 well, 1 found something or failed, 2 usage. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name = '--help', ...rest] = args;
  if (name === '--version') return say(terminal, version());
  if (name === '--help' || name === 'help') return say(terminal, help());
  const listed = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (listed === undefined || !isHere(name)) {
    const reason = listed === undefined ? 'there is no command of that name' : `this build has no ${name}`;
    terminal.err(`cagebridge: ${reason}\n\n${help()}`);
    return 2;
  }
  const command = await listed.load();
  if (rest.includes('--help'))
    return say(terminal, `usage: cagebridge ${command.usage}\n\n${listed.summary}`);
  try {
    return await command.run(rest, terminal);
  } catch (error) {
    return explain(error, command, terminal);
  }
}

function isHere(name: string): boolean {
  return existsSync(new URL(`./${name}.ts`, import.meta.url));
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
    ...Object.entries(commands)
      .filter(([name]) => isHere(name))
      .map(([name, { summary }]) => `  ${name.padEnd(9)}  ${summary}`),
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
