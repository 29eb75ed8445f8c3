import { readFile, rm, writeFile } from 'node:fs/promises';

const heldHere = new Set<string>();

/**
 * Makes a journal one process's own, because a second one would not know what the first executes. Returns the function that
 * gives it free. A lock whose process is gone, as after `kill -9`, is taken over. Throws where the journal is in use.
 */
export async function lockJournal(journalFile: string): Promise<() => Promise<void>> {
  const file = `${journalFile}.lock`;
  if (heldHere.has(file)) throw new Error(`${journalFile} is in use by this process`);
  heldHere.add(file);
  try {
    if (!(await create(file))) {
      const holder = Number(await readFile(file, 'utf8').catch(() => ''));
      if (isAlive(holder)) throw new Error(`${journalFile} is in use by process ${holder}`);
      await rm(file, { force: true });
      if (!(await create(file))) throw new Error(`${journalFile} was taken by another process just now`);
    }
  } catch (error) {
    heldHere.delete(file);
    throw error;
  }
  return async () => {
    heldHere.delete(file);
    await rm(file, { force: true });
  };
}

async function create(file: string): Promise<boolean> {
  try {
    await writeFile(file, process.pid.toString(), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Our own number in a lock that we do not hold is a former life's: in a container every process is number 1. */
function isAlive(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0 || processId === process.pid) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
