/** What a person does from the command line: it goes through the running bridge, with his own token. */
import type { Environment } from '../platform/references.ts';
import { Misconfigured } from '../platform/misconfigured.ts';
import { type Terminal, UsageError } from './command.ts';
import { callDoor, type DoorCall, operatorToken } from './internal-door.ts';
import { table } from './table.ts';

export const personOptions = {
  json: { type: 'boolean' },
  'token-file': { type: 'string' },
} as const;

export const actOptions = {
  ...personOptions,
  reason: { type: 'string' },
  comment: { type: 'string' },
} as const;

export interface Asked {
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly tokenFile: string | undefined;
}

export function askedFrom(
  terminal: Terminal,
  values: { readonly json?: boolean; readonly 'token-file'?: string },
): Asked {
  return { terminal, json: values.json === true, tokenFile: values['token-file'] };
}

/** Every act needs both. */
export function saidFrom({ reason, comment }: { reason?: string; comment?: string }): {
  reason: string;
  comment: string;
} {
  if (reason === undefined || comment === undefined)
    throw new UsageError('say --reason CODE and --comment TEXT');
  return { reason, comment };
}

export function versionFrom(text: string | undefined): number {
  if (text === undefined || !/^[1-9][0-9]{0,8}$/.test(text)) {
    throw new UsageError('say --version N, the version of the payment that you saw');
  }
  return Number(text);
}

type Call = Omit<DoorCall, 'token'>;

/** The answer's document; undefined where it is a refusal, which was told. */
export async function ask<Document>(
  { terminal, tokenFile }: Asked,
  call: Call,
): Promise<Document | undefined> {
  const token = operatorToken(terminal.env, tokenFile);
  const answer = await answerOf(terminal.env, { ...call, token });
  if (typeof answer === 'string') terminal.err(`cagebridge: ${answer}`);
  return typeof answer === 'string' ? undefined : (answer.document as Document);
}

interface Problem {
  readonly code?: string;
  readonly title?: string;
  readonly violations?: readonly { readonly path: string; readonly rule: string }[];
}

async function answerOf(env: Environment, call: DoorCall): Promise<{ document: unknown } | string> {
  try {
    const { status, document } = await callDoor(env, call);
    if (status < 300 && document !== undefined) return { document };
    const {
      code = String(status),
      title = 'the internal door refused',
      violations = [],
    } = (document ?? {}) as Problem;
    const places = violations.map(({ path, rule }) => `\n  ${path}: ${rule}`).join('');
    return `${code}: ${title}${places}`;
  } catch (error) {
    if (!(error instanceof Error) || error instanceof Misconfigured) throw error;
    const code = 'code' in error ? String(error.code) : error.name;
    return `the internal door does not answer (${code})`;
  }
}

/** Every item of a list, page by page; undefined where a page was refused, which was told. */
export async function askAll<Item>(
  asked: Asked,
  {
    list,
    query = '',
  }: { readonly list: 'cases' | 'approvals' | 'breaks' | 'closes'; readonly query?: string },
): Promise<readonly Item[] | undefined> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const path = `/v1/${list}?limit=200${cursor === undefined ? query : `&cursor=${cursor}`}`;
    const page = await ask<Record<string, readonly Item[]> & { next?: string }>(asked, {
      method: 'GET',
      path,
    });
    if (page === undefined) return undefined;
    items.push(...(page[list] ?? []));
    cursor = page.next;
  } while (cursor !== undefined);
  return items;
}

export interface EffectView {
  readonly status: string;
  readonly entries: readonly {
    readonly debit: string;
    readonly credit: string;
    readonly amount: { readonly value: string; readonly currency: string };
  }[];
  readonly hold?: string;
  readonly available: { readonly currency: string; readonly before: string; readonly after: string };
}

/** What an act will do, for people: where the payment will be, the entries, and what the player can use after it. */
export function effectForPeople({ status, entries, hold, available }: EffectView): string {
  const { currency, before, after } = available;
  const rows = entries.map(({ debit, credit, amount }) => [debit, credit, amount.value, amount.currency]);
  return [
    `  -> ${status}${hold === undefined ? '' : `, hold ${hold}`}; the player can use ${after} ${currency} after it, ${before} before`,
    ...(rows.length === 0 ? [] : table(['debit', 'credit', 'amount', ''], rows, ['amount']).split('\n')),
  ].join('\n  ');
}

export interface ActedView {
  readonly did: string;
  readonly act: string;
  readonly payment: { readonly id: string; readonly status: string; readonly version: number };
}

/** What came of an act. */
export async function tellActed({ terminal, json }: Asked, acted: ActedView | undefined): Promise<number> {
  if (acted === undefined) return 1;
  const { did, act, payment } = acted;
  const next =
    did === 'PROPOSED' ? `; another person says: cagebridge approve ${act} --version ${payment.version}` : '';
  const line = `${did.toLowerCase()}: payment ${payment.id} is ${payment.status}, version ${payment.version}${next}`;
  await terminal.out(json ? JSON.stringify(acted) : line);
  return 0;
}
