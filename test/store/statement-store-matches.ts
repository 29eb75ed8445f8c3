/** What any engine must do with what is expected and what was matched. */
import assert from 'node:assert/strict';
import { feesAccount, transitAccount } from '../../src/ledger/accounts.ts';
import type { ExpectedFilter } from '../../src/reconciliation/statement-store.ts';
import { laterBy } from '../support/store-commands.ts';
import type { StatementContract } from './statement-store-contract.ts';
import {
  booking,
  detail,
  item,
  keyed,
  match,
  onItsWay,
  orderedId,
  postingsOf,
  someBreak,
  told,
  unique,
} from './statement-store-commands.ts';

const euros = (minor: bigint) => ({ minor, currency: 'EUR' });

export function expectations(contract: StatementContract): void {
  contract(
    'recordExpected: each once by its key, and read back as it was written',
    async ({ statements }) => {
      const gateway = unique();
      const first = item({ gateway, paymentId: orderedId(), expectedIn: 'report' });
      const second = item({ gateway, kind: 'payout', direction: 'DBIT', references: [] });
      await statements.recordExpected([first, second]);
      await statements.recordExpected([{ ...first, amount: euros(7n) }, second]);
      await statements.recordExpected([]);
      const items = await statements.expected({ gateway }, { limit: 10 });
      assert.deepEqual(
        items,
        [first, second].map((one, place) => ({ ...one, id: items[place]?.id })),
      );
      assert.deepEqual(await statements.expected({ gateway }, { after: items[0]?.id ?? '', limit: 10 }), [
        items[1],
      ]);
    },
  );

  contract('expected: by what it is, when it moved and when it is due', async ({ statements }) => {
    const gateway = unique();
    const one = item({ gateway, paymentId: orderedId() });
    const other = item({
      gateway,
      expectedIn: 'report',
      amount: { minor: 9_007_199_254_740_993n, currency: 'JPY' },
      effectiveAt: laterBy(60_000),
      dueOn: '2026-11-26',
    });
    await statements.recordExpected([one, other]);
    const rows: readonly (readonly [filter: ExpectedFilter, keys: readonly string[]])[] = [
      [{}, [one.key, other.key]],
      [{ expectedIn: 'report' }, [other.key]],
      [{ currency: 'EUR' }, [one.key]],
      [{ amountMinor: 9_007_199_254_740_993n }, [other.key]],
      [{ amountMinor: 9_007_199_254_740_992n }, []],
      [{ effectiveFrom: laterBy(1) }, [other.key]],
      [{ effectiveFrom: laterBy(60_000) }, [other.key]],
      [{ effectiveBefore: laterBy(60_000) }, [one.key]],
      [{ dueBefore: '2026-11-26' }, [one.key]],
      [{ dueBefore: '2026-11-27' }, [one.key, other.key]],
      [{ paymentId: one.paymentId ?? '' }, [one.key]],
      [{ itemKey: other.key }, [other.key]],
      [{ open: true }, [one.key, other.key]],
      [{ open: false }, []],
    ];
    for (const [filter, keys] of rows) {
      const found = await statements.expected({ gateway, ...filter }, { limit: 10 });
      assert.deepEqual(
        found.map(({ key }) => key),
        keys,
        JSON.stringify(Object.keys(filter)),
      );
    }
  });

  contract(
    'expectedByReference: open and matched ones, whatever the reference is made of',
    async ({ statements }) => {
      const references = [`É ${'x'.repeat(300)} ${unique()}`, unique()] as const;
      const one = item({ references: [references[0], unique()] });
      const both = item({ references });
      await statements.recordExpected([one, both, item()]);
      await statements.recordMatch(match({ items: [both] }));
      const keys = async (asked: readonly string[], limit = 10) =>
        (await statements.expectedByReference(asked, limit)).map(({ key }) => key);
      assert.deepEqual(await keys([references[0]]), [one.key, both.key]);
      assert.deepEqual(await keys(references, 1), [one.key]);
      assert.deepEqual(await keys([references[1]]), [both.key]);
      assert.deepEqual(await keys([]), []);
      const many = [...Array.from({ length: 1_200 }, unique), ...references];
      assert.deepEqual(await keys(many), [one.key, both.key]);
    },
  );

  contract(
    'an item and the one that takes it back expect nothing, unless the first was matched',
    async ({ statements }) => {
      const gateway = unique();
      const reference = unique();
      const first = item({ gateway, references: [reference] });
      const back = item({ gateway, direction: 'DBIT', reverses: first.key, references: [reference] });
      const settled = item({ gateway });
      const settledBack = item({ gateway, direction: 'DBIT', reverses: settled.key });
      const unheardOf = item({ gateway, reverses: unique() });
      await statements.recordExpected([first, back, settled]);
      await statements.recordMatch(match({ items: [settled] }));
      await statements.recordExpected([settledBack, unheardOf]);
      const open = await statements.expected({ gateway, open: true }, { limit: 10 });
      assert.deepEqual(
        open.map(({ key }) => key),
        [settledBack.key, unheardOf.key],
      );
      assert.deepEqual(await statements.expectedByReference([reference], 10), []);
    },
  );
}

