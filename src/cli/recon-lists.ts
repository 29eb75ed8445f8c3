/** What was imported, for people and machines. Nothing is written. */
import { createHash } from 'node:crypto';
import { formatAmount } from '../ledger/money.ts';
import type { Proof, RecordedFile, RecordedStatementEntry } from '../reconciliation/statement-store.ts';
import type { Terminal } from './command.ts';
import { ledgerProofs, type StatementListed, withProofs } from './recon-ledger-proofs.ts';
import { statementJson } from './statement-json.ts';
import { table } from './table.ts';
import { paged, withLedger } from './with-ledger.ts';

interface Asked {
  readonly terminal: Terminal;
  readonly json: boolean;
}

/** Rows for a table, or a line of JSON each. */
async function told<Item>(
  { terminal, json }: Asked,
  items: AsyncIterable<Item> | Iterable<Item>,
  {
    headings,
    row,
    right = [],
  }: { headings: readonly string[]; row: (item: Item) => string[]; right?: string[] },
): Promise<void> {
  const rows: string[][] = [];
  for await (const item of items) {
    if (json) await terminal.out(statementJson(item));
    else rows.push(row(item));
  }
  if (!json) await terminal.out(table(headings, rows, right));
}

export async function listFiles(asked: Asked): Promise<number> {
  await withLedger(asked.terminal, ({ statements }) =>
    told<RecordedFile>(
      asked,
      paged((page) => statements.files({}, page)),
      {
        headings: [
          'file',
          'received',
          'name',
          'from',
          'state',
          'format',
          'statements',
          'entries',
          'bad rows',
          'warnings',
        ],
        right: ['statements', 'entries', 'bad rows', 'warnings'],
        row: ({ id, receivedAt, name, source, end }) => [
          id,
          receivedAt.toISOString(),
          name,
          source,
          end?.state ?? 'open',
          end?.format ?? '',
          ...[end?.statements, end?.entries, end?.badRows, end?.warnings].map((count) => String(count ?? '')),
        ],
      },
    ),
  );
  return 0;
}

export async function listStatements(
  asked: Asked,
  { unassigned, account, file }: { unassigned?: boolean; account?: string; file?: string },
): Promise<number> {
  const filter = {
    ...(unassigned === true && { unassigned }),
    ...(account !== undefined && { account }),
    ...(file !== undefined && { fileId: file }),
  };
  await withLedger(asked.terminal, async ({ statements }) => {
    const proofs = await ledgerProofs(asked.terminal, statements);
    const listed = paged((page) => statements.statements(filter, page));
    await told<StatementListed>(asked, withProofs(listed, proofs), {
      headings: [
        'statement',
        'account',
        'kind',
        'id',
        'sequence',
        'closed',
        'opening',
        'closing',
        '',
        'entries',
        'proof',
        'ledger',
        'stands',
      ],
      right: ['opening', 'closing', 'entries'],
      row: statementRow,
    });
  });
  return 0;
}

function statementRow({
  id,
  account,
  accountKey,
  header,
  currency = '',
  ledger,
  ...facts
}: StatementListed): string[] {
  const { opening, closing, entries, proof, gap, repeats } = facts;
  const { sequence = '', page } = header;
  const inText = (minor: bigint | undefined) => (minor === undefined ? '' : signed(minor, currency));
  const stands = [gap === undefined ? '' : `gap by ${gap}`, repeats === undefined ? '' : 'told before'];
  return [
    id,
    account ?? `? ${accountKey}`,
    header.kind,
    header.id,
    page === undefined ? sequence : `${sequence}/${page.number}`,
    closing?.on ?? '',
    inText(opening?.minor),
    inText(closing?.minor),
    currency,
    String(entries),
    proofText(proof, currency),
    ledger === undefined ? '' : proofText(ledger, currency),
    stands.filter((one) => one !== '').join(', '),
  ];
}

function proofText(proof: Proof, currency: string): string {
  return proof.kind === 'differs' ? `differs by ${signed(proof.differenceMinor, currency)}` : proof.kind;
}

function signed(minor: bigint, currency: string): string {
  const text = formatAmount({ minor: minor < 0n ? -minor : minor, currency });
  return minor < 0n ? `-${text}` : text;
}

export async function listEntries(
  asked: Asked,
  { account, statement, open }: { account?: string; statement?: string; open?: boolean },
): Promise<number> {
  const filter = {
    ...(account !== undefined && { account }),
    ...(statement !== undefined && { statementId: statement }),
    ...(open === true && { open }),
  };
  await withLedger(asked.terminal, ({ statements }) =>
    told<RecordedStatementEntry>(
      asked,
      paged((page) => statements.statementEntries(filter, page)),
      {
        headings: [
          'entry',
          'account',
          'booked',
          'value',
          'direction',
          'amount',
          '',
          'kind',
          'reference',
          'details',
          'match',
        ],
        right: ['entry', 'amount', 'details'],
        row: ({ id, account: of = '?', entry, details, matchId = '' }) => [
          id,
          of,
          entry.bookedOn ?? '',
          entry.valueOn ?? '',
          entry.reversal ? `${entry.direction} R` : entry.direction,
          formatAmount(entry.amount),
          entry.amount.currency,
          entry.kind ?? '',
          entry.references.accountServicer ?? entry.references.entry ?? entry.references.endToEnd ?? '',
          String(details.length),
          matchId,
        ],
      },
    ),
  );
  return 0;
}

const remarksMax = 100_000;

export async function listRemarks(asked: Asked, id: string): Promise<number> {
  return withLedger(asked.terminal, async ({ statements }) => {
    if ((await statements.fileById(id)) === undefined) return noSuchFile(asked);
    await told(asked, await statements.remarksOf(id, remarksMax), {
      headings: ['line', 'level', 'rule', 'field'],
      right: ['line'],
      row: ({ line, level, rule, field = '' }) => [String(line), level, rule, field],
    });
    return 0;
  });
}

function noSuchFile({ terminal }: Asked): number {
  terminal.err('cagebridge: no file has this id');
  return 1;
}

/** The bytes as they came, to standard output; 1 where they are not whole. */
export async function writeOriginal(asked: Asked, id: string): Promise<number> {
  const { terminal } = asked;
  return withLedger(terminal, async ({ statements }) => {
    const file = await statements.fileById(id);
    if (file === undefined) return noSuchFile(asked);
    const hash = createHash('sha256');
    for await (const bytes of statements.bytesOf(id)) {
      hash.update(bytes);
      await terminal.bytes?.(bytes);
    }
    if (hash.digest('hex') === file.sha256) return 0;
    terminal.err('cagebridge: what is kept is not whole; send the file again');
    return 1;
  });
}
