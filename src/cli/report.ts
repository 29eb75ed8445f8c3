import { reconciliationFrom } from '../config/reconciliation.ts';
import { readSettings } from '../config/settings.ts';
import { systemClock } from '../platform/clock.ts';
import { cellText, isNumber, reportNames, type Report } from '../reconciliation/reports/document.ts';
import { reportOf } from '../reconciliation/reports/report.ts';
import { isDay, readScope, type ScopeProblem } from '../reconciliation/reports/scope.ts';
import type { ReportScope, ReportWorld } from '../reconciliation/reports/world.ts';
import { isReportFormat, reportFormats } from '../reconciliation/reports/write-report.ts';
import type { LedgerToRead } from '../store/open.ts';
import { type Command, readArgs, type Terminal, UsageError } from './command.ts';
import { actOptions, askedFrom } from './person.ts';
import { closeAndWrite, verifyDirectory } from './report-close.ts';
import { closes, reopen, reopenUsage } from './report-reopen.ts';
import { table } from './table.ts';
import { withLedger } from './with-ledger.ts';

const options = {
  from: { type: 'string' },
  to: { type: 'string' },
  brand: { type: 'string' },
  currency: { type: 'string' },
  format: { type: 'string' },
  date: { type: 'string' },
  out: { type: 'string' },
  verify: { type: 'string' },
  ...actOptions,
} as const;

/** What finance reads: daily, aging, gateways, player funds, unknowns, fees. */
export const report: Command = {
  usage: [
    `report ${reportNames.join('|')} [--from DAY] [--to DAY] [--brand BRAND] [--currency CODE] [--format table|csv|json|html|xlsx]`,
    'report close --brand BRAND --date DAY [--currency CODE] [--out DIR]',
    'report close --verify DIR',
    ...reopenUsage,
    '(DAY: of the books, YYYY-MM-DD; the last one that is over where nothing is said)',
  ].join('\n       '),
  async run(args, terminal) {
    const { values, positionals } = readArgs(args, { options, allowPositionals: true });
    const [what, ...more] = positionals;
    if (what === 'close' && more.length === 0) return close(terminal, values);
    if (what === 'closes') return closes(askedFrom(terminal, values), more, values);
    if (what === 'reopen') return reopen(askedFrom(terminal, values), more, values);
    const name = reportNames.find((one) => one === what);
    if (name === undefined || more.length > 0)
      throw new UsageError(`say one of ${reportNames.join(', ')}, close, closes, reopen`);
    const { format = 'table' } = values;
    const write = writerOf(format);
    const { brands, reconciliation } = readSettings(terminal.env);
    const books = new Map(Object.entries(brands));
    const scope = scopeFrom(values, books);
    return withLedger(terminal, async (ledger) => {
      const world = worldOver(ledger, {
        books,
        reconciliation: reconciliationFrom(reconciliation, (path) => path),
      });
      await write(await reportOf(name, world, scope), terminal);
      return 0;
    });
  },
};

type Values = Partial<Record<Exclude<keyof typeof options, 'json'>, string>>;

function close(terminal: Terminal, { brand, date, currency, out, verify }: Values): Promise<number> {
  if (verify !== undefined) return verifyDirectory(terminal, verify);
  if (brand === undefined || !isDay(date ?? '')) throw new UsageError('say --brand and --date YYYY-MM-DD');
  const more = { ...(currency !== undefined && { currency }), ...(out !== undefined && { out }) };
  return closeAndWrite(terminal, { brand, day: date ?? '', ...more });
}

type Write = (report: Report, terminal: Terminal) => Promise<void>;

function writerOf(format: string): Write {
  if (format === 'table') return (made, terminal) => terminal.out(reportTable(made));
  if (!isReportFormat(format)) throw new UsageError('say --format table, csv, json, html or xlsx');
  const { write } = reportFormats[format];
  return async (made, terminal) => {
    const written = await write(made);
    // The terminal ends a line itself.
    if (typeof written === 'string') await terminal.out(written.replace(/\r?\n$/, ''));
    else await terminal.bytes?.(written);
  };
}

const problems: Readonly<Record<ScopeProblem['problem'], string>> = {
  brandUnknown: 'no brand has this name',
  currencyUnknown: 'is no currency',
  notADay: 'write a day as YYYY-MM-DD',
  fromAfterTo: 'is later than --to',
};

function scopeFrom({ from, to, brand, currency }: Values, books: ReportWorld['books']): ReportScope {
  const scope = readScope({ from, to, brand, currency }, { books, now: systemClock.now() });
  if ('problem' in scope) throw new UsageError(`--${scope.member}: ${problems[scope.problem]}`);
  return scope;
}

function worldOver(
  ledger: Pick<LedgerToRead, 'reports' | 'statements' | 'payments'>,
  {
    books,
    reconciliation: { accounts, limits },
  }: {
    readonly books: ReportWorld['books'];
    readonly reconciliation: Pick<ReportWorld, 'accounts' | 'limits'>;
  },
): ReportWorld {
  return { sums: ledger.reports, ledger, statements: ledger.statements, accounts, books, limits };
}

function reportTable({ title, parameters, sections }: Report): string {
  const head = [title, ...parameters.map(({ name, value }) => `${name}: ${value}`)].join('  ');
  const parts = sections.map(({ title: of, note, columns, rows }) => {
    const headings = columns.map(({ heading }) => heading);
    const right = columns.filter(isNumber).map(({ heading }) => heading);
    const cells = rows.map((row) => columns.map(({ id }) => cellText(row[id])));
    const body = rows.length === 0 ? 'none' : table(headings, cells, right);
    return [of, ...(note === undefined ? [] : [note]), body].join('\n');
  });
  return [head, ...parts].join('\n\n');
}
