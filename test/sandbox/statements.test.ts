import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pspRestSettlement } from '../../src/reconciliation/statements/csv/profiles/psp-rest.ts';
import { readCsv } from '../../src/reconciliation/statements/csv/csv.ts';
import type { Entry, StatementPart } from '../../src/reconciliation/statements/statement.ts';
import { bankStatements } from '../../src/sandbox/bank-statements.ts';
import { createFaults } from '../../src/sandbox/faults.ts';
import { statementModes } from '../../src/sandbox/misstated.ts';
import { pspPath } from '../../src/sandbox/psp-requests.ts';
import { camtBounds, camtParts, collected, inChunks } from '../support/camt-read.ts';
import { certificates, getStatement, runBank, type RunningBank, submitPayment } from './running-bank.ts';
import { pspClientOf, runPsp, type RunningPsp, signingKey } from './running-psp.ts';

const day = '2026-11-22';

function clockAt(start = `${day}T10:00:00Z`): { now(): Date; set(instant: string): void } {
  let now = start;
  return {
    now: () => new Date(now),
    set(instant) {
      now = instant;
    },
  };
}

/** The document that the bank gives, put together of its segments. */
async function documentOf(bank: RunningBank, currency = 'EUR', on = day): Promise<string> {
  const segments: Buffer[] = [];
  for (let page = 1; ; page += 1) {
    const asked = getStatement(on, currency, page).replace('</Qry>', '<Frmt>camt.053.001.08</Frmt></Qry>');
    const { status, body } = await bank.post(asked);
    assert.equal(status, 200, body.slice(0, 500));
    segments.push(Buffer.from(/<Doc>([^<]*)</.exec(body)?.[1] ?? '', 'base64'));
    if (body.includes('<LastPgInd>true')) return Buffer.concat(segments).toString('utf8');
  }
}

async function settlementOf(psp: RunningPsp, currency = 'EUR', on = day): Promise<string> {
  const { status, mediaType, body } = await psp.ask({
    method: 'GET',
    path: `${pspPath}/settlements/${on}/${currency}`,
  });
  assert.deepEqual([status, mediaType], [200, 'text/csv; charset=utf-8'], body);
  return body;
}

async function csvParts(text: string): Promise<StatementPart[]> {
  const chunks = inChunks(Buffer.from(text), () => 4_096);
  return collected(readCsv(pspRestSettlement)(chunks, camtBounds));
}

interface Told {
  readonly entries: readonly Entry[];
  readonly remarks: readonly object[];
  readonly opening: bigint;
  readonly closing: bigint;
}

function told(parts: readonly StatementPart[]): Told {
  const balances = new Map(
    parts.flatMap((part) => {
      if (part.part !== 'balance') return [];
      const { type, direction, amount } = part.balance;
      return [[type, direction === 'DBIT' ? -amount.minor : amount.minor] as const];
    }),
  );
  return {
    entries: parts.flatMap((part) => (part.part === 'entry' ? [part.entry] : [])),
    remarks: parts.flatMap((part) => (part.part === 'remark' ? [part.remark] : [])),
    opening: balances.get('OPBD') ?? -1n,
    closing: balances.get('CLBD') ?? -1n,
  };
}

function moved({ entries }: Told): bigint {
  return entries.reduce((sum, { amount, direction, charges = [] }) => {
    const fees = charges.reduce((all, { amount: fee }) => all + fee.minor, 0n);
    return sum + (direction === 'CRDT' ? amount.minor : -amount.minor) - fees;
  }, 0n);
}

function gross({ entries }: Told): bigint {
  return entries.reduce((all, { amount }) => all + amount.minor, 0n);
}

