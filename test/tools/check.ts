/** `npm run check`: everything that CI runs. What only reads goes first, as much of it at once as there are processors; then the tests. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';

/** The longest first. */
const waiting = ['check:types', 'check:format', 'check:lint', 'check:dead', 'check:arrows'];

/** Tells what a check said when it has ended, so that no two of them speak at once. */
async function check(name: string): Promise<void> {
  const child = spawn('npm', ['run', '--silent', name], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  const said = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await ended) as [number | null];
  console.log(`${code === 0 ? '✔' : '✖'} ${name}`);
  for (const each of said) if (each !== '') process.stdout.write(each);
  if (code !== 0) process.exitCode = 1;
}

async function checkOneAfterTheOther(): Promise<void> {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await check(name);
}

await Promise.all(Array.from({ length: availableParallelism() }, checkOneAfterTheOther));
if (process.exitCode === undefined) {
  const tests = spawn('npm', ['test'], { stdio: 'inherit' });
  const [code] = (await once(tests, 'close')) as [number | null];
  process.exitCode = code ?? 1;
}
