import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { seedPartners, unsaid } from '../../src/inbound/partner-seeding.ts';
import type { PartnerRevision } from '../../src/payments/partner-store.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createIds } from '../../src/platform/ids.ts';
import { openStores } from '../../src/store/open.ts';
import { someTime, somePartner } from '../support/payments.ts';
import { atEnd, ledgerFile, patient } from '../support/store-ledger.ts';

const ids = createIds({ clock: systemClock });

function known(changes: Partial<PartnerRevision> = {}): PartnerRevision {
  return {
    id: ids.uuid(),
    partner: somePartner({ id: 'acme' }),
    revision: 3,
    origin: 'configuration',
    subject: 'configuration',
    reason: 'configured',
    at: someTime,
    ...changes,
  };
}

const acme = somePartner({ id: 'acme' });
const changed = { ...acme, currencies: ['EUR'] };

/** What is configured, what the ledger has, and what is said then: id, revision, whether enabled. */
const cases: readonly {
  readonly name: string;
  readonly configured: Parameters<typeof unsaid>[0];
  readonly ledger: readonly PartnerRevision[];
  readonly said: readonly (readonly [string, number, boolean])[];
  readonly overruled?: readonly string[];
}[] = [
  { name: 'somebody new', configured: [acme], ledger: [], said: [['acme', 1, true]] },
  { name: 'nothing changed', configured: [acme], ledger: [known()], said: [] },
  {
    name: 'members that are there and undefined',
    configured: [{ ...acme, identities: [{ sanUri: 'urn:x:y', fingerprint256: undefined as never }] }],
    ledger: [known({ partner: { ...acme, identities: [{ sanUri: 'urn:x:y' }] } })],
    said: [],
  },
  {
    name: 'changed by the configuration',
    configured: [changed],
    ledger: [known()],
    said: [['acme', 4, true]],
  },
  {
    name: 'changed by a person, whose word stands',
    configured: [acme],
    ledger: [known({ partner: changed, origin: 'person' })],
    said: [],
    overruled: ['acme'],
  },
  {
    name: 'changed by a person to what the configuration says',
    configured: [acme],
    ledger: [known({ origin: 'person' })],
    said: [],
  },
  { name: 'no longer configured', configured: [], ledger: [known()], said: [['acme', 4, false]] },
  {
    name: 'no longer configured, and disabled already',
    configured: [],
    ledger: [known({ partner: { ...acme, enabled: false } })],
    said: [],
  },
  { name: 'added by a person', configured: [], ledger: [known({ origin: 'person' })], said: [] },
];

for (const { name, configured, ledger, said, overruled = [] } of cases) {
  test(`what the configuration says at a start: ${name}`, () => {
    const { revisions, overruled: told } = unsaid(configured, ledger);
    assert.deepEqual(
      revisions.map(({ partner, revision }) => [partner.id, revision, partner.enabled]),
      said,
    );
    assert.deepEqual(told, overruled);
    for (const { origin, subject, reason } of revisions) {
      assert.deepEqual([origin, subject], ['configuration', 'configuration']);
      assert.notEqual(reason, '');
    }
  });
}

async function ledgerOf(t: TestContext) {
  const url = `sqlite:${await ledgerFile(t)}`;
  const stores = await openStores({ url, createIfEmpty: true, limits: patient });
  atEnd(t, () => stores.ledger.close());
  return { url, store: stores.partners };
}

test('what is seeded comes back as it was, and a second start says nothing more', async (t) => {
  const { store } = await ledgerOf(t);
  const partners = [
    somePartner({
      id: 'acme',
      identities: [{ sanUri: 'urn:x:acme', notAfter: new Date('2027-01-01T00:00:00Z') }],
    }),
    somePartner({ id: 'core', tokenDigests: ['ab'.repeat(32)] }),
  ];
  const seeding = { store, partners, clock: systemClock, ids, differs: () => {} };
  await seedPartners(seeding);
  await seedPartners(seeding);
  assert.deepEqual(
    (await store.partners()).map(({ partner, revision }) => [partner, revision]),
    partners.map((partner) => [partner, 1]),
  );
});

test('bridges that start together say it once', async (t) => {
  const { url, store } = await ledgerOf(t);
  const other = await openStores({ url, limits: patient });
  atEnd(t, () => other.ledger.close());
  const partners = Array.from({ length: 5 }, (_, index) => somePartner({ id: `partner-${index}` }));
  const both = [store, other.partners, store, other.partners];
  await Promise.all(
    both.map((one) => seedPartners({ store: one, partners, clock: systemClock, ids, differs: () => {} })),
  );
  const revisions = await Promise.all(partners.map(({ id }) => store.revisionsOf(id, 5)));
  assert.deepEqual(
    revisions.map((of) => of.length),
    [1, 1, 1, 1, 1],
  );
});