test('bank: a day is a camt.053 whose arithmetic is right, and the next one begins where it ended', async (t) => {
  const clock = clockAt();
  const bank = await runBank(t, { clock });
  const named = submitPayment({ id: 'in-1', amount: '100.00' });
  await bank.post(named.replace('<b:CreDtTm>', '<b:EndToEndId>E2E-1</b:EndToEndId><b:CreDtTm>'));
  await bank.post(submitPayment({ id: 'out-1', direction: 'DBIT', amount: '30.50' }));
  await bank.post(submitPayment({ id: 'yen', currency: 'JPY', amount: '1000' }));
  const first = told(await camtParts(await documentOf(bank)));
  assert.deepEqual(first.remarks, []);
  assert.deepEqual([first.opening, first.closing, moved(first)], [0n, 6_950n, 6_950n]);
  const [entry] = first.entries;
  assert.equal(entry?.bookedOn, day);
  assert.equal(entry?.valueOn, day);
  const references = { ...entry?.references, ...entry?.details[0]?.references };
  assert.deepEqual(
    [references.accountServicer, references.instruction, references.endToEnd],
    ['BK-1', 'in-1', 'E2E-1'],
  );
  clock.set('2026-11-23T08:00:00Z');
  await bank.post(submitPayment({ id: 'in-2', amount: '1.00' }));
  const second = told(await camtParts(await documentOf(bank, 'EUR', '2026-11-23')));
  assert.deepEqual([second.opening, second.closing], [6_950n, 7_050n]);
  assert.equal(told(await camtParts(await documentOf(bank, 'JPY'))).closing, 1_000n);
  clock.set('2026-11-25T08:00:00Z');
  const quiet = told(await camtParts(await documentOf(bank, 'EUR', '2026-11-24')));
  assert.deepEqual([quiet.opening, quiet.closing, quiet.entries.length], [7_050n, 7_050n, 0]);
  assert.equal(await documentOf(bank), await documentOf(bank), 'the same day, the same bytes');
});

test('bank: a long day comes in segments of one document, whatever is armed meanwhile', async () => {
  const lines = Array.from({ length: 3_000 }, (_, n) => ({
    reference: `BK-${n}`,
    kind: 'payment' as const,
    instructionId: `long-${n}`,
    grossMinor: 101n,
    feeMinor: 0n,
  }));
  const booked = { day, currency: 'EUR', openingMinor: 0n, lines };
  const faults = createFaults({ modes: statementModes, random: Math.random, faultsMax: 10 });
  const statements = bankStatements({ days: () => [booked], dayOf: () => booked }, faults);
  const segments = [1, 2, 3, 4, 5, 6].flatMap((page) => {
    if (page === 2)
      faults.add({ gateway: 'bank', mode: 'statementFee', asked: 'statement', count: 1, delayMs: 0 });
    return statements.segment({ day, currency: 'EUR', page }) ?? [];
  });
  assert.deepEqual(
    segments.map(({ isLast }) => isLast),
    segments.map((_, index) => index === segments.length - 1),
  );
  assert.ok(segments.length > 2, `${segments.length} segments`);
  const { entries, closing } = told(await camtParts(Buffer.concat(segments.map(({ bytes }) => bytes))));
  assert.deepEqual([entries.length, closing], [3_000, 303_000n]);
});

for (const [what, on, currency] of [
  ['a day to come', '2026-11-23', 'EUR'],
  ['a day before anything moved', '2026-11-21', 'EUR'],
  ['a currency in which nothing moved', day, 'SEK'],
] as const) {
  test(`no statement of ${what}`, async (t) => {
    const clock = clockAt();
    const bank = await runBank(t, { clock });
    await bank.post(submitPayment());
    const asked = getStatement(on, currency).replace('</Qry>', '<Frmt>camt.053.001.08</Frmt></Qry>');
    const refused = await bank.post(asked);
    assert.equal(refused.status, 500);
    assert.match(refused.body, /<Cd>NFND</);
    const psp = await runPsp(t, { clock });
    await psp.submit();
    const { status, body } = await psp.ask({
      method: 'GET',
      path: `${pspPath}/settlements/${on}/${currency}`,
    });
    assert.equal(status, 404);
    assert.match(body, /SETTLEMENT_NOT_FOUND/);
  });
}

