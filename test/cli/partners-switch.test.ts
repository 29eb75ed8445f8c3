/** Out is always possible; in again only for somebody who can be told from everybody else. */
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { runCommand } from '../../src/cli/commands.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createIds } from '../../src/platform/ids.ts';
import { openStores } from '../../src/store/open.ts';
import { restPartner } from '../inbound/rest/open-door.ts';
import { someTime } from '../support/payments.ts';
import { atEnd, ledgerFile, patient } from '../support/store-ledger.ts';

const ids = createIds({ clock: systemClock });

test('whoever stands for the same as somebody else can be put out, and gets in again by his own name alone', async (t) => {
  const file = await ledgerFile(t);
  const stores = await openStores({ url: `sqlite:${file}`, createIfEmpty: true, limits: patient });
  atEnd(t, () => stores.ledger.close());
  const said = {
    revision: 1,
    origin: 'person',
    subject: 'ada',
    reason: 'two at once',
    at: someTime,
  } as const;
  const [one, two] = [
    restPartner('one'),
    restPartner('two', { tokenDigests: restPartner('one').tokenDigests }),
  ];
  for (const partner of [one, two]) await stores.partners.addRevision({ ...said, id: ids.uuid(), partner });
  const partners = async (...args: string[]) => {
    const env = { CAGEBRIDGE_HOME: dirname(file), LEDGER_URL: `sqlite:${file}` };
    const told: string[] = [];
    const terminal = { env, out: () => Promise.resolve(), err: (line: string) => void told.push(line) };
    const code = await runCommand(['partners', ...args, '--reason', 'mended'], terminal);
    return [code, ...told].join(' ');
  };
  assert.equal(await partners('disable', 'two'), '0');
  assert.match(await partners('enable', 'two'), /^1 .*have the same token/);
  const rows = await stores.partners.partners();
  assert.deepEqual(
    rows.map(({ partner }) => [partner.id, partner.enabled]),
    [
      ['one', true],
      ['two', false],
    ],
  );
});
