import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { openLedgerDirectory } from '../../src/inbound/ledger-directory.ts';
import type { CertificateDenial, PartnerRevision } from '../../src/payments/partner-store.ts';
import type { Partner } from '../../src/payments/partners.ts';
import type { Clock } from '../../src/payments/ports.ts';
import { LedgerUnavailable } from '../../src/payments/ledger-store.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createIds } from '../../src/platform/ids.ts';
import { openStores } from '../../src/store/open.ts';
import { movedClock } from '../support/clock.ts';
import { somePartner, someTime } from '../support/payments.ts';
import { unguardedConnection } from '../store/unguarded.ts';
import { atEnd, ledgerFile, patient } from '../support/store-ledger.ts';

const ids = createIds({ clock: systemClock });

/** Comes by REST alone, so that it needs no authority. */
const core = somePartner({ id: 'core', tokenDigests: ['ab'.repeat(32)] });

async function house(t: TestContext, partners: readonly Partner[] = [core]) {
  const clock = movedClock();
  return { ...(await houseBy(t, clock, partners)), clock };
}

async function houseBy(t: TestContext, clock: Clock, partners: readonly Partner[]) {
  const file = await ledgerFile(t);
  const stores = await openStores({
    url: `sqlite:${file}`,
    createIfEmpty: true,
    limits: patient,
  });
  atEnd(t, () => stores.ledger.close());
  const { partners: store } = stores;
  const say = async (partner: Partner, revision: number): Promise<void> => {
    const said: PartnerRevision = {
      id: ids.uuid(),
      partner,
      revision,
      origin: 'person',
      subject: 'ada',
      reason: 'asked for',
      at: someTime,
    };
    assert.equal(await store.addRevision(said), 'added');
  };
  for (const partner of partners) await say(partner, 1);
  const deny = async (certificate: CertificateDenial['certificate']): Promise<void> => {
    const about = { reason: 'keyCompromise', comment: 'lost', subject: 'ada', at: someTime } as const;
    await store.denyCertificate({ id: ids.uuid(), certificate, ...about });
  };
  const unusable: string[] = [];
  const directory = await openLedgerDirectory({
    configured: [],
    seed: () => Promise.resolve(),
    store,
    revoked: ['ee'.repeat(32)],
    brands: ['lucky', 'royal'],
    clock,
    unusable: (partnerId, fault) => unusable.push(`${partnerId} ${fault}`),
  });
  let changes = 0;
  directory.onChange(() => (changes += 1));
  return { file, stores, directory, say, deny, unusable, changes: () => changes };
}

const certificate = { fingerprint256: 'aa'.repeat(32), serialNumber: '0A1B', issuerHash: '0123456789abcdef' };

test('who is changed in the ledger is believed for less than 5 s', async (t) => {
  const { directory, say, clock, changes } = await house(t);
  assert.deepEqual(directory.partners(), [core]);
  await say({ ...core, enabled: false }, 2);
  clock.move(4_999);
  await directory.refreshed();
  assert.equal(directory.partners()[0]?.enabled, true);
  clock.move(1);
  await directory.refreshed();
  assert.equal(directory.partners()[0]?.enabled, false);
  assert.equal(changes(), 1);
});

test('the list is the same as long as nobody changed', async (t) => {
  const { directory, clock, changes } = await house(t);
  const before = directory.partners();
  clock.move(60_000);
  await directory.refreshed();
  assert.equal(directory.partners(), before);
  assert.equal(changes(), 0);
});

const denials: readonly (readonly [string, CertificateDenial['certificate'], boolean])[] = [
  ['by its fingerprint', { fingerprint256: certificate.fingerprint256 }, true],
  ['by its issuer and serial number', { issuerHash: '0123456789abcdef', serialNumber: '0A1B' }, true],
  ['by a serial number without its zeros', { issuerHash: '0123456789abcdef', serialNumber: 'a1b' }, true],
  ['by another fingerprint', { fingerprint256: 'bb'.repeat(32) }, false],
  ['by its serial number at another issuer', { issuerHash: 'fedcba9876543210', serialNumber: '0A1B' }, false],
];

