import assert from 'node:assert/strict';
import test from 'node:test';
import { type MetricsOptions, openMetrics } from '../../src/platform/metrics.ts';

function metrics(options: Partial<MetricsOptions> = {}) {
  return openMetrics({ partners: ['acme'], gateways: ['bank'], paymentCounts: async () => ({}), ...options });
}

async function lines(opened: ReturnType<typeof metrics>): Promise<string[]> {
  const { text } = await opened.exposition();
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

const deposit = { door: 'soap', operation: 'deposit', partner: 'acme', result: 'ACSC', durationMs: 12 };

test('requests are counted by operation, partner and result, and timed', async () => {
  const opened = metrics();
  opened.request(deposit);
  opened.request(deposit);
  opened.request({ ...deposit, result: 'REFERENCE_REUSED', durationMs: 700 });
  const written = await lines(opened);
  const labels = 'door="soap",operation="deposit",partner="acme"';
  assert.ok(written.includes(`cagebridge_requests_total{${labels},result="ACSC"} 2`));
  assert.ok(written.includes(`cagebridge_requests_total{${labels},result="REFERENCE_REUSED"} 1`));
  assert.ok(
    written.includes(
      'cagebridge_request_duration_seconds_bucket{le="0.025",door="soap",operation="deposit"} 2',
    ),
  );
  assert.ok(written.includes('cagebridge_request_duration_seconds_count{door="soap",operation="deposit"} 3'));
});

test('a gateway call, a refusal at the door and an alarm each have their counter', async () => {
  const opened = metrics();
  opened.gatewayCall({ gateway: 'bank', operation: 'submit', answer: 'settled', durationMs: 30 });
  opened.doorRefusal({ door: 'soap', reason: 'noCertificate' });
  opened.alarm('unknownCode');
  const written = await lines(opened);
  assert.ok(
    written.includes('cagebridge_gateway_calls_total{gateway="bank",operation="submit",answer="settled"} 1'),
  );
  assert.ok(
    written.includes('cagebridge_gateway_call_duration_seconds_count{gateway="bank",operation="submit"} 1'),
  );
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
  assert.equal(written.filter((line) => line.startsWith('cagebridge_gateway_calls_total')).length, 1);
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

test('two registries count apart', async () => {
  const [one, other] = [metrics(), metrics()];
  one.alarm('caseOpened');
  assert.deepEqual(await lines(other), []);
});
