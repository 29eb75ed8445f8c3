import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('every alert leads to a section of the runbook', () => {
  const anchors = [...read('deploy/prometheus/alerts.yaml').matchAll(/docs\/runbook\.md#([a-z-]+)/g)];
  const sections = [...read('docs/runbook.md').matchAll(/^## ([a-z-]+)$/gm)].map(([, name]) => name);
  assert.ok(anchors.length > 10);
  for (const [, anchor = ''] of anchors) assert.ok(sections.includes(anchor), anchor);
});
