/**
 * Checks the arrows of the house with dependency-cruiser, or draws them (`npm run map`). A check that read no modules
 * would pass, so the number of modules is asserted against the files on disk.
 */
import { spawnSync } from 'node:child_process';
import { globSync, writeFileSync } from 'node:fs';

const mapFile = process.argv[2] === '--map' ? process.argv[3] : undefined;

if (mapFile === undefined) check();
else draw(mapFile);

interface Cruised {
  modules: { source: string }[];
  summary: { violations: { from: string; to: string; rule: { name: string } }[] };
}

function check(): void {
  const cruised = JSON.parse(cruise(['--output-type', 'json'])) as Cruised;
  const read = new Set(cruised.modules.map((module) => module.source));
  const unread = globSync('src/**/*.ts').filter((file) => !read.has(file));
  const problems = [
    ...unread.map((file) => `not read: ${file}`),
    ...cruised.summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} -> ${to}`),
  ];
  for (const problem of problems) console.error(problem);
  const count = globSync('src/**/*.ts').length;
  if (count === 0) problems.push('no module');
  console.log(`arrows: ${count} modules of src read, ${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

function draw(file: string): void {
  const mermaid = cruise([
    '--include-only',
    '^src/',
    '--collapse',
    '^src/[^/]+/',
    '--output-type',
    'mermaid',
  ]);
  writeFileSync(file, mermaid);
  console.log(`map drawn: ${file}`);
}

function cruise(args: string[]): string {
  const result = spawnSync(
    process.execPath,
    [
      'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
      'src',
      'test',
      '--config',
      '.dependency-cruiser.cjs',
      ...args,
    ],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (result.stdout === '') throw new Error(`dependency-cruiser said nothing: ${result.stderr}`);
  return result.stdout;
}
