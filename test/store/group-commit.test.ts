import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  GroupCommit,
  type CommitGroup,
  type GroupLimits,
  type GroupResult,
} from '../../src/store/group-commit.ts';

const limits: GroupLimits = {
  queueMax: 100,
  groupMax: 10,
  commandTimeoutMs: 5_000,
  runsMax: 3,
  closeTimeoutMs: 1_000,
};

interface Run {
  readonly commands: readonly string[];
  readonly end: (result: GroupResult<string>) => void;
}

/** An engine whose every answer the test gives. `next` waits for the next group that it is asked to commit. */
function handDriven() {
  const runs: Run[] = [];
  const wanted: ((run: Run) => void)[] = [];
  const commit: CommitGroup<string, string> = (commands) =>
    new Promise((end) => {
      const run = { commands: [...commands], end };
      const first = wanted.shift();
      if (first === undefined) runs.push(run);
      else first(run);
    });
  const next = (): Promise<Run> => {
    const run = runs.shift();
    return run === undefined ? new Promise((resolve) => wanted.push(resolve)) : Promise.resolve(run);
  };
  const idle = () => runs.length === 0;
  return { commit, next, idle };
}

const done = ({ commands, end }: Run): void =>
  end({ kind: 'committed', outcomes: commands.map((command) => `${command} done`) });

function open(changes: Partial<GroupLimits> = {}) {
  const engine = handDriven();
  const queue = new GroupCommit(engine.commit, { ...limits, ...changes });
  return { engine, queue };
}

test('a command that finds nobody waiting is committed at once, the ones that come meanwhile together', async () => {
  const { engine, queue } = open();
  const answers = Promise.all(['a', 'b', 'c'].map((command) => queue.submit(command, [command])));
  const first = await engine.next();
  assert.deepEqual(first.commands, ['a']);
  done(first);
  const second = await engine.next();
  assert.deepEqual(second.commands, ['b', 'c']);
  done(second);
  assert.deepEqual(await answers, ['a done', 'b done', 'c done']);
});

test('nobody is answered before his own commit', async () => {
  const { engine, queue } = open();
  let answered = false;
  const answer = queue.submit('a', []).then(() => (answered = true));
  const run = await engine.next();
  await new Promise(setImmediate);
  assert.equal(answered, false);
  done(run);
  await answer;
});

test('commands of one key go in different groups, in their order, and hold back those behind them only', async () => {
  const { engine, queue } = open();
  const keys: Record<string, string[]> = {
    first: [],
    a1: ['a'],
    ab: ['a', 'b'],
    b1: ['b'],
    c1: ['c'],
    a2: ['a'],
  };
  const answers = Promise.all(Object.entries(keys).map(([command, of]) => queue.submit(command, of)));
  const groups: (readonly string[])[] = [];
  while (groups.flat().length < 6) {
    const run = await engine.next();
    groups.push(run.commands);
    done(run);
  }
  await answers;
  assert.deepEqual(groups, [['first'], ['a1', 'c1'], ['ab'], ['b1', 'a2']]);
});

test('a group is bounded', async () => {
  const { engine, queue } = open({ groupMax: 2 });
  const answers = Promise.all(['a', 'b', 'c', 'd'].map((command) => queue.submit(command, [])));
  const sizes: number[] = [];
  while (sizes.reduce((sum, size) => sum + size, 0) < 4) {
    const run = await engine.next();
    sizes.push(run.commands.length);
    done(run);
  }
  await answers;
  assert.deepEqual(sizes, [1, 2, 1]);
});

test('a full queue refuses at once, and takes on again when it has room', async () => {
  const { engine, queue } = open({ queueMax: 2 });
  const answers = ['a', 'b', 'c'].map((command) => queue.submit(command, []));
  await assert.rejects(queue.submit('d', []), { name: 'LedgerUnavailable', trouble: 'queueFull' });
  done(await engine.next());
  done(await engine.next());
  await Promise.all(answers);
  const again = queue.submit('d', []);
  done(await engine.next());
  assert.equal(await again, 'd done');
});

