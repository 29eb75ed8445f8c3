/** `recon breaks`: what does not agree, and what people do about it, through the running bridge with their own tokens. */
import { UsageError } from './command.ts';
import { ask, askAll, type Asked, saidFrom } from './person.ts';
import { table } from './table.ts';

export const breakOptions = {
  reason: { type: 'string' },
  comment: { type: 'string' },
  'token-file': { type: 'string' },
  to: { type: 'string' },
  closed: { type: 'boolean' },
  kind: { type: 'string' },
  owner: { type: 'string' },
  with: { type: 'string' },
  proposal: { type: 'string' },
} as const;

export const breakUsage = [
  'recon breaks list [--closed] [--kind KIND] [--account PLACE] [--owner OPERATOR] [--json]',
  'recon breaks show ID [--json]',
  'recon breaks assign ID --to OPERATOR --reason CODE --comment TEXT',
  'recon breaks comment|raise ID --reason CODE --comment TEXT',
  'recon breaks confirm|decline ID --proposal ID --reason CODE --comment TEXT',
  'recon breaks resolve ID matchedByHand|writtenOff|suspense|received|expected [--with NAME] --reason CODE --comment TEXT',
];

interface Values {
  readonly reason?: string;
  readonly comment?: string;
  readonly to?: string;
  readonly closed?: boolean;
  readonly kind?: string;
  readonly owner?: string;
  readonly account?: string;
  readonly with?: string;
  readonly proposal?: string;
}

const acts: Readonly<Record<string, string>> = {
  comment: 'comments',
  raise: 'raise',
};

/** What follows `recon breaks`. */
export async function breaks(asked: Asked, words: readonly string[], values: Values): Promise<number> {
  const [what = '', id = '', resolution, ...more] = words;
  if (what === 'list' && id === '') return list(asked, values);
  const takes = what === 'resolve' ? resolution !== undefined : resolution === undefined;
  if (more.length > 0 || !takes || !/^[0-9a-f-]{36}$/.test(id)) {
    throw new UsageError('say list, or show, assign, comment, raise, resolve, confirm or decline and one id');
  }
  const at = `/v1/breaks/${id}`;
  const path = acts[what];
  if (path !== undefined) return told(asked, `${at}/${path}`, saidFrom(values));
  switch (what) {
    case 'show':
      return show(asked, at);
    case 'assign':
      if (values.to === undefined) throw new UsageError('say --to OPERATOR');
      return told(asked, `${at}/assign`, { assignee: values.to, ...saidFrom(values) });
    case 'confirm':
    case 'decline': {
      const { proposal } = values;
      if (proposal === undefined) throw new UsageError('say --proposal ID: the one that you read');
      return told(asked, `${at}/${what}`, { proposal, ...saidFrom(values) });
    }
    case 'resolve': {
      const found = values.with === undefined ? {} : { found: values.with };
      return told(asked, `${at}/resolutions`, { resolution, ...found, ...saidFrom(values) });
    }
    default:
      throw new UsageError('say list, show, assign, comment, raise, resolve, confirm or decline');
  }
}

interface AmountView {
  readonly value: string;
  readonly currency: string;
}

interface BreakView {
  readonly id: string;
  readonly kind: string;
  readonly place: string;
  readonly field: string;
  readonly about: Readonly<Record<string, string>>;
  readonly expected?: string;
  readonly actual?: string;
  readonly atRisk: AmountView;
  readonly ageDays: string;
  readonly dueOn: string;
  readonly owner?: string;
  readonly raisedAt?: string;
  readonly resolution?: string;
  readonly suggestion?: string;
}

interface FileView extends BreakView {
  readonly acts: readonly Readonly<
    Record<'at' | 'subject' | 'kind' | 'reason' | 'comment', string> & { detail?: string }
  >[];
  readonly endings: readonly {
    readonly resolution: string;
    readonly entries: readonly {
      readonly debit: string;
      readonly credit: string;
      readonly amount: AmountView;
    }[];
  }[];
  readonly proposal?: string;
}

async function list(asked: Asked, { closed, kind, owner, account }: Values): Promise<number> {
  const filter = { open: String(closed !== true), kind, owner, place: account };
  const query = Object.entries(filter)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `&${name}=${encodeURIComponent(value ?? '')}`)
    .join('');
  const found = await askAll<BreakView>(asked, { list: 'breaks', query });
  if (found === undefined) return 1;
  const { terminal, json } = asked;
  if (json) {
    for (const one of found) await terminal.out(JSON.stringify(one));
    return 0;
  }
  const headings = [
    'break',
    'kind',
    'place',
    'expected',
    'actual',
    'at risk',
    '',
    'days',
    'due',
    'owner',
    'stands',
  ];
  const rows = found.map(({ id, kind: of, place, expected = '', actual = '', atRisk, ...more }) => [
    id,
    of,
    place,
    expected,
    actual,
    atRisk.value,
    atRisk.currency,
    more.ageDays,
    more.dueOn,
    more.owner ?? '',
    more.resolution ?? (more.raisedAt === undefined ? 'open' : 'raised'),
  ]);
  await terminal.out(table(headings, rows, ['at risk']));
  return 0;
}

async function show(asked: Asked, path: string): Promise<number> {
  const file = await ask<FileView>(asked, { method: 'GET', path });
  if (file === undefined) return 1;
  const { terminal, json } = asked;
  if (json) {
    await terminal.out(JSON.stringify(file));
    return 0;
  }
  const { acts: did, endings, proposal, about, atRisk, ...facts } = file;
  const lines = Object.entries({ ...facts, ...about, atRisk: `${atRisk.value} ${atRisk.currency}` });
  await terminal.out(lines.map(([name, fact]) => `${name.padEnd(10)} ${fact}`).join('\n'));
  if (did.length > 0) {
    const rows = did.map(({ at, subject, kind, detail = '', reason, comment }) => [
      at,
      subject,
      kind,
      detail,
      reason,
      comment,
    ]);
    await terminal.out(`\n${table(['at', 'who', 'did', 'what', 'reason', 'comment'], rows)}`);
  }
  for (const { resolution, entries } of endings) {
    const rows = entries.map(({ debit, credit, amount }) => [debit, credit, amount.value, amount.currency]);
    const posts =
      rows.length === 0 ? '  posts nothing' : table(['debit', 'credit', 'amount', ''], rows, ['amount']);
    await terminal.out(`\n${resolution}${resolution === file.suggestion ? ' (suggested)' : ''}\n${posts}`);
  }
  if (proposal !== undefined) {
    await terminal.out(
      `\na proposal waits for another person: confirm or decline with --proposal ${proposal}`,
    );
  }
  return 0;
}

interface ToldAct {
  readonly id: string;
  readonly breakId: string;
  readonly kind: string;
  readonly detail?: string;
}

async function told(asked: Asked, path: string, body: object): Promise<number> {
  const act = await ask<ToldAct>(asked, {
    method: 'POST',
    path,
    body,
  });
  if (act === undefined) return 1;
  const { breakId, kind, detail } = act;
  const next = kind === 'proposed' ? `; another person says: confirm ${breakId} --proposal ${act.id}` : '';
  const line = `break ${breakId}: ${kind}${detail === undefined ? '' : ` ${detail}`}${next}`;
  await asked.terminal.out(asked.json ? JSON.stringify(act) : line);
  return 0;
}
