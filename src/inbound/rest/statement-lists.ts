import { formatAmount, type Money } from '../../ledger/money.ts';
import { isRefusal, refusedUnasked } from '../../payments/refusals.ts';
import type {
  RecordedFile,
  RecordedStatement,
  RecordedStatementEntry,
  StatementStore,
} from '../../reconciliation/statement-store.ts';
import type { Endpoint } from './endpoint.ts';
import { pageSchema, pagesOf } from './paging.ts';
import { amountView } from './payment-view.ts';
import {
  dateSchema,
  instantSchema,
  lineSchema,
  moneySchema,
  signedSumSchema,
  uuidSchema,
} from './schemas.ts';

export type StatementLists = Pick<StatementStore, 'files' | 'statements' | 'statementEntries'>;

const count = { type: 'integer', minimum: 0 } as const;
const account = { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,34}$' } as const;
const told = lineSchema(500);
const currency = { type: 'string', pattern: '^[A-Z]{3}$' } as const;

const fileSchema = {
  title: 'StatementFile',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'sha256', 'name', 'source', 'sizeBytes', 'receivedAt', 'state'],
  properties: {
    id: uuidSchema,
    sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    name: { type: 'string' },
    source: { enum: ['person', 'rest', 'folder', 'gateway'] },
    sizeBytes: count,
    receivedAt: instantSchema,
    state: {
      enum: ['open', 'read', 'refused'],
      description: 'open: it was cut off; the next import finishes it.',
    },
    format: told,
    statements: count,
    entries: count,
    badRows: count,
    warnings: count,
  },
} as const;

function fileView({ id, sha256, name, source, sizeBytes, receivedAt, end }: RecordedFile) {
  const { state = 'open', format, statements, entries, badRows, warnings } = end ?? {};
  const at = receivedAt.toISOString();
  return {
    id,
    sha256,
    name,
    source,
    sizeBytes,
    receivedAt: at,
    state,
    format,
    statements,
    entries,
    badRows,
    warnings,
  };
}

const statementSchema = {
  title: 'Statement',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'fileId', 'accountKey', 'kind', 'format', 'entries', 'badRows', 'proof', 'receivedAt'],
  properties: {
    id: uuidSchema,
    fileId: uuidSchema,
    account: { ...account, description: 'Of the configuration; absent where it names no such account.' },
    accountKey: { type: 'string', description: 'As the file calls the account.' },
    kind: { enum: ['statement', 'report', 'notification', 'settlement'] },
    format: told,
    statementId: { type: 'string' },
    sequence: { type: 'string' },
    currency,
    openedOn: dateSchema,
    opening: signedSumSchema,
    closedOn: dateSchema,
    closing: signedSumSchema,
    credits: signedSumSchema,
    debits: signedSumSchema,
    entries: count,
    badRows: count,
    proof: { enum: ['holds', 'differs', 'unproven'], description: 'Opening plus entries is the closing.' },
    difference: signedSumSchema,
    gap: { enum: ['sequence', 'balance', 'day'], description: 'Something before it is missing.' },
    follows: uuidSchema,
    repeats: uuidSchema,
    receivedAt: instantSchema,
  },
} as const;

function statementView(statement: RecordedStatement) {
  const {
    id,
    fileId,
    account: of,
    accountKey,
    header,
    opening,
    closing,
    proof,
    gap,
    follows,
    repeats,
  } = statement;
  const { currency: money, creditMinor, debitMinor, entries, badRows, receivedAt } = statement;
  const inText = (minor: bigint | undefined) =>
    minor === undefined || money === undefined ? undefined : signed({ minor, currency: money });
  return {
    id,
    fileId,
    account: of,
    accountKey,
    kind: header.kind,
    format: header.format,
    statementId: header.id,
    sequence: header.sequence,
    currency: money,
    openedOn: opening?.on,
    opening: inText(opening?.minor),
    closedOn: closing?.on,
    closing: inText(closing?.minor),
    credits: inText(creditMinor),
    debits: inText(debitMinor),
    entries,
    badRows,
    proof: proof.kind,
    gap,
    follows,
    repeats,
    receivedAt: receivedAt.toISOString(),
    ...(proof.kind === 'differs' && { difference: inText(proof.differenceMinor) }),
  };
}

function signed({ minor, currency: of }: Money): string {
  return minor < 0n
    ? `-${formatAmount({ minor: -minor, currency: of })}`
    : formatAmount({ minor, currency: of });
}