export function matches(contract: StatementContract): void {
  contract(
    'recordMatch: joins both sides, posts once, expects and ends breaks; run again it finds its own',
    async (stores) => {
      const { statements, ledger } = stores;
      const account = unique();
      const [one, two] = [keyed(), keyed()];
      await told(statements, { account, entries: [one, two] });
      const gateway = unique();
      const transit = transitAccount(gateway);
      const [first, second, payout] = [
        item({ gateway, amount: euros(400n) }),
        item({ gateway, amount: euros(610n) }),
        item({ kind: 'payout' }),
      ];
      await statements.recordExpected([first, second]);
      const ended = someBreak();
      await statements.openBreaks([ended]);
      const id = orderedId();
      const bank = `bank:${account}`;
      const command = match({
        id,
        entries: [{ key: one.key }],
        items: [first, second],
        postings: postingsOf(id, [
          ...onItsWay(first),
          ...onItsWay(second),
          { debit: bank, credit: transit, amount: euros(1_000n) },
          { debit: feesAccount(gateway), credit: transit, amount: euros(10n) },
        ]),
        expects: [payout],
        endsBreaks: [ended.id],
      });
      for (let run = 0; run < 2; run += 1) assert.equal(await statements.recordMatch(command), 'recorded');

      const { rule, because, entries, items, at } = command;
      const recorded = { id, rule, because, entries, items: items.toSorted(), at, groupId: `match:${id}` };
      for (const filter of [{ matchId: id }, { entryKey: one.key }, { itemKey: second.key }]) {
        assert.deepEqual(await statements.matches(filter, { limit: 10 }), [recorded]);
      }
      assert.deepEqual(await statements.matches({ itemKey: payout.key }, { limit: 10 }), []);
      assert.equal((await ledger.entries({ account: bank }, { limit: 10 })).length, 1);
      const [closed] = await statements.breaks({ breakId: ended.id }, { limit: 1 });
      assert.deepEqual(closed?.end, { resolution: 'matched', by: id, at });

      const all = await statements.statementEntries({ account }, { limit: 10 });
      assert.deepEqual(
        all.map(({ matchId }) => matchId),
        [id, undefined],
      );
      const open = await statements.statementEntries({ account, open: true }, { limit: 10 });
      assert.deepEqual(
        open.map(({ key }) => key),
        [two.key],
      );
      const [matched] = await statements.expected({ gateway: first.gateway }, { limit: 1 });
      assert.equal(matched?.matchId, id);
      assert.deepEqual(await statements.expected({ gateway: first.gateway, open: true }, { limit: 1 }), []);
      assert.equal(
        (await statements.expected({ gateway: payout.gateway, open: true }, { limit: 1 })).length,
        1,
      );
    },
  );

  contract('recordMatch: what belongs to another match refuses all of it', async ({ statements, ledger }) => {
    const account = unique();
    const entry = keyed(booking({ details: [detail(400n), detail(600n)] }));
    const whole = keyed(booking({ details: [detail(400n), detail(600n)] }));
    await told(statements, { account, entries: [entry, whole] });
    const [taken, free] = [item(), item()];
    await statements.recordExpected([taken, free]);
    const part = (place: number) => ({ key: entry.key, detail: place });
    assert.equal(await statements.recordMatch(match({ entries: [part(0)], items: [taken] })), 'recorded');
    assert.equal(await statements.recordMatch(match({ entries: [{ key: whole.key }] })), 'recorded');
    const refused = [
      { entries: [part(0)] },
      { entries: [{ key: entry.key }] },
      { entries: [{ key: whole.key }] },
      { entries: [{ key: whole.key, detail: 1 }] },
      { items: [free, taken] },
    ];
    for (const sides of refused) {
      const id = orderedId();
      const postings = postingsOf(id, [{ debit: `bank:${id}`, credit: 'suspense', amount: euros(5n) }]);
      const expects = item();
      const command = match({ id, ...sides, postings, expects: [expects] });
      assert.equal(await statements.recordMatch(command), 'taken', JSON.stringify(Object.keys(sides)));
      assert.equal(await statements.recordMatch(command), 'taken');
      assert.deepEqual(await statements.matches({ matchId: id }, { limit: 1 }), []);
      assert.deepEqual(await ledger.entries({ account: `bank:${id}` }, { limit: 1 }), []);
      assert.deepEqual(await statements.expected({ gateway: expects.gateway }, { limit: 1 }), []);
    }
    assert.equal((await statements.expected({ gateway: free.gateway, open: true }, { limit: 1 })).length, 1);
  });

  contract('an entry is open until each of its details is matched', async ({ statements }) => {
    const account = unique();
    const entry = keyed(booking({ details: [detail(400n), detail(600n)] }));
    await told(statements, { account, entries: [entry] });
    const open = async () => {
      const [found] = await statements.statementEntries({ account, open: true }, { limit: 10 });
      return found?.matchedDetails;
    };
    assert.deepEqual(await open(), []);
    const first = match({ entries: [{ key: entry.key, detail: 1 }] });
    assert.equal(await statements.recordMatch(first), 'recorded');
    assert.deepEqual(await open(), [1]);
    assert.equal(
      await statements.recordMatch(match({ entries: [{ key: entry.key, detail: 0 }] })),
      'recorded',
    );
    assert.equal(await open(), undefined);
    const [recorded] = await statements.statementEntries({ account, open: false }, { limit: 10 });
    assert.deepEqual([recorded?.matchedDetails, recorded?.matchId], [[0, 1], undefined]);
    const [found] = await statements.matches({ matchId: first.id }, { limit: 1 });
    assert.deepEqual(found?.entries, first.entries);
  });

  contract(
    'many matches at once: each lands, and of those that want one item only one',
    async ({ statements }) => {
      const account = unique();
      const entries = Array.from({ length: 60 }, () => keyed());
      await told(statements, { account, entries });
      const details = Array.from({ length: 40 }, (_, place) => detail(BigInt(place + 1)));
      const sum = keyed(booking({ details }));
      await told(statements, { account, entries: [sum] });
      const items = Array.from({ length: 60 }, () => item());
      const wanted = item();
      await statements.recordExpected([...items, wanted]);
      const all = [
        ...entries.map(({ key }, place) =>
          match({ entries: [{ key }], items: items.slice(place, place + 1) }),
        ),
        ...details.map((_, place) => match({ entries: [{ key: sum.key, detail: place }] })),
        ...Array.from({ length: 5 }, () => match({ items: [wanted] })),
        match({ entries: [{ key: sum.key }] }),
      ];
      const results = await Promise.all(all.map((one) => statements.recordMatch(one)));
      assert.deepEqual(
        results.slice(0, 100),
        Array.from({ length: 100 }, () => 'recorded'),
      );
      assert.equal(results.slice(100, 105).filter((result) => result === 'recorded').length, 1);
      assert.equal(results[105], 'taken');
      assert.deepEqual(await statements.statementEntries({ account, open: true }, { limit: 10 }), []);
    },
  );
}
