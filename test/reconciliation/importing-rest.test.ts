/** `POST /v1/statements` and the lists, through the internal door on a real socket. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { ImportingWorld } from '../../src/reconciliation/importing/world.ts';
import { bearer, openRestDoor, restPartner, tokenOf } from '../inbound/rest/open-door.ts';
import { fileOf, openImporting, type Said, someLimits, textOf } from '../support/importing.ts';
import { atEnd } from '../support/store-ledger.ts';

const day: Said = {
  header: { id: 'S1', sequence: '7' },
  balances: { OPBD: [-500, '2026-11-22'], CLBD: [9_500, '2026-11-23'] },
  entries: [
    [
      10_000,
      { references: { accountServicer: 'SVC-1', other: { theirs: 'x' } }, counterparty: { name: 'Erika' } },
    ],
  ],
};

interface Changes extends Partial<ImportingWorld> {
  readonly uploadsMax?: number;
  readonly uploadAnswerMs?: number;
}

async function openStatements(
  t: TestContext,
  { uploadsMax = 4, uploadAnswerMs = 10_000, ...changes }: Changes = {},
) {
  const home = await mkdtemp(join(tmpdir(), 'cagebridge-rest-'));
  atEnd(t, () => rm(home, { recursive: true, force: true }));
  const house = await openImporting(t, changes);
  const door = await openRestDoor(t, {
    partners: [
      restPartner('core', { operations: ['read', 'statement'] }),
      restPartner('shop', { operations: ['deposit', 'read'] }),
    ],
    statements: { store: house.store, importing: house.world, home, limits: { uploadsMax, uploadAnswerMs } },
  });
  const send = (
    body: string,
    query = '',
    as = 'core',
    headers: readonly (readonly [string, string])[] = [],
  ) =>
    door.ask({
      method: 'POST',
      path: `/v1/statements${query}`,
      headers: [bearer(tokenOf(as)), ...headers],
      body,
    });
  return { ...house, ...door, send, spooledFiles: () => readdir(join(home, 'spool')) };
}

test('a statement is imported, known the second time, and listed with its bookings', async (t) => {
  const { send, get, spooledFiles } = await openStatements(t);
  const text = await textOf(fileOf('s', day));
  const first = await send(text, '?name=monday.xml');
  assert.equal(first.status, 201, first.text);
  const { outcome, entries, added, fileId } = first.json as Record<string, unknown>;
  assert.deepEqual([outcome, entries, added], ['IMPORTED', 1, 1]);
  const second = await send(text, '?name=again.xml');
  assert.deepEqual([second.status, (second.json as { outcome: string }).outcome], [200, 'KNOWN']);
  assert.deepEqual(await spooledFiles(), []);

  const files = (await get('/v1/statement-files')).json as { 'statement-files': Record<string, unknown>[] };
  assert.deepEqual(
    files['statement-files'].map(({ id, name, source, state }) => [id, name, source, state]),
    [[fileId, 'monday.xml', 'rest', 'read']],
  );
  const statements = (await get('/v1/statements?account=main')).json as {
    statements: Record<string, unknown>[];
  };
  const [told] = statements.statements;
  assert.deepEqual(
    [
      told?.['opening'],
      told?.['closing'],
      told?.['credits'],
      told?.['debits'],
      told?.['proof'],
      told?.['statementId'],
    ],
    ['-5.00', '95.00', '100.00', '0.00', 'holds', 'S1'],
  );
  const bookings = await get(`/v1/statement-entries?statementId=${String(told?.['id'])}`);
  const [booking] = (bookings.json as { 'statement-entries': Record<string, unknown>[] })[
    'statement-entries'
  ];
  assert.deepEqual(booking?.['amount'], { value: '100.00', currency: 'EUR' });
  assert.deepEqual(booking?.['references'], { accountServicer: 'SVC-1' });
  assert.ok(!bookings.text.includes('Erika'), 'a list tells no counterparty');
});

test('statements of accounts that nobody configured are listed apart', async (t) => {
  const { send, get } = await openStatements(t);
  await send(await textOf(fileOf('s', day, { header: { id: 'X', account: { other: 'ELSE' } } })));
  const { json } = await get('/v1/statements?unassigned=true&limit=1');
  const { statements } = json as { statements: { accountKey: string; account?: string }[] };
  assert.deepEqual(
    statements.map(({ accountKey, account }) => [accountKey, account]),
    [['ELSE', undefined]],
  );
});

const refused: [name: string, body: string, query: string, status: number, code: string, place?: string][] = [
  ['what is no statement', 'hello\n', '', 400, 'REQUEST_INVALID', '/line/1'],
  ['a profile that is not there', 'x', '?csvProfile=none', 400, 'REQUEST_INVALID', '/query/csvProfile'],
  ['a parameter that is not there', 'x', '?profile=none', 400, 'REQUEST_INVALID', '/query'],
  ['a body past the bound', 'x'.repeat(3_000), '', 413, 'BODY_TOO_LARGE'],
];

for (const [name, body, query, status, code, place] of refused) {
  test(`${name} is refused with ${code}, and writes nothing`, async (t) => {
    const { send, store } = await openStatements(t, { limits: { ...someLimits, fileBytesMax: 2_000 } });
    const answer = await send(body, query);
    const problem = answer.json as { code: string; violations?: { path: string }[] };
    assert.deepEqual([answer.status, problem.code, problem.violations?.[0]?.path], [status, code, place]);
    assert.deepEqual(await store.files({}, { limit: 10 }), []);
  });
}

test('who may not hand in statements is told so, and so is who packs them', async (t) => {
  const { send, get } = await openStatements(t);
  const text = await textOf(fileOf('s', day));
  assert.equal((await send(text, '', 'shop')).status, 403);
  assert.equal((await send(text, '', 'core', [['Content-Encoding', 'gzip']])).status, 415);
  assert.equal((await get('/v1/statements', { as: 'shop' })).status, 200);
});

test('beyond its own places a statement is told to come again, and payments have all of theirs', async (t) => {
  const { send, get, store } = await openStatements(t, { uploadsMax: 1, uploadAnswerMs: 50 });
  const now = new Date();
  const claim = await store.claimJob({
    name: 'statements.import',
    now,
    leaseUntil: new Date(now.getTime() + 60_000),
  });
  const text = await textOf(fileOf('s', day));
  const waiting = await send(text);
  assert.deepEqual([waiting.status, waiting.json], [202, { outcome: 'IMPORTING' }]);
  const second = await send(text);
  assert.deepEqual([second.status, (second.json as { code: string }).code], [503, 'OVERLOADED']);
  assert.equal((await get('/v1/payments')).status, 200);
  await store.releaseJob({ name: 'statements.import', fence: claim!.fence });
  for (let tries = 0; tries < 100; tries += 1) {
    const again = await send(text);
    if (again.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail('it was never imported');
});

test('the contract says what is asked of a statement', async (t) => {
  const { get } = await openStatements(t);
  const { paths } = (await get('/v1/openapi.json')).json as {
    paths: Record<string, Record<string, { requestBody?: { content: object } }>>;
  };
  assert.deepEqual(Object.keys(paths['/v1/statements'] ?? {}), ['post', 'get']);
  assert.deepEqual(paths['/v1/statements']?.['post']?.requestBody?.content, {
    'application/octet-stream': {},
  });
});
