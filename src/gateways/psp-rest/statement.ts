import type { StatementAnswer, StatementAsked } from '../../payments/gateways.ts';
import { readJsonText } from '../../platform/json-text.ts';
import type { Exchange, ExchangeBounds, Reply, Written } from '../exchange.ts';
import type { CallLimits } from '../kind.ts';
import type { IsOfContract, PspContract } from './contract.ts';
import type { RequestWriter } from './requests.ts';

export interface SettlementFetching {
  readonly gateway: string;
  readonly write: RequestWriter;
  readonly contract: PspContract;
  readonly limits: CallLimits;
  readonly clock: { now(): Date };
  readonly exchange: (written: Written, bounds: ExchangeBounds) => Promise<Exchange>;
}

const unavailable = (cause: (StatementAnswer & { kind: 'unavailable' })['cause']) =>
  ({ kind: 'unavailable', cause }) as const;

/** Asks for the settlement of a day: one answer, as long as a statement may be. */
export function settlementFetcher({ gateway, write, contract, limits, clock, exchange }: SettlementFetching) {
  return async (asked: StatementAsked): Promise<StatementAnswer> => {
    const written = write.settlement(asked, clock.now());
    if (written === undefined) return unavailable('notWritable');
    const exchanged = await exchange(written, {
      connectTimeoutMs: limits.connectTimeoutMs,
      totalTimeoutMs: limits.statementTimeoutMs,
      isTooLate: () => false,
      sent() {},
    });
    if (exchanged.kind !== 'answered') return unavailable(exchanged.cause);
    return readSettlement(exchanged, contract, `${gateway}-${asked.currency}-${asked.day}.csv`);
  };
}

function readSettlement(
  { status, contentType = '', body }: Reply,
  contract: PspContract,
  name: string,
): StatementAnswer {
  if (status === 200 && /^text\/csv\s*(;|$)/i.test(contentType))
    return body.length === 0 ? unavailable('invalidReply') : { kind: 'statement', name, bytes: body };
  if (status >= 500) return unavailable('serverError');
  if (status !== 404 || body.length > problemBytesMax) return unavailable('invalidReply');
  const read = readJsonText(body.toString('utf8'), { depthMax: 8 });
  const problem = typeof read === 'string' ? undefined : read.document;
  const isProblem: IsOfContract<{ readonly code: string }> = contract.problem;
  const isNone = isProblem(problem) && problem.code === 'SETTLEMENT_NOT_FOUND';
  return isNone ? { kind: 'none' } : unavailable('invalidReply');
}

const problemBytesMax = 65_536;
