/**
 * Runs the tests: `npm test`, or `npm test -- test/ledger` for one folder. A run without tests fails, and so does a
 * file without one or with skipped ones only, because `node --test` calls all of them a success. The whole run also
 * fails on a line, branch or function of payments/ or ledger/ that no test reaches.
 */
import { existsSync, globSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

type RunOptions = NonNullable<Parameters<typeof run>[0]>;

const wanted = process.argv.slice(2);
const patterns = wanted.length === 0 ? ['test/**/*.test.ts'] : wanted.map(asPattern);
const files = patterns.flatMap((pattern) => globSync(pattern)).toSorted();

if (files.length === 0) {
  console.error(`no test file matches ${patterns.join(' ')}: an empty run is a failure`);
  process.exit(1);
}

process.env['NODE_ENV'] = 'test';
const withoutTest = new Set(files);
if (wanted.length === 0) {
  // What reaches every line is run apart: code that is compiled already is counted less exactly, and spares the others a third.
  const covering = files.filter((file) => /^test\/(payments|ledger)\//.test(file));
  await runAll(covering, {
    coverage: true,
    coverageIncludeGlobs: ['src/payments/**', 'src/ledger/**'],
    lineCoverage: 100,
    branchCoverage: 100,
    functionCoverage: 100,
  });
  process.env['NODE_COMPILE_CACHE'] = 'node_modules/.cache/cagebridge';
  await runAll(
    files.filter((file) => !covering.includes(file)),
    {},
  );
} else await runAll(files, {});
for (const file of withoutTest) {
  console.error(`no test in ${file}: an empty file is a failure`);
  process.exitCode = 1;
}

/** Runs these files and tells what came of them; resolves when the last one has ended. */
async function runAll(some: readonly string[], coverage: Partial<RunOptions>): Promise<void> {
  const stream = run({
    files: some,
    // One more than there are processors: many tests wait.
    concurrency: availableParallelism() + 1,
    // The long forms take longer (docs/faults.md).
    timeout: Number(process.env['TEST_MINUTES'] ?? 8) * 60_000,
    ...coverage,
  });
  stream.on('test:fail', () => {
    process.exitCode = 1;
  });
  stream.on('test:pass', ({ file, name, skip, todo }) => {
    // What was skipped has shown nothing, although it is reported as passed.
    if (skip !== undefined || todo !== undefined) return;
    // A file without tests is reported as a passing test that carries the file's own name.
    const path = file === undefined ? undefined : relative(process.cwd(), file);
    if (path !== undefined && !name.endsWith(path)) withoutTest.delete(path);
  });
  stream.on('test:summary', ({ file, success }) => {
    if (file === undefined && !success) process.exitCode = 1;
  });
  const told = stream.compose(spec);
  told.pipe(process.stdout, { end: false });
  await finished(told);
}

function asPattern(path: string): string {
  if (path.includes('*') || (existsSync(path) && statSync(path).isFile())) return path;
  return `${path.replace(/\/$/, '')}/**/*.test.ts`;
}
