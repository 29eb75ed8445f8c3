import { once } from 'node:events';
import { spawn } from 'node:child_process';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ImportPoint } from '../../src/reconciliation/importing/world.ts';
import type { Said } from './importing.ts';
import { atEnd } from './store-ledger.ts';

interface Script {
  readonly file: string;
  readonly said: readonly Said[];
  readonly point: ImportPoint;
}

/** Imports in a process of its own, which ends itself by SIGKILL at the point; says by which signal it ended. */
export async function runScript(t: TestContext, script: Script): Promise<NodeJS.Signals | null> {
  const path = fileURLToPath(new URL('./importing-child.ts', import.meta.url));
  const child = spawn(process.execPath, [path, JSON.stringify(script)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  atEnd(t, () => child.kill('SIGKILL'));
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal;
}
