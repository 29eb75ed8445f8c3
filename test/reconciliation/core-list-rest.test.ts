/** `POST /v1/core-list` through the internal door, on a real socket. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { CoreListSettings } from '../../src/reconciliation/core-list/settings.ts';
import { bearer, json, openRestDoor, restPartner, tokenOf } from '../inbound/rest/open-door.ts';
import { coreHouse, csvOf, jsonOf, lineOf } from '../support/core-list.ts';
import { openImporting } from '../support/importing.ts';
import { openReconHouse } from '../support/recon-house.ts';
import { atEnd } from '../support/store-ledger.ts';

const invalid = (path: string, rule: string) => [400, 'REQUEST_INVALID', [{ path, rule }]];

const head = { from: '2026-11-23T00:00:00Z', until: '2026-11-24T00:00:00Z' };

interface Changes extends Partial<CoreListSettings> {
  readonly answerMs?: number;
}

async function openLists(t: TestContext, { answerMs = 10_000, ...changes }: Changes = {}) {
  const home = await mkdtemp(join(tmpdir(), 'cagebridge-core-'));
  atEnd(t, () => rm(home, { recursive: true, force: true }));
  const house = await openReconHouse(t);
  const payments = [await house.pay('bank', 1_000), await house.pay('psp', 2_000)];
  house.clock.move(24 * 3_600_000);
  const { world } = coreHouse(house, changes);
  const patient = {
    ...world.clock,
    sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)),
  };
  const importing = await openImporting(t);
  const door = await openRestDoor(t, {
    partners: [
      restPartner('core', { operations: ['deposit', 'statement'] }),
      restPartner('shop', { operations: ['deposit', 'read'] }),
    ],
    statements: {
      store: importing.store,
      importing: importing.world,
      home,
      limits: { uploadsMax: 1, uploadAnswerMs: 1_000 },
      coreList: { world: { ...world, clock: patient }, home, answerMs },
    },
  });
  const send = (body: string, as = 'core') =>
    door.ask({ method: 'POST', path: '/v1/core-list', headers: [bearer(tokenOf(as)), json], body });
  const lines = payments.map((payment) => lineOf(payment));
  return { house, lines, send, left: () => readdir(join(home, 'spool')), ...door };
}

test('a list is compared, the second time it is known, and its body is kept nowhere else', async (t) => {
  const { house, lines, send, left } = await openLists(t);
  const agreeing = await send(jsonOf(lines, head));
  assert.equal(agreeing.status, 200, agreeing.text);
  const { outcome, known, partner, rows, payments, opened, remarks } = agreeing.json as Record<
    string,
    unknown
  >;
  assert.deepEqual(
    [outcome, known, partner, rows, payments, opened, remarks],
    ['COMPARED', false, 'partner-a', 2, 2, 0, []],
  );
  const wrong = jsonOf([{ ...lines[0], amount: '11.00' } as (typeof lines)[number]], head);
  const [first, second] = [await send(wrong), await send(wrong)].map(
    (reply) => reply.json as Record<string, unknown>,
  );
  assert.deepEqual([first?.['opened'], first?.['known']], [2, false]);
  assert.deepEqual([second?.['opened'], second?.['open'], second?.['known']], [0, 2, true]);
  assert.equal((await house.openBreaks()).length, 2);
  const [file] = await house.store.files({}, { limit: 1 });
  assert.deepEqual([file?.source, file?.end?.format], ['rest', 'core-list']);
  assert.deepEqual(await left(), []);
});

test('bad rows are told by their place among the payments, at most a hundred of them', async (t) => {
  const { lines, send } = await openLists(t);
  const [line] = lines;
  assert.ok(line);
  const reply = await send(jsonOf([line, { ...line, id: 'b', status: 'SECRET-WORD' }], head));
  const { badRows, remarks } = reply.json as Record<string, unknown>;
  assert.deepEqual(
    [reply.status, badRows, remarks],
    [200, 1, [{ line: 2, rule: 'unknownStatus', field: 'status' }]],
  );
  assert.doesNotMatch(reply.text, /SECRET/);
});

test('what is refused says where, and nothing is compared', async (t) => {
  const { house, lines, send } = await openLists(t, { bytesMax: 2_000, rowsMax: 3 });
  const [line] = lines;
  assert.ok(line);
  const violations = async (body: string) => {
    const { status, json: problem } = await send(body);
    const { code, violations: found } = problem as { code: string; violations?: unknown };
    return [status, code, found];
  };
  assert.deepEqual(await violations(csvOf(lines)), invalid('/', 'notWellFormed'));
  assert.deepEqual(await violations(jsonOf(lines, { from: head.from })), invalid('/until', 'required'));
  assert.deepEqual(
    await violations(jsonOf(lines, { ...head, partner: 'nobody' })),
    invalid('/partner', 'unknown'),
  );
  assert.deepEqual(
    await violations(jsonOf(lines, { ...head, until: head.from })),
    invalid('/until', 'windowEmpty'),
  );
  assert.deepEqual(
    await violations(jsonOf(lines, { ...head, madeAt: '2026-12-24T00:00:00Z' })),
    invalid('/madeAt', 'madeInFuture'),
  );
  assert.deepEqual(
    await violations(jsonOf([line, line, line, line], head)),
    invalid('/payments', 'tooManyRows'),
  );
  const long = await violations(jsonOf(lines, { ...head, more: 'x'.repeat(2_000) }));
  assert.deepEqual(long.slice(0, 2), [413, 'BODY_TOO_LARGE']);
  assert.deepEqual((await violations(jsonOf(lines, head)))[0], 200);
  assert.equal((await send(jsonOf(lines, head), 'shop')).status, 403);
  assert.deepEqual(await house.openBreaks(), []);
});

test('who does not wait is told that it goes on', async (t) => {
  const { house, lines, send } = await openLists(t, { answerMs: 1 });
  const held = await house.store.claimJob({
    name: 'core.list',
    now: house.clock.now(),
    leaseUntil: new Date(house.clock.now().getTime() + 60_000),
  });
  assert.ok(held);
  const waiting = await send(jsonOf(lines, head));
  assert.deepEqual([waiting.status, (waiting.json as { outcome: string }).outcome], [202, 'COMPARING']);
  await house.store.releaseJob({ name: 'core.list', fence: held.fence });
});
