/** CSV that goes by a profile which only its sender names, cut off before anything of it was recorded. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readersOf } from '../../src/reconciliation/importing/readers.ts';
import type { ImportPoint } from '../../src/reconciliation/importing/world.ts';
import type { CsvProfile } from '../../src/reconciliation/statements/csv/profile.ts';
import { pspRestSettlement } from '../../src/reconciliation/statements/csv/profiles/psp-rest.ts';
import { openImporting, someLimits, textFile } from '../support/importing.ts';

/** A file that a shipped profile would read too, with the signs the other way round. */
const mine: CsvProfile = {
  ...pspRestSettlement,
  name: 'mine',
  entry: {
    ...pspRestSettlement.entry,
    amount: { signed: 'gross', positiveIs: 'DBIT', currency: { column: 'currency' } },
    net: { signed: 'net', positiveIs: 'DBIT', currency: { column: 'currency' } },
  },
};

const csv = (id: string) =>
  'settlementId,account,lineId,kind,instructionId,gatewayReference,currency,gross,fee,net,bookedOn,settledOn\n' +
  `${id},acc,${id}-1,payment,,,EUR,100.00,0.00,100.00,2026-01-01,2026-01-02\n`;

for (const point of ['bytesKept', 'statementsRecorded'] satisfies ImportPoint[]) {
  test(`cut off at ${point}, it is never finished by another profile`, async (t) => {
    let isDying = true;
    const house = await openImporting(t, {
      limits: { ...someLimits, textBytesMax: 65_536, importLeaseMs: 50 },
      readerOf: readersOf([mine]),
      reached(reached: ImportPoint) {
        if (isDying && reached === point) throw new Error('died');
      },
    });
    await assert.rejects(house.run(textFile('a.csv', csv('A')), { csvProfile: 'mine' }));
    isDying = false;
    await house.run(textFile('b.csv', csv('B')), { csvProfile: 'mine' });
    await house.run(textFile('a.csv', csv('A')), { csvProfile: 'mine' });
    const bookings = await house.store.statementEntries({}, { limit: 10 });
    const told = bookings.map(({ entry }) => `${entry.references.accountServicer} ${entry.direction}`);
    assert.deepEqual(told.toSorted(), ['A-1 DBIT', 'B-1 DBIT']);
  });
}