test('a group that is rolled back is run again one by one: only the bad command fails', async () => {
  const { engine, queue } = open();
  const answers = Promise.allSettled(
    ['0', 'good', 'bad', 'fine'].map((command) => queue.submit(command, [])),
  );
  done(await engine.next());
  const group = await engine.next();
  group.end({ kind: 'rolledBack', code: 'BROKEN' });
  for (const expected of ['good', 'bad', 'fine']) {
    const run = await engine.next();
    assert.deepEqual(run.commands, [expected]);
    if (expected === 'bad') run.end({ kind: 'rolledBack', code: 'BROKEN' });
    else done(run);
  }
  const settled = await answers;
  assert.deepEqual(
    settled.map((answer) => answer.status),
    ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
  );
  const bad = settled[2];
  assert.equal(
    bad?.status === 'rejected' && String(bad.reason),
    'LedgerUnavailable: the ledger did not take the command: engineFailed (BROKEN)',
  );
});

test('a lost acknowledgement is looked up by running again, before anybody is answered', async () => {
  const { engine, queue } = open();
  const answers = Promise.all(['0', 'a', 'b'].map((command) => queue.submit(command, [])));
  done(await engine.next());
  const group = await engine.next();
  assert.deepEqual(group.commands, ['a', 'b']);
  group.end({ kind: 'unacknowledged', code: 'LOST' });
  const first = await engine.next();
  assert.deepEqual(first.commands, ['a']);
  first.end({ kind: 'unacknowledged', code: 'LOST' });
  for (const expected of ['a', 'b']) {
    const run = await engine.next();
    assert.deepEqual(run.commands, [expected]);
    done(run);
  }
  assert.deepEqual(await answers, ['0 done', 'a done', 'b done']);
});

test('a command whose acknowledgement is lost every time fails after a bounded number of runs', async () => {
  const { engine, queue } = open({ runsMax: 2 });
  const answer = queue.submit('a', []);
  const failed = assert.rejects(answer, { trouble: 'engineFailed' });
  // The run in the group, and two alone.
  for (let run = 0; run < 3; run += 1) (await engine.next()).end({ kind: 'unacknowledged', code: 'LOST' });
  await failed;
  assert.ok(engine.idle());
});

test('a busy ledger is tried again for those who still wait', async () => {
  const { engine, queue } = open();
  const answer = queue.submit('a', []);
  (await engine.next()).end({ kind: 'busy' });
  done(await engine.next());
  assert.equal(await answer, 'a done');
});

test('who waited too long to be taken up is told so, and is never written', async () => {
  const { engine, queue } = open({ commandTimeoutMs: 20 });
  const underWay = queue.submit('a', []);
  await assert.rejects(queue.submit('b', []), { name: 'LedgerUnavailable', trouble: 'timeout' });
  done(await engine.next());
  assert.equal(await underWay, 'a done');
  const later = queue.submit('c', []);
  const next = await engine.next();
  assert.deepEqual(next.commands, ['c']);
  done(next);
  await later;
});

/** A command that the engine has, past its time. */
async function overdue() {
  const { engine, queue } = open({ commandTimeoutMs: 10 });
  let ended = false;
  const answer = queue.submit('a', []).finally(() => (ended = true));
  const run = await engine.next();
  await new Promise((resolve) => setTimeout(resolve, 40));
  assert.equal(ended, false);
  return { engine, answer, run };
}

test('what is under way is waited for past its time, because it may land', async () => {
  const { answer, run } = await overdue();
  done(run);
  assert.equal(await answer, 'a done');
});

test('what comes back unwritten past its time is told so, and not tried again', async () => {
  const { engine, answer, run } = await overdue();
  run.end({ kind: 'busy' });
  await assert.rejects(answer, { trouble: 'timeout' });
  assert.ok(engine.idle());
});

test('a command that may have landed is run until it is known, also past its time and on a busy ledger', async () => {
  const { engine, answer, run } = await overdue();
  run.end({ kind: 'unacknowledged', code: 'LOST' });
  for (let turn = 0; turn < 5; turn += 1) (await engine.next()).end({ kind: 'busy' });
  done(await engine.next());
  assert.equal(await answer, 'a done');
});

