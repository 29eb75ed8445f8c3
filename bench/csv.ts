/**
 * Reads a generated settlement from a file, in a process of its own, and prints time and peak memory:
 * `npm run bench:csv` for a million rows, `npm run bench:csv -- 10000` for another number.
 */
import { spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCsv } from '../src/reconciliation/statements/csv/csv.ts';
import { pspRestSettlement } from '../src/reconciliation/statements/csv/profiles/psp-rest.ts';
import { largeCsv, largeCsvSum } from '../test/support/csv-file.ts';

const [what = '1000000', file] = process.argv.slice(2);
if (file === undefined) await writeAndRead(Number(what));
else await read(Number(what), file);

async function writeAndRead(rows: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'cagebridge-csv-'));
  try {
    const path = join(directory, 'large.csv');
    await writeFile(path, largeCsv(rows));
    const here = fileURLToPath(import.meta.url);
    const { status } = spawnSync(process.execPath, [here, `${rows}`, path], { stdio: 'inherit' });
    process.exitCode = status ?? 1;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function read(rows: number, path: string): Promise<void> {
  const from = process.hrtime.bigint();
  const bounds = {
    bytesMax: 2 ** 40,
    depthMax: 64,
    textBytesMax: 64 * 1024,
    detailsMax: 1000,
    remarksMax: 1000,
  };
  let [count, sum] = [0, 0n];
  const { size: bytes } = statSync(path);
  const source = createReadStream(path, { highWaterMark: 256 * 1024 });
  for await (const part of readCsv(pspRestSettlement)(source, bounds)) {
    if (part.part === 'refused') throw new Error(`refused: ${part.rule}`);
    if (part.part !== 'entry') continue;
    count += 1;
    sum += part.entry.direction === 'DBIT' ? -part.entry.amount.minor : part.entry.amount.minor;
  }
  const seconds = Number(process.hrtime.bigint() - from) / 1e9;
  if (count !== rows || sum !== largeCsvSum(rows)) throw new Error('the rows read are not those written');
  const { user, system } = process.cpuUsage();
  console.log(
    `CSV, ${count} rows, ${(bytes / 1e6).toFixed(0)} MB: ${seconds.toFixed(1)} s, ` +
      `${((user + system) / 1e6).toFixed(1)} s of CPU, peak RSS ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`,
  );
}
