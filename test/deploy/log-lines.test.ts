/** The log as it is shipped: every line of a bridge is ECS, and docs/observability.md lists what there is. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { ecsNames } from '../../src/platform/redaction.ts';
import { type House, openHouse, type LogLine } from '../support/bridge-house.ts';
import { paymentMessage } from '../support/bridge-requests.ts';
import { impatient } from '../support/bridge.ts';
import { shipped, tableUnder } from '../support/deploy-files.ts';
import { ecsFaults, isEcsName } from '../support/ecs.ts';

let house: House;
let lines: readonly LogLine[];
const deposit = (reference: string): string => paymentMessage('1.1', { operation: 'Deposit', reference });

before(async () => {
  house = await openHouse(impatient(800));
  await house.send(deposit('lines'));
  await house.send(deposit('lines-nobody'), { caller: 'nobody' });
  await house.send('<x/>');
  for (const mode of ['timeoutAfter', 'wrongAmount', 'decline', 'garbage']) {
    await house.bank.misbehave(mode);
    await house.send(deposit(`lines-${mode}`));
  }
  lines = house.whole
    .log()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LogLine);
});
after(() => house.close());

test('every line that a bridge writes is ECS 8.10', () => {
  assert.ok(lines.length > 15);
  for (const line of lines) {
    assert.deepEqual(ecsFaults(line), [], JSON.stringify(line));
    assert.equal(line['ecs.version'], '8.10.0');
  }
});

test('every field that may be written has a name of ECS, or is a label', () => {
  assert.deepEqual(
    ecsNames.filter((name) => !isEcsName(name)),
    [],
  );
});

test('the check finds what is not ECS', () => {
  const [line] = lines;
  for (const wrong of [
    { 'trace.id': 7 },
    { 'event.duration': 1.5 },
    { correlation: 'x' },
    { 'labels.a.b': 'x' },
  ]) {
    assert.equal(ecsFaults({ ...line, ...wrong }).length, 1, JSON.stringify(wrong));
  }
  assert.ok(ecsFaults({}).length > 0);
});

test('the line in docs/observability.md is one', () => {
  const [, example = ''] = /^```text\n(\{.*\})\n```$/m.exec(shipped('docs/observability.md')) ?? [];
  const line = JSON.parse(example) as LogLine;
  assert.deepEqual(ecsFaults(line), []);
  const real = lines.find(({ message }) => message === line['message']);
  assert.deepEqual(new Set(Object.keys(line)), new Set(Object.keys(real ?? {})));
});

/** The events that the code names where it writes to the log, and those of a payment's states. */
function eventsInCode(): Set<string> {
  const root = new URL('../../', import.meta.url);
  // A sandbox has no log, and the types of its webhooks look like events.
  const logging = globSync('src/**/*.ts', { cwd: root }).filter((file) => !file.startsWith('src/sandbox/'));
  const files = logging.map((file) => readFileSync(new URL(file, root), 'utf8'));
  const direct = files.flatMap((text) => [
    ...text.matchAll(/\blog(?:\.\w+|\[[^\]]+\])\(\s*'([a-z_]+\.[a-z_]+)'/g),
  ]);
  const byState = files.flatMap((text) => [...text.matchAll(/^ {2}\w+: '(payment\.[a-z]+)',$/gm)]);
  return new Set([...direct, ...byState].map(([, event = '']) => event));
}

test('docs/observability.md lists every event of the log, and no other', () => {
  const listed = tableUnder('docs/observability.md', 'Log events');
  assert.deepEqual(new Set(listed.map(([event]) => event)), eventsInCode());
  for (const line of lines) {
    const [, levels = ''] = listed.find(([event]) => event === line['message']) ?? [];
    assert.ok(levels.split(', ').includes(String(line['log.level'])), `${line['message']} at ${levels}`);
  }
});

test('the page names fields that may be written', () => {
  const named = Array.from(
    shipped('docs/observability.md').matchAll(/`((?:labels|trace|span|http|error|tls|event)\.[a-z_0-9.]+)`/g),
    ([, name = '']) => name,
  );
  assert.ok(named.length > 5);
  const always = ['event.action'];
  for (const name of named) assert.ok([...ecsNames, ...always].includes(name), name);
});
