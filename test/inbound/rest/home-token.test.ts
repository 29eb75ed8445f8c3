/** When the token of the home comes in: seeded, looked at and asked over a real ledger, and given back by a command. */
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { test, type TestContext } from 'node:test';
import { runCommand } from '../../../src/cli/commands.ts';
import { openLedgerDirectory } from '../../../src/inbound/ledger-directory.ts';
import { seedPartners } from '../../../src/inbound/partner-seeding.ts';
import { tokenDigest } from '../../../src/inbound/rest/bearer.ts';
import { clientsOf } from '../../../src/inbound/rest/clients.ts';
import type { Partner } from '../../../src/payments/partners.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createIds } from '../../../src/platform/ids.ts';
import { openStores } from '../../../src/store/open.ts';
import { atEnd, ledgerFile, patient, rawConnection } from '../../support/store-ledger.ts';
import { restPartner, tokenOf } from './open-door.ts';

const ids = createIds({ clock: systemClock });
const homeToken = tokenOf('home');
const core = restPartner('core', { brands: ['main'], defaultBrand: 'main', currencies: ['EUR'] });

/** A ledger, and bridges that start on it one after the other, each with a configuration of its own. */
async function house(t: TestContext) {
  const file = await ledgerFile(t);
  const stores = await openStores({ url: `sqlite:${file}`, createIfEmpty: true, limits: patient });
  atEnd(t, () => stores.ledger.close());
  const store = stores.partners;
  const started = async (partners: readonly Partner[]) => {
    const directory = await openLedgerDirectory({
      configured: partners,
      seed: () => seedPartners({ store, partners, clock: systemClock, ids, differs: () => {} }),
      store,
      revoked: [],
      brands: ['main'],
      clock: systemClock,
      unusable: () => {},
    });
    const clientOf = clientsOf(directory, homeToken);
    const comesIn = (token: string) => !('refused' in clientOf(tokenDigest(token)));
    return { directory, comesIn };
  };
  const cagebridge = async (...args: string[]): Promise<void> => {
    const env = { CAGEBRIDGE_HOME: dirname(file), LEDGER_URL: `sqlite:${file}` };
    const err: string[] = [];
    const terminal = { env, out: () => Promise.resolve(), err: (line: string) => void err.push(line) };
    assert.equal(await runCommand(args, terminal), 0, err.join('\n'));
  };
  return { file, started, cagebridge };
}

test('a client that the configuration does not name any more leaves the door to the token of the home', async (t) => {
  const { started } = await house(t);
  const named = await started([core]);
  assert.deepEqual([named.comesIn(tokenOf('core')), named.comesIn(homeToken)], [true, false]);
  const unnamed = await started([]);
  assert.deepEqual([unnamed.comesIn(tokenOf('core')), unnamed.comesIn(homeToken)], [false, true]);
});

test('whom a person has disabled keeps it closed, until he follows the configuration again', async (t) => {
  const { started, cagebridge } = await house(t);
  await started([core]);
  await cagebridge('partners', 'disable', 'core', '--reason', 'its token was seen');
  const { comesIn, directory } = await started([]);
  assert.deepEqual([comesIn(tokenOf('core')), comesIn(homeToken)], [false, false]);
  await cagebridge('partners', 'follow', 'core', '--reason', 'there is no core any more');
  await directory.look();
  assert.deepEqual([comesIn(tokenOf('core')), comesIn(homeToken)], [false, true]);
});

test('a row that cannot be read may be one with a token, until a person says what is to hold', async (t) => {
  const { file, started, cagebridge } = await house(t);
  const { comesIn, directory } = await started([]);
  assert.equal(comesIn(homeToken), true);
  rawConnection(t, file)
    .exec(`insert into partner_revision (id, partner_id, revision, document, origin, subject, reason, recorded_at)
      values ('x', 'odd', 1, '{', 'configuration', 'x', 'x', 0)`);
  await directory.look();
  assert.equal(comesIn(homeToken), false);
  await cagebridge('partners', 'disable', 'odd', '--reason', 'nobody knows who that was');
  await directory.look();
  assert.equal(comesIn(homeToken), true);
});
