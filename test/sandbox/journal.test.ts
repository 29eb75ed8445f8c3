import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Instruction } from '../../src/sandbox/instruction.ts';
import { openJournal } from '../../src/sandbox/journal.ts';

const first: Instruction = {
  instructionId: 'A-1',
  contentDigest: 'digest',
  direction: 'CRDT',
  amountMinor: 9_007_199_254_740_993n,
  currency: 'EUR',
  reference: 'BK-1',
  at: '2026-11-22T10:00:00.000Z',
  final: { status: 'settled' },
  finalAt: '2026-11-22T10:00:00.000Z',
};

async function inFile(t: { after: (end: () => Promise<void>) => void }): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'journal-'));
  t.after(() => rm(directory, { recursive: true }));
  return join(directory, 'deep', 'bank.jsonl');
}

test('what was recorded is there after the journal is opened again, exact to the last unit', async (t) => {
  const file = await inFile(t);
  const journal = await openJournal({ file, instructionsMax: 10 });
  assert.deepEqual(await journal.record(first), { standing: first, added: true });
  await journal.close();

  const again = await openJournal({ file, instructionsMax: 10 });
  t.after(() => again.close());
  assert.deepEqual(again.find('A-1'), first);
  assert.deepEqual([...again.instructions()], [first]);
});

test('fifty copies at once are one instruction, and each copy is counted', async (t) => {
  const file = await inFile(t);
  const journal = await openJournal({ file, instructionsMax: 10 });
  const copies = Array.from({ length: 50 }, (_, copy) =>
    journal.record({ ...first, reference: `BK-${copy}` }),
  );
  const recorded = await Promise.all(copies);
  assert.equal(recorded.filter(({ added }) => added).length, 1);
  assert.ok(recorded.every(({ standing }) => standing.reference === 'BK-0'));
  assert.equal(journal.submissions('A-1'), 50);
  await journal.close();

  const again = await openJournal({ file, instructionsMax: 10 });
  t.after(() => again.close());
  assert.equal(again.size(), 1);
  assert.equal(again.submissions('A-1'), 50);
});

test('a line that a crash tore in two is cut off, the lines before it stand', async (t) => {
  const file = await inFile(t);
  const journal = await openJournal({ file, instructionsMax: 10 });
  await journal.record(first);
  await journal.close();
  const whole = await readFile(file, 'utf8');
  await appendFile(file, '{"instructionId":"A-2","amou');

  const again = await openJournal({ file, instructionsMax: 10 });
  assert.equal(again.find('A-2'), undefined);
  await again.record({ ...first, instructionId: 'A-3' });
  await again.close();
  const lines = (await readFile(file, 'utf8')).split('\n');
  assert.equal(`${lines[0]}\n`, whole);
  assert.equal(lines.length, 3, 'two lines and the end');
});

test('a file that is torn from its first line on starts empty', async (t) => {
  const file = await inFile(t);
  await (await openJournal({ file, instructionsMax: 10 })).close();
  await appendFile(file, '{"instruc');
  const journal = await openJournal({ file, instructionsMax: 10 });
  t.after(() => journal.close());
  assert.equal(journal.size(), 0);
  assert.equal(await readFile(file, 'utf8'), '');
});

test('a journal with an unreadable line inside is refused by the number of the line', async (t) => {
  const file = await inFile(t);
  await (await openJournal({ file, instructionsMax: 10 })).close();
  await appendFile(file, 'not json\n{}\n');
  await assert.rejects(openJournal({ file, instructionsMax: 10 }), /line 1 is unreadable/);
});

test('a full journal says so and refuses to open with a smaller bound', async (t) => {
  const file = await inFile(t);
  const journal = await openJournal({ file, instructionsMax: 2 });
  await journal.record(first);
  assert.equal(journal.isFull(), false);
  await journal.record({ ...first, instructionId: 'A-2' });
  assert.equal(journal.isFull(), true);
  await journal.close();
  await assert.rejects(openJournal({ file, instructionsMax: 1 }), /over 1 instructions/);
});

test('a journal belongs to one process: a second opening is refused until the first is closed', async (t) => {
  const file = await inFile(t);
  const journal = await openJournal({ file, instructionsMax: 10 });
  await assert.rejects(openJournal({ file, instructionsMax: 10 }), /in use by this process/);
  await journal.close();
  await assert.rejects(stat(`${file}.lock`), { code: 'ENOENT' });

  await writeFile(`${file}.lock`, process.ppid.toString());
  await assert.rejects(openJournal({ file, instructionsMax: 10 }), /in use by process \d+/);
});

test('the lock of a process that is gone is taken over', async (t) => {
  const file = await inFile(t);
  await (await openJournal({ file, instructionsMax: 10 })).close();
  const gone = spawnSync(process.execPath, ['--version']).pid;
  for (const holder of [gone.toString(), process.pid.toString(), '', 'x']) {
    await writeFile(`${file}.lock`, holder);
    await (await openJournal({ file, instructionsMax: 10 })).close();
  }
});
