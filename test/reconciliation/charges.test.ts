/** Charges that a bank tells of with a booking: each is a fee once, whether it is in the amount, beside it, or given back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importStatement } from '../../src/reconciliation/importing/import-statement.ts';
import { readersOf } from '../../src/reconciliation/importing/readers.ts';
import { nameOf } from '../../src/reconciliation/matching/breaks.ts';
import { dryRun, isSame } from '../../src/reconciliation/matching/dry-run.ts';
import { type MatchingRule, shippedRules } from '../../src/reconciliation/matching/rules.ts';
import { createIds } from '../../src/platform/ids.ts';
import { ourKey, someLimits, textFile } from '../support/importing.ts';
import {
  accounts,
  balances,
  booking,
  instrIdOf,
  openReconHouse,
  type ReconHouse,
} from '../support/recon-house.ts';

const shipped = [...shippedRules, { name: 'bank-fee', find: 'fee', codes: ['FEE'] } as const];

type Version = '02' | '08';

const money = (name: string, minor: number) => `<${name} Ccy="EUR">${(minor / 100).toFixed(2)}</${name}>`;
const direction = (minor: number) => `<CdtDbtInd>${minor < 0 ? 'DBIT' : 'CRDT'}</CdtDbtInd>`;

interface SaidCharge {
  readonly minor: number;
  readonly given?: boolean;
  readonly included?: boolean;
  readonly currency?: string;
}

function record({ minor, given = false, included, currency = 'EUR' }: SaidCharge): string {
  const told = included === undefined ? '' : `<ChrgInclInd>${included}</ChrgInclInd>`;
  const amount = money('Amt', minor).replace('EUR', currency);
  return `<Rcrd>${amount}<CdtDbtInd>${given ? 'CRDT' : 'DBIT'}</CdtDbtInd>${told}</Rcrd>`;
}

const charges = (...all: readonly SaidCharge[]) => `<Chrgs>${all.map(record).join('')}</Chrgs>`;

const detail = (reference: string, more = '', minor?: number) =>
  `<TxDtls><Refs><InstrId>${reference}</InstrId></Refs>${minor === undefined ? '' : money('Amt', minor) + direction(minor)}${more}</TxDtls>`;

let entries = 0;
function entry(minor: number, parts: { charges?: string; details?: string; code?: string }): string {
  entries += 1;
  return `<Ntry>${money('Amt', Math.abs(minor))}${direction(minor)}<Sts>BOOK</Sts><BookgDt><Dt>2026-11-23</Dt></BookgDt>
    <ValDt><Dt>2026-11-23</Dt></ValDt><AcctSvcrRef>B-${entries}</AcctSvcrRef>
    <BkTxCd><Prtry><Cd>${parts.code ?? 'TRF'}</Cd></Prtry></BkTxCd>${parts.charges ?? ''}
    ${parts.details === undefined ? '' : `<NtryDtls>${parts.details}</NtryDtls>`}</Ntry>`;
}

const opening = 1_000_00;

const balance = (type: string, minor: number) =>
  `<Bal><Tp><CdOrPrtry><Cd>${type}</Cd></CdOrPrtry></Tp>${money('Amt', minor)}${direction(minor)}<Dt><Dt>2026-11-23</Dt></Dt></Bal>`;

function camt(version: Version, closing: number, body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}"><BkToCstmrStmt>
    <GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-23T23:00:00Z</CreDtTm></GrpHdr>
    <Stmt><Id>S</Id><CreDtTm>2026-11-23T23:00:00Z</CreDtTm><Acct><Id><IBAN>${ourKey}</IBAN></Id><Ccy>EUR</Ccy></Acct>
    ${balance('OPBD', opening)}${balance('CLBD', closing)}${body}</Stmt></BkToCstmrStmt></Document>`;
}

async function bringIn({ store, clock }: ReconHouse, xml: string): Promise<void> {
  const world = {
    statements: store,
    accounts,
    readerOf: readersOf([]),
    clock,
    ids: createIds({ clock }),
    limits: someLimits,
  };
  const { outcome } = await importStatement(world, textFile('camt.xml', xml), { source: 'person' });
  assert.equal(outcome, 'imported');
}

/** Deposits of 100.00 and 50.00 and a withdrawal of 30.00, by their InstrIds. */
interface Paid {
  readonly a: string;
  readonly b: string;
  readonly out: string;
}

