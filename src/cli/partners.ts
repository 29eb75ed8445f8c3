import { type Command, type Terminal, UsageError } from './command.ts';
import { addPartner } from './partners-add.ts';
import { changeTerms } from './partners-change.ts';
import { followConfiguration } from './partners-follow.ts';
import { makeKit } from './partners-kit.ts';
import { listPartners } from './partners-list.ts';
import { rotatePartner } from './partners-rotate.ts';
import { showPartner } from './partners-show.ts';
import { switchPartner } from './partners-switch.ts';
import { testPartner } from './partners-test.ts';

interface Subcommand {
  /** What follows `cagebridge partners`; several where it is done in several ways. */
  readonly usage: readonly string[];
  /** Gets everything that follows its name. */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

const terms =
  '--operation NAME ... --brand NAME ... --currency CODE ... [--default-brand NAME] [--amount-max CODE=VALUE ...] [--tls-floor 1.2|1.3] [--crl POLICY]';
const newTerms =
  '[--operation NAME ...] [--brand NAME ...] [--currency CODE ...] [--default-brand NAME] [--amount-max CODE=VALUE ...] [--tls-floor 1.2|1.3] [--crl POLICY]';
const certificate =
  'CERTIFICATE is --certificate FILE --issuer FILE ... [--san-uri URI], or --ca DIR --passphrase env:NAME|file:PATH [--days N] --out DIR';
const acting = '--reason TEXT [--dry-run] [--json]';

const subcommands: Readonly<Record<string, Subcommand>> = {
  list: { usage: ['list [--json]'], run: listPartners },
  show: { usage: ['show ID [--json]'], run: showPartner },
  add: {
    usage: [
      `add ID ${terms} CERTIFICATE [--out DIR [--url URL] [--authority FILE ...]] ${acting}`,
      certificate,
      'where a person types, what is missing is asked for',
    ],
    run: addPartner,
  },
  change: { usage: [`change ID ${newTerms} [--issuer FILE ...] ${acting}`], run: changeTerms },
  rotate: {
    usage: [
      `rotate ID CERTIFICATE [--from INSTANT] [--overlap-days N] [--url URL [--authority FILE ...] [--key FILE]] ${acting}`,
      `partners rotate ID --finish | --abandon ${acting}`,
      certificate,
    ],
    run: rotatePartner,
  },
  disable: { usage: [`disable ID ${acting}`], run: switchPartner(false) },
  enable: { usage: [`enable ID ${acting}`], run: switchPartner(true) },
  follow: { usage: [`follow ID ${acting}`], run: followConfiguration },
  kit: {
    usage: ['kit ID --out DIR [--url URL] [--authority FILE ...] [--certificate FILE] [--dry-run] [--json]'],
    run: makeKit,
  },
  test: {
    usage: [
      'test ID [--url URL] [--certificate FILE --key FILE] [--authority FILE] [--with-payments] [--json]',
    ],
    run: testPartner,
  },
};

const indented = '\n       ';

function usageOf({ usage: [first = '', ...more] }: Subcommand): string {
  return [`partners ${first}`, ...more].join(indented);
}

export const partners: Command = {
  usage: Object.values(subcommands)
    .map((subcommand) => usageOf(subcommand))
    .join(indented),
  async run([name = '', ...rest], terminal) {
    const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
    if (subcommand === undefined) throw new UsageError(`say ${Object.keys(subcommands).join(', ')}`);
    try {
      return await subcommand.run(rest, terminal);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      // The usage of one of them, and not of all.
      terminal.err(`cagebridge: ${error.message}\nusage: cagebridge ${usageOf(subcommand)}`);
      return 2;
    }
  },
};
