/** What reconciliation asks of the ledger, and the leases of its jobs. */
import assert from 'node:assert/strict';
import { deposit, laterBy, settled, transferOf } from '../support/store-commands.ts';
import { returned } from '../support/store-outcomes.ts';
import type { StatementContract } from './statement-store-contract.ts';
import { item, match, orderedId, postingsOf, unique } from './statement-store-commands.ts';

export function ledger(contract: StatementContract): void {
  contract(
    'unexpectedEntries: entries of payments at gateways, with all that they are known by',
    async (stores) => {
      const { statements, ledger: books } = stores;
      const gateway = `gw-${unique().slice(0, 8)}`;
      const { payment } = deposit({ gateway });
      await books.acceptPayment({ payment });
      const answer = settled(payment);
      await books.recordAnswer(answer);
      await books.transfer(transferOf({ minor: 100n, player: unique() }));
      const all = await statements.unexpectedEntries('0', 10_000);
      const [entry, ...more] = all.filter((one) => one.gateway === gateway);
      assert.equal(more.length, 0);
      assert.ok(all.every((one) => one.entry.paymentId !== undefined));
      const [posted] = answer.entries;
      assert.deepEqual(entry?.entry, posted);
      const { partnerReference, endToEndId, uetr } = payment.instruction;
      const { attempt } = payment.state as { attempt: { instrId: string } };
      const state = answer.next?.state;
      const gatewayReference = state?.name === 'completed' ? state.settlement.gatewayReference : undefined;
      const known = [partnerReference, attempt.instrId, endToEndId, uetr, gatewayReference];
      assert.deepEqual(entry?.references.toSorted(), known.filter((one) => one !== undefined).toSorted());

      await statements.recordExpected([item({ key: entry?.entry.postingKey ?? '' })]);
      const left = await statements.unexpectedEntries('0', 10_000);
      assert.ok(left.every((one) => one.gateway !== gateway));
      const before = (BigInt(entry?.id ?? '1') - 1n).toString();
      assert.ok(
        (await statements.unexpectedEntries(before, 1)).every(({ id }) => BigInt(id) > BigInt(before)),
      );
    },
  );

  contract('unexpectedEntries: a return is known by what the gateway calls it', async (stores) => {
    const { statements, ledger: books } = stores;
    const gateway = `gw-${unique().slice(0, 8)}`;
    const { payment } = deposit({ gateway });
    await books.acceptPayment({ payment });
    const answer = settled(payment);
    await books.recordAnswer(answer);
    const back = returned(answer.next ?? payment, 400n);
    assert.equal(await books.recordAnswer(back), 'recorded');
    const entries = await statements.unexpectedEntries('0', 10_000);
    const [first, second] = entries.filter((one) => one.gateway === gateway);
    const reference = back.returned?.reference ?? '';
    assert.equal(first?.references.includes(reference), false);
    assert.equal(second?.references.includes(reference), true);
  });

  contract('heldOn: debits and credits of one account in one currency', async ({ statements }) => {
    const id = orderedId();
    const name = unique();
    const [one, two] = [`bank:${name}`, `bank:${name}-2`];
    const postings = postingsOf(id, [
      posting(one, 'suspense', 9_007_199_254_740_993n),
      posting(two, one, 30n),
      posting(one, 'suspense', 7n),
    ]);
    await statements.recordMatch(match({ id, postings }));
    assert.deepEqual(await statements.heldOn(one, 'EUR'), {
      debitMinor: 9_007_199_254_741_000n,
      creditMinor: 30n,
    });
    assert.deepEqual(await statements.heldOn(two, 'EUR'), { debitMinor: 30n, creditMinor: 0n });
    const nothing = { debitMinor: 0n, creditMinor: 0n };
    assert.deepEqual(await statements.heldOn(one, 'USD'), nothing);
    assert.deepEqual(await statements.heldOn(`bank:${unique()}`, 'EUR'), nothing);
  });

  contract(
    'claimJob: one at a time, the fence grows, and what lapsed releases nothing',
    async ({ statements }) => {
      const name = unique();
      const at = (ms: number) => ({ name, now: laterBy(ms), leaseUntil: laterBy(ms + 1_000) });
      assert.deepEqual(await statements.claimJob(at(0)), { fence: 1 });
      assert.equal(await statements.claimJob(at(999)), undefined);
      assert.deepEqual(await statements.claimJob(at(1_000)), { fence: 2 });
      assert.equal(await statements.releaseJob({ name, fence: 1, dueAt: laterBy(5_000) }), 'superseded');
      assert.equal(await statements.claimJob(at(1_500)), undefined);
      const release = { name, fence: 2, dueAt: laterBy(5_000) };
      assert.equal(await statements.releaseJob(release), 'released');
      assert.equal(await statements.releaseJob(release), 'released');
      assert.equal(await statements.claimJob({ ...at(4_999), onlyDue: true }), undefined);
      assert.deepEqual(await statements.claimJob({ ...at(5_000), onlyDue: true }), {
        fence: 3,
        dueAt: laterBy(5_000),
      });
      assert.equal(await statements.releaseJob({ name, fence: 3 }), 'released');
      assert.deepEqual(await statements.claimJob(at(0)), { fence: 4, dueAt: laterBy(5_000) });
      assert.equal(await statements.releaseJob({ name: unique(), fence: 1 }), 'superseded');
    },
  );

  contract('claimJob: of many at once one has it', async ({ statements }) => {
    const claim = { name: unique(), now: laterBy(0), leaseUntil: laterBy(1_000) };
    const claims = await Promise.all(Array.from({ length: 5 }, () => statements.claimJob(claim)));
    assert.deepEqual(
      claims.filter((had) => had !== undefined),
      [{ fence: 1 }],
    );
  });
}

function posting(debit: string, credit: string, minor: bigint) {
  return { debit, credit, amount: { minor, currency: 'EUR' } };
}
