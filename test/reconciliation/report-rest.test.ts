/** `GET /v1/reports/NAME`, through the internal door on a real socket. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { reportNames } from '../../src/reconciliation/reports/document.ts';
import { openStores } from '../../src/store/open.ts';
import { bearer, openRestDoor, restPartner, tokenOf } from '../inbound/rest/open-door.ts';
import { accounts } from '../support/recon-house.ts';
import { someDay } from '../support/recon-day.ts';
import { atEnd } from '../support/store-ledger.ts';

async function openReports(t: TestContext) {
  const { house } = await someDay(t);
  await house.round();
  const { ledger, reports: sums } = await openStores({ url: `sqlite:${house.file}` });
  atEnd(t, () => ledger.close());
  const limits = { reportPageMax: 100, reportRowsMax: 1_000 };
  const { books } = house.matching;
  const world = { sums, ledger: house.ledger, statements: house.store, accounts, books, limits };
  const door = await openRestDoor(t, {
    partners: [
      restPartner('core', { operations: ['read'] }),
      restPartner('shop', { operations: ['deposit'] }),
    ],
    reports: { world, clock: house.clock },
  });
  return (path: string, as = 'core') => door.ask({ path, headers: [bearer(tokenOf(as))] });
}

const scope = 'from=2026-11-23&to=2026-11-23&brand=lucky&currency=EUR';

test('every report is there for whoever may read, in four formats', async (t) => {
  const ask = await openReports(t);
  for (const name of reportNames) {
    assert.equal((await ask(`/v1/reports/${name}?${scope}`)).status, 200, name);
  }
  const types = {
    json: 'application/json',
    csv: 'text/csv; charset=utf-8',
    html: 'text/html; charset=utf-8',
    xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  };
  for (const [format, type] of Object.entries(types)) {
    const { status, headers } = await ask(`/v1/reports/daily?${scope}&format=${format}`);
    assert.deepEqual([status, headers['content-type']], [200, type]);
  }
  assert.equal((await ask('/v1/reports/daily')).status, 200);
});

test('who may not read sees none, and what cannot be is refused', async (t) => {
  const ask = await openReports(t);
  assert.equal((await ask('/v1/reports/daily', 'shop')).status, 403);
  assert.equal((await ask('/v1/reports/nothing')).status, 404);
  for (const query of [
    'from=2026-02-30',
    'to=2026-13-01',
    'from=2026-11-24&to=2026-11-23',
    'brand=nobody',
    'currency=XXQ',
    'format=pdf',
    'more=1',
  ]) {
    assert.equal((await ask(`/v1/reports/daily?${query}`)).status, 400, query);
  }
});
