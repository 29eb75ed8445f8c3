/** A process that imports one file and dies at a point: for `importing-process.ts`. */
import { systemClock } from '../../src/platform/clock.ts';
import { createIds } from '../../src/platform/ids.ts';
import { importStatement } from '../../src/reconciliation/importing/import-statement.ts';
import type { ImportPoint } from '../../src/reconciliation/importing/world.ts';
import { openStores } from '../../src/store/open.ts';
import { fileOf, linesReader, type Said, someLimits } from './importing.ts';

const { file, said, point } = JSON.parse(process.argv[2] ?? '') as {
  file: string;
  said: readonly Said[];
  point: ImportPoint;
};
const { statements } = await openStores({ url: `sqlite:${file}`, createIfEmpty: true });
const clock = systemClock;
const world = {
  statements,
  accounts: [],
  readerOf: () => linesReader,
  clock,
  ids: createIds({ clock }),
  // What it holds when it dies is free soon.
  limits: { ...someLimits, importLeaseMs: 2_000 },
  reached: (at: ImportPoint) => {
    if (at === point) process.kill(process.pid, 'SIGKILL');
  },
};
await importStatement(world, fileOf('first', ...said), { source: 'person' });
