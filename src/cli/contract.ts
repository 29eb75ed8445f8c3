import { exportContract } from '../inbound/soap/contract.ts';
import { type Command, readArgs, UsageError } from './command.ts';

const defaultUrl = 'https://localhost:8443';

export const contract: Command = {
  usage: 'contract export DIR [--url URL]',
  async run(args, terminal) {
    const options = { url: { type: 'string', default: defaultUrl } } as const;
    const { values, positionals } = readArgs(args, { options, allowPositionals: true });
    const [what, directory, ...more] = positionals;
    if (what !== 'export' || directory === undefined || more.length > 0)
      throw new UsageError('say export and a directory');
    if (!/^https:\/\/[^\s?#]+$/.test(values.url) || !URL.canParse(values.url))
      throw new UsageError('--url is an https address');
    for (const name of await exportContract(directory, values.url)) await terminal.out(name);
    return 0;
  },
};
