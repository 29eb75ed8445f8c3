import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('SECURITY.md', root), 'utf8');

/** The rows of the table of threats: what is feared, what happens, and which test shows it. */
const threats = (page.split(/^## Threats$/m)[1] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(2)
  .map((line) => line.split('|').map((cell) => cell.trim()));

test('there are threats, and each has a behaviour', () => {
  assert.ok(threats.length >= 30);
  for (const [, threat, behaviour] of threats) assert.ok(behaviour, threat);
});

for (const [, threat = '', , proof = ''] of threats) {
  test(`SECURITY.md, ${threat}: the test that it names is there`, () => {
    const [, file = '', words = ''] = /^`(test\/[^`]+\.test\.ts)`: (.+)$/.exec(proof) ?? [];
    const path = new URL(file, root);
    assert.ok(file !== '' && existsSync(path), `no such file: ${proof}`);
    assert.ok(readFileSync(path, 'utf8').includes(words), `not in it: ${words}`);
  });
}
