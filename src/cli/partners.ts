import { type Command, type Terminal, UsageError } from './command.ts';
import { makeKit } from './partners-kit.ts';
import { testPartner } from './partners-test.ts';

/** A subcommand gets everything that follows its name. */
type Subcommand = (args: readonly string[], terminal: Terminal) => Promise<number>;

const subcommands: Readonly<Record<string, Subcommand>> = {
  kit: makeKit,
  test: testPartner,
};

export const partners: Command = {
  usage: [
    'partners kit ID --out DIR [--url URL] [--authority FILE ...] [--certificate FILE] [--dry-run] [--json]',
    'partners test ID [--url URL] [--certificate FILE --key FILE] [--authority FILE] [--with-payments] [--json]',
  ].join('\n       cagebridge '),
  async run([name = '', ...rest], terminal) {
    const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
    if (subcommand === undefined) throw new UsageError(`say ${Object.keys(subcommands).join(', ')}`);
    return subcommand(rest, terminal);
  },
};