const bookingSchema = {
  title: 'Booking',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'statementId', 'direction', 'reversal', 'amount', 'references', 'details'],
  properties: {
    id: { type: 'string', pattern: '^[1-9][0-9]{0,18}$' },
    statementId: { ...uuidSchema, description: 'That told it first.' },
    account,
    direction: { enum: ['CRDT', 'DBIT'] },
    reversal: { type: 'boolean' },
    amount: moneySchema,
    bookedOn: dateSchema,
    valueOn: dateSchema,
    kind: { type: 'string' },
    references: {
      type: 'object',
      description: 'By the ISO 20022 names of their elements.',
      additionalProperties: { type: 'string' },
    },
    details: {
      ...count,
      description: 'Transactions that the booking is the sum of, where a document tells them.',
    },
    matchId: uuidSchema,
  },
} as const;

/** Without the counterparty and the free texts, as a payment is shown here. */
function bookingView({ id, statementId, account: of, entry, details, matchId }: RecordedStatementEntry) {
  const { direction, reversal, amount, bookedOn, valueOn, kind, references } = entry;
  const { other: _theirs, ...named } = references;
  const facts = { direction, reversal, amount: amountView(amount), bookedOn, valueOn, kind };
  return { id, statementId, account: of, ...facts, references: named, details: details.length, matchId };
}

const uuid = new RegExp(uuidSchema.pattern);
const files = pagesOf({
  name: 'statement-files',
  filters: { state: { enum: ['open', 'read', 'refused'] } },
  after: uuid,
});
const statements = pagesOf({
  name: 'statements',
  filters: { account, fileId: uuidSchema, unassigned: { enum: ['true'] } },
  after: uuid,
});
const bookings = pagesOf({
  name: 'statement-entries',
  filters: { account, statementId: uuidSchema, bookedFrom: dateSchema, bookedUntil: dateSchema },
  after: new RegExp(bookingSchema.properties.id.pattern),
});

/** What was imported, page by page: files, the statements in them, and their bookings. */
export function statementListEndpoints(store: StatementLists): readonly Endpoint[] {
  return [
    listEndpoint({
      pages: files,
      name: 'statement-files',
      operation: 'statementFiles',
      summary: 'Files of statements that were received',
      schema: pageSchema('StatementFilePage', 'statement-files', fileSchema),
      view: fileView,
      ask: (filter, page) => store.files(filter, page),
    }),
    listEndpoint({
      pages: statements,
      name: 'statements',
      operation: 'statements',
      summary: 'Statements, with the proof of their figures',
      schema: pageSchema('StatementPage', 'statements', statementSchema),
      view: statementView,
      ask: ({ unassigned, ...filter }, page) =>
        store.statements({ ...filter, ...(unassigned === 'true' && { unassigned: true }) }, page),
    }),
    listEndpoint({
      pages: bookings,
      name: 'statement-entries',
      operation: 'statementEntries',
      summary: 'Bookings that statements tell of, each once',
      schema: pageSchema('BookingPage', 'statement-entries', bookingSchema),
      view: bookingView,
      ask: (filter, page) => store.statementEntries(filter, page),
    }),
  ];
}

interface List<Item extends { readonly id: string }> {
  readonly pages: ReturnType<typeof pagesOf>;
  readonly name: string;
  readonly operation: string;
  readonly summary: string;
  readonly schema: NonNullable<Endpoint['response']>;
  readonly view: (item: Item) => object;
  readonly ask: (
    filter: Readonly<Record<string, string>>,
    page: { readonly after?: string; readonly limit: number },
  ) => Promise<readonly Item[]>;
}

function listEndpoint<Item extends { readonly id: string }>(list: List<Item>): Endpoint {
  const { pages, name, operation, summary, schema, view, ask } = list;
  return {
    method: 'GET',
    path: `/v1/${name}`,
    operation,
    summary,
    query: pages.query,
    response: schema,
    async respond({ client: { operations }, query }) {
      if (!operations.includes('read')) return refusedUnasked('OPERATION_FORBIDDEN');
      const page = pages.read(query);
      if (isRefusal(page)) return page;
      const { after, limit, filter } = page;
      const given = Object.fromEntries(
        Object.entries(filter).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
      );
      const found = await ask(given, { ...(after !== undefined && { after }), limit: limit + 1 });
      return pages.reply(page, found, view);
    },
  };
}
