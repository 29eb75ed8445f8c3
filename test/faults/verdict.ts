/** When the fire is out: how long it takes until everything is settled, and what is found then. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { alarmsIn } from './alarms.ts';
import { countOpen, readBooks } from './books.ts';
import type { Target } from './callers.ts';
import type { HouseUnderFire } from './house.ts';
import { judge } from './judgement.ts';
import { askAround, type Notebook } from './load.ts';

export interface Fire {
  readonly house: HouseUnderFire;
  readonly notebook: Notebook;
  /** From each kill to the first good answer afterwards. */
  readonly recoveriesMs: readonly number[];
  /** Whether the ledger itself was taken away, so that its alarms are no finding. */
  readonly ledger: 'there' | 'away';
}

/** How long everything may take to settle after the faults have stopped. */
const convergenceMsMax = 60_000;
const lookEveryMs = 100;

/**
 * Stops the faults, waits until every payment is final or in the hands of people, lets every caller ask once more, and
 * judges. Fails with what was found, and leaves ledger and logs behind then.
 */
export async function assertHolds(t: TestContext, bridge: Target, fire: Fire): Promise<void> {
  const { house, notebook, recoveriesMs, ledger } = fire;
  const convergenceMs = await converged(house);
  await askAround(house.caller, bridge, notebook);
  const [books, instructed] = [await readBooks(house.ledgerFile), await house.control.instructions()];
  const findings = {
    ...judge(books, instructed, notebook),
    alarms: [...alarmsIn(house.log(), ledger), ...bugsTold(notebook)],
  };
  const verify = await house.command('verify');
  const states = counted(books.payments.map(({ state }) => state.name));
  const cases = books.payments.flatMap(({ openCases }) => openCases).length;
  t.diagnostic(`${t.name}: ${books.payments.length} payments (${states}), open cases ${cases}`);
  t.diagnostic(`answers heard: ${counted(answersIn(notebook))}`);
  t.diagnostic(
    `${countsOf(findings)}; verify ${verify.exit}; convergence ${seconds(convergenceMs)}${recoveryText(recoveriesMs)}`,
  );
  const all = Object.entries(findings).flatMap(([kind, found]: [string, string[]]) =>
    found.map((finding) => `${kind}: ${finding}`),
  );
  if (verify.exit !== 0) all.push(`verify: ${verify.printed}`);
  if (convergenceMs > convergenceMsMax) all.push(`not settled after ${seconds(convergenceMsMax)}`);
  if (all.length > 0) {
    t.diagnostic(`evidence: ${await house.keepEvidence()}`);
    assert.fail(`${all.length} findings\n${all.slice(0, 20).join('\n')}`);
  }
}

/** Milliseconds until no payment is open but those of people, whose cases stay. */
async function converged({ control, ledgerFile }: HouseUnderFire): Promise<number> {
  await control.behave();
  const startedAt = Date.now();
  for (;;) {
    const tookMs = Date.now() - startedAt;
    if (countOpen(ledgerFile) === 0 || tookMs > convergenceMsMax) return tookMs;
    await pause(lookEveryMs);
  }
}

/** A caller who is told of an internal error has found a bug, whatever was broken around it. */
function bugsTold(notebook: Notebook): string[] {
  return [...notebook.values()]
    .filter(({ heard }) => heard.some(({ code }) => code === 'INTERNAL_ERROR'))
    .map(({ wish }) => `${wish.reference} was told INTERNAL_ERROR`);
}

function answersIn(notebook: Notebook): string[] {
  return [...notebook.values()].flatMap(({ heard }) =>
    heard.map(({ kind, status, code, outcome }) =>
      kind === 'fault' ? `${code} ${outcome}` : (status ?? kind),
    ),
  );
}

function counted(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${word} ${count}`).join(', ');
}

function countsOf(findings: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(findings)
    .map(([kind, found]) => `${kind} ${found.length}`)
    .join(', ');
}

function recoveryText(recoveriesMs: readonly number[]): string {
  if (recoveriesMs.length === 0) return '';
  const sorted = recoveriesMs.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    seconds(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return `; ${sorted.length} recoveries, p50 ${at(0.5)}, p95 ${at(0.95)}, max ${at(1)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

/** From a kill to the first answer that tells where a payment stands, in milliseconds; undefined where none came yet. */
export function recoveryAfter(killedAtMs: number, notebook: Notebook): number | undefined {
  let firstMs: number | undefined;
  for (const { heard } of notebook.values()) {
    for (const { kind, atMs, tookMs } of heard) {
      // An answer that was under way when the process died was written before it.
      if (kind !== 'payment' || atMs - tookMs < killedAtMs) continue;
      firstMs = Math.min(firstMs ?? Infinity, atMs - killedAtMs);
    }
  }
  return firstMs;
}
