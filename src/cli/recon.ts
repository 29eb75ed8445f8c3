import { type Command, readArgs, UsageError } from './command.ts';
import { importFiles } from './recon-import.ts';
import { listEntries, listFiles, listRemarks, listStatements, writeOriginal } from './recon-lists.ts';

const options = {
  json: { type: 'boolean' },
  'csv-profile': { type: 'string' },
  unassigned: { type: 'boolean' },
  account: { type: 'string' },
  statement: { type: 'string' },
  file: { type: 'string' },
  open: { type: 'boolean' },
} as const;

/** Statements of banks and gateways: in, and what was read of them. */
export const recon: Command = {
  usage: [
    'recon import FILE...|DIR|- [--csv-profile NAME] [--json]',
    'recon files [--json]',
    'recon statements [--unassigned] [--account NAME] [--file ID] [--json]',
    'recon entries [--account NAME] [--statement ID] [--open] [--json]',
    'recon remarks FILE [--json]',
    'recon original FILE > OUT',
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
    if (what === 'remarks' || what === 'original') {
      const [id = '', ...more] = names;
      if (more.length > 0 || !/^[0-9a-f-]{36}$/.test(id)) throw new UsageError('say one id of recon files');
      return what === 'remarks' ? listRemarks(asked, id) : writeOriginal(asked, id);
    }
    if (names.length > 0) throw new UsageError('say import, files, statements, entries, remarks or original');
    switch (what) {
      case 'files':
        return listFiles(asked);
      case 'statements':
        return listStatements(asked, values);
      case 'entries':
        return listEntries(asked, values);
      case undefined:
      default:
        throw new UsageError('say import, files, statements, entries, remarks or original');
    }
  },
};
