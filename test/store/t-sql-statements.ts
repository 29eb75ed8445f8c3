/** The T-SQL of reconciliation, by the name of its golden file. */
import { buffer } from 'node:stream/consumers';
import type { Lists } from '../../src/store/engine.ts';
import { addedParts } from '../../src/store/mssql/added-rows.ts';
import { batchFor } from '../../src/store/mssql/batch.ts';
import { playerAccount } from '../../src/ledger/accounts.ts';
import { certificateActRow, denialRow, listMetRow, revisionRow } from '../../src/store/partner-rows.ts';
import { closeActWrite, closeQuestions, closeWrite } from '../../src/store/reconciliation/closes.ts';
import { entriesAt } from '../../src/store/reconciliation/entry-questions.ts';
import { accountWindow } from '../../src/store/reconciliation/ledger-questions.ts';
import { windowSums } from '../../src/store/reconciliation/report-questions.ts';
import { breakActWrite, breakRows, endRows } from '../../src/store/reconciliation/break-rows.ts';
import { itemRows, matchWrite } from '../../src/store/reconciliation/match-rows.ts';
import {
  endRow,
  entryRows,
  fileRow,
  partRow,
  statementRow,
  takenUpRows,
} from '../../src/store/reconciliation/statement-rows.ts';
import { statementQuestions } from '../../src/store/reconciliation/statements-over.ts';
import { addRowsWrite } from '../../src/store/reconciliation/writes.ts';
import { certificateActOf, denialOf, listMetOf, revisionOf } from './partner-contract.ts';
import {
  booking,
  breakAct,
  detail,
  end,
  file,
  item,
  keyed,
  match,
  part,
  postingsOf,
  someBreak,
  statement,
} from './statement-store-commands.ts';

/** Each command with everything that it may have. */
const commands = {
  receiveFile: addRowsWrite({ statement_file: [fileRow(file())] }),
  keepBytes: addRowsWrite({ statement_file_part: [partRow(part('x', 0, Buffer.from('x')))] }),
  recordStatements: addRowsWrite({ account_statement: [statementRow(statement('x'))] }),
  recordEntries: addRowsWrite(
    entryRows({
      fileId: 'x',
      statementId: 'x',
      accountKey: 'x',
      entries: [keyed(booking({ details: [detail(1n)] }))],
    }),
  ),
  takeUpStatements: addRowsWrite(takenUpRows({ account: 'x', statements: ['x'], at: new Date(0) })),
  endFile: addRowsWrite({ statement_file_end: [endRow(end('x'))] }),
  recordExpected: addRowsWrite(itemRows([item()])),
  recordMatch: matchWrite(
    match({
      entries: [{ key: 'x' }],
      items: [item({ key: 'x' })],
      expects: [item()],
      endsBreaks: ['x'],
      postings: posted('bank:x'),
    }),
  ),
  openBreaks: addRowsWrite(breakRows([someBreak()])),
  endBreaks: addRowsWrite(endRows([{ breakId: 'x', resolution: 'arrived', by: 'x', at: new Date(0) }])),
  recordBreakAct: breakActWrite({
    act: breakAct('x', { endsProposal: 'x' }),
    end: { resolution: 'received' },
    postings: posted(playerAccount('lucky', 'x')),
  }),
  recordClose: closeWrite({
    id: 'x',
    brand: 'lucky',
    currency: 'EUR',
    day: '2026-11-22',
    edition: 1,
    sha256: 'x',
    document: '{}',
    closedAt: new Date(0),
  }),
  recordCloseAct: closeActWrite({
    act: {
      id: 'x',
      closeId: 'x',
      subject: 'ada',
      kind: 'confirmed',
      reason: 'x',
      comment: 'x',
      endsProposal: 'x',
      at: new Date(0),
    },
    reopens: true,
  }),
  addRevision: addRowsWrite({ partner_revision: [revisionRow(revisionOf())] }),
  denyCertificate: addRowsWrite({ certificate_denial: [denialRow(denialOf())] }),
  recordCertificateAct: addRowsWrite({ certificate_act: [certificateActRow(certificateActOf())] }),
  noteRevocationLists: addRowsWrite({ revocation_list_met: [listMetRow(listMetOf(), new Date(0))] }),
};

function posted(debit: string) {
  return postingsOf('x', [{ debit, credit: 'suspense', amount: { minor: 1n, currency: 'EUR' } }]);
}

