/** A list of revoked certificates that is put back: by a bridge that runs, by one that starts, and what monitoring is told. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { certificatesOf } from '../../src/cli/development.ts';
import { readLedgerConfig } from '../../src/config.ts';
import type { Config } from '../../src/config/config.ts';
import { openStores } from '../../src/store/open.ts';
import type { Stores } from '../../src/store/ledger.ts';
import { type Address, type House, openHouse, send } from '../support/bridge-house.ts';
import { statusMessage } from '../support/bridge-requests.ts';
import { call } from '../support/http.ts';
import { listBy } from '../support/revocation-lists.ts';
import { type CertificateFiles, certificateFiles } from '../support/rotating-house.ts';

let house: House;
let stores: Stores;
let files: CertificateFiles;
before(async () => {
  house = await openHouse(async (config) => {
    const { ca } = await certificatesOf({ CAGEBRIDGE_HOME: config.home });
    const list = await listBy(ca, [], { number: 6 });
    await certificateFiles(config.home).write('list.pem', list);
    return listed(config, list);
  });
  files = certificateFiles(house.whole.home);
  stores = await openStores({ ...readLedgerConfig(house.whole.env).ledger, createIfEmpty: false });
});
after(async () => {
  await stores.ledger.close();
  await house.close();
});

/** As if the configuration had named the list, and partner-a came in by a list in date alone. */
function listed(config: Config, list: string): Config {
  const revocationLists = ['file:certs/list.pem'];
  const source = { part: 'revocationLists', at: '/certificates', revocationLists };
  const { certificates, partners } = config;
  return {
    ...config,
    certificates: {
      ...certificates,
      // Nobody looks but who is asked to.
      watchMs: 3_600_000,
      revocationLists: [list],
      sources: [...certificates.sources, source],
    },
    partners: partners.map((one) =>
      one.id === 'partner-a' ? { ...one, crl: 'closedWhenStale' as const } : one,
    ),
  };
}

const codeAt = async (address: Address): Promise<string | undefined> =>
  (await send(address, statusMessage('1.1', { reference: 'nobody-s' }))).code;

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = AbortSignal.timeout(10_000);
  while (!(await holds())) await sleep(20, undefined, { signal: end });
}

test('a list that is put back is not believed after a restart, is told, and a newer one ends it', async (t) => {
  const { ca } = house.address.certificates;
  assert.equal(await codeAt(house.address), 'PAYMENT_NOT_FOUND', 'he comes in');
  await until(async () =>
    (await stores.partners.newestRevocationLists()).some(({ number }) => number === 6n),
  );

  const older = await listBy(ca, [], { number: 5 });
  await files.write('list.pem', older);
  const next = await house.whole.another((config) => listed(config, older));
  t.after(() => next.stop());
  const address = { ...house.address, port: next.ports.soap };
  assert.equal(await codeAt(address), 'CLIENT_CERTIFICATE_NOT_ACCEPTED');
  assert.match(house.whole.log(), /"labels\.refusal":"listStale"/);
  const told = async (): Promise<unknown> => {
    const { status, json } = await call(next.ports.internal, { path: '/ready' });
    return [status, (json as { certificates: unknown }).certificates];
  };
  await until(async () => JSON.stringify(await told()).includes('listOlder'));
  const [status, { parts = [], ...degraded }] = (await told()) as [number, { parts?: { reason: string }[] }];
  assert.deepEqual(
    [status, degraded],
    [200, { status: 'degraded', lists: [{ partnerId: 'partner-a', trouble: 'listStale' }] }],
  );
  assert.deepEqual(
    parts.map(({ reason }) => reason),
    ['listOlder'],
  );
  const metrics = async (): Promise<string> => (await call(next.ports.internal, { path: '/metrics' })).text;
  assert.match(await metrics(), /^cagebridge_revocation_list_usable\{partner="partner-a"\} 0$/m);
  assert.match(await metrics(), /^cagebridge_alarms_total\{alarm="listStale"\} 1$/m);

  house.whole.bridge.reloadCertificates();
  assert.equal(await codeAt(house.address), 'PAYMENT_NOT_FOUND', 'who runs goes on with what is in hand');

  await files.write('list.pem', await listBy(ca, [], { number: 7 }));
  for (const bridge of [next, house.whole.bridge]) bridge.reloadCertificates();
  for (const one of [address, house.address]) assert.equal(await codeAt(one), 'PAYMENT_NOT_FOUND');
  assert.deepEqual(await told(), [200, { status: 'up' }]);
  assert.match(await metrics(), /^cagebridge_revocation_list_usable\{partner="partner-a"\} 1$/m);
});
