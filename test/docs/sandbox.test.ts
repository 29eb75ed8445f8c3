import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { sandboxOptions } from '../../src/cli/sandbox-options.ts';
import { bankRepertoire } from '../../src/sandbox/bank.ts';
import { pspRepertoire } from '../../src/sandbox/psp.ts';

const page = readFileSync(new URL('../../docs/sandbox.md', import.meta.url), 'utf8');

test('docs/sandbox.md lists every mode of each gateway, its usual delay, and every option', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` +\| (both|psp) +\| (.*) \|$/gm)];
  const modesOf = (who: string): string[] =>
    rows.filter(([, , whose]) => whose === 'both' || whose === who).map(([, mode = '']) => mode);
  assert.deepEqual(modesOf('bank').toSorted(), Object.keys(bankRepertoire.modes).toSorted());
  assert.deepEqual(modesOf('psp').toSorted(), Object.keys(pspRepertoire.modes).toSorted());
  for (const [, mode = '', , text = ''] of rows) {
    const delay = /`delayMs` \(([0-9,]+)\)/.exec(text)?.[1]?.replaceAll(',', '');
    if (delay !== undefined) assert.equal(pspRepertoire.modes[mode]?.delayMs, Number(delay), mode);
  }
  const options = [...page.matchAll(/^\| `--([a-z-]+)` /gm)].map(([, option]) => option);
  assert.deepEqual(options, Object.keys(sandboxOptions));
});
