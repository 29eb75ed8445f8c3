/** `recon explain`: where a booking was told, which rule decided and why, or why none did. Nothing is written. */
import { reconciliationFrom } from '../config/reconciliation.ts';
import { readSettings } from '../config/settings.ts';
import { formatAmount } from '../ledger/money.ts';
import { type ExplainedCorePayment, explainCorePayment } from '../reconciliation/core-list/explain.ts';
import {
  type ExplainedEntry,
  type ExplainedItem,
  type ExplainedLine,
  type ExplainedMatch,
  explainEntry,
  explainItems,
} from '../reconciliation/matching/explain.ts';
import type { RecordedBreak } from '../reconciliation/statement-store.ts';
import type { Terminal } from './command.ts';
import { statementJson } from './statement-json.ts';
import { table } from './table.ts';
import { withLedger } from './with-ledger.ts';

/** By a booking's number or key, an item's key, a payment's id or the core's name of it; 1 where nothing has that name. */
export async function explain(
  { terminal, json }: { readonly terminal: Terminal; readonly json: boolean },
  name: string,
): Promise<number> {
  const { accounts, matching } = reconciliationFrom(
    readSettings(terminal.env).reconciliation,
    (path) => path,
  );
  return withLedger(terminal, async (ledger) => {
    const { statements } = ledger;
    const world = { statements, accounts, rules: matching.rules, limits: matching.limits };
    const entry = await explainEntry(world, name);
    const items = entry === undefined ? await explainItems(world, name) : [];
    const core = entry === undefined ? await explainCorePayment({ ledger, statements }, name) : undefined;
    if (entry === undefined && items.length === 0 && core === undefined) {
      terminal.err('cagebridge: nothing that is told or expected has this name');
      return 1;
    }
    const others = core === undefined ? [] : [core];
    if (json) await terminal.out(statementJson(entry ?? [...items, ...others]));
    else if (entry !== undefined) await terminal.out(entryInText(entry));
    else await terminal.out([...items.map(itemInText), ...others.map(coreInText)].join('\n\n'));
    return 0;
  });
}

function entryInText({
  entry: told,
  file = '',
  told: tellings,
  matches,
  open,
  breaks,
}: ExplainedEntry): string {
  const { id, key, account = 'no account of ours', entry } = told;
  const { direction, amount, bookedOn = '', valueOn = '' } = entry;
  const facts = [
    ['booking', `${id} (${key})`],
    ['account', account],
    ['money', `${direction} ${formatAmount(amount)} ${amount.currency}`],
    ['booked', `${bookedOn}, value ${valueOn}`],
    ...tellings.map(({ statementId, line }, place) => [
      place === 0 ? 'told by' : 'and by',
      `statement ${statementId}, line ${line}${place === 0 ? ` of ${file}` : ''}`,
    ]),
  ];
  const lines = facts.map(([name = '', fact]) => `${name.padEnd(10)} ${fact}`);
  return [...lines, ...matches.map(matchInText), ...open.map(openInText), ...breaks.map(breakInText)].join(
    '\n',
  );
}

function itemInText({ item, match, breaks }: ExplainedItem): string {
  const { key, expectedIn, gateway, direction, amount, kind, paymentId = '', dueOn } = item;
  const where =
    expectedIn === 'report' ? `in the report of ${gateway}` : `on a bank account, from ${gateway}`;
  return [
    `item       ${key} (${kind}) ${paymentId}`.trimEnd(),
    `money      ${direction} ${formatAmount(amount)} ${amount.currency}`,
    `expected   ${where}, missing after ${dueOn}`,
    match === undefined ? 'open       no line was matched with it' : matchInText(match),
    ...breaks.map(breakInText),
  ].join('\n');
}

function matchInText({ id, rule, because, entries, items, at, posted }: ExplainedMatch): string {
  const rows = posted.map(({ debit, credit, amount }) => [
    debit,
    credit,
    formatAmount(amount),
    amount.currency,
  ]);
  return [
    `matched    by ${rule}, because of ${because.join(', ')}, at ${at.toISOString()} (${id})`,
    ...entries.map(({ key, detail }) => `  line     ${detail === undefined ? key : `${key}/${detail}`}`),
    ...items.map((item) => `  item     ${item}`),
    rows.length === 0 ? '  posted nothing' : table(['debit', 'credit', 'amount', ''], rows, ['amount']),
  ].join('\n');
}

function openInText({ line, decision, tried }: ExplainedLine): string {
  const { of, references } = line;
  const place = of.detail === undefined ? '' : ` transaction ${of.detail}`;
  const found =
    decision.kind === 'match'
      ? `the next round matches it by ${decision.rule}`
      : decision.kind === 'nothing'
        ? 'no rule found anything'
        : `${decision.break}: ${decision.field} expected ${decision.expected}, told ${decision.actual}`;
  return [
    `open      ${place} ${found}`,
    `  names    ${references.join(' ')}`.trimEnd(),
    ...tried.map(({ rule, why }) => `  ${rule.padEnd(20)} ${why}`),
  ].join('\n');
}

function coreInText({ corePayment, paymentId, status, breaks }: ExplainedCorePayment): string {
  const stands = paymentId === undefined ? 'the ledger has no such payment' : `${paymentId}, ${status}`;
  const said = breaks.map((broken) => {
    const { field, expected = 'nothing', actual = 'nothing' } = broken;
    return `${breakInText(broken)}; ${field}: ledger ${expected}, core ${actual}`;
  });
  return [`core       ${corePayment} (${stands})`, ...said].join('\n');
}

function breakInText({ id, kind, end, owner = 'nobody' }: RecordedBreak): string {
  const stands = end === undefined ? `open, with ${owner}` : `ended: ${end.resolution}`;
  return `break      ${kind} ${id}, ${stands}`;
}
