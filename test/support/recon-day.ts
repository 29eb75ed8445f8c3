import type { TestContext } from 'node:test';
import type { Payment } from '../../src/payments/payment.ts';
import { booking, openReconHouse, reported, type ReconHouse } from './recon-house.ts';

/**
 * A day over two gateways: by the bank six payments, of which one never comes, one is told twice, one comes back and one had
 * no answer; by the PSP four, of which one is reported with another amount, paid out with the rest less fees; and a fee of the
 * bank that nobody expected.
 */
export async function someDay(
  t: TestContext,
  changes: Parameters<typeof openReconHouse>[1] = {},
): Promise<{ house: ReconHouse; payments: Record<'lost' | 'silent' | 'back' | 'twice', Payment> }> {
  const house = await openReconHouse(t, changes);
  const { pay, bringIn, gateways } = house;
  const first = await pay('bank', 10_000);
  const lost = await pay('bank', 2_300);
  const twice = await pay('bank', 4_500);
  const back = await pay('bank', -3_000);
  const silent = await pay('bank', 7_700, () => ({ kind: 'unknown', reason: 'timeout' }) as never);
  gateways.bank.onStatus = () => Promise.resolve({ kind: 'unknown', reason: 'timeout' } as never);
  const [a, b, c, d] = [
    await pay('psp', 1_000),
    await pay('psp', 2_000),
    await pay('psp', 3_000),
    await pay('psp', -500),
  ];
  await bringIn('psp-report.csv', {
    header: { id: 'SETTLE-7', kind: 'settlement', account: { other: 'MERCHANT1', currency: 'EUR' } },
    entries: [
      reported(1_000, a, 30),
      reported(1_900, b, 50),
      reported(3_000, c, 70),
      reported(-500, d),
      booking(-25, undefined, { kind: 'fee' }),
      [-5_225, { kind: 'payout', references: { accountServicer: 'PAYOUT-7' } }],
    ],
  });
  const entries = [
    booking(10_000, first),
    booking(4_500, twice),
    booking(4_500, twice),
    booking(-3_000, back),
    booking(3_000, back, { returned: { code: 'AC04' } }),
    booking(7_700, silent),
    booking(5_225, undefined, { remittance: 'PSP PAYOUT-7 THANKS' }),
    booking(-15, undefined, { remittance: 'CHARGES' }),
  ];
  await bringIn('bank.xml', {
    header: { id: 'S-1' },
    balances: { OPBD: [0, '2026-11-22'], CLBD: [31_910, '2026-11-23'] },
    entries,
  });
  return { house, payments: { lost, silent, back, twice } };
}
