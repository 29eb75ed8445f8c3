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

/** A subcommand gets everything that follows its name. */
type Subcommand = (args: readonly string[], terminal: Terminal) => Promise<number>;

const subcommands: Readonly<Record<string, Subcommand>> = {
  list: listPartners,
  show: showPartner,
  add: addPartner,
  change: changeTerms,
  rotate: rotatePartner,
  disable: switchPartner(false),
  enable: switchPartner(true),
  follow: followConfiguration,
  kit: makeKit,
  test: testPartner,
};

export const partners: Command = {
  usage: [
    'partners list | show ID [--json]',
    'partners add ID --operation NAME ... --brand NAME ... --currency CODE ... [--default-brand NAME] [--amount-max CODE=VALUE ...] [--tls-floor 1.2|1.3] [--crl POLICY] CERTIFICATE [--out DIR [--url URL] [--authority FILE ...]] --reason TEXT',
    'partners change ID [--operation NAME ...] [--brand NAME ...] [--currency CODE ...] [--default-brand NAME] [--amount-max CODE=VALUE ...] [--tls-floor 1.2|1.3] [--crl POLICY] [--issuer FILE ...] --reason TEXT',
    'partners rotate ID CERTIFICATE [--from INSTANT] [--overlap-days N] [--url URL [--authority FILE] [--key FILE]] --reason TEXT',
    'partners rotate ID --finish | --abandon --reason TEXT',
    'partners disable | enable | follow ID --reason TEXT',
    'partners kit ID --out DIR [--url URL] [--authority FILE ...] [--certificate FILE]',
    'partners test ID [--url URL] [--certificate FILE --key FILE] [--authority FILE] [--with-payments]',
    'CERTIFICATE is --certificate FILE --issuer FILE ... [--san-uri URI], or --ca DIR --passphrase env:NAME|file:PATH [--days N] --out DIR',
    'each with --json, and with --dry-run where something is written',
  ].join('\n       '),
  async run([name = '', ...rest], terminal) {
    const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
    if (subcommand === undefined) throw new UsageError(`say ${Object.keys(subcommands).join(', ')}`);
    return subcommand(rest, terminal);
  },
};
