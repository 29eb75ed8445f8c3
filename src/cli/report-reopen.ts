/** `report closes` and `report reopen`: which days are closed, and how two people open the newest again, through the running bridge. */
import { UsageError } from './command.ts';
import { ask, askAll, type Asked, saidFrom } from './person.ts';
import { table } from './table.ts';

export const reopenUsage = [
  'report closes [--brand BRAND] [--currency CODE] [--date DAY] [--json]',
  'report closes ID [--json]',
  'report reopen propose|confirm|decline ID|(--brand BRAND --currency CODE --date DAY) --reason CODE --comment TEXT',
];

interface CloseView {
  readonly id: string;
  readonly brand: string;
  readonly currency: string;
  readonly day: string;
  readonly edition: number;
  readonly sha256: string;
  readonly closedAt: string;
  readonly reopenedAt?: string;
}

interface ActView {
  readonly closeId: string;
  readonly subject: string;
  readonly kind: string;
  readonly reason: string;
  readonly comment: string;
  readonly at: string;
}

interface Values {
  readonly brand?: string;
  readonly currency?: string;
  readonly date?: string;
  readonly reason?: string;
  readonly comment?: string;
}

/** What follows `report closes`. */
export async function closes(
  asked: Asked,
  [id, ...more]: readonly string[],
  values: Values,
): Promise<number> {
  if (more.length > 0) throw new UsageError('say nothing, or the id of one close');
  return id === undefined ? list(asked, values) : show(asked, idFrom(id));
}

/** Undefined where it was refused, which was told. */
function closesOf(
  asked: Asked,
  { brand, currency, date }: Values,
): Promise<readonly CloseView[] | undefined> {
  const query = Object.entries({ brand, currency, day: date })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `&${name}=${encodeURIComponent(value ?? '')}`)
    .join('');
  return askAll<CloseView>(asked, { list: 'closes', query });
}

async function list(asked: Asked, values: Values): Promise<number> {
  const found = await closesOf(asked, values);
  if (found === undefined) return 1;
  const { terminal, json } = asked;
  if (json) {
    for (const close of found) await terminal.out(JSON.stringify(close));
    return 0;
  }
  const rows = found.map((close) => [
    close.id,
    close.brand,
    close.currency,
    close.day,
    String(close.edition),
    close.closedAt,
    close.reopenedAt ?? '',
  ]);
  const headings = ['close', 'brand', 'currency', 'day', 'edition', 'closed', 'opened again'];
  await terminal.out(table(headings, rows, ['edition']));
  return 0;
}

async function show(asked: Asked, id: string): Promise<number> {
  const file = await ask<CloseView & { readonly acts: readonly ActView[] }>(asked, {
    method: 'GET',
    path: `/v1/closes/${id}`,
  });
  if (file === undefined) return 1;
  const { terminal, json } = asked;
  if (json) {
    await terminal.out(JSON.stringify(file));
    return 0;
  }
  const { acts, ...facts } = file;
  const lines = Object.entries(facts).map(([name, fact]) => `${name.padEnd(10)} ${fact}`);
  await terminal.out(lines.join('\n'));
  if (acts.length > 0) {
    const rows = acts.map(({ at, subject, kind, reason, comment }) => [at, subject, kind, reason, comment]);
    await terminal.out(`\n${table(['at', 'who', 'did', 'reason', 'comment'], rows)}`);
  }
  return 0;
}

const steps: Readonly<Record<string, string>> = {
  propose: 'reopening',
  confirm: 'reopening/confirm',
  decline: 'reopening/decline',
};

/** What follows `report reopen`. */
export async function reopen(asked: Asked, words: readonly string[], values: Values): Promise<number> {
  const [what = '', named, ...more] = words;
  const path = steps[what];
  if (path === undefined || more.length > 0) {
    throw new UsageError('say propose, confirm or decline, and which close');
  }
  const body = saidFrom(values);
  const id = named === undefined ? await standingOf(asked, values) : idFrom(named);
  if (id === undefined) return 1;
  const act = await ask<ActView>(asked, { method: 'POST', path: `/v1/closes/${id}/${path}`, body });
  if (act === undefined) return 1;
  const next = act.kind === 'proposed' ? '; another person says: cagebridge report reopen confirm' : '';
  await asked.terminal.out(asked.json ? JSON.stringify(act) : `close ${act.closeId}: ${act.kind}${next}`);
  return 0;
}

/** The id of the close of that day that stands; undefined where there is none, which was told. */
async function standingOf(asked: Asked, { brand, currency, date }: Values): Promise<string | undefined> {
  if (brand === undefined || currency === undefined || date === undefined) {
    throw new UsageError('say the id of one close, or --brand, --currency and --date');
  }
  const found = await closesOf(asked, { brand, currency, date });
  const standing = found?.find(({ reopenedAt }) => reopenedAt === undefined);
  if (found !== undefined && standing === undefined) {
    asked.terminal.err(`cagebridge: no close of that day stands: cagebridge report closes`);
  }
  return standing?.id;
}

function idFrom(text: string): string {
  if (!/^[0-9a-f-]{36}$/.test(text))
    throw new UsageError('say the id of one close: cagebridge report closes');
  return text;
}
