import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { doorProblems, refusalStatuses } from '../../src/inbound/rest/problems.ts';
import { refusalRules } from '../../src/payments/refusals.ts';

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

/** The cells of the table under a heading, without its head. */
function tableUnder(heading: string): string[][] {
  const section = page.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test('docs/errors.md lists every refusal as the table of refusals has it', () => {
  const rows = tableUnder('Refusals');
  assert.deepEqual(
    rows.map(([code, message, blame, reason, , retry]) => [code, message, blame, reason, retry]),
    Object.entries(refusalRules).map(([code, { message, blame, reason = '', retry }]) => [
      code,
      message,
      blame,
      reason,
      retry,
    ]),
  );
});

test('each refusal says what became of the money, and what to do', () => {
  for (const [code, , , , outcome, , advice] of tableUnder('Refusals')) {
    assert.match(
      outcome ?? '',
      /^(UNKNOWN|NOT_EXECUTED|of the payment held|UNKNOWN, or of the payment held)$/,
      code,
    );
    assert.match(advice ?? '', /^[A-Z`].*\.$/, code);
  }
});

test('docs/errors.md has the status that REST answers with', () => {
  const rows = tableUnder('Refusals').map(([code, , , , , , , status]) => [code, Number(status)]);
  assert.deepEqual(Object.fromEntries(rows), refusalStatuses);
});

test('docs/errors.md lists what only the internal door says', () => {
  assert.deepEqual(
    tableUnder('What only the internal door says').map(([code, title, status]) => [
      code,
      title,
      Number(status),
    ]),
    Object.entries(doorProblems).map(([code, { title, status }]) => [code, title, status]),
  );
});
