import { type Command, type Terminal, UsageError } from './command.ts';

/** One of the commands below `cagebridge certs`. It gets everything that follows its name. */
type Subcommand = (args: readonly string[], terminal: Terminal) => Promise<number>;

interface Listed {
  /** What follows `cagebridge certs`. */
  readonly usage: string;
  load(): Promise<Subcommand>;
}

const authority = '[--ca DIR]';
const signing = `${authority} --passphrase env:NAME|file:PATH`;
const acting = '[--no-ledger] [--reason TEXT] [--json] [--dry-run]';

const subcommands: Readonly<Record<string, Listed>> = {
  init: {
    usage: `init --name ORGANISATION [--key rsa-2048|rsa-3072|rsa-4096|ec-p256] [--days N] [--root-days N] ${signing} [--root-passphrase env:NAME|file:PATH] ${acting}`,
    load: async () => (await import('./certs-init.ts')).initAuthority,
  },
  issue: {
    usage: `issue server|client --partner ID [--dns NAME] [--ip ADDRESS] [--uri URI] [--key KIND] [--days N] [--automatic] [--out DIR] ${signing} ${acting}`,
    load: async () => (await import('./certs-issue.ts')).issueToFiles,
  },
};

export const certs: Command = {
  usage: Object.values(subcommands)
    .map(({ usage }) => `certs ${usage}`)
    .join('\n       cagebridge '),
  async run([name = '', ...rest], terminal) {
    const listed = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
    if (listed === undefined) throw new UsageError(`say ${Object.keys(subcommands).join(', ')}`);
    const subcommand = await listed.load();
    try {
      return await subcommand(rest, terminal);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      // The usage of one command, and not of all of them.
      terminal.err(`cagebridge: ${error.message}\nusage: cagebridge certs ${listed.usage}`);
      return 2;
    }
  },
};
