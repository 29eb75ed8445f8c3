import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImportLimits, ImportOrder } from '../../src/reconciliation/importing/world.ts';
import type { StatementStore } from '../../src/reconciliation/statement-store.ts';
import {
  fileOf,
  openImporting,
  ourKey,
  type Said,
  sha256Of,
  someLimits,
  textFile,
  textOf,
  told,
} from '../support/importing.ts';

const deposit: NonNullable<Said['entries']>[number] = [
  10_000,
  { references: { accountServicer: 'SVC-1' }, remittance: 'Deposit 1' },
];
const nonref = (minor: number, bookedOn = '2026-11-23') =>
  [minor, { bookedOn, references: { accountServicer: 'NONREF' }, remittance: 'Cash' }] as const;
const day: Said = {
  header: { id: 'S1', sequence: '1' },
  balances: { OPBD: [0, '2026-11-22'], CLBD: [10_500, '2026-11-23'] },
  entries: [deposit, [500, { references: { accountServicer: 'SVC-2' } }]],
};

const bookedSum: Said = {
  ...day,
  entries: [[10_500, { references: { accountServicer: 'SUM-1' }, batch: { count: 2 } }]],
};
const itsDetails: Said = {
  header: { id: 'N1', kind: 'notification', to: '2026-11-23' },
  entries: [
    [
      10_500,
      {
        references: { accountServicer: 'SUM-1' },
        details: [
          { references: { endToEnd: 'A' }, amount: { minor: 10_000n, currency: 'EUR' } },
          { references: { endToEnd: 'B' }, amount: { minor: 500n, currency: 'EUR' } },
        ],
      },
    ],
  ],
};

/** Files one after another, and what is in the ledger in the end: how many bookings, and what each file added. */
const histories: [name: string, files: readonly (readonly Said[])[], added: readonly number[]][] = [
  ['a statement', [[day]], [2]],
  [
    'statement Id reused every year',
    [
      [day],
      [
        {
          header: { id: 'S1', sequence: '1' },
          balances: { OPBD: [10_500, '2027-01-01'], CLBD: [10_600, '2027-01-02'] },
          entries: [[100, { references: { accountServicer: 'SVC-9' }, bookedOn: '2027-01-02' }]],
        },
      ],
    ],
    [2, 1],
  ],
  [
    'overlapping statements',
    [
      [day],
      [
        {
          header: { id: 'WEEK' },
          balances: { OPBD: [-100, '2026-11-15'], CLBD: [10_500, '2026-11-23'] },
          entries: [
            deposit,
            [500, { references: { accountServicer: 'SVC-2' } }],
            [100, { bookedOn: '2026-11-18' }],
          ],
        },
      ],
    ],
    [2, 1],
  ],
  [
    'two equal bookings on one day (MT940 NONREF) are genuine',
    [
      [{ ...day, entries: [nonref(5_250), nonref(5_250)] }],
      [{ ...day, header: { id: 'AGAIN' }, entries: [nonref(5_250), nonref(5_250)] }],
    ],
    [2, 0],
  ],
  [
    'a statement without entries',
    [[{ ...day, balances: { OPBD: [5], CLBD: [5, '2026-11-23'] }, entries: [] }]],
    [0],
  ],
  ['one booked sum in camt.053, its details in camt.054', [[bookedSum], [itsDetails]], [1, 0]],
  [
    'the same day within it, at its end and in detail is one booking',
    [
      [
        {
          header: { id: 'noon', kind: 'report' },
          balances: { OPBD: [0, '2026-11-22'], ITBD: [10_000, '2026-11-23'] },
          entries: [deposit],
        },
      ],
      [day],
      [{ header: { id: 'N2', kind: 'notification' }, entries: [deposit] }],
    ],
    [1, 1, 0],
  ],
  [
    'pages of one statement with an equal booking on each count as two',
    [
      [
        {
          header: { id: 'P', sequence: '5', page: { number: '1' } },
          balances: { OPBD: [0, '2026-11-22'], ITBD: [100, '2026-11-23'] },
          entries: [nonref(100)],
        },
        {
          header: { id: 'P', sequence: '5', page: { number: '2' } },
          balances: { ITBD: [100, '2026-11-23'], CLBD: [200, '2026-11-23'] },
          entries: [nonref(100)],
        },
      ],
    ],
    [2],
  ],
  [
    'pages in files of their own, after a report within the day that had both, and each again',
    [
      [
        {
          header: { id: 'noon', kind: 'report' },
          balances: { OPBD: [0, '2026-11-22'] },
          entries: [nonref(100), nonref(100)],
        },
      ],
      [
        {
          header: { id: 'P', sequence: '5', page: { number: '1' } },
          balances: { OPBD: [0, '2026-11-22'], ITBD: [100, '2026-11-23'] },
          entries: [nonref(100)],
        },
      ],
      [
        {
          header: { id: 'P', sequence: '5', page: { number: '2' } },
          balances: { ITBD: [100, '2026-11-23'], CLBD: [200, '2026-11-23'] },
          entries: [nonref(100)],
        },
      ],
      [
        {
          header: { id: 'P', sequence: '5', page: { number: '2' }, duplicate: true },
          balances: { ITBD: [100, '2026-11-23'], CLBD: [200, '2026-11-23'] },
          entries: [nonref(100)],
        },
      ],
    ],
    [2, 0, 0, 0],
  ],
  [
    'a reference that the bank counts anew each day',
    [
      [
        {
          header: { id: 'D1' },
          balances: { OPBD: [0, '2026-11-19'], CLBD: [100, '2026-11-20'] },
          entries: [[100, { bookedOn: '2026-11-20', references: { entry: '1' } }]],
        },
      ],
      [
        {
          header: { id: 'D3' },
          balances: { OPBD: [300, '2026-11-23'], CLBD: [400, '2026-11-24'] },
          entries: [[100, { bookedOn: '2026-11-24', references: { entry: '1' } }]],
        },
      ],
      [
        {
          header: { id: 'D2' },
          balances: { OPBD: [100, '2026-11-20'], CLBD: [300, '2026-11-23'] },
          entries: [[200, { references: { entry: '1' } }]],
        },
      ],
    ],
    [1, 1, 1],
  ],
  [
    "a servicer's reference used again by a statement that follows is another booking, and told again it is the same two",
    [
      [
        {
          header: { id: 'D1' },
          balances: { OPBD: [0, '2026-11-19'], CLBD: [100, '2026-11-20'] },
          entries: [[100, { references: { accountServicer: 'MONTHLY' } }]],
        },
      ],
      [
        {
          header: { id: 'noon', kind: 'report' },
          balances: { OPBD: [100, '2026-11-20'], ITBD: [200, '2026-11-23'] },
          entries: [[100, { references: { accountServicer: 'MONTHLY' } }]],
        },
      ],
      [
        {
          header: { id: 'D2' },
          balances: { OPBD: [100, '2026-11-20'], CLBD: [200, '2026-11-23'] },
          entries: [[100, { references: { accountServicer: 'MONTHLY' } }]],
        },
      ],
    ],
    [1, 1, 0],
  ],
  ['a line that is pending is left', [[{ ...day, entries: [deposit, [500, { status: 'pending' }]] }]], [1]],
];

