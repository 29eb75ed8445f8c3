/** Processes that die again and again: the pauses between, and where it ends. Real ones, on a clock of the test's. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startCrew } from '../../src/cli/crew.ts';
import { createLog } from '../../src/platform/log.ts';
import { Writable } from 'node:stream';

const folder = mkdtempSync(join(tmpdir(), 'cagebridge-crew-'));
after(() => rmSync(folder, { recursive: true }));

const exec = join(folder, 'worker.cjs');
writeFileSync(
  exec,
  `process.send({ kind: 'listening', ports: { soap: 1, internal: 2 } }, () => process.exit(3));`,
);

test('the pause doubles with each short life, is bounded, and after nine the whole ends with that code', async () => {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const pauses: number[] = [];
  const clock = {
    monotonicMs: () => 0,
    async sleep(ms: number): Promise<void> {
      pauses.push(ms);
      return Promise.resolve();
    },
  };
  const { promise, resolve: giveUp } = Promise.withResolvers<number>();
  const log = createLog({ level: 'info', stream });
  const crew = startCrew({ count: 1, program: { exec, args: [] }, variables: {}, clock, log, giveUp });
  assert.deepEqual(await crew.listening, { soap: 1, internal: 2 });
  assert.equal(await promise, 3);
  assert.deepEqual(pauses, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  assert.equal(lines.length, 9);
  for (const line of lines) {
    const { 'event.action': event, 'error.code': code } = JSON.parse(line) as Record<string, unknown>;
    assert.deepEqual([event, code], ['worker.died', '3']);
  }
  await crew.stop(1_000);
});