for (const [name, denied, isDenied] of denials) {
  test(`a certificate that is denied ${name}: ${isDenied ? 'denied' : 'not this one'}`, async (t) => {
    const { directory, deny, clock } = await house(t);
    assert.equal(directory.isDenied(certificate), false);
    await deny(denied);
    clock.move(5_000);
    await directory.refreshed();
    assert.equal(directory.isDenied(certificate), isDenied);
  });
}

test('what the configuration has revoked is denied, too', async (t) => {
  const { directory } = await house(t);
  assert.equal(directory.isDenied({ ...certificate, fingerprint256: 'ee'.repeat(32) }), true);
});

const unfit: readonly (readonly [string, Partial<Partner>])[] = [
  ['noIssuer', { tokenDigests: [] }],
  ['badIssuer', { issuers: ['no PEM'], identities: [{ sanUri: 'urn:x:y' }] }],
  ['defaultBrandNotHis', { defaultBrand: 'gone' }],
  ['unknownBrand', { brands: ['lucky', 'gone'] }],
  ['unknownCurrency', { currencies: ['EUR', 'XXQ'] }],
];

for (const [fault, changes] of unfit) {
  test(`who cannot be let in as the ledger has him is disabled, and told: ${fault}`, async (t) => {
    const { directory, unusable } = await house(t, [core, { ...core, id: 'odd', ...changes }]);
    assert.deepEqual(unusable, [`odd ${fault}`]);
    assert.deepEqual(
      directory.partners().map(({ id, enabled, issuers }) => [id, enabled, issuers]),
      [
        ['core', true, []],
        ['odd', false, []],
      ],
    );
  });
}

test('an authority of a disabled partner that cannot be read is asked of no listener', async (t) => {
  const odd = {
    ...core,
    id: 'odd',
    enabled: false,
    issuers: ['no PEM'],
    identities: [{ sanUri: 'urn:x:y' }],
  };
  const { directory, unusable } = await house(t, [core, odd]);
  assert.deepEqual(directory.partners()[1]?.issuers, []);
  assert.deepEqual(unusable, []);
});

for (const setMs of [-3_600_000, -1, 3_600_000]) {
  test(`5 s are 5 s, also where somebody sets the clock meanwhile: by ${setMs} ms`, async (t) => {
    const { directory, say, clock } = await house(t);
    await say({ ...core, enabled: false }, 2);
    clock.move(4_000);
    clock.set(setMs);
    clock.move(999);
    await directory.refreshed();
    assert.equal(directory.partners()[0]?.enabled, true);
    clock.move(1);
    await directory.refreshed();
    assert.equal(directory.partners()[0]?.enabled, false);
  });
}

test('a look that began before he was disabled, and was answered late, lets him in no longer', async (t) => {
  const { stores, say, clock } = await house(t);
  const answers: PromiseWithResolvers<void>[] = [];
  const { partners } = stores;
  let isSlow = false;
  const directory = await openLedgerDirectory({
    configured: [],
    seed: () => Promise.resolve(),
    store: {
      ...partners,
      async directoryStamp() {
        const stamp = await partners.directoryStamp();
        if (!isSlow) return stamp;
        isSlow = false;
        const answer = Promise.withResolvers<void>();
        answers.push(answer);
        await answer.promise;
        return stamp;
      },
    },
    revoked: [],
    brands: ['lucky', 'royal'],
    clock,
    unusable: () => {},
  });
  isSlow = true;
  const slow = directory.look();
  while (answers.length === 0) await new Promise(setImmediate);
  await say({ ...core, enabled: false }, 2);
  clock.move(5_000);
  const refreshed = directory.refreshed();
  answers[0]?.resolve();
  await Promise.all([slow, refreshed]);
  assert.equal(directory.partners()[0]?.enabled, false);
});