for (const [name, files, added] of histories) {
  test(name, async (t) => {
    const { run, bookings } = await openImporting(t);
    const counted = [];
    for (const [index, said] of files.entries()) {
      const outcome = await run(fileOf(`file-${index}`, ...said));
      counted.push(outcome.outcome === 'imported' ? outcome.added : outcome.outcome);
    }
    assert.deepEqual(counted, added);
    assert.equal(
      (await bookings()).length,
      added.reduce((sum, count) => sum + count, 0),
    );
  });
}

test('the same file twice changes nothing, whatever it is called', async (t) => {
  const { run, store, bookings } = await openImporting(t);
  const first = await run(fileOf('monday.xml', day));
  const before = [
    await bookings(),
    await store.files({}, { limit: 10 }),
    await store.statements({}, { limit: 10 }),
  ];
  const second = await run(fileOf('monday (1).xml', day), { source: 'rest' });
  assert.deepEqual(
    [told(first), told(second)],
    [
      { outcome: 'imported', statements: 1, entries: 2, added: 2 },
      { outcome: 'known', statements: 1, entries: 2, added: 0 },
    ],
  );
  const after = [
    await bookings(),
    await store.files({}, { limit: 10 }),
    await store.statements({}, { limit: 10 }),
  ];
  assert.deepEqual(after, before);
});

test('a later document adds its details to a booking that had none', async (t) => {
  const { run, bookings } = await openImporting(t);
  await run(fileOf('053', bookedSum));
  await run(fileOf('054', itsDetails));
  const [booking] = await bookings();
  assert.deepEqual(
    booking?.details.map(({ references }) => references.endToEnd),
    ['A', 'B'],
  );
});

