import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { writeCursor } from '../../../src/inbound/rest/cursor.ts';
import type { HttpReply } from '../../support/http.ts';
import { paid, someRequest } from '../../support/payments.ts';
import { scriptedGateway, settledFor } from '../../support/gateway.ts';
import { openRestDoor, someClients } from './open-door.ts';

interface Listed {
  readonly id: string;
  readonly partnerReference: string;
  readonly acceptedAt: string;
}

interface Page {
  readonly payments: readonly Listed[];
  readonly next?: string;
}

/** Seven payments: six of core's, of which one is declined, one pending and one a withdrawal, and one of the shop's. */
async function openLists(t: TestContext) {
  const bank = scriptedGateway();
  bank.onSubmit = (order) => {
    const echo = { instrId: order.instrId, amount: order.amount };
    if (order.paymentToken === 'decline') {
      return Promise.resolve({ kind: 'declined', echo, reason: { code: 'AC04' } });
    }
    return Promise.resolve(order.paymentToken === 'wait' ? { kind: 'pending', echo } : settledFor(order));
  };
  const psp = scriptedGateway({ name: 'psp' });
  const routes = [{ methods: ['EWALLET'], gateways: ['psp'] }, { gateways: ['bank'] }] as const;
  const door = await openRestDoor(t, { gateways: [bank, psp], routes });
  const [core, shop] = someClients;
  const made = [
    { partnerReference: 'c-1' },
    { partnerReference: 'c-2', paymentToken: 'decline' },
    { partnerReference: 'c-3', paymentToken: 'wait' },
    { partnerReference: 'c-4', playerId: 'player-2', brand: 'royal' },
    { partnerReference: 'c-5', method: 'EWALLET' },
    { partnerReference: 'c-6', direction: 'DBIT' },
  ] as const;
  for (const changes of made) {
    paid(await door.payments.initiate(core!, someRequest(changes), { correlationId: 'c' }));
  }
  const asShop = someRequest({ partnerReference: 's-1' });
  paid(await door.payments.initiate(shop!, asShop, { correlationId: 'c' }));
  return door;
}

function references({ status, json, text }: HttpReply): string {
  assert.equal(status, 200, text);
  return (json as Page).payments.map(({ partnerReference }) => partnerReference).join(' ');
}

const everything = 'c-1 c-2 c-3 c-4 c-5 c-6 s-1';

/** A query, and the payments that are found. */
const filters: readonly (readonly [string, string])[] = [
  ['', everything],
  ['?order=oldest', everything],
  ['?order=newest', 's-1 c-6 c-5 c-4 c-3 c-2 c-1'],
  ['?status=ACSC', 'c-1 c-4 c-5 c-6 s-1'],
  ['?status=RJCT', 'c-2'],
  ['?status=PDNG', 'c-3'],
  ['?status=PDNG,RJCT', 'c-2 c-3'],
  ['?status=PDNG%2CRJCT&order=newest', 'c-3 c-2'],
  ['?status=CANC', ''],
  ['?partner=shop', 's-1'],
  ['?partner=nobody', ''],
  ['?gateway=psp', 'c-5'],
  ['?gateway=nowhere', ''],
  ['?brand=royal&playerId=player-2', 'c-4'],
  ['?brand=lucky&playerId=player-2', ''],
  ['?from=2000-01-01T00:00:00Z&to=2099-01-01T00:00:00Z', everything],
  ['?from=2099-01-01T00:00:00Z', ''],
  ['?to=2000-01-01T00:00:00%2B02:00', ''],
  ['?limit=2', 'c-1 c-2'],
  ['?partner=core&status=ACSC&gateway=bank&limit=2&order=newest', 'c-6 c-4'],
];

test('each filter finds what it says, alone and together', async (t) => {
  const { get } = await openLists(t);
  for (const [query, expected] of filters) {
    await t.test(query === '' ? 'no filter' : query, async () => {
      assert.equal(references(await get(`/v1/payments${query}`)), expected);
    });
  }
});

test('an instant is in the half-open time that it begins', async (t) => {
  const { get } = await openLists(t);
  const { payments } = (await get('/v1/payments')).json as Page;
  const { acceptedAt } = payments[3]!;
  const at = (reference: string) =>
    payments.find((payment) => payment.partnerReference === reference)!.acceptedAt;
  const found = references(await get(`/v1/payments?from=${acceptedAt}`)).split(' ');
  assert.ok(found.includes('c-4'));
  assert.ok(found.every((reference) => at(reference) >= acceptedAt));
  const before = references(await get(`/v1/payments?to=${acceptedAt}`)).split(' ');
  assert.ok(!before.includes('c-4'));
});