interface Row {
  readonly version?: Version;
  readonly body: (paid: Paid) => readonly (readonly [minor: number, xml: string])[];
  /** What the bank took in all. */
  readonly fees: number;
  /** Lines without a match, in minor units. */
  readonly open?: readonly number[];
  readonly breaks?: readonly string[];
  readonly rules?: readonly MatchingRule[];
}

const one = (minor: number, parts: Parameters<typeof entry>[1]) => [minor, entry(minor, parts)] as const;
const included = (minor: number) => charges({ minor, included: true });
const beside = (minor: number) => charges({ minor, included: false });

const rows: Readonly<Record<string, Row>> = {
  'taken from what came': {
    body: ({ a }) => [one(99_50, { charges: included(50), details: detail(a) })],
    fees: 50,
  },
  'put onto what went': {
    body: ({ out }) => [one(-30_75, { charges: included(75), details: detail(out) })],
    fees: 75,
  },
  'told with the transaction': {
    body: ({ a }) => [one(99_50, { details: detail(a, included(50), 100_00) })],
    fees: 50,
  },
  'told with the booking and again with its transaction': {
    body: ({ a }) => [one(99_50, { charges: included(50), details: detail(a, included(50)) })],
    fees: 50,
  },
  'several at once': {
    body: ({ a }) => [
      one(99_20, {
        charges: charges({ minor: 50, included: true }, { minor: 30, included: true }),
        details: detail(a),
      }),
    ],
    fees: 80,
  },
  'beside the amount, and booked by a line of its own': {
    body: ({ a }) => [
      one(100_00, { charges: beside(50), details: detail(a) }),
      one(-50, { code: 'FEE', charges: included(50) }),
    ],
    fees: 50,
  },
  'beside the amount, and not booked yet': {
    body: ({ a }) => [one(100_00, { charges: beside(50), details: detail(a) })],
    fees: 0,
  },
  'one in the amount and one beside it': {
    body: ({ a }) => [
      one(99_50, {
        charges: charges({ minor: 50, included: true }, { minor: 20, included: false }),
        details: detail(a),
      }),
      one(-20, { code: 'FEE' }),
    ],
    fees: 70,
  },
  'nobody says whether it is in the amount: it is': {
    body: ({ a }) => [one(99_50, { charges: charges({ minor: 50 }), details: detail(a) })],
    fees: 50,
  },
  'nobody says whether it is in the amount: it is not': {
    body: ({ a }) => [
      one(100_00, { charges: charges({ minor: 50 }), details: detail(a) }),
      one(-50, { code: 'FEE' }),
    ],
    fees: 50,
  },
  'an old version, which cannot say it': {
    version: '02',
    body: ({ a }) => [one(99_50, { charges: `<Chrgs>${money('Amt', 50)}</Chrgs>`, details: detail(a) })],
    fees: 50,
  },
  'a total alone': {
    body: ({ a }) => [
      one(99_50, {
        charges: `<Chrgs>${money('TtlChrgsAndTaxAmt', 50)}</Chrgs>`,
        details: detail(a),
      }),
    ],
    fees: 50,
  },
  'a total with the tax on it': {
    body: ({ a }) => [
      one(99_40, {
        charges: `<Chrgs>${money('TtlChrgsAndTaxAmt', 60)}${record({ minor: 50, included: true })}</Chrgs>`,
        details: detail(a),
      }),
    ],
    fees: 60,
  },
  'given back on top of what came': {
    body: ({ a }) => [
      one(100_20, { charges: charges({ minor: 20, given: true, included: true }), details: detail(a) }),
    ],
    fees: -20,
  },
  'given back of what went': {
    body: ({ out }) => [
      one(-29_80, { charges: charges({ minor: 20, given: true, included: true }), details: detail(out) }),
    ],
    fees: -20,
  },
  'taken and partly given back': {
    body: ({ a }) => [
      one(99_70, {
        charges: charges({ minor: 50, included: true }, { minor: 20, given: true, included: true }),
        details: detail(a),
      }),
    ],
    fees: 30,
  },
  'of a sum that its transactions are told before': {
    body: ({ a, b }) => [
      one(149_00, {
        charges: included(1_00),
        details: detail(a, '', 100_00) + detail(b, '', 50_00),
      }),
    ],
    fees: 1_00,
  },
  'of a sum, with each transaction before it': {
    body: ({ a, b }) => [
      one(149_00, {
        details: detail(a, included(60), 100_00) + detail(b, included(40), 50_00),
      }),
    ],
    fees: 1_00,
  },
  'of a sum, with each transaction after it': {
    body: ({ a, b }) => [
      one(149_00, {
        details: detail(a, included(60), 99_40) + detail(b, included(40), 49_60),
      }),
    ],
    fees: 1_00,
  },
  'a sum that nothing was taken of': {
    body: ({ a, b }) => [one(150_00, { details: detail(a, '', 100_00) + detail(b, '', 50_00) })],
    fees: 0,
  },
  'of what only its amount tells': {
    body: () => [one(99_50, { charges: included(50), details: detail('NOTPROVIDED') })],
    rules: [{ name: 'amount', find: 'amount' }],
    fees: 50,
  },
  'in another currency, which explains nothing': {
    body: ({ a }) => [
      one(99_50, { charges: charges({ minor: 50, included: true, currency: 'USD' }), details: detail(a) }),
    ],
    fees: 0,
    open: [99_50],
    breaks: ['UNDER_AMOUNT'],
  },
  'another figure than what is missing': {
    body: ({ a }) => [one(99_50, { charges: included(40), details: detail(a) })],
    fees: 0,
    open: [99_50],
    breaks: ['UNDER_AMOUNT'],
  },
  'more than expected, and no word of a charge that was given': {
    body: ({ a }) => [one(100_20, { charges: included(20), details: detail(a) })],
    fees: 0,
    open: [100_20],
    breaks: ['OVER_AMOUNT'],
  },
};

