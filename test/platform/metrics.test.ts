import assert from 'node:assert/strict';
import test from 'node:test';
import { type MetricsOptions, openMetrics } from '../../src/platform/metrics.ts';

function metrics(options: Partial<MetricsOptions> = {}) {
  return openMetrics({
    partners: () => ['acme'],
    gateways: ['bank'],
    paymentCounts: async () => ({}),
    ...options,
  });
}

async function lines(opened: ReturnType<typeof metrics>): Promise<string[]> {
  const { text } = await opened.exposition();
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

const deposit = {
  door: 'soap',
  operation: 'deposit',
  partner: 'acme',
  blame: 'none',
  result: 'ACSC',
  durationMs: 12,
} as const;

test('requests are counted by operation, partner and result, and timed', async () => {
  const opened = metrics();
  opened.request(deposit);
  opened.request(deposit);
  opened.request({ ...deposit, blame: 'sender', result: 'REFERENCE_REUSED', durationMs: 700 });
  const written = await lines(opened);
  const labels = 'door="soap",operation="deposit",partner="acme"';
  const timed = 'door="soap",operation="deposit",blame';
  for (const line of [
    `cagebridge_requests_total{${labels},blame="none",result="ACSC"} 2`,
    `cagebridge_requests_total{${labels},blame="sender",result="REFERENCE_REUSED"} 1`,
    `cagebridge_request_duration_seconds_bucket{le="0.01",${timed}="none"} 0`,
    `cagebridge_request_duration_seconds_bucket{le="0.0125",${timed}="none"} 2`,
    `cagebridge_request_duration_seconds_count{${timed}="none"} 2`,
    `cagebridge_request_duration_seconds_count{${timed}="sender"} 1`,
  ]) {
    assert.ok(written.includes(line), line);
  }
});

test('a gateway call, a refusal at the door and an alarm each have their counter', async () => {
  const opened = metrics();
  opened.gatewayCall({ gateway: 'bank', operation: 'submit', answer: 'settled', durationMs: 30 });
  opened.doorRefusal({ door: 'soap', reason: 'noCertificate' });
  opened.alarm('unknownCode');
  const written = await lines(opened);
  const call = 'gateway="bank",operation="submit",answer="settled"';
  assert.ok(written.includes(`cagebridge_gateway_call_duration_seconds_count{${call}} 1`));
  assert.ok(written.includes('cagebridge_door_refusals_total{door="soap",reason="noCertificate"} 1'));
  assert.ok(written.includes('cagebridge_alarms_total{alarm="unknownCode"} 1'));
});

test('nobody can grow the label sets', async () => {
  const opened = metrics();
  for (let turn = 0; turn < 500; turn += 1) {
    opened.request({ ...deposit, partner: `stranger-${turn}`, result: `R${turn}`, operation: `O${turn}` });
    opened.gatewayCall({ gateway: `g-${turn}`, operation: 'submit', answer: 'settled', durationMs: 1 });
    opened.doorRefusal({ door: 'soap', reason: `r${turn}` });
  }
  const written = await lines(opened);
  assert.ok(written.some((line) => line.includes('partner="other"')));
  assert.ok(!written.some((line) => line.includes('stranger-')));
  assert.ok(written.filter((line) => line.startsWith('cagebridge_door_refusals_total')).length <= 201);
  assert.equal(
    written.filter((line) => line.startsWith('cagebridge_gateway_call_duration_seconds_count')).length,
    1,
  );
});

test('a label that is full leaves the others their words', async () => {
  const opened = metrics();
  for (let turn = 0; turn < 500; turn += 1) opened.request({ ...deposit, result: `R${turn}` });
  opened.alarm('answerNotRecorded');
  opened.doorRefusal({ door: 'soap', reason: 'issuerRevoked' });
  opened.gatewayCall({ gateway: 'bank', operation: 'submit', answer: 'neverSent', durationMs: 1 });
  const written = (await lines(opened)).join('\n');
  for (const word of ['alarm="answerNotRecorded"', 'reason="issuerRevoked"', 'answer="neverSent"']) {
    assert.ok(written.includes(word), word);
  }
});

test('payments by state are asked for once in a while, however often somebody scrapes', async () => {
  let counts: Record<string, number> = { completed: 2, unknown: 1 };
  let [asked, now] = [0, 5];
  const opened = metrics({
    paymentCounts: async () => {
      asked += 1;
      return counts;
    },
    paymentCountsAgeMsMax: 100,
    now: () => now,
  });
  assert.ok((await lines(opened)).includes('cagebridge_payments{state="unknown"} 1'));
  counts = { completed: 3 };
  now += 99;
  assert.ok((await lines(opened)).includes('cagebridge_payments{state="unknown"} 1'));
  assert.equal(asked, 1);
  now += 1;
  const written = await lines(opened);
  assert.ok(written.includes('cagebridge_payments{state="completed"} 3'));
  assert.ok(!written.some((line) => line.includes('state="unknown"')));
});

test('a ledger that is away leaves a scrape without payments, not without metrics', async () => {
  let away = false;
  const counts = { completed: 1 };
  const opened = metrics({
    paymentCounts: () => (away ? Promise.reject(new Error('away')) : Promise.resolve(counts)),
    paymentCountsAgeMsMax: 0,
  });
  opened.alarm('caseOpened');
  assert.ok((await lines(opened)).includes('cagebridge_payments{state="completed"} 1'));
  away = true;
  const written = await lines(opened);
  assert.ok(written.includes('cagebridge_alarms_total{alarm="caseOpened"} 1'));
  assert.ok(!written.some((line) => line.startsWith('cagebridge_payments')));
});

test('the age of the oldest payment of a state is told, and goes with the ledger', async () => {
  let away = false;
  const opened = metrics({
    oldestPaymentAges: () => (away ? Promise.reject(new Error('away')) : Promise.resolve({ unknown: 61.5 })),
    paymentCountsAgeMsMax: 0,
  });
  assert.ok((await lines(opened)).includes('cagebridge_payment_oldest_age_seconds{state="unknown"} 61.5'));
  away = true;
  assert.ok(!(await lines(opened)).some((line) => line.startsWith('cagebridge_payment_oldest')));
});

test('what alarms and troubles there are is counted from 0, so that the first one is seen to grow', async () => {
  const opened = metrics({ alarms: ['caseOpened'], ledgerTroubles: ['engineFailed'] });
  const written = await lines(opened);
  assert.ok(written.includes('cagebridge_alarms_total{alarm="caseOpened"} 0'));
  assert.ok(written.includes('cagebridge_ledger_failures_total{trouble="engineFailed",code="none"} 0'));
});

test("a transaction of the ledger is timed, and its commands' wait", async () => {
  const opened = metrics();
  opened.ledgerCommit({ result: 'committed', durationMs: 4, waitedMs: [0.2, 0.3] });
  opened.ledgerCommit({ result: 'rolledBack', durationMs: 3, waitedMs: [] });
  const written = await lines(opened);
  for (const line of [
    'cagebridge_ledger_commit_duration_seconds_bucket{le="0.004",result="committed"} 1',
    'cagebridge_ledger_commit_duration_seconds_count{result="rolledBack"} 1',
    'cagebridge_ledger_queue_wait_seconds_count 2',
  ]) {
    assert.ok(written.includes(line), line);
  }
});

test('two registries count apart', async () => {
  const [one, other] = [metrics(), metrics()];
  one.alarm('caseOpened');
  assert.ok(!(await lines(other)).some((line) => line.includes('caseOpened')));
});

test('books that are behind with their close, and why a day was refused, from 0 on', async () => {
  const due = [
    { brand: 'main', currency: 'EUR', days: 2 },
    { brand: 'main', currency: 'SEK', days: 0 },
  ];
  let isAway = false;
  const opened = metrics({
    closeRefusals: ['BUSY', 'REPORT_INCOMPLETE'],
    paymentCountsAgeMsMax: 0,
    booksDue: async () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(due)),
  });
  opened.closeRefused('REPORT_INCOMPLETE');
  const written = await lines(opened);
  for (const line of [
    'cagebridge_close_due_days{brand="main",currency="EUR"} 2',
    'cagebridge_close_due_days{brand="main",currency="SEK"} 0',
    'cagebridge_close_refusals_total{reason="BUSY"} 0',
    'cagebridge_close_refusals_total{reason="REPORT_INCOMPLETE"} 1',
  ]) {
    assert.ok(written.includes(line), line);
  }
  isAway = true;
  assert.ok(!(await lines(opened)).some((line) => line.startsWith('cagebridge_close_due_days')));
});

test('player funds are told as long as they hold, and not at all before or after', async () => {
  let nowMs = 0;
  const opened = metrics({ now: () => nowMs });
  const told = async () => (await lines(opened)).filter((line) => line.startsWith('cagebridge_player_funds'));
  assert.deepEqual(await told(), []);
  opened.playerFunds([{ brand: 'main', currency: 'EUR', short: 12.5 }], 1_000);
  opened.playerFunds([{ brand: 'main', currency: 'SEK', short: 0 }], 1_000);
  assert.deepEqual(await told(), ['cagebridge_player_funds_short{brand="main",currency="SEK"} 0']);
  nowMs = 1_000;
  assert.deepEqual(await told(), []);
});