export function addedTexts(): [string, string][] {
  return Object.entries(commands).map(([name, write]) => [
    `write-addRows-${name}`,
    batchFor(new Set([write.kind]), 2_000, addedParts([write])),
  ]);
}

type Asked = (list: (over: Lists) => Promise<unknown>) => Promise<string>;

/** Each question with everything that it may ask for. */
export async function statementTexts(asked: Asked): Promise<[string, string][]> {
  const page = { after: 'x', limit: 500 };
  const page10 = { after: '10', limit: 500 };
  const date = '2026-11-22';
  const at = new Date(0);
  const told = { accountKey: 'x', closedBefore: date, statements: ['x', 'y'] };
  const entries = {
    key: 'x',
    statementId: 'x',
    account: 'x',
    open: true,
    bookedFrom: date,
    bookedUntil: date,
    reference: 'x',
    amountMinor: 1n,
  };
  const items = {
    itemKey: 'x',
    gateway: 'x',
    expectedIn: 'bank',
    currency: 'EUR',
    open: true,
    amountMinor: 1n,
    effectiveFrom: at,
    effectiveBefore: at,
    dueBefore: date,
    paymentId: 'x',
  } as const;
  const breaks = {
    breakId: 'x',
    open: true,
    kind: 'MISSING',
    owner: 'x',
    place: 'x',
    about: ['x', 'y'],
  } as const;
  const texts = {
    files: (over) => over.files({ state: 'read' }, page),
    remarksOf: (over) => over.remarksOf('x', 5),
    bytesOf: (over) => buffer(over.bytesOf('x')),
    statements: (over) =>
      over.statements(
        { fileId: 'x', account: 'x', accountKey: 'x', unassigned: true, kind: 'statement' },
        page,
      ),
    lastStatements: (over) => over.lastStatements('x', date, 5),
    fingerprintCounts: (over) => over.fingerprintCounts(['x', 'y'], told),
    statementEntries: (over) => over.statementEntries(entries, page),
    openEntries: (over) => over.statementEntries({ account: 'x', open: true }, page10),
    dueItems: (over) => over.expected({ open: true, dueBefore: date }, page10),
    unexpectedEntries: (over) => over.unexpectedEntries('0', 500),
    expected: (over) => over.expected(items, page),
    expectedByReference: (over) => over.expectedByReference(['x', 'y'], 500),
    matches: (over) => over.matches({ matchId: 'x', entryKey: 'x', itemKey: 'x' }, page),
    breaks: (over) => over.breaks(breaks, page),
    breakActs: (over) => over.breakActs('x', 5),
    openBreakProposals: (over) => over.openBreakProposals(page),
  } satisfies Record<string, (over: ReturnType<typeof statementQuestions>) => Promise<unknown>>;
  const closes = {
    closes: (over) => over.closes({ closeId: 'x', brand: 'x', currency: 'EUR', day: date }, page),
    lastClose: (over) => over.lastClose('x', 'EUR'),
    closeDocument: (over) => over.closeDocument('x'),
    closeActs: (over) => over.closeActs('x', 5),
  } satisfies Record<string, (over: ReturnType<typeof closeQuestions>) => Promise<unknown>>;
  const groups = { brand: 'x', currency: 'EUR', from: date, until: date };
  return Promise.all([
    asked((over) => windowSums(over, groups, 0n)).then((text): [string, string] => [
      'reconciliation-groupSums',
      text,
    ]),
    asked((over) => accountWindow(over, { account: 'x', currency: 'EUR' }, 0n)).then(
      (text): [string, string] => ['reconciliation-heldOn', text],
    ),
    asked((over) => entriesAt(over, { filter: { account: 'x', open: true }, place: 'takenUp' }, page10)).then(
      (text): [string, string] => ['reconciliation-takenUpEntries', text],
    ),
    ...Object.entries(closes).map(async ([name, ask]): Promise<[string, string]> => [
      `reconciliation-${name}`,
      await asked((over) => ask(closeQuestions((work) => work(over)))),
    ]),
    ...Object.entries(texts).map(async ([name, ask]): Promise<[string, string]> => [
      `reconciliation-${name}`,
      await asked((over) => ask(statementQuestions((work) => work(over)))),
    ]),
  ]);
}