test('the original is kept as it came, in parts', async (t) => {
  const { run, store } = await openImporting(t);
  const text = 'x'.repeat(900);
  const many = Array.from({ length: 3_000 }, (_, index): NonNullable<Said['entries']>[number] => [
    index + 1,
    { remittance: text },
  ]);
  const original = fileOf('large.xml', { ...day, entries: many });
  const outcome = await run(original);
  assert.ok(outcome.outcome === 'imported');
  assert.ok(outcome.sizeBytes > 2 * 1024 * 1024);
  const kept = { name: 'kept', bytes: () => store.bytesOf(outcome.fileId) };
  assert.equal(await sha256Of(kept), await sha256Of(original));
  assert.equal(outcome.sha256, await sha256Of(original));
  assert.deepEqual(told(outcome), { outcome: 'imported', statements: 1, entries: 3_000, added: 3_000 });
});

test('statements say what they come to, whose they are and how they stand to one another', async (t) => {
  const { run, store } = await openImporting(t);
  await run(fileOf('1', day));
  const outcome = await run(
    fileOf(
      '2',
      {
        header: { id: 'S2', sequence: '3' },
        balances: { OPBD: [10_500, '2026-11-23'], CLBD: [9_000, '2026-11-24'] },
        entries: [[-1_000]],
      },
      { header: { id: 'X', account: { other: 'elsewhere' } }, entries: [[700]] },
      { header: { id: 'Y', account: { iban: ourKey, currency: 'USD' } } },
    ),
  );
  assert.ok(outcome.outcome === 'imported');
  const { unassigned, differing, gaps, repeats } = outcome;
  assert.deepEqual(
    { unassigned, differing, gaps, repeats },
    { unassigned: 2, differing: 1, gaps: 1, repeats: 0 },
  );
  const [first, second, third] = await store.statements({}, { limit: 10 });
  assert.deepEqual([first?.account, second?.account, third?.account], ['main', 'main', undefined]);
  assert.deepEqual(second?.proof, { kind: 'differs', differenceMinor: -500n });
  assert.deepEqual([second?.follows, second?.gap], [first?.id, 'sequence']);
  assert.equal((await store.statements({ unassigned: true }, { limit: 10 })).length, 2);
});

const nothing = async (store: StatementStore) => assert.deepEqual(await store.files({}, { limit: 10 }), []);

test('a file that is no statement is refused and writes nothing', async (t) => {
  const { run, store } = await openImporting(t);
  const broken = textFile('half', `${await textOf(fileOf('broken', day))}nonsense\n`);
  assert.deepEqual(await run(broken), { outcome: 'refused', rule: 'notAStatement', line: 7 });
  await nothing(store);
});

const refused: [name: string, limits: Partial<ImportLimits>, order: Partial<ImportOrder>, refusal: object][] =
  [
    ['a profile that is not there', {}, { csvProfile: 'none' }, { rule: 'csvProfileUnknown' }],
    ['a file that is too large', { fileBytesMax: 100 }, {}, { rule: 'fileTooLarge' }],
    ['a file with too many statements', { statementsMax: 1 }, {}, { rule: 'tooManyStatements', line: 1 }],
  ];

for (const [name, limits, order, refusal] of refused) {
  test(`${name} is refused and writes nothing`, async (t) => {
    const { run, store } = await openImporting(t, { limits: { ...someLimits, ...limits } });
    assert.deepEqual(await run(fileOf('a', day, day), order), { outcome: 'refused', ...refusal });
    await nothing(store);
  });
}

test('who stops the first look has written nothing', async (t) => {
  const { run, store } = await openImporting(t);
  assert.deepEqual(await run(fileOf('a', day), { signal: AbortSignal.abort() }), { outcome: 'stopped' });
  await nothing(store);
});

test('remarks are counted, and the first of them kept', async (t) => {
  const { run, store } = await openImporting(t);
  const remarks = Array.from({ length: 7 }, (_, index) =>
    JSON.stringify({
      part: 'remark',
      remark: { level: index < 2 ? 'badRow' : 'warning', line: index, rule: 'odd' },
    }),
  );
  const outcome = await run(textFile('a', `${remarks.join('\n')}\n`));
  assert.ok(outcome.outcome === 'imported');
  assert.deepEqual([outcome.badRows, outcome.warnings, outcome.statements], [2, 5, 0]);
  assert.equal((await store.remarksOf(outcome.fileId, 100)).length, 5);
});

test('progress is told while it is read and while it is recorded', async (t) => {
  const { run } = await openImporting(t);
  const steps: string[] = [];
  await run(fileOf('a', day), { onProgress: ({ step, entries }) => steps.push(`${step} ${entries}`) });
  assert.deepEqual(steps, ['reading 1', 'reading 2', 'recording 2']);
});
