import {
  LedgerUnavailable,
  type Acceptance,
  type AcceptPayment,
  type LedgerStore,
  type Transfer,
  type TransferResult,
} from '../payments/ledger-store.ts';
import type { Payment } from '../payments/payment.ts';
import { commitWatch, type CommitTold } from './commit-watch.ts';
import type { Engine } from './engine.ts';
import { GroupCommit, type GroupLimits } from './group-commit.ts';
import { readsOver } from './reads.ts';
import { acceptWrite, answerWrite, keysOf, transferWrite, type Outcomes, type Write } from './writes.ts';

/** The port over an engine: commands as rows through the queue, questions past it. */
export function ledgerOver(
  engine: Engine,
  limits: GroupLimits,
  onCommit: (told: CommitTold) => void = () => {},
): LedgerStore {
  const watch = commitWatch(onCommit);
  const queue = new GroupCommit(watch.around(engine.writer.commit), limits);
  const reads = readsOver(engine);
  let closing: Promise<void> | undefined;

  return {
    ...reads.questions,
    acceptPayment,
    recordAnswer: async (command) => (await run(answerWrite(command))).kind,
    transfer,
    ready: () => within(limits.commandTimeoutMs, run({ kind: 'probe' })),
    close: () => (closing ??= close()),
  };

  async function run<Kind extends Write['kind']>(
    write: Extract<Write, { kind: Kind }>,
  ): Promise<Outcomes[Kind]> {
    watch.submitted(write);
    // An engine answers each write with an outcome of its kind.
    return (await queue.submit(write, keysOf(write))) as Outcomes[Kind];
  }

  async function acceptPayment(command: AcceptPayment): Promise<Acceptance> {
    const { payment } = command;
    const outcome = await run(acceptWrite(command));
    switch (outcome.kind) {
      case 'accepted':
        return { kind: 'accepted', payment };
      case 'fundsShort':
      case 'again':
        return { kind: 'accepted', payment: await present(payment.id) };
      case 'known':
        return { kind: 'known', payment: await present(outcome.id) };
    }
  }

  async function present(id: string): Promise<Payment> {
    const payment = await reads.questions.paymentById(id);
    if (payment === undefined) throw new Error('a payment that was committed is not there');
    return payment;
  }

  async function transfer(command: Transfer): Promise<TransferResult> {
    const outcome = await run(transferWrite(command));
    if (outcome.kind === 'insufficientFunds') return outcome;
    const { kind, fingerprint, transferredAt } = outcome;
    return { kind, fingerprint, at: new Date(transferredAt) };
  }

  async function close(): Promise<void> {
    await queue.close();
    await reads.end();
    // Last, so that the writer's connection can fold the write-ahead log into the file.
    await engine.writer.close();
  }
}

/** A probe writes nothing, so unlike a payment it may be left alone where the engine does not come back. */
async function within(ms: number, probe: Promise<unknown>): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new LedgerUnavailable('timeout')), ms);
  try {
    await Promise.race([probe, late]);
  } finally {
    clearTimeout(timer);
  }
}
