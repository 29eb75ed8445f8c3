import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { tokenDigest } from '../../../src/inbound/rest/bearer.ts';
import { openMatching } from '../../../src/reconciliation/matching/open.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { someDay } from '../../support/recon-day.ts';
import { dayMs } from '../../support/recon-house.ts';
import { openRestDoor, restPartner, tokenOf } from './open-door.ts';

const said = { reason: 'CHECKED', comment: 'Read in the portal of the bank.' };

/** A day with its breaks over the door, with two operators and one who may only propose. */
async function openBreakDoor(t: TestContext) {
  const { house } = await someDay(t);
  const { matching, desk, clock, ledger } = house;
  const settings = {
    rules: matching.rules,
    limits: matching.limits,
    terms: matching.terms('bank'),
    termsOf: {},
  };
  const payments = { hearStatement: () => Promise.resolve('notOurs' as const) };
  const rounds = openMatching(settings, { ...matching, payments });
  for (const id of ['ada', 'ben', 'cora']) {
    const roles = id === 'cora' ? (['propose'] as const) : (['propose', 'confirm'] as const);
    await ledger.putOperator({ id, roles, tokenDigests: [tokenDigest(tokenOf(id))], createdAt: clock.now() });
  }
  await house.round();
  clock.move(4 * dayMs);
  const door = await openRestDoor(t, {
    ledger,
    partners: [
      restPartner('core', { operations: ['read', 'statement'] }),
      restPartner('shop', { operations: ['deposit'] }),
    ],
    // Its own clock would not wait.
    reconciliation: {
      matching: rounds,
      desk,
      clock: { ...systemClock, now: () => clock.now() },
      answerMs: 10_000,
    },
  });
  return { ...door, house };
}

interface View {
  readonly id: string;
  readonly kind: string;
  readonly code?: string;
  readonly breaks: readonly View[];
}

test('a break goes its way over the door: listed, looked at, given away, proposed, confirmed', async (t) => {
  const { get, post } = await openBreakDoor(t);
  const round = await post('/v1/matching-rounds', '');
  assert.equal(round.status, 200, round.text);
  assert.equal((round.json as { outcome: string }).outcome, 'MATCHED');
  const { breaks } = (await get('/v1/breaks?open=true&kind=UNEXPECTED', { as: 'ada' })).json as View;
  const [broken] = breaks;
  assert.ok(broken);
  const at = `/v1/breaks/${broken.id}`;
  const file = (await get(at, { as: 'ada' })).json as Record<string, unknown>;
  assert.deepEqual(file['endings'], [
    {
      resolution: 'writtenOff',
      entries: [
        { debit: 'fees:main-eur', credit: 'bank:main-eur', amount: { value: '0.15', currency: 'EUR' } },
      ],
    },
    {
      resolution: 'suspense',
      entries: [{ debit: 'suspense', credit: 'bank:main-eur', amount: { value: '0.15', currency: 'EUR' } }],
    },
    { resolution: 'expected', entries: [] },
  ]);
  assert.deepEqual([file['ageDays'], file['atRisk']], ['4-7', { value: '0.15', currency: 'EUR' }]);

  const act = (path: string, body: object, as: string) => post(`${at}/${path}`, { ...body, ...said }, { as });
  assert.equal((await act('assign', { assignee: 'ben' }, 'ada')).status, 200);
  assert.equal((await act('comments', {}, 'ben')).status, 200);
  assert.equal((await act('raise', {}, 'ben')).status, 200);
  assert.equal((await act('resolutions', { resolution: 'suspense' }, 'cora')).status, 202);
  const read = ((await get(at, { as: 'ada' })).json as { proposal: string }).proposal;
  assert.equal((await act('resolutions', { resolution: 'writtenOff' }, 'ben')).status, 202);
  // Whoever read the proposal before says nothing of the one that has taken its place.
  assert.equal((await act('confirm', { proposal: read }, 'ada')).status, 404);
  const { proposal } = (await get(at, { as: 'ada' })).json as { proposal: string };
  assert.equal((await act('confirm', { proposal }, 'ada')).status, 200);
  const ended = (await get(at, { as: 'ada' })).json as Record<string, unknown>;
  assert.deepEqual([ended['resolution'], ended['owner'], ended['endings']], ['writtenOff', 'ben', []]);
  const acts = ended['acts'] as { kind: string; subject: string }[];
  assert.deepEqual(
    acts.map(({ kind, subject }) => `${subject} ${kind}`),
    ['ada assigned', 'ben commented', 'ben raised', 'cora proposed', 'ben proposed', 'ada confirmed'],
  );
});

test('what may not be done to a break is refused, and says why', async (t) => {
  const { get, post } = await openBreakDoor(t);
  const { breaks } = (await get('/v1/breaks?kind=DUPLICATE', { as: 'core' })).json as View;
  const at = `/v1/breaks/${breaks[0]?.id}`;
  const nobodys = '0193f2a0-0000-7000-8000-000000000001';
  const nobody = `/v1/breaks/${nobodys}`;
  const rows: readonly (readonly [path: string, body: object, as: string, code: string])[] = [
    [`${at}/comments`, {}, 'core', 'CLIENT_NOT_A_PERSON'],
    [`${nobody}/comments`, {}, 'ada', 'BREAK_NOT_FOUND'],
    ['/v1/breaks/seven/comments', {}, 'ada', 'BREAK_NOT_FOUND'],
    [`${at}/assign`, { assignee: 'zoe' }, 'ada', 'REQUEST_INVALID'],
    [`${at}/resolutions`, { resolution: 'received' }, 'ada', 'BREAK_ENDING_IMPOSSIBLE'],
    [`${at}/resolutions`, { resolution: 'paid' }, 'ada', 'REQUEST_INVALID'],
    [`${at}/confirm`, {}, 'ada', 'REQUEST_INVALID'],
    [`${at}/confirm`, { proposal: nobodys }, 'ada', 'PROPOSAL_NOT_FOUND'],
    [`${at}/confirm`, { proposal: nobodys }, 'cora', 'ROLE_MISSING'],
  ];
  for (const [path, body, as, code] of rows) {
    const answer = (await post(path, { ...body, ...said }, { as })).json as View;
    assert.equal(answer.code, code, `${path} by ${as}`);
  }
  await post(`${at}/resolutions`, { resolution: 'suspense', ...said }, { as: 'ada' });
  const { proposal } = (await get(at, { as: 'ada' })).json as { proposal: string };
  const same = (await post(`${at}/confirm`, { proposal, ...said }, { as: 'ada' })).json as View;
  assert.equal(same.code, 'SAME_PERSON');
  assert.equal((await post(`${at}/decline`, { proposal, ...said }, { as: 'ben' })).status, 200);
  assert.equal((await get('/v1/breaks', { as: 'shop' })).status, 403);
  assert.equal((await post('/v1/matching-rounds', '', { as: 'shop' })).status, 403);
});
