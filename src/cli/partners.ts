import { type Command, type Terminal, UsageError } from './command.ts';
import { testPartner } from './partners-test.ts';

/** A subcommand gets everything that follows its name. */
type Subcommand = (args: readonly string[], terminal: Terminal) => Promise<number>;

const subcommands: Readonly<Record<string, Subcommand>> = {
  test: testPartner,
};

export const partners: Command = {
  usage: [
    'partners test ID [--url URL] [--certificate FILE --key FILE] [--authority FILE] [--with-payments] [--json]',
  ].join('\n       cagebridge '),
  async run([name = '', ...rest], terminal) {
    const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
    if (subcommand === undefined) throw new UsageError(`say ${Object.keys(subcommands).join(', ')}`);
    return subcommand(rest, terminal);
  },
};