test('who may not read lists his own, whatever he asks for', async (t) => {
  const { get } = await openLists(t);
  const as = 'shop';
  assert.equal(references(await get('/v1/payments', { as })), 's-1');
  assert.equal(references(await get('/v1/payments?partner=shop', { as })), 's-1');
  assert.equal((await get('/v1/payments?partner=core', { as })).status, 403);
  const { next } = (await get('/v1/payments?limit=1&status=ACSC')).json as Page;
  assert.equal(
    references(await get(`/v1/payments?cursor=${next}`, { as })),
    's-1',
    'another’s cursor shows no more',
  );
  const foreign = writeCursor('payments', {
    filter: { partner: 'core' },
    after: '0'.repeat(8) + '-0000-7000-8000-000000000000',
  });
  assert.equal((await get(`/v1/payments?cursor=${foreign}`, { as })).status, 403);
});

test('page by page, by the document or by the Link header, everything is seen once', async (t) => {
  const { get } = await openLists(t);
  for (const order of ['oldest', 'newest']) {
    const seen: string[] = [];
    let path: string | undefined = `/v1/payments?order=${order}&limit=3`;
    let pages = 0;
    while (path !== undefined) {
      const reply: HttpReply = await get(path);
      seen.push(...references(reply).split(' '));
      const { next } = reply.json as Page;
      const [, link] = /^<([^>]+)>; rel="next"$/.exec(String(reply.headers['link'] ?? '')) ?? [];
      assert.equal(link === undefined, next === undefined);
      if (next !== undefined) assert.ok(link?.includes(`cursor=${next}`));
      path = link;
      pages += 1;
    }
    assert.equal(pages, 3);
    const expected = everything.split(' ');
    assert.deepEqual(seen, order === 'oldest' ? expected : expected.toReversed());
  }
});

test('a page that is full to the last item has no next', async (t) => {
  const { get } = await openLists(t);
  const { next } = (await get('/v1/payments?limit=7')).json as Page;
  assert.equal(next, undefined);
});

test('a cursor carries its filter: the same may be said again, another is refused', async (t) => {
  const { get } = await openLists(t);
  const { next } = (await get('/v1/payments?status=ACSC&partner=core&limit=1')).json as Page;
  const at = async (query: string) => get(`/v1/payments?cursor=${next}${query}`);
  assert.equal(references(await at('')), 'c-4 c-5 c-6');
  assert.equal(references(await at('&partner=core&status=ACSC&limit=1')), 'c-4');
  for (const query of [
    '&status=RJCT',
    '&status=ACSC',
    '&status=ACSC&partner=core&order=newest',
    '&partner=core',
  ]) {
    const { status, json } = await at(query);
    const { code, violations } = json as { code: string; violations: object[] };
    assert.deepEqual([status, code], [400, 'REQUEST_INVALID'], query);
    assert.deepEqual(violations, [{ path: '/query/cursor', rule: 'the filter that it began with' }]);
  }
});

