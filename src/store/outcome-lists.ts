import type {
  ActFilter,
  CaseFilter,
  Operator,
  Page,
  RecordedAct,
  RecordedCase,
  RecordedWebhook,
  WebhookFilter,
} from '../payments/ledger-store.ts';
import type { CaseResolution } from '../payments/payment.ts';
import type { Lists } from './engine.ts';
import {
  actFrom,
  operatorFrom,
  webhookFrom,
  type ActRow,
  type OperatorRow,
  type WebhookView,
} from './outcome-rows.ts';
import { caseFrom, type CaseRow } from './payment-rows.ts';
import type { Told } from './told.ts';

/** Cases, acts, events and operators, for people: in knex's words, and each one statement. */

export async function listCases(
  { knex, rows }: Lists,
  { paymentId, caseId, kind, open }: CaseFilter,
  { after, limit }: Page,
): Promise<readonly RecordedCase[]> {
  const assigned = knex('operator_act as given')
    .select('given.detail')
    .whereRaw("given.case_id = payment_case.id and given.kind = 'assigned'")
    .whereNotExists(
      knex('operator_act as later')
        .select('later.id')
        .whereRaw("later.case_id = given.case_id and later.kind = 'assigned' and later.id > given.id"),
    );
  const query = knex('payment_case')
    .leftJoin('case_end', 'case_end.case_id', 'payment_case.id')
    .select('payment_case.*', 'case_end.resolution', 'case_end.ended_at', assigned.as('assignee'))
    .orderBy('payment_case.id')
    .limit(limit);
  if (after !== undefined) void query.where('payment_case.id', '>', after);
  if (paymentId !== undefined) void query.where('payment_case.payment_id', paymentId);
  if (caseId !== undefined) void query.where('payment_case.id', caseId);
  if (kind !== undefined) void query.where('payment_case.kind', kind);
  if (open === true) void query.whereNull('case_end.case_id');
  if (open === false) void query.whereNotNull('case_end.case_id');
  return (await rows<CaseView>(query)).map(recordedCase);
}

type CaseView = Told<CaseRow> & {
  readonly resolution: CaseResolution | null;
  readonly ended_at: string | null;
  readonly assignee: string | null;
};

function recordedCase(row: CaseView): RecordedCase {
  const { resolution, ended_at, assignee } = row;
  return {
    ...caseFrom(row),
    ...(resolution !== null && ended_at !== null && { end: { resolution, at: new Date(ended_at) } }),
    ...(assignee !== null && { assignee }),
  };
}

export async function listActs(
  { knex, rows }: Lists,
  { actId, paymentId, caseId, kind, openProposals, newestFirst = false }: ActFilter,
  { after, limit }: Page,
): Promise<readonly RecordedAct[]> {
  const query = knex('operator_act')
    .leftJoin('proposal_end', 'proposal_end.act_id', 'operator_act.id')
    .select('operator_act.*', 'proposal_end.ended_by')
    .orderBy('operator_act.id', newestFirst ? 'desc' : 'asc')
    .limit(limit);
  if (after !== undefined) void query.where('operator_act.id', newestFirst ? '<' : '>', after);
  if (actId !== undefined) void query.where('operator_act.id', actId);
  if (paymentId !== undefined) void query.where('operator_act.payment_id', paymentId);
  if (caseId !== undefined) void query.where('operator_act.case_id', caseId);
  if (kind !== undefined) void query.where('operator_act.kind', kind);
  if (openProposals === true) {
    void query.where('operator_act.kind', 'proposed').whereNull('proposal_end.act_id');
  }
  return (await rows<Told<ActRow & { ended_by: string | null }>>(query)).map(actFrom);
}

export async function listWebhooks(
  { knex, rows }: Lists,
  { id, gateway, state }: WebhookFilter & { readonly id?: readonly string[] },
  { after, limit }: Page,
): Promise<readonly RecordedWebhook[]> {
  const query = knex('webhook_event').select('*').orderBy('id').limit(limit);
  if (after !== undefined) void query.where('id', '>', after);
  if (id !== undefined) void query.whereIn('id', id);
  if (gateway !== undefined) void query.where('gateway', gateway);
  if (state !== undefined) void query.where('state', state);
  return (await rows<Told<WebhookView>>(query)).map(webhookFrom);
}

export async function listOperators({ knex, rows }: Lists): Promise<readonly Operator[]> {
  return (await rows<OperatorRow>(knex('operator').select('*').orderBy('id'))).map(operatorFrom);
}
