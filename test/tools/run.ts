/**
 * Runs the tests: `npm test`, or `npm test -- test/ledger` for one folder. A run without tests fails, and so does a
 * file without one or with skipped ones only, because `node --test` calls all of them a success. The whole run also
 * fails on a line, branch or function of payments/ or ledger/ that no test reaches.
 */
import { existsSync, globSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const wanted = process.argv.slice(2);
const patterns = wanted.length === 0 ? ['test/**/*.test.ts'] : wanted.map(asPattern);
const files = patterns.flatMap((pattern) => globSync(pattern)).toSorted();

if (files.length === 0) {
  console.error(`no test file matches ${patterns.join(' ')}: an empty run is a failure`);
  process.exit(1);
}

process.env['NODE_ENV'] = 'test';
const withoutTest = new Set(files);
const wholeRun = wanted.length === 0;
const stream = run({
  files,
  concurrency: Math.max(2, availableParallelism()),
  // The long forms take longer (docs/faults.md).
  timeout: Number(process.env['TEST_MINUTES'] ?? 8) * 60_000,
  coverage: wholeRun,
  coverageIncludeGlobs: ['src/payments/**', 'src/ledger/**'],
  ...(wholeRun ? { lineCoverage: 100, branchCoverage: 100, functionCoverage: 100 } : {}),
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
stream.on('end', () => {
  for (const file of withoutTest) {
    console.error(`no test in ${file}: an empty file is a failure`);
    process.exitCode = 1;
  }
});
stream.compose(spec).pipe(process.stdout);

function asPattern(path: string): string {
  if (path.includes('*') || (existsSync(path) && statSync(path).isFile())) return path;
  return `${path.replace(/\/$/, '')}/**/*.test.ts`;
}
