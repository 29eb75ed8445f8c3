/** How a report is written: what a spreadsheet or a browser could take for more than text, and how the page looks. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Report } from '../../src/reconciliation/reports/document.ts';
import { reportFrom } from '../../src/reconciliation/reports/read-json.ts';
import { share } from '../../src/reconciliation/reports/fees.ts';
import { reportCsv } from '../../src/reconciliation/reports/write-csv.ts';
import { reportHtml } from '../../src/reconciliation/reports/write-html.ts';
import { reportView } from '../../src/reconciliation/reports/write-json.ts';

const reportWith = (text: string, minor = -5n): Report => ({
  name: 'fees',
  title: 'Fees',
  parameters: [{ name: 'brand', value: 'all' }],
  sections: [
    {
      id: 'fees',
      title: 'Fees',
      columns: [
        { id: 'place', heading: 'Place', kind: 'text' },
        { id: 'amount', heading: 'Amount', kind: 'money' },
        { id: 'count', heading: 'Count', kind: 'count' },
      ],
      rows: [{ place: text, amount: { minor, currency: 'EUR' }, count: 1_234 }],
    },
  ],
});

const cells: readonly (readonly [text: string, written: string])[] = [
  ['main', 'main'],
  ['a,b', '"a,b"'],
  ['say "x"', '"say ""x"""'],
  ['=1+1', `"'=1+1"`],
  ['+1', `"'+1"`],
  ['-1', `"'-1"`],
  ['@x', `"'@x"`],
  ['\tx', `"'\tx"`],
  ['\rx', `"'\rx"`],
  ['\t=x', `"'\t'=x"`],
  ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
  ['\uff1d1', `"'\uff1d1"`],
  ['a;b', '"a;b"'],
  ['a;=1', `"a;'=1"`],
  ['a; "=1', `"a;' ""=1"`],
  ['a\t@x', `"a\t'@x"`],
  ['a-b=c', 'a-b=c'],
];

for (const [text, written] of cells) {
  test(`CSV: ${JSON.stringify(text)} is ${JSON.stringify(written)}, and an amount below zero stays a number`, () => {
    assert.equal(reportCsv(reportWith(text)).split('\r\n').at(-2), `${written},-0.05,1234`);
  });
}

test('HTML: no text becomes markup', () => {
  const html = reportHtml(reportWith(`<img src=x onerror='1'>&"`));
  assert.ok(html.includes('&lt;img src=x onerror=&#39;1&#39;&gt;&amp;&quot;'));
  assert.ok(!html.includes('<img'));
});

test('HTML: an id may be parted anywhere, a word and a date may not', () => {
  const columns = [
    { id: 'id', heading: 'Id', kind: 'text' },
    { id: 'on', heading: 'On', kind: 'date' },
  ] as const;
  const [section] = reportWith('x').sections;
  const rows = [
    { id: '01930000-7c11-7d2a-9a4f-0123456789ab', on: '2026-11-22' },
    { id: 'contradiction, noAnswer', on: undefined },
  ];
  const html = reportHtml({ ...reportWith('x'), sections: [{ ...section!, columns, rows }] });
  assert.ok(html.includes('<td role="cell" class="long" data-label="Id">01930000-'));
  assert.ok(html.includes('<td role="cell" class="date" data-label="On">2026-11-22<'));
  assert.ok(html.includes('<td role="cell" data-label="Id">contradiction, '));
});

test('HTML: amounts are grouped for the eye, with a true minus', () => {
  assert.ok(reportHtml(reportWith('x', -123_456_789n)).includes('>\u22121\u202f234\u202f567.89<'));
});

test('JSON reads back as the report that it was', () => {
  for (const minor of [0n, -5n, 5n, 10n ** 20n]) {
    const report = reportWith('x', minor);
    assert.deepEqual(reportFrom(reportView(report)), report);
  }
});

test('a share is cut to two digits, and of nothing there is none', () => {
  const shares: readonly (readonly [bigint, bigint, string | undefined])[] = [
    [1n, 0n, undefined],
    [0n, 9n, '0.00 %'],
    [1n, 3n, '33.33 %'],
    [-1n, 100n, '-1.00 %'],
    [3n, 2n, '150.00 %'],
  ];
  for (const [minor, of, text] of shares) assert.equal(share(minor, of), text);
});

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);

test(
  'a browser draws the page',
  { skip: chromium === undefined && 'there is no Chromium on this machine' },
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'cagebridge-page-'));
    try {
      const [page, picture] = [join(directory, 'page.html'), join(directory, 'page.png')];
      writeFileSync(page, reportHtml(reportWith('x')));
      const { status } = spawnSync(
        chromium ?? '',
        ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${directory}/profile`].concat(
          '--window-size=390,844',
          `--screenshot=${picture}`,
          `file://${page}`,
        ),
        { timeout: 60_000, stdio: 'ignore' },
      );
      assert.equal(status, 0);
      assert.deepEqual([...readFileSync(picture).subarray(1, 4)], [...Buffer.from('PNG')]);
    } finally {
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    }
  },
);
