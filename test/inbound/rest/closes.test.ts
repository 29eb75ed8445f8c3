/** Closes by REST: what is told of them, and how two people open the newest day again. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { closeDay, sha256Of } from '../../../src/reconciliation/reports/close-day.ts';
import { packOf, readSigningKey } from '../../../src/reconciliation/reports/close-pack.ts';
import { books, days, openCloseDoor } from '../../support/close-door.ts';

const said = { reason: 'CHECKED', comment: 'A statement of that day came late.' };

interface View {
  readonly id: string;
  readonly day: string;
  readonly edition: number;
  readonly sha256: string;
  readonly code?: string;
  readonly closes: readonly View[];
  readonly acts: readonly { readonly kind: string; readonly subject: string; readonly comment: string }[];
  readonly reopenedAt?: string;
}

test('closes are listed, shown, and handed out byte for byte as the pack has them', async (t) => {
  const { get, closing, first, newest } = await openCloseDoor(t);
  const listed = (await get('/v1/closes')).json as View;
  assert.deepEqual(
    listed.closes.map(({ day, edition }) => [day, edition]),
    days.map((day) => [day, 1]),
  );
  const one = (await get(`/v1/closes?brand=lucky&currency=EUR&day=${days[1]}`)).json as View;
  assert.deepEqual(
    one.closes.map(({ id }) => id),
    [newest.id],
  );
  assert.deepEqual(((await get('/v1/closes?brand=nobody')).json as View).closes, []);
  const shown = (await get(`/v1/closes/${first.id}`)).json as View;
  assert.deepEqual([shown.day, shown.acts], [days[0], []]);

  const key = readSigningKey(Buffer.alloc(32, 7).toString('base64'));
  const recorded = await closeDay(closing, books, days[0]);
  assert.ok(key && 'document' in recorded);
  const pack = packOf(recorded, key);
  const types = {
    json: 'application/json',
    csv: 'text/csv; charset=utf-8',
    html: 'text/html; charset=utf-8',
  };
  for (const [format, type] of Object.entries(types)) {
    const { status, headers, text } = await get(`/v1/closes/${first.id}/document?format=${format}`);
    assert.deepEqual([status, headers['content-type']], [200, type]);
    assert.equal(text, Buffer.from(pack.get(`close.${format}`) ?? []).toString(), format);
  }
  assert.equal(sha256Of((await get(`/v1/closes/${first.id}/document`)).text), first.sha256);
});

test('two people open the newest day again, and it is closed anew as an edition of its own', async (t) => {
  const { get, post, closing, first, newest } = await openCloseDoor(t);
  const at = `/v1/closes/${newest.id}/reopening`;
  const code = async (path: string, as: string, body: object = said) => {
    const { status, json } = await post(path, body, { as });
    return `${status} ${(json as View).code ?? ''}`.trim();
  };
  assert.equal(await code(`/v1/closes/${first.id}/reopening`, 'ada'), '409 LATER_DAY_CLOSED');
  assert.equal(await code(`${at}/confirm`, 'ben'), '404 PROPOSAL_NOT_FOUND');
  assert.equal(await code(at, 'core'), '403 CLIENT_NOT_A_PERSON');
  assert.equal(await code(at, 'ada', { ...said, comment: ' ' }), '400 REQUEST_INVALID');
  assert.equal(await code(at, 'cora'), '202');
  assert.equal(await code(`${at}/confirm`, 'cora'), '403 ROLE_MISSING');
  assert.equal(await code(`${at}/decline`, 'ben'), '200');
  assert.equal(await code(at, 'ada'), '202');
  assert.equal(await code(`${at}/confirm`, 'ada'), '403 SAME_PERSON');
  assert.equal(await code(`${at}/confirm`, 'ben'), '200');
  assert.equal(await code(at, 'ada'), '404 CLOSE_NOT_FOUND', 'it stands no more');
  const file = (await get(`/v1/closes/${newest.id}`)).json as View;
  assert.ok(file.reopenedAt);
  assert.deepEqual(
    file.acts.map(({ subject, kind }) => `${subject} ${kind}`),
    ['cora proposed', 'ben declined', 'ada proposed', 'ben confirmed'],
  );
  assert.ok('document' in (await closeDay(closing, books, days[1])));
  const listed = (await get(`/v1/closes?day=${days[1]}`)).json as View;
  assert.deepEqual(
    listed.closes.map(({ edition, reopenedAt }) => [edition, reopenedAt === undefined]),
    [
      [1, false],
      [2, true],
    ],
  );
});

test('two who confirm at once open a day once', async (t) => {
  const { post, get, newest, closing } = await openCloseDoor(t);
  const at = `/v1/closes/${newest.id}/reopening`;
  assert.equal((await post(at, said, { as: 'ada' })).status, 202);
  const both = await Promise.all([1, 2].map(() => post(`${at}/confirm`, said, { as: 'ben' })));
  const statuses = both.map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 200).length, 1, statuses.join());
  assert.ok(statuses.every((status) => [200, 404, 409].includes(status)));
  const { acts } = (await get(`/v1/closes/${newest.id}`)).json as View;
  assert.equal(acts.filter(({ kind }) => kind === 'confirmed').length, 1);

  const name = `close:${books.brand}:${books.currency}`;
  const now = closing.clock.now();
  await closing.jobs.claimJob({ name, now, leaseUntil: new Date(now.getTime() + 1_000) });
  const [first] = await closing.closes.closes({ ...books, day: days[0] }, { limit: 1 });
  const busy = await post(`/v1/closes/${first?.id}/reopening`, said, { as: 'ada' });
  assert.deepEqual([busy.status, (busy.json as View).code], [409, 'CLOSE_BUSY']);
});

test('who may not, and what is not there', async (t) => {
  const { get, ask, post, newest } = await openCloseDoor(t);
  const paths = ['/v1/closes', `/v1/closes/${newest.id}`, `/v1/closes/${newest.id}/document`];
  for (const path of paths) {
    assert.equal((await get(path, { as: 'shop' })).status, 403, path);
    assert.equal((await ask({ path })).status, 401, path);
  }
  for (const id of ['x', '0193f2a0-1c2b-7d3e-8f40-5a6b7c8d9e0f']) {
    assert.equal((await get(`/v1/closes/${id}`)).status, 404);
    assert.equal((await get(`/v1/closes/${id}/document`)).status, 404);
    assert.equal((await post(`/v1/closes/${id}/reopening`, said, { as: 'ada' })).status, 404);
  }
  for (const query of ['day=2026-13-01x', 'currency=euro', 'more=1', 'limit=0']) {
    assert.equal((await get(`/v1/closes?${query}`)).status, 400, query);
  }
  assert.equal((await get(`/v1/closes/${newest.id}/document?format=pdf`)).status, 400);
});