test('psp: gross, fee, net, what came back, the payout, and balances that prove it', async (t) => {
  const clock = clockAt();
  const psp = await runPsp(t, { clock });
  await psp.submit({ instructionId: 'I-1', endToEndId: 'E2E-1' });
  await psp.submit({
    instructionId: 'I-2',
    direction: 'PAYOUT',
    amount: { currency: 'EUR', minorUnits: '300' },
  });
  await psp.refund({ instructionId: 'R-1' });
  await psp.giveBack({ instructionId: 'I-2', kind: 'return', amountMinor: '300', reason: 'AC04' });
  const statement = told(await csvParts(await settlementOf(psp)));
  assert.deepEqual(statement.remarks, []);
  assert.deepEqual(
    statement.entries.map(({ kind, direction, amount, charges = [] }) => [
      kind,
      direction,
      amount.minor,
      charges.map(({ amount: fee }) => fee.minor),
    ]),
    [
      ['payment', 'CRDT', 1_010n, [10n]],
      ['payment', 'DBIT', 300n, []],
      ['refund', 'DBIT', 505n, []],
      ['refund', 'CRDT', 300n, []],
      ['payout', 'DBIT', 495n, []],
    ],
  );
  assert.deepEqual([statement.opening, statement.closing, moved(statement)], [0n, 0n, 0n]);
  clock.set('2026-11-23T08:00:00Z');
  await psp.submit({ instructionId: 'I-3', direction: 'PAYOUT' });
  const next = told(await csvParts(await settlementOf(psp, 'EUR', '2026-11-23')));
  assert.deepEqual([next.opening, next.closing, next.entries.length], [0n, -1_010n, 1]);
});

test('what the PSP pays out lands at the bank on that day', async (t) => {
  const clock = clockAt();
  const { psp: identity } = await certificates();
  const bank = await runBank(t, { clock, psp: { port: 0, identity, signingKeys: [signingKey] } });
  const psp = await pspClientOf(
    { psp: bank.psp ?? 0, control: bank.control },
    { now: () => clock.now().getTime() },
  );
  await psp.submit();
  await bank.post(submitPayment({ id: 'in-1', amount: '1.00' }));
  const { entries, closing } = told(await camtParts(await documentOf(bank)));
  const [own, landed, ...more] = entries;
  assert.deepEqual([own?.amount.minor, landed?.amount.minor, more], [100n, 1_000n, []]);
  const { references } = landed?.details[0] ?? {};
  assert.equal(references?.endToEnd ?? landed?.references.endToEnd, 'STL-2026-11-22-EUR');
  assert.equal(closing, 1_100n);
});

const wrong: readonly [mode: string, effect: (before: Told, after: Told) => void][] = [
  [
    'statementMissing',
    (before, after) => {
      assert.equal(after.entries.length, before.entries.length - 1);
    },
  ],
  [
    'statementDuplicate',
    (before, after) => {
      assert.equal(after.entries.length, before.entries.length + 1);
      const instructions = after.entries.map(
        ({ references, details }) => references.instruction ?? details[0]?.references.instruction,
      );
      assert.equal(new Set(instructions.filter(Boolean)).size, 4);
    },
  ],
  [
    'statementAmount',
    (before, after) => {
      assert.equal(after.entries.length, before.entries.length);
      assert.notEqual(gross(after), gross(before));
    },
  ],
  [
    'statementFee',
    (before, after) => {
      assert.equal(after.entries.length, before.entries.length + 1);
      const fee = after.entries.at(-1);
      assert.deepEqual([fee?.direction, fee?.amount.minor], ['DBIT', 250n]);
    },
  ],
];

for (const [mode, effect] of wrong) {
  test(`${mode}: once, in a statement that adds up, at either gateway`, async (t) => {
    const clock = clockAt();
    const bank = await runBank(t, { clock });
    const psp = await runPsp(t, { clock });
    for (const n of [1, 2, 3, 4]) {
      await bank.post(submitPayment({ id: `I-${n}`, amount: `${n}.00` }));
      await psp.submit({ instructionId: `I-${n}` });
    }
    const asked = [
      async () => told(await camtParts(await documentOf(bank))),
      async () => told(await csvParts(await settlementOf(psp))),
    ];
    for (const [at, ask] of asked.entries()) {
      const gateway = [bank, psp][at];
      const before = await ask();
      assert.equal((await gateway?.arm({ mode }))?.status, 201);
      const after = await ask();
      effect(before, after);
      assert.deepEqual(after.remarks, []);
      assert.equal(after.opening + moved(after), after.closing);
      assert.deepEqual(await ask(), before, 'the next one says the truth');
    }
  });
}
