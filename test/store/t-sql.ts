/** Every T-SQL text that this build sends, by the name of its golden file. */
import knex, { type Knex } from 'knex';
import type { Lists } from '../../src/store/engine.ts';
import { countPayments, listEntries, listTranscripts, sumAccounts } from '../../src/store/lists.ts';
import { migrationNames } from '../../src/store/migrations/list.ts';
import { batchFor } from '../../src/store/mssql/batch.ts';
import { readTexts } from '../../src/store/mssql/read-texts.ts';
import { migrationLock, migrationTexts, schemaTexts } from '../../src/store/mssql/schema-texts.ts';
import { listActs, listCases, listOperators, listWebhooks } from '../../src/store/outcome-lists.ts';
import { partnerQuestions } from '../../src/store/partners-over.ts';
import { listPayments } from '../../src/store/payment-list.ts';
import { verifyLedger } from '../../src/store/verify/verify.ts';
import type { Write } from '../../src/store/writes.ts';
import { addedTexts, statementTexts } from './t-sql-statements.ts';

export async function tSqlTexts(): Promise<Map<string, string>> {
  const kinds: Write['kind'][] = [
    'acceptPayment',
    'changePayment',
    'transfer',
    'claimChecks',
    'receiveWebhook',
    'claimWebhooks',
    'settleWebhook',
    'leaseJob',
    'releaseJob',
    'putOperator',
    'noteSightings',
    'probe',
  ];
  return new Map([
    ...migrationNames.map((name): [string, string] => [`migration-${name}`, batches(migrationTexts(name))]),
    ['schema', batches([...Object.values(schemaTexts), migrationLock(5_000)])],
    ...kinds.map((kind): [string, string] => [`write-${kind}`, batchFor(new Set([kind]), 2_000)]),
    ...Object.entries(readTexts).map(([name, text]): [string, string] => [`read-${name}`, text]),
    ...addedTexts(),
    ...(await listTexts()),
    ...(await statementTexts(asked)),
  ]);
}

/** As a DBA's tool would run them one by one. */
function batches(texts: readonly string[]): string {
  return texts.map((text) => `${text}\ngo\n`).join('');
}

async function listTexts(): Promise<[string, string][]> {
  const page = { after: 'x', limit: 500 };
  const everything = {
    states: ['unknown', 'pending'],
    partnerId: 'x',
    player: { brand: 'x', playerId: 'x' },
    gateway: 'x',
    acceptedFrom: new Date(0),
    acceptedBefore: new Date(0),
    refundOf: 'x',
    unscheduled: true,
    newestFirst: true,
  } as const;
  const oneCase = { paymentId: 'x', caseId: 'x', kind: 'mismatch', open: true } as const;
  const oneAct = { actId: 'x', paymentId: 'x', caseId: 'x', kind: 'proposed', openProposals: true } as const;
  return [
    ['list-payments', await asked((over) => listPayments(over, {}, { limit: 500 }))],
    ['list-payments-filtered', await asked((over) => listPayments(over, everything, page))],
    ['list-entries', await asked((over) => listEntries(over, { paymentId: 'x', account: 'x' }, page))],
    ['list-transcripts', await asked((over) => listTranscripts(over, 'x', 5))],
    ['list-cases', await asked((over) => listCases(over, oneCase, page))],
    ['list-acts', await asked((over) => listActs(over, oneAct, page))],
    ['list-acts-newest', await asked((over) => listActs(over, { caseId: 'x', newestFirst: true }, page))],
    ['list-webhooks', await asked((over) => listWebhooks(over, { gateway: 'x', state: 'waiting' }, page))],
    ['list-operators', await asked(listOperators)],
    ['list-account-sums', await asked((over) => sumAccounts(over))],
    ['list-payment-counts', await asked((over) => countPayments(over))],
    ...(await partnerTexts(page)),
    ['list-violations', await asked((over) => verifyLedger(over, { findingsMax: 100 }))],
  ];
}

async function partnerTexts(page: { readonly after: string; readonly limit: number }) {
  const texts = {
    partners: (over) => over.partners(),
    revisions: (over) => over.revisionsOf('x', 5),
    denials: (over) => over.denials(),
    'directory-stamp': (over) => over.directoryStamp(),
    'certificate-acts': (over) => over.certificateActs(page),
    sightings: (over) => over.sightings(),
    'newest-revocation-lists': (over) => over.newestRevocationLists(),
  } satisfies Record<string, (over: ReturnType<typeof partnerQuestions>) => Promise<unknown>>;
  return Promise.all(
    Object.entries(texts).map(async ([name, ask]): Promise<[string, string]> => [
      `list-${name}`,
      await asked((over) => ask(partnerQuestions((work) => work(over)))),
    ]),
  );
}

/** What a list asks, written down instead of being answered. */
async function asked(list: (over: Lists) => Promise<unknown>): Promise<string> {
  const texts: string[] = [];
  await list({
    knex: knex({ client: 'mssql' }),
    async rows(query: Knex.QueryBuilder) {
      texts.push(query.toSQL().toNative().sql);
      return [];
    },
    close: async () => {},
  });
  return batches(texts);
}
