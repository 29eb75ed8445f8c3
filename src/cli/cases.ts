import { type Command, readArgs, UsageError } from './command.ts';
import {
  type ActedView,
  actOptions,
  ask,
  askAll,
  askedFrom,
  type Asked,
  type EffectView,
  effectForPeople,
  saidFrom,
  tellActed,
  versionFrom,
} from './person.ts';
import { table } from './table.ts';

const options = {
  ...actOptions,
  closed: { type: 'boolean' },
  kind: { type: 'string' },
  to: { type: 'string' },
  version: { type: 'string' },
} as const;

export const cases: Command = {
  usage: [
    'cases list [--closed] [--kind KIND] [--json]',
    'cases show ID [--json]',
    'cases assign ID --to OPERATOR --reason CODE --comment TEXT',
    'cases comment ID --reason CODE --comment TEXT',
    'cases resolve ID completed|notExecuted|unchanged --version N --reason CODE --comment TEXT',
    '(each with --token-file PATH, or CAGEBRIDGE_OPERATOR_TOKEN as a reference)',
  ].join(' | '),
  async run(args, terminal) {
    const { values, positionals } = readArgs(args, { options, allowPositionals: true });
    const [what, id = '', resolution, ...more] = positionals;
    const asked = askedFrom(terminal, values);
    if (more.length > 0 || (what !== 'list' && !/^[0-9a-f-]{36}$/.test(id))) {
      throw new UsageError('say list, or show, assign, comment or resolve and one case id');
    }
    const to = (part: string) => `/v1/cases/${id}${part}`;
    switch (what) {
      case 'list':
        return list(asked, values);
      case 'show':
        return show(asked, to(''));
      case 'assign': {
        if (values.to === undefined) throw new UsageError('say --to OPERATOR');
        return told(asked, to('/assign'), { assignee: values.to, ...saidFrom(values) });
      }
      case 'comment':
        return told(asked, to('/comments'), saidFrom(values));
      case 'resolve': {
        const body = { resolution, version: versionFrom(values.version), ...saidFrom(values) };
        return tellActed(
          asked,
          await ask<ActedView>(asked, { method: 'POST', path: to('/resolutions'), body }),
        );
      }
      case undefined:
      default:
        throw new UsageError('say list, show, assign, comment or resolve');
    }
  },
};

interface CaseView {
  readonly id: string;
  readonly paymentId: string;
  readonly kind: string;
  readonly evidence: string;
  readonly openedAt: string;
  readonly assignee?: string;
  readonly resolution?: string;
}

interface FileView extends CaseView {
  readonly payment: { readonly status: string; readonly version: number; readonly direction: string };
  readonly acts: readonly Readonly<Record<'at' | 'subject' | 'kind' | 'reason' | 'comment', string>>[];
  readonly resolutions: readonly { readonly resolution: string; readonly effect: EffectView }[];
  readonly proposal?: string;
}

async function list(asked: Asked, { closed, kind }: { closed?: boolean; kind?: string }): Promise<number> {
  const query = `&open=${closed === true ? 'false' : 'true'}${kind === undefined ? '' : `&kind=${encodeURIComponent(kind)}`}`;
  const found = await askAll<CaseView>(asked, { list: 'cases', query });
  if (found === undefined) return 1;
  const { terminal, json } = asked;
  if (json) {
    for (const one of found) await terminal.out(JSON.stringify(one));
    return 0;
  }
  const rows = found.map(
    ({ id, openedAt, kind: of, paymentId, assignee = '', resolution = '', evidence }) => [
      id,
      openedAt,
      of,
      paymentId,
      assignee,
      resolution,
      evidence,
    ],
  );
  const headings = ['case', 'opened', 'kind', 'payment', 'assignee', 'resolution', 'evidence'];
  await terminal.out(table(headings, rows));
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
  const { payment, acts, resolutions, proposal, ...facts } = file;
  const standing = `${payment.direction} ${payment.status}, version ${payment.version}`;
  const lines = Object.entries({ ...facts, suspense: undefined, payment: standing })
    .filter(([, fact]) => fact !== undefined)
    .map(([name, fact]) => `${name.padEnd(10)} ${String(fact)}`);
  await terminal.out(lines.join('\n'));
  if (acts.length > 0) {
    const rows = acts.map(({ at, subject, kind, reason, comment }) => [at, subject, kind, reason, comment]);
    await terminal.out(`\n${table(['at', 'who', 'did', 'reason', 'comment'], rows)}`);
  }
  for (const { resolution, effect } of resolutions) {
    await terminal.out(`\n${resolution}\n${effectForPeople(effect)}`);
  }
  if (proposal !== undefined) await terminal.out(`\nproposal ${proposal} waits for another person`);
  return 0;
}

async function told(asked: Asked, path: string, body: object): Promise<number> {
  const found = await ask<CaseView>(asked, { method: 'POST', path, body });
  if (found === undefined) return 1;
  const line = `case ${found.id}: written down`;
  await asked.terminal.out(asked.json ? JSON.stringify(found) : line);
  return 0;
}
