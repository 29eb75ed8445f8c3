import { type Command, readArgs, type Terminal, UsageError } from './command.ts';
import { askedFrom } from './person.ts';
import { breakOptions, breaks, breakUsage } from './recon-breaks.ts';
import { compareCoreList } from './recon-core.ts';
import { explain } from './recon-explain.ts';
import { fetchNow } from './recon-fetch.ts';
import { importFiles } from './recon-import.ts';
import { matchDry, matchNow } from './recon-match.ts';
import { listEntries, listFiles, listRemarks, listStatements, writeOriginal } from './recon-lists.ts';

const options = {
  json: { type: 'boolean' },
  'csv-profile': { type: 'string' },
  unassigned: { type: 'boolean' },
  account: { type: 'string' },
  statement: { type: 'string' },
  file: { type: 'string' },
  open: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  rules: { type: 'string' },
  from: { type: 'string' },
  until: { type: 'string' },
  'made-at': { type: 'string' },
  partner: { type: 'string' },
  ...breakOptions,
} as const;

/** Statements of banks and gateways: in, and what was read of them. */
export const recon: Command = {
  usage: [
    'recon import FILE...|DIR|- [--csv-profile NAME] [--json]',
    'recon fetch ACCOUNT DAY [--json]',
    'recon files [--json]',
    'recon statements [--unassigned] [--account NAME] [--file ID] [--json]',
    'recon entries [--account NAME] [--statement ID] [--open] [--json]',
    'recon remarks FILE [--json]',
    'recon original FILE > OUT',
    'recon match [--token-file PATH] [--json]',
    'recon match --dry-run [--rules FILE] [--from DAY] [--until DAY] [--json]',
    'recon core FILE|- [--from TIME] [--until TIME] [--made-at TIME] [--partner NAME] [--json]',
    'recon explain ENTRY|ITEM|PAYMENT [--json]',
    ...breakUsage,
    '(FILE of remarks and original: the id that recon files shows)',
  ].join(' | '),
  async run(args, terminal) {
    const { values, positionals } = readArgs(args, { options, allowPositionals: true });
    const [what, ...names] = positionals;
    const asked = { terminal, json: values.json === true };
    if (what === 'import') {
      if (names.length === 0) throw new UsageError('say which files, a directory, or - for standard input');
      return importFiles({ ...asked, names, csvProfile: values['csv-profile'] });
    }
    if (what === 'fetch') {
      const [account = '', day = '', ...more] = names;
      if (more.length > 0) throw new UsageError('say one account and one day');
      return fetchNow({ ...asked, account, day });
    }
    if (what === 'core') {
      const [file = '', ...more] = names;
      if (file === '' || more.length > 0) throw new UsageError('say one list, or - for standard input');
      const { from, until, partner } = values;
      return compareCoreList({ ...asked, file, from, until, madeAt: values['made-at'], partner });
    }
    if (what === 'breaks') return breaks(askedFrom(terminal, values), names, values);
    if (what === 'explain') {
      const [name = '', ...more] = names;
      if (name === '' || more.length > 0) throw new UsageError('say one booking, item or payment');
      return explain(asked, name);
    }
    if (what === 'remarks' || what === 'original') {
      const [id = '', ...more] = names;
      if (more.length > 0 || !/^[0-9a-f-]{36}$/.test(id)) throw new UsageError('say one id of recon files');
      return what === 'remarks' ? listRemarks(asked, id) : writeOriginal(asked, id);
    }
    if (names.length > 0)
      throw new UsageError(
        'say import, files, statements, entries, remarks, original, match, core, explain or breaks',
      );
    switch (what) {
      case 'match':
        return match(terminal, values);
      case 'files':
        return listFiles(asked);
      case 'statements':
        return listStatements(asked, values);
      case 'entries':
        return listEntries(asked, values);
      case undefined:
      default:
        throw new UsageError(
          'say import, files, statements, entries, remarks, original, match, core, explain or breaks',
        );
    }
  },
};

interface MatchValues {
  readonly json?: boolean;
  readonly 'token-file'?: string;
  readonly 'dry-run'?: boolean;
  readonly rules?: string;
  readonly from?: string;
  readonly until?: string;
}

function match(terminal: Terminal, values: MatchValues): Promise<number> {
  const { from, until, rules: rulesFile, json } = values;
  const isDry = values['dry-run'] === true;
  if (!isDry && [from, until, rulesFile].some((given) => given !== undefined)) {
    throw new UsageError('--rules, --from and --until are for --dry-run');
  }
  if ([from, until].some((day) => day !== undefined && !/^\d{4}-\d\d-\d\d$/.test(day))) {
    throw new UsageError('a day is YYYY-MM-DD');
  }
  if (!isDry) return matchNow(askedFrom(terminal, values));
  return matchDry({ terminal, json: json === true, rulesFile, from, until });
}
