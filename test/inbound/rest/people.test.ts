import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import test, { type TestContext } from 'node:test';
import { tokenDigest } from '../../../src/inbound/rest/bearer.ts';
import { operatorRoster } from '../../../src/inbound/rest/operators.ts';
import type { Operator, OperatorRole } from '../../../src/payments/ledger-store.ts';
import { LedgerUnavailable } from '../../../src/payments/ledger-store.ts';
import type { AmountLimit } from '../../../src/payments/people/limits.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { type MovedClock, movedClock } from '../../support/clock.ts';
import { scriptedGateway } from '../../support/gateway.ts';
import { euros, someTime } from '../../support/payments.ts';
import {
  bearer,
  type DoorChanges,
  json,
  openRestDoor,
  restPartner,
  someClients,
  tokenOf,
} from './open-door.ts';

const said = { reason: 'CHECKED', comment: 'Read in the portal of the bank.' };
const limits: AmountLimit[] = [{ exceeded: 'approve', per: 'payment', direction: 'CRDT', max: euros(5000n) }];

function operator(id: string, roles: readonly OperatorRole[] = ['propose', 'confirm']): Operator {
  return { id, roles, tokenDigests: [tokenDigest(tokenOf(id))], createdAt: someTime };
}

interface Told {
  readonly status: string;
  readonly code?: string;
  readonly id: string;
  readonly version: number;
}

/** Ann and Bob are operators, Cora may only confirm; the gateway settles 9.00 of what was 10.00. */
async function openDesk(t: TestContext, changes: DoorChanges = {}) {
  const gateway = scriptedGateway();
  gateway.onSubmit = ({ instrId, amount }) =>
    Promise.resolve({
      kind: 'settled',
      echo: { instrId, amount: { ...amount, minor: amount.minor === 1000n ? 900n : amount.minor } },
    });
  const partners = { directory: { partners: () => someClients }, partners: someClients };
  const door = await openRestDoor(t, { gateways: [gateway], amountLimits: limits, ...partners, ...changes });
  for (const one of [operator('ann'), operator('bob'), operator('cora', ['confirm'])]) {
    await door.ledger.putOperator(one);
  }
  const deposit = async (reference: string, value: string) => {
    const request = {
      partnerReference: reference,
      playerId: 'player-1',
      amount: { value, currency: 'EUR' },
      paymentMethod: 'CARD',
    };
    return (await door.post('/v1/deposits', request)).json as Told;
  };
  const codeOf = async (path: string, body: object, as: string) =>
    ((await door.post(path, body, { as })).json as Told).code;
  return { ...door, deposit, codeOf };
}

test('a case goes its way over the door: seen, given away, commented, proposed, approved', async (t) => {
  const { get, post, deposit } = await openDesk(t);
  const payment = await deposit('r-1', '10.00');
  assert.equal(payment.status, 'PDNG');
  const list = (await get('/v1/cases?open=true&kind=mismatch', { as: 'ann' })).json as { cases: Told[] };
  const [{ id }] = list.cases as [Told];
  const path = `/v1/cases/${id}`;
  const given = await post(`${path}/assign`, { assignee: 'bob', ...said }, { as: 'ann' });
  assert.deepEqual([given.status, (given.json as { assignee: string }).assignee], [200, 'bob']);
  assert.equal((await post(`${path}/comments`, said, { as: 'bob' })).status, 200);

  const { version } = payment;
  const proposal = await post(
    `${path}/resolutions`,
    { resolution: 'completed', version, ...said },
    { as: 'ann' },
  );
  const { did, act } = proposal.json as { did: string; act: string };
  assert.deepEqual([proposal.status, did], [202, 'PROPOSED']);

  const file = (await get(path, { as: 'bob' })).json as Record<string, unknown> & {
    acts: { kind: string; open?: boolean }[];
    resolutions: object[];
  };
  assert.equal(file['proposal'], act);
  assert.deepEqual(
    file.acts.map(({ kind, open }) => [kind, open]),
    [
      ['assigned', undefined],
      ['commented', undefined],
      ['proposed', true],
    ],
  );
  assert.deepEqual(file.resolutions[0], {
    resolution: 'completed',
    effect: {
      status: 'ACSC',
      entries: [
        { debit: 'suspense', credit: 'player:lucky:player-1', amount: { value: '9.00', currency: 'EUR' } },
      ],
      available: { currency: 'EUR', before: '0.00', after: '9.00' },
    },
  });
  const waiting = (await get('/v1/approvals', { as: 'bob' })).json as { approvals: Told[] };
  assert.deepEqual(
    waiting.approvals.map((one) => one.id),
    [act],
  );

  const approved = await post(`/v1/approvals/${act}/approve`, { version, ...said }, { as: 'bob' });
  const done = approved.json as { did: string; payment: Told & { settledAmount: object } };
  assert.deepEqual([approved.status, done.did, done.payment.status], [200, 'CONFIRMED', 'ACSC']);
  assert.deepEqual(done.payment.settledAmount, { value: '9.00', currency: 'EUR' });
  const ended = (await get('/v1/cases?open=false', { as: 'core' })).json as {
    cases: { resolution: string }[];
  };
  assert.deepEqual(
    ended.cases.map(({ resolution }) => resolution),
    ['completed'],
  );
  const own = (await get(`/v1/cases?paymentId=${payment.id}`)).json as { cases: object[] };
  assert.equal(own.cases.length, 1);
});

