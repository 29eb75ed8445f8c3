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
const telling = '[--no-ledger] [--json] [--dry-run]';
const otherPassphrases = '[--root-passphrase env:NAME|file:PATH] [--retired-passphrase env:NAME|file:PATH]';
const acting = `[--reason TEXT] ${telling}`;

const subcommands: Readonly<Record<string, Listed>> = {
  init: {
    usage: `init --name ORGANISATION [--key rsa-2048|rsa-3072|rsa-4096|ec-p256] [--days N] [--root-days N] ${signing} [--root-passphrase env:NAME|file:PATH] ${acting}`,
    load: async () => (await import('./certs-init.ts')).initAuthority,
  },
  issue: {
    usage: `issue server|client --partner ID [--dns NAME] [--ip ADDRESS] [--uri URI] [--key KIND] [--days N] [--automatic] [--out DIR] ${signing} ${acting}`,
    load: async () => (await import('./certs-issue.ts')).issueToFiles,
  },
  csr: {
    usage:
      'csr server|client [--partner ID] [--dns NAME] [--ip ADDRESS] [--uri URI] [--key KIND] [--out DIR] [--json] [--dry-run]',
    load: async () => (await import('./certs-csr.ts')).requestToFiles,
  },
  sign: {
    usage: `sign FILE --partner ID [--role client|server] [--dns NAME] [--ip ADDRESS] [--days N] [--automatic] [--out DIR] ${signing} ${acting}`,
    load: async () => (await import('./certs-sign.ts')).signRequest,
  },
  import: {
    usage: `import FILE --partner ID --issuer FILE... [--role client|server] ${authority} ${acting}`,
    load: async () => (await import('./certs-import.ts')).importFile,
  },
  revoke: {
    usage: `revoke SERIAL|FILE|FINGERPRINT --reason CODE [--comment TEXT] [--days N] ${signing} ${otherPassphrases} ${telling} | revoke ... --deny-only [--issuer FILE]`,
    load: async () => (await import('./certs-revoke.ts')).revokeNamed,
  },
  crl: {
    usage: `crl [--root] [--days N] ${signing} ${otherPassphrases} ${acting}`,
    load: async () => (await import('./certs-crl.ts')).publishNow,
  },
  list: {
    usage: `list [--partner ID] ${authority} [--json]`,
    load: async () => (await import('./certs-list.ts')).listCertificates,
  },
  inspect: {
    usage:
      'inspect FILE|HOST:PORT [--passphrase env:NAME|file:PATH] [--authority FILE...] [--servername NAME] [--certificate FILE --key FILE] [--json]',
    load: async () => (await import('./certs-inspect.ts')).inspect,
  },
  check: {
    usage:
      'check FILE...|DIR [--purpose server|client] [--authority FILE...] [--passphrase env:NAME|file:PATH] [--json]',
    load: async () => (await import('./certs-check.ts')).check,
  },
  expiring: {
    usage: `expiring [--days N] ${authority} [FILE...|DIR] [--passphrase env:NAME|file:PATH] [--no-ledger] [--json]`,
    load: async () => (await import('./certs-expiring.ts')).expiring,
  },
  export: {
    usage: `export --p12 FILE --certificate FILE --key FILE [--with-root FILE] [--alias NAME] ${signing} ${acting}`,
    load: async () => (await import('./certs-export.ts')).exportPkcs12,
  },
  rotate: {
    usage: `rotate server|client [--name FILENAME] [--out DIR] [--dns NAME] [--ip ADDRESS] [--uri URI] [--key KIND] [--days N] [--authority FILE...] [--against HOST:PORT [--against-authority FILE...]] [--reload [--token-file PATH] [--accept WORD...]] [--at HOST:PORT] ${signing} ${acting} | rotate client --partner ID ... (partners rotate) | rotate ca [--key KIND] [--days N] ${signing} [--root-passphrase env:NAME|file:PATH] ${acting}`,
    load: async () => (await import('./certs-rotate.ts')).rotate,
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
