/** The alerts by promtool where it is installed (Debian: prometheus), and their sections of the runbook. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { alertRules, dashboard, shipped } from '../support/deploy-files.ts';

const folder = fileURLToPath(new URL('../../deploy/prometheus/', import.meta.url));
const isThere = spawnSync('promtool', ['--version']).status === 0;
const skip = isThere ? false : 'promtool is not installed (Debian: apt-get install prometheus)';

function promtool(...args: string[]): void {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
}

test('promtool reads the rules', { skip }, () => promtool('check', 'rules', 'alerts.yaml'));

test('promtool reads the example of a scrape, with the rules that it names', { skip }, () =>
  promtool('check', 'config', 'scrape.example.yaml'),
);

test('promtool finds that each alert fires when it should, and not before', { skip }, () =>
  promtool('test', 'rules', 'alerts.test.yaml'),
);

test("promtool reads the dashboard's expressions", { skip }, (t) => {
  const expressions = dashboard().panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  const rules = expressions.map((expression, index) => ({
    record: `panel:${index}`,
    expr: expression.replaceAll('$__rate_interval', '5m'),
  }));
  const home = mkdtempSync(join(tmpdir(), 'cagebridge-rules-'));
  t.after(() => rmSync(home, { recursive: true }));
  const file = join(home, 'rules.yaml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
  promtool('check', 'rules', file);
});

test('every alert has a severity, a test, and a section of the runbook', () => {
  const sections = new Set(
    Array.from(shipped('docs/runbook.md').matchAll(/^## (.+)$/gm), ([, title = '']) => title),
  );
  const tests = shipped('deploy/prometheus/alerts.test.yaml');
  const rules = alertRules();
  assert.ok(rules.length > 15);
  for (const { alert, expression, severity, runbook } of rules) {
    assert.notEqual(expression, '', alert);
    assert.match(severity, /^(?:page|ticket)$/, alert);
    assert.ok(sections.has(runbook), `${alert}: the runbook has no section ${runbook}`);
    const fires = new RegExp(`alertname: ${alert}\\n +exp_alerts:\\n`);
    assert.match(tests, fires, `${alert} has no test in which it fires`);
  }
});
