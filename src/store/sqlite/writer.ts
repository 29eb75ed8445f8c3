/**
 * The one thread that writes a SQLite ledger. It takes a group of writes, commits them in one transaction, and says
 * what came of it; it never waits for anything but the disk and, within the busy time-out, other processes.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { crashPoints, killSelfLater } from '../../platform/crash-points.ts';
import type { GroupResult } from '../group-commit.ts';
import type { Outcome, Write } from '../writes.ts';
import { isBusy, openForWriting } from './files.ts';
import { codeOf, runWrite } from './run-write.ts';
import { prepareWriter } from './statements.ts';
import type { WriterData, WriterMessage } from './writer-thread.ts';

if (parentPort === null) throw new Error('the writer is a thread of the ledger and nothing else');
const port = parentPort;

const { file, busyTimeoutMs, crashAt } = workerData as WriterData;
const reached = crashPoints(crashAt, killSelfLater);
const database = openForWriting(file, busyTimeoutMs);
const statements = prepareWriter(database);

port.on('message', (message: WriterMessage) => {
  if (message.kind === 'commit') return port.postMessage(commit(message.group));
  database.close();
  port.close();
});

function commit(group: readonly Write[]): GroupResult<Outcome> {
  try {
    statements.begin.run();
  } catch (error) {
    return isBusy(error) ? { kind: 'busy' } : { kind: 'rolledBack', code: codeOf(error) };
  }
  let outcomes: Outcome[];
  try {
    outcomes = group.map((write) => runWrite(statements, write));
  } catch (error) {
    rollBack();
    return { kind: 'rolledBack', code: codeOf(error) };
  }
  reached('insideCommit');
  try {
    statements.commit.run();
    return { kind: 'committed', outcomes };
  } catch (error) {
    // A commit that failed while it was flushed may be on the disk all the same.
    rollBack();
    return { kind: 'unacknowledged', code: codeOf(error) };
  }
}

/** SQLite rolls back by itself after some errors. */
function rollBack(): void {
  if (database.inTransaction) statements.rollback.run();
}
