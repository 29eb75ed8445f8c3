/** Every list of the internal door pages to its end: no row twice, none lost, whatever the size of its pages and whatever is added meanwhile. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pick, randomFrom } from '../faults/load.ts';
import { bankStatement } from '../support/bank-statement.ts';
import { freshSeed } from '../support/seed.ts';
import { closeDays, openRestHouse, operationsOf, type RestHouse } from './rest-house.ts';

let house: RestHouse;
const closing: (() => unknown)[] = [];
before(async () => {
  house = await openRestHouse({ after: (work) => void closing.unshift(work as () => unknown) });
  await house.misbehave('wrongAmount', { count: 7 });
  for (let at = 0; at < 7; at += 1) await deposit(`case-${at}`);
  await proposeAll();
  for (let at = 0; at < 9; at += 1) await deposit(`deposit-${at}`, '90.00');
  for (let at = 0; at < 8; at += 1) await pay(`/v1/withdrawals`, `withdrawal-${at}`, '60.00');
  for (let at = 0; at < 6; at += 1) await bringIn(`S-${at}`, 4);
  await house.ask('ada', { method: 'POST', path: '/v1/matching-rounds' });
  await closeDays(house, 8);
});
after(async () => {
  for (const close of closing) await close();
});

async function pay(path: string, partnerReference: string, value: string): Promise<void> {
  const amount = { value, currency: 'EUR' };
  const body = {
    partnerReference,
    playerId: 'player-1',
    amount,
    paymentMethod: 'BANK_TRANSFER',
    paymentToken: 'x',
  };
  const { status, text } = await house.ask('payer', { method: 'POST', path, body });
  assert.ok(status < 300, text);
}

const deposit = (reference: string, value = '5.00') => pay('/v1/deposits', reference, value);

/** So that what waits for a person is of both kinds. */
async function proposeAll(): Promise<void> {
  const { cases } = (await house.ask('ada', { path: '/v1/cases' })).json as { cases: { id: string }[] };
  for (const { id } of cases) {
    const path = `/v1/cases/${id}`;
    const { payment } = (await house.ask('ada', { path })).json as { payment: { version: number } };
    const said = { reason: 'CHECKED', comment: 'Seen at the bank.' };
    const body = { resolution: 'completed', version: payment.version, ...said };
    const { status, text } = await house.ask('ada', { method: 'POST', path: `${path}/resolutions`, body });
    assert.equal(status, 202, text);
  }
}

const dayMs = 86_400_000;

/** Booked so long ago that every line is a break at once. */
async function bringIn(id: string, count: number): Promise<void> {
  const on = new Date(Date.now() - 10 * dayMs).toISOString().slice(0, 10);
  const lines = Array.from({ length: count }, (_, at) => ({ minor: 100n, reference: `${id}-${at}` }));
  const body = bankStatement({ id, on, lines });
  const { status, text } = await house.ask('finance', { method: 'POST', path: '/v1/statements', body });
  assert.equal(status, 201, text);
}

/** Filters of a list, of which a walk has one. */
const filters: Readonly<Record<string, readonly string[]>> = {
  '/v1/payments': ['', 'order=newest', 'order=oldest&gateway=bank', 'status=ACSC,PATC', 'partner=payer'],
  '/v1/entries': ['', 'account=gateway:bank', 'account=player:main:player-1'],
  '/v1/cases': ['', 'open=true', 'kind=mismatch'],
  '/v1/approvals': [''],
  '/v1/statement-files': ['', 'state=read'],
  '/v1/statements': ['', 'account=main'],
  '/v1/statement-entries': ['', 'account=main', 'bookedFrom=2000-01-01'],
  '/v1/breaks': ['', 'open=true', 'kind=UNEXPECTED', 'place=main&open=true'],
  '/v1/closes': ['', 'brand=main', 'currency=EUR&brand=main'],
};

const limitMax = 200;

/** The ids of a list in the order of its pages. */
async function walked(path: string, filter: string, limit: () => number): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 1_000; pages += 1) {
    const query = cursor === undefined ? filter : `cursor=${cursor}`;
    const { status, json, text } = await house.ask('finance', { path: `${path}?${query}&limit=${limit()}` });
    assert.equal(status, 200, text);
    const { next, ...page } = json as { next?: string } & Record<string, readonly { id: string }[]>;
    const [rows = []] = Object.values(page as Record<string, readonly { id: string }[]>);
    ids.push(...rows.map(({ id }) => id));
    if (next === undefined) return ids;
    assert.ok(rows.length > 0, 'a page that is empty, and not the last');
    cursor = next;
  }
  assert.fail('a list without an end');
}

test('the walks know every list of the contract', () => {
  const lists = [...operationsOf(house.contract)].filter(([, { parameters = [] }]) =>
    parameters.some(({ name }) => name === 'cursor'),
  );
  assert.deepEqual(
    lists.map(([name]) => name.replace('get ', '')).toSorted(),
    Object.keys(filters).toSorted(),
  );
});

const walksMax = 6;

for (const [path, ofList] of Object.entries(filters)) {
  test(`${path}: every row once, in one order, whatever the pages`, async (t) => {
    const random = randomFrom(freshSeed(t));
    for (let walk = 0; walk < walksMax; walk += 1) {
      const filter = pick(random, ofList) ?? '';
      const whole = await walked(path, filter, () => limitMax);
      assert.ok(
        whole.length >= 6 + (path === '/v1/approvals' ? 7 : 0),
        `${whole.length} rows of ${path}?${filter}`,
      );
      const sizeMax = 1 + Math.floor(random() * whole.length);
      const ids = await walked(path, filter, () => 1 + Math.floor(random() * sizeMax));
      assert.deepEqual(ids, whole, `${path}?${filter}`);
    }
  });
}

test('what is added while somebody pages is a row at the end or none, and loses no other', async (t) => {
  const random = randomFrom(freshSeed(t));
  let added = 0;
  for (const path of Object.keys(filters)) {
    const first = await walked(path, '', () => limitMax);
    const [, ids] = await Promise.all([
      addSomething((added += 1)),
      walked(path, '', () => 1 + Math.floor(random() * 3)),
    ]);
    const last = await walked(path, '', () => limitMax);
    assert.equal(new Set(ids).size, ids.length, `${path}: a row twice`);
    assert.deepEqual(ids, last.slice(0, ids.length), `${path}: not the order of the list`);
    assert.deepEqual(ids.slice(0, first.length), first, `${path}: a row was lost`);
  }
});

async function addSomething(number: number): Promise<void> {
  await deposit(`added-${number}`);
  await bringIn(`T-${number}`, 3);
  await house.ask('ada', { method: 'POST', path: '/v1/matching-rounds' });
}
