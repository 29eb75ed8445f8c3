import {
  LedgerUnavailable,
  type Acceptance,
  type AcceptPayment,
  type ChangeResult,
  type LedgerStore,
  type Transfer,
  type TransferResult,
} from '../payments/ledger-store.ts';
import type { PartnerStore } from '../payments/partner-store.ts';
import type { Payment } from '../payments/payment.ts';
import type { CloseStore } from '../reconciliation/close-store.ts';
import type { ReportStore } from '../reconciliation/report-store.ts';
import type { StatementStore } from '../reconciliation/statement-store.ts';
import { acceptWrite } from './accept-write.ts';
import { actWrite, answerWrite } from './change-write.ts';
import { claimsOver } from './claims.ts';
import { commitWatch, type CommitTold } from './commit-watch.ts';
import type { Engine } from './engine.ts';
import { GroupCommit, type GroupLimits } from './group-commit.ts';
import { operatorRow, webhookRow } from './outcome-rows.ts';
import { partnersOver } from './partners-over.ts';
import { settleWebhookWrite, transferWrite } from './plain-writes.ts';
import { closesOver } from './reconciliation/closes.ts';
import { reportQuestions } from './reconciliation/report-questions.ts';
import { statementsOver } from './reconciliation/statements-over.ts';
import { readsOver, type Reads } from './reads.ts';
import { keysOf, type ChangeWrite, type Outcomes, type RunWrite, type Write } from './writes.ts';

/** Contradictions that are no bugs, and what they are told as. */
const refusals: Readonly<Record<string, ChangeResult | undefined>> = {
  AVAILABLE_BELOW_ZERO: 'short',
  CASE_ENDED_BEFORE: 'stale',
  PROPOSAL_ENDED_BEFORE: 'stale',
  REFUND_ABOVE_SETTLED: 'short',
  RETURN_ABOVE_SETTLED: 'stale',
  RETURN_TAKEN: 'taken',
};

/** The ports over one engine and one queue. */
export interface Stores {
  readonly ledger: LedgerStore;
  /** Open as long as the ledger is. */
  readonly statements: StatementStore;
  readonly reports: ReportStore;
  readonly closes: CloseStore;
  readonly partners: PartnerStore;
}

/** The ports over an engine: commands as rows through the queue, questions past it. */
export function storesOver(
  engine: Engine,
  limits: GroupLimits,
  onCommit: (told: CommitTold) => void = () => {},
): Stores {
  const watch = commitWatch(onCommit);
  const queue = new GroupCommit(watch.around(engine.writer.commit), limits);
  const reads = readsOver(engine);
  let closing: Promise<void> | undefined;

  const ledger: LedgerStore = {
    ...reads.questions,
    acceptPayment: (command) => acceptPayment(run, reads, command),
    recordAnswer: (command) => change(run, answerWrite(command)),
    recordAct: (command) => change(run, actWrite(command)),
    transfer: (command) => transfer(run, command),
    ...claimsOver(run, reads),
    receiveWebhook: async (event) => (await run({ kind: 'receiveWebhook', event: webhookRow(event) })).kind,
    settleWebhook: async (command) => (await run(settleWebhookWrite(command))).kind,
    putOperator: async (operator) => {
      await run({ kind: 'putOperator', operator: operatorRow(operator) });
    },
    ready: () => within(limits.commandTimeoutMs, run({ kind: 'probe' })),
    close: () => (closing ??= close()),
  };
  return {
    ledger,
    statements: statementsOver(run, reads.ask),
    reports: reportQuestions(reads.ask),
    closes: closesOver(run, reads.ask),
    partners: partnersOver(run, reads.ask),
  };

  async function run<Kind extends Write['kind']>(
    write: Extract<Write, { kind: Kind }>,
  ): Promise<Outcomes[Kind]> {
    watch.submitted(write);
    // An engine answers each write with an outcome of its kind.
    return (await queue.submit(write, keysOf(write))) as Outcomes[Kind];
  }

  async function close(): Promise<void> {
    await queue.close();
    await reads.end();
    // Last, so that the writer's connection can fold the write-ahead log into the file.
    await engine.writer.close();
  }
}

async function acceptPayment(
  run: RunWrite,
  reads: Pick<Reads, 'questions'>,
  command: AcceptPayment,
): Promise<Acceptance> {
  const { payment } = command;
  const outcome = await run(acceptWrite(command));
  switch (outcome.kind) {
    case 'accepted':
      return { kind: 'accepted', payment };
    case 'overLimit':
    case 'overRefund':
      return { kind: outcome.kind };
    case 'fundsShort':
    case 'approvalNeeded':
    case 'again':
      return { kind: 'accepted', payment: await present(reads, payment.id) };
    case 'known':
      return { kind: 'known', payment: await present(reads, outcome.id) };
  }
}

async function present({ questions }: Pick<Reads, 'questions'>, id: string): Promise<Payment> {
  const payment = await questions.paymentById(id);
  if (payment === undefined) throw new Error('a payment that was committed is not there');
  return payment;
}

async function transfer(run: RunWrite, command: Transfer): Promise<TransferResult> {
  const outcome = await run(transferWrite(command));
  if (outcome.kind === 'insufficientFunds') return outcome;
  const { kind, fingerprint, transferredAt } = outcome;
  return { kind, fingerprint, at: new Date(transferredAt) };
}

/** A contradiction that somebody else's change explains is a refusal: it was decided on what is not so any more. */
async function change(run: RunWrite, write: ChangeWrite): Promise<ChangeResult> {
  try {
    return (await run(write)).kind;
  } catch (error) {
    const refusal = error instanceof LedgerUnavailable && refusals[error.code ?? ''];
    if (typeof refusal === 'string') return refusal;
    throw error;
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
