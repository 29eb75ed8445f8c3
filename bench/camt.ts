/**
 * Reads a generated camt.053 from a file, in a process of its own, and prints time and peak memory:
 * `npm run bench:camt` for a million entries, `npm run bench:camt -- 10000` for another number.
 */
import { spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCamt } from '../src/reconciliation/statements/camt/camt.ts';
import { largeCamt, largeCamtSum } from '../test/support/camt-file.ts';

const [what = '1000000', file] = process.argv.slice(2);
if (file === undefined) await writeAndRead(Number(what));
else await read(Number(what), file);

async function writeAndRead(entries: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'cagebridge-camt-'));
  try {
    const path = join(directory, 'large.xml');
    await writeFile(path, largeCamt(entries));
    const here = fileURLToPath(import.meta.url);
    const { status } = spawnSync(process.execPath, [here, `${entries}`, path], { stdio: 'inherit' });
    process.exitCode = status ?? 1;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function read(entries: number, path: string): Promise<void> {
  const from = process.hrtime.bigint();
  const bounds = {
    bytesMax: 2 ** 40,
    depthMax: 64,
    textBytesMax: 64 * 1024,
    detailsMax: 100_000,
    remarksMax: 1000,
  };
  let [count, sum] = [0, 0n];
  const { size: bytes } = statSync(path);
  for await (const part of readCamt(createReadStream(path, { highWaterMark: 256 * 1024 }), bounds)) {
    if (part.part === 'refused') throw new Error(`refused: ${part.rule}`);
    if (part.part !== 'entry') continue;
    count += 1;
    sum += part.entry.direction === 'DBIT' ? -part.entry.amount.minor : part.entry.amount.minor;
  }
  const seconds = Number(process.hrtime.bigint() - from) / 1e9;
  if (count !== entries || sum !== largeCamtSum(entries))
    throw new Error('the entries read are not those written');
  const { user, system } = process.cpuUsage();
  console.log(
    `camt.053, ${count} entries, ${(bytes / 1e6).toFixed(0)} MB: ${seconds.toFixed(1)} s, ` +
      `${((user + system) / 1e6).toFixed(1)} s of CPU, peak RSS ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`,
  );
}
