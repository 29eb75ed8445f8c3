/** Draws the table of states into docs/payment-states.md: `npm run states`. A test asserts that it is today's. */
import { readFileSync, writeFileSync } from 'node:fs';
import { stateTable } from '../../src/payments/states.ts';

const page = new URL('../../docs/payment-states.md', import.meta.url);
const marks = /(?<=<!-- states:begin -->\n).*(?=<!-- states:end -->)/s;

export function pageNow(): string {
  return readFileSync(page, 'utf8');
}

export function pageWithStates(): string {
  const before = pageNow();
  if (!marks.test(before)) throw new Error('docs/payment-states.md has no place for the states');
  return before.replace(marks, `\n${diagram()}\n\n`);
}

/** What moves a payment on where two moves look alike. */
const labels: Readonly<Record<string, string>> = {
  'submitted submitted': 'never sent, next gateway',
  'unknown submitted': 'resend rule',
};

function diagram(): string {
  const moves = Object.entries(stateTable).flatMap(([from, { to, final }]) => [
    ...to.map((name) => [from, name] as const),
    ...(final ? [[from, '[*]'] as const] : []),
  ]);
  const drawn = moves.map(([from, to]) => {
    const label = labels[`${from} ${to}`];
    return `    ${from} --> ${to}${label === undefined ? '' : `: ${label}`}`;
  });
  const named = Object.entries(stateTable).map(([name, { status }]) => `    ${name}: ${name} (${status})`);
  return ['```mermaid', 'stateDiagram-v2', '    [*] --> received', ...named, ...drawn, '```'].join('\n');
}

if (process.argv[2] === '--draw') writeFileSync(page, pageWithStates());
