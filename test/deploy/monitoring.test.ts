/** Dashboard, alerts and the page on observability, held to what a started bridge exposes. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { certificatesOf } from '../../src/cli/development.ts';
import type { CertificatesConfig } from '../../src/config/certificates.ts';
import { type House, openHouse } from '../support/bridge-house.ts';
import { paymentMessage, statusMessage } from '../support/bridge-requests.ts';
import { impatient } from '../support/bridge.ts';
import { alertRules, dashboard, tableUnder } from '../support/deploy-files.ts';
import { askedBy, type Exposed, exposedIn, groupedBy, metricOf } from '../support/exposition.ts';
import { call } from '../support/http.ts';
import { listBy } from '../support/revocation-lists.ts';

let house: House;
let exposed: ReadonlyMap<string, Exposed>;
const deposit = (reference: string, amount = '10.00'): string =>
  paymentMessage('1.1', { operation: 'Deposit', reference, amount });

before(async () => {
  house = await openHouse(async (config) => {
    const { reconciliation, certificates, partners, ...others } = impatient(800)(config);
    const ca = (await certificatesOf({ CAGEBRIDGE_HOME: config.home })).ca;
    return {
      ...others,
      reconciliation: { ...reconciliation, playerFunds: { everyMs: 500 } },
      certificates: withList(certificates, config.home, await listBy(ca, [])),
      partners: partners.map((partner) => ({ ...partner, crl: 'openWhenStale' as const })),
    };
  });
  assert.equal((await house.send(deposit('watched'))).status, 'ACSC');
  assert.equal((await house.send(deposit('watched', '11.00'))).code, 'REFERENCE_REUSED');
  assert.equal((await house.send(deposit('nobody'), { caller: 'nobody' })).http, 500);
  await house.bank.misbehave('timeoutAfter', { count: 2 });
  assert.equal((await house.send(deposit('watched-lost'))).status, 'PDNG AB06');
  await house.send(statusMessage('1.1', { reference: 'watched' }));
  const scrape = async () => (await call(house.whole.bridge.ports.internal, { path: '/metrics' })).text;
  let text = await scrape();
  // What players are owed is looked at in rounds.
  for (let tries = 0; tries < 100 && !text.includes('cagebridge_player_funds_short{'); tries += 1) {
    await pause(100);
    text = await scrape();
  }
  exposed = exposedIn(text);
});
after(() => house.close());

/** As if the configuration had named a list of revoked certificates. */
function withList(certificates: CertificatesConfig, home: string, list: string): CertificatesConfig {
  writeFileSync(join(home, 'list.pem'), list);
  const revocationLists = ['file:list.pem'];
  const source = { part: 'revocationLists', at: '/certificates', revocationLists };
  return { ...certificates, revocationLists: [list], sources: [...certificates.sources, source] };
}

/** What Prometheus itself knows, and the labels that it gives to everything it scrapes. */
const ofPrometheus = { metrics: ['up'], labels: ['job', 'instance', 'le'] };

const expressions: readonly (readonly [string, string])[] = [
  ...alertRules().map(({ alert, expression }) => [`alert ${alert}`, expression] as const),
  ...dashboard().panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => [`panel "${title}"`, expr] as const),
  ),
];

for (const [title, expression] of expressions) {
  test(`${title} asks for what there is`, () => {
    const asked = askedBy(expression);
    assert.ok(asked.length > 0, expression);
    const known = new Set(ofPrometheus.labels);
    for (const { series, labels } of asked) {
      if (ofPrometheus.metrics.includes(series)) continue;
      const metric = exposed.get(metricOf(series, exposed));
      assert.ok(metric, `there is no ${series}`);
      for (const label of metric.labels) known.add(label);
      for (const label of labels) {
        assert.ok(metric.labels.has(label) || ofPrometheus.labels.includes(label), `${series} by ${label}`);
      }
    }
    for (const label of groupedBy(expression)) assert.ok(known.has(label), `by ${label}`);
  });
}

const inOrder = (words: readonly string[]): string => [...words].toSorted().join('\n');

const ours = (): string[] => [...exposed.keys()].filter((name) => name.startsWith('cagebridge_'));

test('docs/observability.md lists every metric of ours with its type and labels, and no other', () => {
  const listed = tableUnder('docs/observability.md', 'Metrics').map(
    ([name = '', type = '', labels = '']) => `${name} ${type} ${inOrder(labels.split(', '))}`,
  );
  const there = ours().map((name) => {
    const { type, labels } = exposed.get(name)!;
    return `${name} ${type} ${inOrder([...labels].filter((label) => label !== 'le'))}`;
  });
  assert.equal(inOrder(listed), inOrder(there));
});

test('names follow the conventions: base units, _total for counters and for nothing else', () => {
  for (const name of ours()) {
    const { type } = exposed.get(name)!;
    assert.equal(name.endsWith('_total'), type === 'counter', name);
    if (type === 'histogram') assert.match(name, /_seconds$/);
    assert.doesNotMatch(name, /_(?:ms|milliseconds|minutes|kb)\b/);
  }
});

test('every metric of ours is looked at, on the dashboard or by an alert', () => {
  const asked = new Set(
    expressions.flatMap(([, expression]) =>
      askedBy(expression).map(({ series }) => metricOf(series, exposed)),
    ),
  );
  assert.deepEqual(
    ours().filter((name) => !asked.has(name)),
    [],
  );
});

test('the dashboard can be imported: panels do not overlap, and every variable is there', () => {
  const { uid, schemaVersion, panels, templating } = dashboard();
  assert.ok(uid === 'cagebridge' && schemaVersion >= 36);
  const places = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, place) => `${x + (place % w)}/${y + Math.floor(place / w)}`),
  );
  assert.equal(new Set(places).size, places.length);
  assert.ok(panels.every(({ gridPos: { x, w } }) => x + w <= 24));
  const variables = JSON.stringify(panels).matchAll(/\$\{?(\w+)/g);
  const given = new Set([...templating.list.map(({ name }) => name), '__rate_interval']);
  for (const [, name = ''] of variables) assert.ok(given.has(name), name);
});
