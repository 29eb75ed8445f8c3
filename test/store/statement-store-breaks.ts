/** What any engine must do with breaks and with what people do to them. */
import assert from 'node:assert/strict';
import { playerAccount } from '../../src/ledger/accounts.ts';
import { laterBy, transferOf } from '../support/store-commands.ts';
import type { StatementContract } from './statement-store-contract.ts';
import {
  agreed,
  breakAct,
  confirmationOf,
  item,
  match,
  postingsOf,
  someBreak,
  told,
  unique,
} from './statement-store-commands.ts';

const euros = (minor: bigint) => ({ minor, currency: 'EUR' });

export function breaks(contract: StatementContract): void {
  contract(
    'openBreaks: each once by its key, for ever, and read back as it was opened',
    async ({ statements }) => {
      const place = unique();
      const both = { entry: `${unique()}:1/0`, item: unique() };
      const one = someBreak({ place, key: `É ${unique()}`, subject: both });
      const other = someBreak({ place, kind: 'STATEMENT_GAP', subject: { statement: unique() } });
      await statements.openBreaks([one, other]);
      const again = someBreak({ place, key: one.key });
      await statements.openBreaks([again, one]);
      await statements.openBreaks([]);
      const found = await statements.breaks({ place }, { limit: 10 });
      assert.deepEqual(found, [one, other]);
      assert.deepEqual(await statements.breaks({ place, kind: 'STATEMENT_GAP' }, { limit: 10 }), [other]);
      assert.deepEqual(await statements.breaks({ place }, { after: one.id, limit: 10 }), [other]);
      assert.deepEqual(
        await statements.breaks({ about: [both.item, ...Object.values(other.subject)] }, { limit: 10 }),
        [one, other],
      );
      assert.deepEqual(await statements.breaks({ about: [both.entry], open: true }, { limit: 10 }), [one]);
      assert.deepEqual(await statements.breaks({ about: Object.values(again.subject) }, { limit: 10 }), []);
    },
  );

  contract('endBreaks: by a statement, once; people come too late then', async ({ statements }) => {
    const facts = { accountKey: unique() };
    const missed = await told(statements, { facts });
    const { facts: about } = await told(statements, { facts });
    const gap = { kind: 'STATEMENT_GAP', subject: { statement: about.id }, key: unique() } as const;
    const opened = someBreak(gap);
    await statements.openBreaks([opened]);
    const end = { breakId: opened.id, resolution: 'arrived', by: missed.facts.id, at: laterBy(1) } as const;
    await statements.endBreaks([end]);
    await statements.endBreaks([{ ...end, by: about.id, at: laterBy(2) }]);
    await statements.endBreaks([]);
    const [ended] = await statements.breaks({ breakId: opened.id }, { limit: 1 });
    const { breakId: _, ...how } = end;
    assert.deepEqual(ended?.end, how);
    assert.equal(await statements.recordBreakAct({ act: breakAct(opened.id) }), 'stale');
  });

  contract(
    'recordBreakAct: assigned, commented, raised; run again it finds its own',
    async ({ statements }) => {
      const opened = someBreak();
      await statements.openBreaks([opened]);
      const acts = [
        breakAct(opened.id, { kind: 'assigned', detail: 'anna' }),
        breakAct(opened.id),
        breakAct(opened.id, { kind: 'raised', at: laterBy(11_000) }),
        breakAct(opened.id, { kind: 'assigned', detail: 'bert' }),
      ];
      for (const act of [...acts, ...acts])
        assert.equal(await statements.recordBreakAct({ act }), 'recorded');
      assert.deepEqual(await statements.breakActs(opened.id, 10), acts);
      assert.deepEqual(await statements.breakActs(opened.id, 2), acts.slice(2));
      const { place } = opened;
      assert.deepEqual(await statements.breaks({ place, owner: 'bert' }, { limit: 10 }), [
        { ...opened, owner: 'bert', raisedAt: laterBy(11_000) },
      ]);
      assert.deepEqual(await statements.breaks({ place, owner: 'anna' }, { limit: 10 }), []);
    },
  );

  contract(
    'recordBreakAct: two people end a break, with what it posts; once',
    async ({ statements, ledger }) => {
      const opened = someBreak();
      await statements.openBreaks([opened]);
      const proposal = breakAct(opened.id, { kind: 'proposed', detail: 'writtenOff' });
      await statements.recordBreakAct({ act: proposal });
      const after = { after: `${proposal.id.slice(0, 13)}-0`, limit: 500 };
      const isOpen = async () =>
        (await statements.openBreakProposals(after)).some(({ id }) => id === proposal.id);
      assert.ok(await isOpen());

      const act = breakAct(opened.id, { kind: 'confirmed', subject: 'bert', endsProposal: proposal.id });
      const account = `bank:${unique()}`;
      const postings = postingsOf(act.id, [{ debit: 'fees:bank', credit: account, amount: euros(5n) }]);
      const command = { act, end: { resolution: 'writtenOff' as const }, postings };
      for (let run = 0; run < 2; run += 1) assert.equal(await statements.recordBreakAct(command), 'recorded');
      assert.equal((await ledger.entries({ account }, { limit: 10 })).length, 1);
      assert.equal(await isOpen(), false);
      const [ended] = await statements.breaks({ breakId: opened.id, open: false }, { limit: 1 });
      assert.deepEqual(ended?.end, { resolution: 'writtenOff', by: act.id, at: act.at });
      assert.deepEqual(await statements.breaks({ breakId: opened.id, open: true }, { limit: 1 }), []);

      const late = breakAct(opened.id);
      assert.equal(await statements.recordBreakAct({ act: late }), 'stale');
      assert.deepEqual(await statements.breakActs(opened.id, 10), [proposal, act]);
      assert.equal(await statements.recordBreakAct({ act: proposal }), 'recorded');
    },
  );

  contract('recordBreakAct: a proposal ends once', async ({ statements }) => {
    const opened = someBreak();
    await statements.openBreaks([opened]);
    const proposal = breakAct(opened.id, { kind: 'proposed', detail: 'suspense' });
    await statements.recordBreakAct({ act: proposal });
    const ending = () => breakAct(opened.id, { kind: 'declined', endsProposal: proposal.id });
    assert.equal(await statements.recordBreakAct({ act: ending() }), 'recorded');
    const late = breakAct(opened.id, { kind: 'confirmed', endsProposal: proposal.id });
    assert.equal(await statements.recordBreakAct({ act: late, end: { resolution: 'suspense' } }), 'stale');
    assert.equal((await statements.breaks({ breakId: opened.id, open: true }, { limit: 1 })).length, 1);
  });

  contract('recordBreakAct: a match by hand is taken or recorded with the act', async ({ statements }) => {
    const opened = [someBreak(), someBreak()] as const;
    await statements.openBreaks(opened);
    const wanted = item();
    await statements.recordExpected([wanted]);
    const byHand = async (breakId: string) => {
      const ended = await agreed(statements, breakId, 'matchedByHand');
      return { ...ended, match: match({ id: ended.act.id, rule: 'byHand', items: [wanted] }) };
    };
    const [first, second] = [await byHand(opened[0].id), await byHand(opened[1].id)];
    assert.equal(await statements.recordBreakAct(first), 'recorded');
    assert.equal(await statements.recordBreakAct(first), 'recorded');
    assert.equal(await statements.recordBreakAct(second), 'taken');
    const [found] = await statements.matches({ itemKey: wanted.key }, { limit: 10 });
    assert.deepEqual([found?.id, found?.rule], [first.match.id, 'byHand']);
    assert.equal((await statements.breaks({ breakId: opened[1].id, open: true }, { limit: 1 })).length, 1);
    assert.equal((await statements.breakActs(opened[1].id, 10)).length, 1);
  });

  contract('two who end a break at once: one does', async ({ statements }) => {
    const opened = someBreak();
    await statements.openBreaks([opened]);
    const proposal = breakAct(opened.id, { kind: 'proposed', detail: 'received' });
    await statements.recordBreakAct({ act: proposal });
    const acts = Array.from({ length: 4 }, () => confirmationOf(proposal));
    const results = await Promise.all(
      acts.map((act) => statements.recordBreakAct({ act, end: { resolution: 'received' } })),
    );
    assert.deepEqual(results.toSorted(), ['recorded', 'stale', 'stale', 'stale']);
  });

  contract(
    'a posting to a player changes what he has; below nothing it is undone',
    async ({ statements, ledger }) => {
      const player = unique();
      const account = playerAccount('lucky', player);
      await ledger.transfer(transferOf({ player, minor: 500n }));
      const ending = async (minor: bigint) => {
        const opened = someBreak();
        await statements.openBreaks([opened]);
        const ended = await agreed(statements, opened.id, 'received');
        const postings = postingsOf(ended.act.id, [
          { debit: account, credit: 'suspense', amount: euros(minor) },
        ]);
        const command = { ...ended, postings };
        return { opened, run: () => statements.recordBreakAct(command) };
      };
      const first = await ending(300n);
      for (let run = 0; run < 2; run += 1) assert.equal(await first.run(), 'recorded');
      const tooMuch = await ending(201n);
      await assert.rejects(tooMuch.run(), { name: 'LedgerUnavailable', code: 'AVAILABLE_BELOW_ZERO' });
      assert.equal((await ledger.playerBalances(account))[0]?.postedMinor, 200n);
      assert.equal(
        (await statements.breaks({ breakId: tooMuch.opened.id, open: true }, { limit: 1 })).length,
        1,
      );
    },
  );
}
