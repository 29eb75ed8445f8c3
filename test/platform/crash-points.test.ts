/** Where a process may be told to die, and where it may not. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { crashPoints, readCrashAt } from '../../src/platform/crash-points.ts';
import { Misconfigured } from '../../src/platform/misconfigured.ts';

const points = ['early', 'late'];
const module = new URL('../../src/platform/crash-points.ts', import.meta.url).href;

function read(text: string | undefined, mode = 'test') {
  return readCrashAt({ CAGEBRIDGE_CRASH_AT: text, NODE_ENV: mode }, points);
}

test('CAGEBRIDGE_CRASH_AT is a point with a number, and only where NODE_ENV is test', () => {
  assert.equal(read(undefined), undefined);
  assert.equal(read('', 'production'), undefined);
  assert.deepEqual(read('early'), { point: 'early', time: 1 });
  assert.deepEqual(read('late:20'), { point: 'late', time: 20 });
  const refused = [
    'never',
    'early:0',
    'early:',
    'early:1.5',
    'early:-1',
    'early:9999999',
    ':1',
    'early:1:2',
    ' early',
  ];
  for (const text of refused) assert.throws(() => read(text), Misconfigured, text);
  for (const mode of [undefined, '', 'production', 'development']) {
    assert.throws(() => readCrashAt({ CAGEBRIDGE_CRASH_AT: 'early', NODE_ENV: mode }, points), Misconfigured);
  }
});

test('the n-th time that the point is reached is the one, and no other point counts', () => {
  let deaths = 0;
  const reached = crashPoints({ point: 'late', time: 3 }, () => (deaths += 1));
  const told = ['late', 'early', 'late', 'early', 'late', 'late'].map((point) => {
    reached(point);
    return deaths;
  });
  assert.deepEqual(told, [0, 0, 0, 0, 1, 1]);
  crashPoints(undefined, () => (deaths += 1))('late');
  assert.equal(deaths, 1);
});

test('the process dies by SIGKILL, and not one statement runs behind it, in a thread either', () => {
  const dying = `import { crashPoints } from '${module}';
    process.on('exit', () => console.log('exit handler'));
    console.log('before');
    crashPoints({ point: 'early', time: 1 })('early');
    console.log('behind');`;
  const inThread = `import { Worker } from 'node:worker_threads';
    console.log('before');
    new Worker(new URL('data:text/javascript,' + encodeURIComponent(${JSON.stringify(dying.replace(/^.*before.*$/m, ''))})));
    setInterval(() => {}, 1000);`;
  for (const script of [dying, inThread]) {
    const { signal, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    assert.deepEqual([signal, stdout], ['SIGKILL', 'before\n']);
  }
});
