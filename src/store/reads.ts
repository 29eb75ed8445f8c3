import { LedgerUnavailable, type LedgerStore, type RecordedWebhook } from '../payments/ledger-store.ts';
import type { Lists, ReadingEngine } from './engine.ts';
import { countAttention } from './attention.ts';
import { countPayments, listEntries, listTranscripts, sumAccounts } from './lists.ts';
import { listActs, listCases, listOperators, listWebhooks } from './outcome-lists.ts';
import { listPayments } from './payment-list.ts';
import { verifyLedger } from './verify/verify.ts';

/** The port's questions: nothing of it that writes. */
export type LedgerQuestions = Omit<
  LedgerStore,
  | 'acceptPayment'
  | 'recordAnswer'
  | 'recordAct'
  | 'transfer'
  | 'claimChecks'
  | 'receiveWebhook'
  | 'claimWebhooks'
  | 'settleWebhook'
  | 'putOperator'
  | 'ready'
  | 'close'
>;

export interface Reads {
  /** They pass the queue by, and see everything that was committed before they were asked. */
  readonly questions: LedgerQuestions;
  webhooksById(ids: readonly string[]): Promise<readonly RecordedWebhook[]>;
  /** The same for the questions of another port. */
  readonly ask: <Result>(work: (over: Lists) => Promise<Result>) => Promise<Result>;
  /** Lets go of the connections; every later question is refused. */
  end(): Promise<void>;
}

export function readsOver({ reader, lists, codeOf }: ReadingEngine): Reads {
  let ended = false;
  const questions: Reads['questions'] = {
    paymentById: (id) => answer(() => reader.paymentById(id)),
    paymentByReference: (partnerId, reference) =>
      answer(() => reader.paymentByReference(partnerId, reference)),
    paymentByInstruction: (instrId) => answer(() => reader.paymentByInstruction(instrId)),
    historyOf: (paymentId, limit) => answer(() => reader.historyOf(paymentId, limit)),
    playerBalances: (account) => answer(() => reader.playerBalances(account)),
    transcriptsOf: (paymentId, limit) => list((over) => listTranscripts(over, paymentId, limit)),
    payments: (filter, page) => list((over) => listPayments(over, filter, page)),
    entries: (filter, page) => list((over) => listEntries(over, filter, page)),
    cases: (filter, page) => list((over) => listCases(over, filter, page)),
    acts: (filter, page) => list((over) => listActs(over, filter, page)),
    webhooks: (filter, page) => list((over) => listWebhooks(over, filter, page)),
    operators: () => list(listOperators),
    attention: (now) => list((over) => countAttention(over, now)),
    accountSums: () => list(sumAccounts),
    paymentCounts: () => list(countPayments),
    violations: async (limit) =>
      (await list((over) => verifyLedger(over, { findingsMax: limit }))).violations,
    verify: (wanted) => list((over) => verifyLedger(over, wanted)),
  };
  return { questions, webhooksById, ask: list, end };

  function webhooksById(ids: readonly string[]): Promise<readonly RecordedWebhook[]> {
    return list((over) => listWebhooks(over, { id: ids }, { limit: ids.length }));
  }

  async function end(): Promise<void> {
    ended = true;
    await reader.close();
    await lists.close();
  }

  function list<Result>(work: (over: Lists) => Promise<Result>): Promise<Result> {
    return answer(() => work(lists));
  }

  /** What the engine throws carries its code on, and never its text. */
  async function answer<Result>(work: () => Promise<Result>): Promise<Result> {
    if (ended) throw new LedgerUnavailable('closed');
    try {
      return await work();
    } catch (error) {
      const code = codeOf(error);
      throw code === undefined ? error : new LedgerUnavailable('engineFailed', code);
    }
  }
}