const unreadable: readonly (readonly [string, string])[] = [
  ['no JSON', '{'],
  ['a list', '[]'],
  ['nothing in it', '{}'],
  ['without a policy for lists', `json_remove(document, '$.crl')`],
  ['another TLS floor', `json_set(document, '$.tlsFloor', 'TLSv1.1')`],
  ['a window without a date', `json_set(document, '$.identities[0].notAfter', 'never')`],
  ['a certificate without its end', `json_set(document, '$.identities[0].certificate', json('{}'))`],
  ['a digest that is none', `json_set(document, '$.tokenDigests[0]', 'ab')`],
  [
    'an amount that is a number',
    `json_set(document, '$.amountMax[0]', json('{"minor":1,"currency":"EUR"}'))`,
  ],
];

for (const [name, written] of unreadable) {
  test(`a row that is no partner's lets nobody in, and is told: ${name}`, async (t) => {
    const odd = { ...core, id: 'odd', identities: [{ sanUri: 'urn:x:y' }] };
    const { file, directory, unusable, clock } = await house(t, [core, odd]);
    const value = written.startsWith('json_') ? written : `'${written}'`;
    const row = unguardedConnection(t, file);
    row.exec(`insert into partner_revision select partner_id, 2, 'x', ${value}, origin, subject, reason, recorded_at
      from partner_revision where partner_id = 'odd'`);
    clock.move(5_000);
    await directory.refreshed();
    assert.deepEqual(unusable.slice(-1), ['odd unreadable']);
    const [first, second] = directory.partners();
    assert.deepEqual(first, core);
    assert.deepEqual(
      [second?.enabled, second?.issuers, second?.identities, second?.tokenDigests],
      [false, [], [], []],
    );
  });
}

test('without the ledger nobody is believed for longer, and many who wait ask once', async (t) => {
  const { stores, directory, clock } = await house(t);
  await stores.ledger.close();
  clock.move(4_999);
  await directory.refreshed();
  clock.move(1);
  const asked = await Promise.allSettled(Array.from({ length: 20 }, () => directory.refreshed()));
  for (const one of asked) {
    assert.equal(one.status, 'rejected');
    assert.ok(one.reason instanceof LedgerUnavailable);
  }
});

test('a ledger that is away at the start is asked later: until then nobody comes in, and the configuration says who he is', async (t) => {
  const stores = await openStores({
    url: `sqlite:${await ledgerFile(t)}`,
    createIfEmpty: true,
    limits: patient,
  });
  atEnd(t, () => stores.ledger.close());
  let isAway = true;
  let seeded = 0;
  const directory = await openLedgerDirectory({
    configured: [core],
    seed: () => {
      if (isAway) return Promise.reject(new LedgerUnavailable('timeout'));
      seeded += 1;
      return Promise.resolve();
    },
    store: stores.partners,
    revoked: [],
    brands: ['lucky', 'royal'],
    clock: systemClock,
    unusable: () => {},
  });
  assert.deepEqual(directory.partners(), [core]);
  await assert.rejects(directory.refreshed(), LedgerUnavailable);
  isAway = false;
  await directory.refreshed();
  assert.deepEqual(directory.partners(), [], 'the ledger has nobody');
  await directory.look();
  assert.equal(seeded, 1);
});

test('it looks by itself until it is told to stop', { timeout: 10_000 }, async (t) => {
  const { directory, say } = await houseBy(t, systemClock, [core]);
  const stop = new AbortController();
  const changed = new Promise<void>((resolve) => directory.onChange(resolve));
  const looking = directory.keepLooking(stop.signal);
  await say({ ...core, enabled: false }, 2);
  await changed;
  assert.equal(directory.partners()[0]?.enabled, false);
  stop.abort();
  await looking;
});
