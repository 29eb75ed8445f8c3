/**
 * Ten times more than the bridge takes: a bridge as a process, its sandbox bank here, partners in threads of their own. First as
 * many callers as there are places, without a pause, which shows what it takes; then ten times as many callers, who
 * together offer ten times as much and send what is refused again. Nothing here is asserted but that nothing is lost.
 */
import type { TestContext } from 'node:test';
import { table } from '../src/cli/table.ts';
import { attemptOf } from '../src/payments/payment.ts';
import { openStreet, type Street } from '../test/support/bridge-process.ts';
import { crowd, type CrowdHeard, type CrowdOptions, gather, quantile } from '../test/support/crowd.ts';

/** As config/default.json gives one partner. */
const places = 32;
const durationMs = Number(process.argv[2] ?? 10) * 1_000;

interface Measured {
  readonly name: string;
  readonly accepted: readonly CrowdHeard[];
  readonly refused: readonly CrowdHeard[];
  readonly asked: readonly CrowdHeard[];
  readonly unanswered: number;
}

await using house = new AsyncDisposableStack();
const street = house.adopt(await openStreet(), (it) => it.close());
const t = { after: (work: () => void) => house.defer(work) } as unknown as TestContext;
const bridge = await street.bridge(t);
const { ca, 'partner-a': caller } = street.certificates;
const common = { port: bridge.port, caller, authority: ca.certificate, durationMs } as const;

await crowd({ ...common, durationMs: 500, callers: 1, sends: { depositsUnder: 'first' } });
const alone = await measure('as many callers as places', { callers: places, pauseMs: 0 });
const perSecond = alone.accepted.length / (durationMs / 1_000);
const callers = 10 * places;
const pauseMs = Math.round((callers / (10 * perSecond)) * 1_000);
const pressed = await measure('ten times as much', { callers, pauseMs });

console.log(
  `\n${table(['', 'a second', 'p50 ms', 'p95 ms', 'p99 ms'], [alone, pressed].flatMap(linesOf))}\n`,
);
const share = pressed.accepted.length / alone.accepted.length;
const within = pressed.refused.filter(({ tookMs }) => tookMs <= 250).length / pressed.refused.length;
console.log(`accepted under ten times as much: ${share.toFixed(2)} of what is accepted without`);
console.log(
  `refused within 250 ms: ${(100 * within).toFixed(1)} %; without an answer: ${pressed.unanswered}`,
);
const lost = await lostOf(street, [...alone.accepted, ...pressed.accepted]);
console.log(`lost: ${lost} of ${alone.accepted.length + pressed.accepted.length} accepted`);
if (lost > 0) process.exitCode = 1;

async function measure(name: string, pressing: Pick<CrowdOptions, 'callers' | 'pauseMs'>): Promise<Measured> {
  const questions = await gather({ ...common, callers: 2, pauseMs: 20, sends: { statusOf: 'first-0-0' } });
  const under = name.replaceAll(' ', '-').slice(0, 8);
  const deposits = await gather({ ...common, ...pressing, sends: { depositsUnder: under } });
  const [asked, { heard, broken }] = await Promise.all([questions.press(), deposits.press()]);
  return {
    name,
    accepted: heard.filter(({ code }) => code === undefined),
    refused: heard.filter(({ code }) => code !== undefined),
    asked: asked.heard,
    unanswered: broken,
  };
}

function linesOf({ name, accepted, refused, asked }: Measured): string[][] {
  const line = (what: string, heard: readonly CrowdHeard[]): string[] => {
    const times = heard.map(({ tookMs }) => tookMs);
    const quantiles = [0.5, 0.95, 0.99].map((part) => quantile(times, part).toFixed(0));
    return [`${name}: ${what}`, (heard.length / (durationMs / 1_000)).toFixed(0), ...quantiles];
  };
  return [
    line('accepted', accepted),
    ...(refused.length > 0 ? [line('refused', refused)] : []),
    line('Status meanwhile', asked),
  ];
}

/** What a caller was told as executed, and neither the ledger nor the bank knows as that. */
async function lostOf(where: Street, accepted: readonly CrowdHeard[]): Promise<number> {
  const ledger = await where.ledger();
  const executed = new Set((await where.bank.effects()).map(({ instructionId }) => instructionId));
  let missing = 0;
  for (const { reference, status } of accepted) {
    const payment = await ledger.paymentByReference('partner-a', reference);
    const atBank = payment !== undefined && executed.has(attemptOf(payment.state)?.instrId ?? '');
    const isThere = status === 'ACSC' ? payment?.state.name === 'completed' && atBank : payment !== undefined;
    if (!isThere) missing += 1;
  }
  return missing;
}
