/**
 * Checks the arrows of the house with dependency-cruiser, or draws them into ARCHITECTURE.md (`npm run map`). A check
 * that read no modules would pass, so what was read is asserted against the files on disk; and the map is asserted to be
 * the one that would be drawn now.
 */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';

const page = 'ARCHITECTURE.md';
const marks = /(?<=<!-- map:begin -->\n).*(?=<!-- map:end -->)/s;

if (process.argv[2] === '--map') writeFileSync(page, pageWithMap());
else check();

interface Cruised {
  modules: { source: string; dependencies: { resolved: string }[] }[];
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
  if (pageWithMap() !== readFileSync(page, 'utf8'))
    problems.push(`${page}: the map is not today's: npm run map`);
  const count = globSync('src/**/*.ts').length;
  if (count === 0) problems.push('no module');
  for (const problem of problems) console.error(problem);
  console.log(`arrows: ${count} modules of src read, ${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

function pageWithMap(): string {
  const { modules } = JSON.parse(cruise(['--output-type', 'json'])) as Cruised;
  const arrows = modules.flatMap(({ source, dependencies }) =>
    dependencies.map(({ resolved }) => [roomOf(source), roomOf(resolved)] as const),
  );
  const drawn = arrows
    .filter(([from, to]) => from !== undefined && to !== undefined && from !== to)
    .map(([from, to]) => `    ${from} --> ${to}`);
  const mermaid = ['flowchart TD', ...[...new Set(drawn)].toSorted(byText)].join('\n');
  return readFileSync(page, 'utf8').replace(marks, `\n\`\`\`mermaid\n${mermaid}\n\`\`\`\n\n`);
}

/** The room of a file, or the name of one above the rooms (`app`); undefined for what is not of the house. */
function roomOf(path: string): string | undefined {
  const [top, room] = path.split('/');
  if (top !== 'src' || room === undefined) return undefined;
  return room.replace(/\.ts$/, '');
}

function byText(one: string, other: string): number {
  return one.localeCompare(other, 'en');
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
