/** What a day of finance has to come to, however often its processes died. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { people, sumOf } from '../support/bank-statement.ts';
import { breaksOfDay, type FinanceBridge, type FinanceHouse } from './finance-house.ts';

/** So long a dead process's claim is waited for. */
export const patienceMs = 40_000;

/** A whole round by this bridge, as soon as a dead one's claim has lapsed. */
export async function matchedBy(bridge: FinanceBridge): Promise<void> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const { json, text } = await bridge.ask('finance', 'POST', '/v1/matching-rounds');
    const { outcome } = (json ?? {}) as { outcome?: string };
    if (outcome === 'MATCHED') return;
    assert.ok(outcome === 'BUSY' && Date.now() < until, text);
    await pause(50);
  }
}

export function balanceOf(house: FinanceHouse, name: string): number {
  return house.count(`SELECT COALESCE(SUM(CASE WHEN debit LIKE '${name}' THEN amount_minor ELSE -amount_minor END), 0)
    FROM entry WHERE debit LIKE '${name}' OR credit LIKE '${name}'`);
}

/** After the matching of the day: each line once, what was unknown is settled, and the breaks are those of the day, no other. */
export async function assertMatched(house: FinanceHouse): Promise<void> {
  const { lines } = house;
  const told = (kind: string) =>
    house.count(`SELECT COUNT(*) FROM reconciliation_break LEFT JOIN break_end ON break_id = reconciliation_break.id
      WHERE kind = '${kind}' AND break_id IS NULL`);
  const open = Object.fromEntries(Object.keys(breaksOfDay).map((kind) => [kind, told(kind)]));
  assert.deepEqual(open, breaksOfDay);
  const matched = lines.length - 2 - 2 - 2;
  assert.equal(house.count('SELECT COUNT(*) FROM reconciliation_match'), matched);
  for (const { id } of house.unknown) {
    assert.equal(house.count(`SELECT COUNT(*) FROM payment WHERE id = '${id}' AND state = 'completed'`), 1);
  }
  const notMatched = lines.filter(
    ({ reference }, place) => place === 0 || place === 2 || /^(AGAIN|FEE)/.test(reference),
  );
  assert.equal(balanceOf(house, 'bank:main-eur'), Number(sumOf(lines) - sumOf(notMatched)));
}

/** What gives a person of the statements away, whole or in part. */
const personal = [
  ...people.names.flatMap((name) => [name, ...name.split(' ')]),
  ...people.ibans.flatMap((iban) => [iban, iban.slice(4)]),
  ...people.bics,
  ...people.texts.flatMap((text) => [text, text.slice(-8)]),
].map(compact);

/** However it is broken in lines or written in capitals. */
function compact(text: string): string {
  return text.replaceAll(/\s/g, '').toUpperCase();
}

/** Fails where any of these texts, logs and errors and answers, holds what only a statement may say. */
export function assertSilent(texts: readonly string[]): void {
  const whole = compact(texts.join('\n'));
  assert.ok(whole.length > 0, 'nothing was heard');
  assert.deepEqual(
    personal.filter((part) => whole.includes(part)),
    [],
    'a log line, an error or an answer names somebody',
  );
}