const id = '0199a1b2-c3d4-7e5f-8a6b-123456789012';
const packed = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A path, and the place that is named. */
const refusals: readonly (readonly [string, string])[] = [
  ['/v1/payments?state=x', '/query'],
  ['/v1/payments?Status=ACSC', '/query'],
  ['/v1/payments?status=ACSC&status=RJCT', '/query'],
  ['/v1/payments?limit=1&limit=1', '/query'],
  ['/v1/payments?x=1&x=1', '/query'],
  ['/v1/payments?__proto__=1', '/query'],
  ['/v1/payments?status=', '/query/status'],
  ['/v1/payments?status=acsc', '/query/status'],
  ['/v1/payments?status=ACSC,', '/query/status'],
  ['/v1/payments?status=XXXX', '/query/status'],
  ['/v1/payments?partner=Core', '/query/partner'],
  ['/v1/payments?brand=lucky', '/query/playerId'],
  ['/v1/payments?playerId=player-1', '/query/brand'],
  ['/v1/payments?brand=a%3Ab&playerId=p', '/query/brand'],
  ['/v1/payments?gateway=a%20b', '/query/gateway'],
  ['/v1/payments?from=2026-11-22', '/query/from'],
  ['/v1/payments?from=2026-11-22T10:00:00', '/query/from'],
  ['/v1/payments?from=2026-11-22T10:00:00+02:00', '/query/from'],
  ['/v1/payments?from=2026-02-30T10:00:00Z', '/query/from'],
  // In the year 10000, and in the year 0, which neither text nor order knows.
  ['/v1/payments?from=9999-12-31T23:59:59-14:00', '/query/from'],
  ['/v1/payments?to=9999-12-31T23:59:59-14:00', '/query/to'],
  ['/v1/payments?to=0001-01-01T00:00:00%2B14:00', '/query/to'],
  ['/v1/payments?to=2026-11-22T25:00:00Z', '/query/to'],
  ['/v1/payments?order=up', '/query/order'],
  ['/v1/payments?limit=0', '/query/limit'],
  ['/v1/payments?limit=201', '/query/limit'],
  ['/v1/payments?limit=-1', '/query/limit'],
  ['/v1/payments?limit=1e2', '/query/limit'],
  ['/v1/payments?limit=', '/query/limit'],
  ['/v1/payments?cursor=', '/query/cursor'],
  ['/v1/payments?cursor=x', '/query/cursor'],
  ['/v1/payments?cursor=%00', '/query/cursor'],
  [`/v1/payments?cursor=${'x'.repeat(2001)}`, '/query/cursor'],
  [`/v1/payments?cursor=${packed([2, 'payments', {}, id])}`, '/query/cursor'],
  [`/v1/payments?cursor=${packed([1, 'entries', {}, '1'])}`, '/query/cursor'],
  [`/v1/payments?cursor=${packed([1, 'payments', {}, '1'])}`, '/query/cursor'],
  [`/v1/payments?cursor=${packed([1, 'payments', {}, 1])}`, '/query/cursor'],
  [`/v1/payments?cursor=${packed([1, 'payments', null, id])}`, '/query/cursor'],
  [`/v1/payments?cursor=${packed([1, 'payments', ['a'], id])}`, '/query/cursor'],
  [`/v1/payments?cursor=${packed([1, 'payments', { status: 1 }, id])}`, '/query/cursor'],
  [`/v1/payments?cursor=${packed([1, 'payments', { x: '1' }, id])}`, '/query/cursor'],
  [`/v1/payments?cursor=${packed([1, 'payments', {}, id, 1])}`, '/query/cursor'],
  [`/v1/payments?cursor=${packed({})}`, '/query/cursor'],
  ['/v1/entries?paymentId=x', '/query/paymentId'],
  ['/v1/entries?account=a%20b', '/query/account'],
  ['/v1/entries?account=', '/query/account'],
  ['/v1/entries?status=ACSC', '/query'],
  [`/v1/entries?cursor=${packed([1, 'entries', {}, '0'])}`, '/query/cursor'],
  [`/v1/payments/${id}?x=1`, '/query'],
  ['/v1/players/lucky/player-1/balances?x=1', '/query'],
  ['/v1/openapi.json?x=1', '/query'],
];

test('what is no query of the list is refused, and the place is named', async (t) => {
  const { get } = await openRestDoor(t);
  for (const [path, place] of refusals) {
    await t.test(`${path.slice(0, 80)}: ${place}`, async () => {
      const { status, json } = await get(path);
      const { code, violations } = json as { code: string; violations: { path: string }[] };
      assert.deepEqual([status, code], [400, 'REQUEST_INVALID']);
      assert.deepEqual(
        violations.map((violation) => violation.path),
        [place],
      );
    });
  }
});

interface Entry {
  readonly id: string;
  readonly paymentId?: string;
  readonly debit: string;
  readonly credit: string;
  readonly amount: object;
}

test('entries are told as the ledger has them, and found by payment and by account', async (t) => {
  const { get, post } = await openLists(t);
  await post('/v1/transfers', {
    transferId: 't-1',
    brand: 'royal',
    playerId: 'player-2',
    direction: 'TO_PLAY',
    amount: { value: '4.00', currency: 'EUR' },
  });
  const entriesAt = async (query: string) => {
    const { status, json, text } = await get(`/v1/entries${query}`);
    assert.equal(status, 200, text);
    return (json as { entries: Entry[] }).entries;
  };
  const all = await entriesAt('');
  assert.deepEqual(
    all.map(({ id: number }) => number),
    ['1', '2', '3', '4', '5', '6'],
  );
  const [first] = all;
  assert.deepEqual([first?.debit, first?.credit], ['gateway:bank', 'player:lucky:player-1']);
  assert.deepEqual(first?.amount, { value: '10.00', currency: 'EUR' });
  assert.deepEqual(await entriesAt(`?paymentId=${first?.paymentId}`), [first]);
  const ofPlayer = await entriesAt('?account=player:royal:player-2');
  assert.deepEqual(
    ofPlayer.map(({ debit, credit }) => [debit, credit]),
    [
      ['gateway:bank', 'player:royal:player-2'],
      ['player:royal:player-2', 'play:royal'],
    ],
  );
  assert.equal(ofPlayer[1]?.paymentId, undefined);
  const { json, headers } = await get('/v1/entries?limit=4');
  const { next } = json as { next: string };
  assert.match(String(headers['link']), /^<\/v1\/entries\?limit=4&cursor=[\w-]+>; rel="next"$/);
  assert.deepEqual(
    (await entriesAt(`?cursor=${next}`)).map(({ id: number }) => number),
    ['5', '6'],
  );
});
