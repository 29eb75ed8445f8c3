/** The moment between "never sent" and "unknown", for every client of a wire that there may be. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type Course, type Exchange, socketFailure, watchExchange } from '../../src/gateways/exchange.ts';

const bounds = { connectTimeoutMs: 40, totalTimeoutMs: 120, isTooLate: () => false, sent: () => {} };
const failure = { before: 'connectionRefused', after: 'connectionLost' } as const;
const reply = { status: 200, body: Buffer.from('{}') };

/** What a client does with its request, and what that comes to. */
const rows: readonly {
  readonly what: string;
  readonly play: (course: Course) => unknown;
  readonly isTooLate?: boolean;
  readonly came: Exchange;
  readonly abandoned: number;
}[] = [
  {
    what: 'is answered',
    play: (course) => (course.mayWrite(), course.answered(reply)),
    came: { kind: 'answered', ...reply },
    abandoned: 0,
  },
  {
    what: 'fails before it wrote',
    play: (course) => course.failed(failure),
    came: { kind: 'neverSent', cause: 'connectionRefused' },
    abandoned: 1,
  },
  {
    what: 'fails after it wrote',
    play: (course) => (course.mayWrite(), course.failed(failure)),
    came: { kind: 'unknown', cause: 'connectionLost' },
    abandoned: 1,
  },
  {
    what: 'comes too late to its first byte',
    play: (course) => assert.equal(course.mayWrite(), false),
    isTooLate: true,
    came: { kind: 'neverSent', cause: 'sendBeforeMissed' },
    abandoned: 1,
  },
  {
    what: 'never connects',
    play: () => undefined,
    came: { kind: 'neverSent', cause: 'connectTimeout' },
    abandoned: 1,
  },
  {
    what: 'is never answered',
    play: (course) => course.mayWrite(),
    came: { kind: 'unknown', cause: 'timeout' },
    abandoned: 1,
  },
  {
    what: 'starts a second time',
    play: (course) => assert.deepEqual([course.mayWrite(), course.mayWrite()], [true, false]),
    came: { kind: 'unknown', cause: 'connectionLost' },
    abandoned: 1,
  },
  {
    what: 'is answered before it asked',
    play: (course) => course.answered(reply),
    came: { kind: 'neverSent', cause: 'connectionRefused' },
    abandoned: 1,
  },
  {
    what: 'fails and is answered then',
    play: (course) => (course.mayWrite(), course.failed(failure), course.answered(reply)),
    came: { kind: 'unknown', cause: 'connectionLost' },
    abandoned: 1,
  },
];

for (const { what, play, isTooLate = false, came, abandoned } of rows) {
  test(`a request that ${what}: ${came.kind}${'cause' in came ? ` ${came.cause}` : ''}`, async () => {
    let given = 0;
    const watched = watchExchange({ ...bounds, isTooLate: () => isTooLate }, (course) => {
      void setImmediate().then(() => play(course));
      return () => (given += 1);
    });
    assert.deepEqual(await watched, came);
    assert.equal(given, abandoned);
  });
}

test('a request that was given up may not be written any more, whenever it asks', async () => {
  let kept: Course | undefined;
  const watched = watchExchange(bounds, (course) => {
    kept = course;
    return () => undefined;
  });
  assert.deepEqual(await watched, { kind: 'neverSent', cause: 'connectTimeout' });
  assert.equal(kept?.mayWrite(), false);
});

test('a client that fails while it starts is heard', async () => {
  const watched = watchExchange(bounds, (course) => {
    course.failed(failure);
    return () => undefined;
  });
  assert.deepEqual(await watched, { kind: 'neverSent', cause: 'connectionRefused' });
});

const codes: readonly (readonly [
  code: string | undefined,
  handshaking: boolean,
  before: string,
  after: string,
])[] = [
  ['ECONNREFUSED', false, 'connectionRefused', 'connectionLost'],
  ['EHOSTUNREACH', false, 'connectionRefused', 'connectionLost'],
  ['ECONNRESET', false, 'connectionRefused', 'connectionLost'],
  ['ECONNRESET', true, 'tlsFailed', 'connectionLost'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', true, 'tlsFailed', 'connectionLost'],
  ['ENOTFOUND', false, 'nameNotFound', 'connectionLost'],
  ['EAI_AGAIN', false, 'nameNotFound', 'connectionLost'],
  ['ETIMEDOUT', false, 'connectTimeout', 'timeout'],
  ['ETIMEDOUT', true, 'connectTimeout', 'timeout'],
  [undefined, false, 'connectionRefused', 'connectionLost'],
];

for (const [code, handshaking, before, after] of codes) {
  test(`${code} ${handshaking ? 'in the handshake' : 'before it'} is ${before}, and ${after} once written`, () => {
    assert.deepEqual(socketFailure(code, handshaking), { before, after });
  });
}