for (const [name, { version = '08', body, fees, open = [], breaks = [], ...more }] of Object.entries(rows)) {
  test(`a charge ${name}`, async (t) => {
    const { rules = shipped } = more;
    const house = await openReconHouse(t, { rules });
    const [a, b, out] = [
      await house.pay('bank', 100_00),
      await house.pay('bank', 50_00),
      await house.pay('bank', -30_00),
    ];
    const lines = body({ a: instrIdOf(a), b: instrIdOf(b), out: instrIdOf(out) });
    const moved = lines.reduce((sum, [minor]) => sum + minor, 0);
    await bringIn(house, camt(version, opening + moved, lines.map(([, xml]) => xml).join('')));
    await house.round();
    const left = await house.store.statementEntries({ account: 'main-eur', open: true }, { limit: 10 });
    assert.deepEqual(
      left.map(({ entry: { amount } }) => Number(amount.minor)),
      open,
    );
    const held = await balances(house);
    const unmatched = open.reduce((sum, minor) => sum + minor, 0);
    assert.equal(held['bank:main-eur'] ?? 0n, BigInt(moved - unmatched));
    assert.equal(held['fees:main-eur'] ?? 0n, BigInt(fees));
    assert.deepEqual(
      (await house.openBreaks()).map(({ kind }) => kind),
      breaks,
    );
    assert.deepEqual((await house.ledger.verify({ findingsMax: 10 })).violations, []);
    const { statements, limits } = house.matching;
    for await (const decided of dryRun({ statements, accounts, rules, limits }))
      assert.equal(isSame(decided), true, nameOf(decided.line));
  });
}

const kept = (minor: bigint, isIncluded: boolean, side: 'DBIT' | 'CRDT' = 'DBIT') => ({
  charges: [{ amount: { minor, currency: 'EUR' }, direction: side, included: isIncluded }],
});

const reports: Readonly<
  Record<string, { readonly line: number; readonly said: ReturnType<typeof kept>; readonly fee: bigint }>
> = {
  'beside the amount': { line: 100_00, said: kept(50n, false), fee: 50n },
  'in the amount': { line: 99_50, said: kept(50n, true), fee: 50n },
  'given back beside the amount': { line: 100_00, said: kept(50n, false, 'CRDT'), fee: -50n },
  'given back in the amount': { line: 100_50, said: kept(50n, true, 'CRDT'), fee: -50n },
};

for (const [name, { line, said, fee }] of Object.entries(reports)) {
  test(`a gateway's fee ${name} is booked once, and the payout is without it`, async (t) => {
    const house = await openReconHouse(t);
    const payment = await house.pay('psp', 100_00);
    await house.bringIn('report', {
      header: { id: 'R-1', kind: 'settlement', account: { other: 'MERCHANT1', currency: 'EUR' } },
      entries: [booking(line, payment, { kind: 'payment', ...said })],
    });
    await house.round();
    assert.deepEqual(await house.openBreaks(), []);
    const held = await balances(house);
    assert.deepEqual(
      [held['gateway:psp'], held['fees:psp'], held['transit:psp']],
      [undefined, fee, 100_00n - fee],
    );
    const [payout] = await house.store.expected({ gateway: 'psp', expectedIn: 'bank' }, { limit: 2 });
    assert.equal(payout?.amount.minor, 100_00n - fee);
  });
}