test('a payment above a limit is approved by two people, or rejected by one', async (t) => {
  const { get, post, deposit, codeOf } = await openDesk(t);
  const { id, version, status } = await deposit('r-1', '60.00');
  assert.equal(status, 'PATC');
  const approve = `/v1/approvals/${id}/approve`;
  assert.equal(await codeOf(approve, { version, ...said }, 'cora'), 'ROLE_MISSING');
  assert.equal((await post(approve, { version, ...said }, { as: 'ann' })).status, 202);
  assert.equal(await codeOf(approve, { version, ...said }, 'ann'), 'SAME_PERSON');
  assert.equal(await codeOf(approve, { version: version + 1, ...said }, 'bob'), 'VERSION_CHANGED');
  const sent = await post(approve, { version, ...said }, { as: 'cora' });
  assert.deepEqual([sent.status, (sent.json as { payment: Told }).payment.status], [200, 'ACSC']);

  const other = await deposit('r-2', '70.00');
  const list = (await get('/v1/approvals', { as: 'bob' })).json as { approvals: { kind: string }[] };
  assert.deepEqual(
    list.approvals.map(({ kind }) => kind),
    ['payment'],
  );
  const verdict = { version: other.version, ...said };
  const rejected = await post(`/v1/approvals/${other.id}/reject`, verdict, { as: 'bob' });
  assert.deepEqual([rejected.status, (rejected.json as { did: string }).did], [200, 'DECLINED']);
  assert.equal(
    await codeOf(`/v1/approvals/${other.id}/reject`, { ...verdict, version: 2 }, 'bob'),
    'APPROVAL_NOT_POSSIBLE',
  );
});