test('of a group that was rolled back, what meets a busy ledger past its time is told so', async () => {
  const { engine, queue } = open({ commandTimeoutMs: 10 });
  const first = queue.submit('0', []);
  const waiting = Promise.allSettled([queue.submit('a', []), queue.submit('b', [])]);
  done(await engine.next());
  const group = await engine.next();
  assert.deepEqual(group.commands, ['a', 'b']);
  await new Promise((resolve) => setTimeout(resolve, 40));
  group.end({ kind: 'rolledBack', code: 'BROKEN' });
  (await engine.next()).end({ kind: 'busy' });
  done(await engine.next());
  await first;
  const [a, b] = await waiting;
  assert.equal(a.status === 'rejected' && a.reason.trouble, 'timeout');
  assert.equal(b.status, 'fulfilled');
});

test('of a group that waited for a lock only the blocked one waits on: last, alone, and before those of its key', async () => {
  const { engine, queue } = open();
  const answers = ['0', 'a', 'blocked', 'b'].map((command) => queue.submit(command, [command]));
  done(await engine.next());
  const group = await engine.next();
  answers.push(queue.submit('after it', ['blocked', 'c']), queue.submit('after both', ['c']));
  answers.push(queue.submit('d', ['d']));
  group.end({ kind: 'blocked', code: 'LOCKED' });
  const groups: (readonly string[])[] = [];
  while (groups.flat().length < 7) {
    const run = await engine.next();
    groups.push(run.commands);
    if (groups.length === 2) run.end({ kind: 'blocked', code: 'LOCKED' });
    else done(run);
  }
  await Promise.all(answers);
  assert.deepEqual(groups, [['a'], ['blocked'], ['b'], ['d'], ['blocked'], ['after it'], ['after both']]);
});

test('who waited for a lock past his time is told by its code', async () => {
  const { engine, answer, run } = await overdue();
  run.end({ kind: 'blocked', code: 'LOCKED' });
  await assert.rejects(answer, { trouble: 'timeout', code: 'LOCKED' });
  assert.ok(engine.idle());
});

test('a command that may have landed waits for a lock at the place where it is', async () => {
  const { engine, answer, run } = await overdue();
  run.end({ kind: 'unacknowledged', code: 'LOST' });
  (await engine.next()).end({ kind: 'blocked', code: 'LOCKED' });
  done(await engine.next());
  assert.equal(await answer, 'a done');
});

test('closing finishes what was taken on and takes nothing more', async () => {
  const { engine, queue } = open();
  const answers = Promise.all(['a', 'b'].map((command) => queue.submit(command, [])));
  const closed = queue.close();
  await assert.rejects(queue.submit('c', []), { trouble: 'closed' });
  done(await engine.next());
  done(await engine.next());
  assert.deepEqual(await answers, ['a done', 'b done']);
  await closed;
});

test('closing does not wait for ever', async () => {
  const { engine, queue } = open({ closeTimeoutMs: 20 });
  const underWay = queue.submit('a', []);
  const waiting = assert.rejects(queue.submit('b', []), { trouble: 'closed' });
  await queue.close();
  await waiting;
  done(await engine.next());
  assert.equal(await underWay, 'a done');
});

test('a group that is blocked is sorted out whatever its commands come to alone', async () => {
  const { engine, queue } = open();
  const first = queue.submit('first', ['first']);
  const settled = Promise.allSettled(['a', 'b', 'c'].map((command) => queue.submit(command, [command])));
  done(await engine.next());
  (await engine.next()).end({ kind: 'blocked', code: 'LOCKED' });
  (await engine.next()).end({ kind: 'rolledBack', code: 'BROKEN' });
  (await engine.next()).end({ kind: 'unacknowledged', code: 'LOST' });
  const lookedUp = await engine.next();
  assert.deepEqual(lookedUp.commands, ['b']);
  lookedUp.end({ kind: 'blocked', code: 'LOCKED' });
  done(await engine.next());
  (await engine.next()).end({ kind: 'busy' });
  const last = await engine.next();
  assert.deepEqual(last.commands, ['c']);
  done(last);
  const [a, b, c] = await settled;
  assert.equal(a?.status, 'rejected');
  assert.deepEqual(
    [b, c].map((each) => each?.status === 'fulfilled' && each.value),
    ['b done', 'c done'],
  );
  await first;
});
