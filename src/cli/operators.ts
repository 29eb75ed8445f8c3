/** Who may work on cases and approvals. Made with direct access to the ledger: whoever has that is trusted with it. */
import { randomBytes, randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readLedgerConfig } from '../config.ts';
import { tokenDigest } from '../inbound/rest/bearer.ts';
import type { LedgerStore, Operator, OperatorRole } from '../payments/ledger-store.ts';
import { makeDirectory } from '../platform/directory.ts';
import { openLedger } from '../store/open.ts';
import { type Command, readArgs, type Terminal, UsageError } from './command.ts';
import { table } from './table.ts';
import { withLedger } from './with-ledger.ts';

const options = {
  json: { type: 'boolean' },
  role: { type: 'string', multiple: true },
  'at-once': { type: 'boolean' },
} as const;
const roles = ['propose', 'confirm', 'security'] as const satisfies OperatorRole[];
const tokenBytes = 32;

export const operators: Command = {
  usage:
    'operators list [--json] | operators add ID --role propose|confirm|security [--role ...] | operators disable ID | operators rotate ID [--at-once]',
  async run(args, terminal) {
    const { values, positionals } = readArgs(args, { options, allowPositionals: true });
    const [what, id, ...more] = positionals;
    if (what === 'list' && id === undefined) return list(terminal, values.json === true);
    if (id === undefined || more.length > 0 || !/^[a-z0-9][a-z0-9-]{0,34}$/.test(id)) {
      throw new UsageError('say list, or add, disable or rotate and one id: a-z, 0-9 and -, at most 35');
    }
    switch (what) {
      case 'add':
        return change(terminal, id, (before) => added(before, id, rolesFrom(values.role)));
      case 'disable':
        return change(terminal, id, (before) => disabled(before));
      case 'rotate':
        return change(terminal, id, (before) => rotated(before, values['at-once'] === true));
      case undefined:
      default:
        throw new UsageError('say list, add, disable or rotate');
    }
  },
};

function rolesFrom(given: readonly string[] = []): readonly OperatorRole[] {
  const known = roles.filter((role) => given.includes(role));
  if (known.length === 0 || given.some((role) => !known.some((one) => one === role))) {
    throw new UsageError('say --role propose, --role confirm or --role security, or several');
  }
  return known;
}

/** What becomes of an operator, and the token that he is given; a sentence where nothing does. */
type Change = { readonly operator: Operator; readonly token?: string; readonly done: string } | string;

function added(before: Operator | undefined, id: string, given: readonly OperatorRole[]): Change {
  // An id is never given to anybody else: the acts name it for ever.
  if (before !== undefined) return 'there is an operator of this id already';
  const token = freshToken();
  const operator = { id, roles: given, tokenDigests: [tokenDigest(token)], createdAt: new Date() };
  return { operator, token, done: 'added' };
}

function disabled(before: Operator | undefined): Change {
  if (before === undefined) return 'there is no operator of this id';
  if (before.disabledAt !== undefined) return 'the operator is disabled already';
  return { operator: { ...before, tokenDigests: [], disabledAt: new Date() }, done: 'disabled' };
}

/** The token before counts until the next rotation, unless it has to end at once. */
function rotated(before: Operator | undefined, atOnce: boolean): Change {
  if (before === undefined || before.disabledAt !== undefined)
    return 'there is no operator of this id who may act';
  const token = freshToken();
  const kept = atOnce ? [] : before.tokenDigests.slice(-1);
  return { operator: { ...before, tokenDigests: [...kept, tokenDigest(token)] }, token, done: 'rotated' };
}

function freshToken(): string {
  return randomBytes(tokenBytes).toString('base64url');
}

async function change(
  terminal: Terminal,
  id: string,
  decide: (before: Operator | undefined) => Change,
): Promise<number> {
  const { home, ledger: location } = readLedgerConfig(terminal.env);
  const ledger = await openLedger(location);
  try {
    const before = (await ledger.operators()).find((operator) => operator.id === id);
    const decided = decide(before);
    if (typeof decided === 'string') {
      terminal.err(`cagebridge: ${decided}`);
      return 1;
    }
    await put(ledger, decided, home);
    const place = decided.token === undefined ? '' : `; the token is in ${tokenPath(home, id)}`;
    await terminal.out(`${decided.done}: ${id}${place}`);
    return 0;
  } finally {
    await ledger.close();
  }
}

function tokenPath(home: string, id: string): string {
  return join(home, 'operators', `${id}.token`);
}

/** The file first: a token that counts and that nobody has would have to be rotated away again. */
async function put(
  ledger: Pick<LedgerStore, 'putOperator'>,
  { operator, token }: Exclude<Change, string>,
  home: string,
): Promise<void> {
  const path = tokenPath(home, operator.id);
  const fresh = `${path}.${randomUUID()}.new`;
  if (token !== undefined) {
    makeDirectory(join(home, 'operators'));
    const file = await open(fresh, 'wx', 0o600);
    try {
      await file.writeFile(`${token}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  }
  try {
    await ledger.putOperator(operator);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
  if (token === undefined) await rm(path, { force: true });
  else await rename(fresh, path);
}

async function list(terminal: Terminal, json: boolean): Promise<number> {
  const found = await withLedger(terminal, (ledger) => ledger.operators());
  if (json) {
    for (const { tokenDigests, ...operator } of found) {
      await terminal.out(JSON.stringify({ ...operator, tokens: tokenDigests.length }));
    }
    return 0;
  }
  const rows = found.map(({ id, roles: given, tokenDigests, createdAt, disabledAt }) => [
    id,
    given.join(', '),
    String(tokenDigests.length),
    createdAt.toISOString(),
    disabledAt?.toISOString() ?? '',
  ]);
  await terminal.out(table(['operator', 'roles', 'tokens', 'created', 'disabled'], rows, ['tokens']));
  return 0;
}