test('only an operator acts, and he does nothing else', async (t) => {
  const { get, post, deposit, codeOf } = await openDesk(t);
  const { id, version } = await deposit('r-1', '60.00');
  const body = { version, ...said };
  const nobody = '01a202b2-c500-7279-8417-27795bbfb6fc';
  for (const [path, more] of [
    [`/v1/approvals/${id}/approve`, { version }],
    [`/v1/approvals/${id}/reject`, { version }],
    [`/v1/cases/${nobody}/assign`, { assignee: 'ann' }],
    [`/v1/cases/${nobody}/comments`, {}],
    [`/v1/cases/${nobody}/resolutions`, { resolution: 'completed', version }],
  ] as const) {
    assert.equal(await codeOf(path, { ...more, ...said }, 'core'), 'CLIENT_NOT_A_PERSON', path);
    assert.equal(await codeOf(path, more, 'ann'), 'REQUEST_INVALID', path);
    const refused = path.includes('cases') ? 'CASE_NOT_FOUND' : 'PROPOSAL_NOT_FOUND';
    const strange = path.replace(/[0-9a-f-]{36}/, 'x');
    assert.equal(await codeOf(strange, { ...more, ...said }, 'ann'), refused, strange);
  }
  assert.equal(await codeOf(`/v1/approvals/${nobody}/approve`, body, 'ann'), 'PROPOSAL_NOT_FOUND');
  assert.equal((await get('/v1/cases/x', { as: 'ann' })).status, 404);
  assert.equal((await get(`/v1/cases/${nobody}`, { as: 'ann' })).status, 404);
  assert.equal((await get('/v1/cases?cursor=x', { as: 'ann' })).status, 400);
  assert.equal((await get('/v1/approvals?cursor=x', { as: 'ann' })).status, 400);
  for (const path of ['/v1/cases', `/v1/cases/${nobody}`, '/v1/approvals']) {
    assert.equal((await get(path, { as: 'shop' })).status, 403, path);
  }
  const instruction = {
    partnerReference: 'x',
    playerId: 'p',
    amount: { value: '1.00', currency: 'EUR' },
    paymentMethod: 'CARD',
  };
  assert.equal((await post('/v1/deposits', instruction, { as: 'ann' })).status, 403);
  assert.equal((await get(`/v1/payments/${id}`, { as: 'ann' })).status, 200);
});

test('an operator who is disabled while his body is on its way gets no further', async (t) => {
  const clock: MovedClock = { ...movedClock(), sleep: (ms, signal) => systemClock.sleep(ms, signal) };
  const { port, ledger, deposit } = await openDesk(t, { clock });
  const { id, version } = await deposit('r-1', '60.00');
  const body = JSON.stringify({ version, ...said });
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `POST /v1/approvals/${id}/reject HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${bearer(tokenOf('ann')).join(': ')}\r\n` +
      `${json.join(': ')}\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  // Who is told to go on has passed the first look.
  await once(socket, 'data');
  await ledger.putOperator({ ...operator('ann'), disabledAt: someTime });
  clock.move(5_000);
  socket.write(body);
  let text = '';
  for await (const piece of socket.setEncoding('utf8')) text += String(piece);
  assert.match(text, /^HTTP\/1\.1 401 [\s\S]*"CREDENTIALS_NOT_ACCEPTED"/);
});

test('a disabled operator is out, and a partner needs no ledger to be known', async () => {
  const clock = movedClock();
  let operators: readonly Operator[] = [operator('ann')];
  let reads = 0;
  let isAway = false;
  const roster = operatorRoster(
    {
      operators: async () => {
        reads += 1;
        if (isAway) throw new LedgerUnavailable('timeout');
        return Promise.resolve(operators);
      },
    },
    clock,
  );
  assert.deepEqual(roster.known(), []);
  await Promise.all([roster.refresh(), roster.refresh()]);
  assert.equal(reads, 1);
  assert.equal(roster.known().length, 1);
  operators = [{ ...operator('ann'), disabledAt: someTime }];
  clock.move(4_999);
  await roster.refresh();
  assert.equal(roster.known().length, 1);
  clock.move(1);
  await roster.refresh();
  assert.deepEqual(roster.known(), []);
  operators = [operator('bob')];
  // Somebody sets the clock: it is still as long ago.
  clock.set(-3_600_000);
  clock.move(5_000);
  await roster.refresh();
  assert.deepEqual(
    roster.known().map(({ id }) => id),
    ['bob'],
  );
  isAway = true;
  clock.move(5_000);
  await assert.rejects(roster.refresh(), LedgerUnavailable);
  isAway = false;
  await roster.refresh();
  assert.equal(reads, 5);
});

test('with the ledger away a stranger reads that, and a partner is let in', async (t) => {
  const { get, ledger } = await openDesk(t, { partners: [restPartner('core')] });
  await ledger.close();
  const stranger = await get('/v1/openapi.json', { as: 'stranger' });
  assert.deepEqual([stranger.status, (stranger.json as Told).code], [503, 'LEDGER_UNAVAILABLE']);
  assert.equal((await get('/v1/openapi.json')).status, 200);
});
