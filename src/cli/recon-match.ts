/** `recon match`: a round now through the running bridge, or what other rules would make of a past time. */
import { rulesFrom } from '../config/matching.ts';
import { reconciliationFrom } from '../config/reconciliation.ts';
import { readRules, readSettings } from '../config/settings.ts';
import { formatAmount } from '../ledger/money.ts';
import { nameOf } from '../reconciliation/matching/breaks.ts';
import { dryRun, isSame, type Redecided } from '../reconciliation/matching/dry-run.ts';
import type { Terminal } from './command.ts';
import { ask, type Asked } from './person.ts';
import { table } from './table.ts';
import { withLedger } from './with-ledger.ts';

interface RoundView {
  readonly outcome: string;
  readonly expected?: number;
  readonly matched?: number;
  readonly heard?: number;
  readonly breaks?: number;
}

/** 0 when a round was done; 1 where another process is at it. */
export async function matchNow(asked: Asked): Promise<number> {
  const did = await ask<RoundView>(asked, { method: 'POST', path: '/v1/matching-rounds' });
  if (did === undefined) return 1;
  const { outcome, expected = 0, matched = 0, heard = 0, breaks = 0 } = did;
  const counts = `${expected} expected, ${matched} matched, ${heard} heard by payments, ${breaks} breaks stand`;
  const line =
    outcome === 'MATCHED' ? counts : outcome === 'BUSY' ? 'another process is at it' : 'it goes on';
  await asked.terminal.out(asked.json ? JSON.stringify(did) : line);
  return outcome === 'BUSY' ? 1 : 0;
}

interface DryRunWanted {
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly rulesFile: string | undefined;
  readonly from: string | undefined;
  readonly until: string | undefined;
}

/** Prints what would be otherwise, and writes nothing. */
export async function matchDry({ terminal, json, rulesFile, from, until }: DryRunWanted): Promise<number> {
  const { accounts, matching } = reconciliationFrom(
    readSettings(terminal.env).reconciliation,
    (path) => path,
  );
  const rules = rulesFile === undefined ? matching.rules : rulesFrom(readRules(rulesFile), '--rules');
  const days = { ...(from !== undefined && { from }), ...(until !== undefined && { until }) };
  return withLedger(terminal, async ({ statements }) => {
    const rows: string[][] = [];
    let [lines, changed] = [0, 0];
    for await (const one of dryRun({ statements, accounts, rules, limits: matching.limits, ...days })) {
      lines += 1;
      if (isSame(one)) continue;
      changed += 1;
      if (json) await terminal.out(JSON.stringify(view(one)));
      else if (rows.length < rowsMax) rows.push(rowOf(one));
    }
    if (json) return 0;
    const headings = ['line', 'account', 'day', 'direction', 'amount', '', 'is', 'would be'];
    if (rows.length > 0) await terminal.out(table(headings, rows, ['amount']));
    const more = changed > rows.length ? `; the first ${rows.length} are shown, --json tells all` : '';
    await terminal.out(`${lines} lines, ${changed} of them otherwise by these rules${more}`);
    return 0;
  });
}

const rowsMax = 1_000;

function view({ line, before, after }: Redecided): object {
  const { account, direction, amount, on } = line;
  const facts = { line: nameOf(line), account: account.name, on, direction };
  return { ...facts, amount: { value: formatAmount(amount), currency: amount.currency }, before, after };
}

function rowOf({ line, before, after }: Redecided): string[] {
  const { account, direction, amount, on = '' } = line;
  const figures = [direction, formatAmount(amount), amount.currency];
  return [nameOf(line), account.name, on, ...figures, inText(before), inText(after)];
}

function inText(told: Redecided['before']): string {
  return told === undefined ? 'open' : `${told.rule} ${told.items.join(' ')}`.trim();
}
