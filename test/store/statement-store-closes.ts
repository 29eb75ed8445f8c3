/** Closes of the books: what is recorded, who opens one again, and what the database refuses while one stands. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { gatewayAccount } from '../../src/ledger/accounts.ts';
import { LedgerUnavailable, type Transfer } from '../../src/payments/ledger-store.ts';
import type { BooksClose, CloseAct, CloseFacts } from '../../src/reconciliation/close-store.ts';
import { laterBy, transferOf } from '../support/store-commands.ts';
import { match, orderedId, postingsOf, unique } from './statement-store-commands.ts';
import type { StatementContract } from './statement-store-contract.ts';

export const someBrand = (): string => `brand-${unique().slice(0, 8)}`;

/** The close of a day of books that no other test has. */
export function booksClose(changes: Partial<BooksClose> = {}): BooksClose {
  const document = changes.document ?? JSON.stringify({ said: unique() });
  return {
    id: orderedId(),
    brand: someBrand(),
    currency: 'EUR',
    day: '2026-11-22',
    edition: 1,
    sha256: createHash('sha256').update(document).digest('hex'),
    document,
    closedAt: laterBy(86_400_000),
    ...changes,
  };
}

export function closeAct(closeId: string, changes: Partial<CloseAct> = {}): CloseAct {
  return {
    id: orderedId(),
    closeId,
    subject: 'ada',
    kind: 'proposed',
    reason: 'late statement',
    comment: 'Bank "nachgereicht" \\ 👋',
    at: laterBy(90_000_000),
    ...changes,
  };
}

/** The word of another person, that ends a proposal. */
export function wordOn({ id, closeId }: CloseAct, kind: 'confirmed' | 'declined' = 'confirmed'): CloseAct {
  return closeAct(closeId, { subject: 'ben', kind, endsProposal: id, at: laterBy(91_000_000) });
}

interface Booked {
  readonly day: string;
  readonly currency?: string;
  readonly minor?: bigint;
  readonly player?: string;
}

/** A transfer to a player that falls on whatever day of the books. */
export function transferOn(brand: string, { day, currency = 'EUR', minor = 5n, player }: Booked): Transfer {
  const order = transferOf({ brand, player: player ?? unique(), minor });
  const amount = { minor, currency };
  const entries = order.entries.map((entry) => ({ ...entry, brand, amount, accountingDate: day }));
  return { ...order, amount, entries };
}

export const isUnavailable = (error: unknown): boolean => error instanceof LedgerUnavailable;

/** What the port tells of a close: all but its document. */
function toldOf(close: BooksClose): CloseFacts {
  const { id, brand, currency, day, edition, sha256, closedAt } = close;
  return { id, brand, currency, day, edition, sha256, closedAt };
}

const few = { limit: 5 };

export function closes(contract: StatementContract): void {
  contract(
    'recordClose: once for a day and its edition, and read back as it was written',
    async ({ closes: store }) => {
      const document = JSON.stringify({ text: 'Ümläut "quoted" \\ ~ 👋\u2028'.repeat(5_000) });
      const close = booksClose({ document });
      assert.equal(await store.lastClose(close.brand, 'EUR'), undefined);
      assert.equal(await store.recordClose(close), 'recorded');
      assert.equal(await store.recordClose(close), 'recorded', 'the same command, run again');
      assert.equal(
        await store.recordClose({ ...close, id: orderedId(), document: '{}' }),
        'taken',
        'of another bridge',
      );
      assert.equal(await store.closeDocument(close.id), document);
      assert.equal(await store.closeDocument(unique()), undefined);
      assert.deepEqual(await store.lastClose(close.brand, 'EUR'), toldOf(close));
      assert.equal(await store.lastClose(close.brand, 'SEK'), undefined);
      assert.deepEqual(await store.closes({ closeId: close.id }, few), [toldOf(close)]);
    },
  );

  contract('closes: by brand, currency and day, page by page', async ({ closes: store }) => {
    const first = booksClose();
    const { brand } = first;
    const others = [
      { brand, day: '2026-11-23' },
      { brand, day: '2026-11-23', currency: 'SEK' },
    ];
    const [second, third] = others.map((changes) => booksClose(changes)) as [BooksClose, BooksClose];
    for (const close of [first, second, third]) assert.equal(await store.recordClose(close), 'recorded');
    assert.deepEqual(await store.closes({ brand }, few), [first, second, third].map(toldOf));
    assert.deepEqual(await store.closes({ brand, currency: 'EUR' }, few), [first, second].map(toldOf));
    assert.deepEqual(await store.closes({ brand, day: '2026-11-23' }, few), [second, third].map(toldOf));
    assert.deepEqual(
      await store.closes({ brand }, { limit: 2, after: first.id }),
      [second, third].map(toldOf),
    );
    assert.deepEqual(await store.closes({ brand }, { limit: 1 }), [toldOf(first)]);
    assert.equal((await store.lastClose(brand, 'EUR'))?.day, '2026-11-23');
  });

  contract(
    'recordCloseAct: a proposal ends once, and a close that was reopened stands no more',
    async ({ closes: store }) => {
      const close = booksClose();
      await store.recordClose(close);
      const [first, second] = [closeAct(close.id), closeAct(close.id)];
      for (const act of [first, second]) assert.equal(await store.recordCloseAct({ act }), 'recorded');
      const declined = wordOn(first, 'declined');
      assert.equal(await store.recordCloseAct({ act: declined }), 'recorded');
      assert.equal(await store.recordCloseAct({ act: wordOn(first), reopens: true }), 'stale');
      assert.deepEqual(await store.lastClose(close.brand, 'EUR'), toldOf(close), 'a refusal writes nothing');
      const confirmed = wordOn(second);
      for (const time of ['first', 'again']) {
        assert.equal(await store.recordCloseAct({ act: confirmed, reopens: true }), 'recorded', time);
      }
      const third = closeAct(close.id);
      assert.equal(await store.recordCloseAct({ act: third }), 'recorded');
      assert.equal(await store.recordCloseAct({ act: wordOn(third), reopens: true }), 'stale');
      assert.deepEqual(await store.closeActs(close.id, 9), [first, second, declined, confirmed, third]);
      assert.deepEqual(await store.closeActs(close.id, 2), [confirmed, third], 'the newest, oldest first');
      assert.equal(await store.lastClose(close.brand, 'EUR'), undefined);
      const told = { ...toldOf(close), reopenedAt: confirmed.at };
      assert.deepEqual(await store.closes({ closeId: close.id }, few), [told]);
      const anew = booksClose({ brand: close.brand, edition: 2 });
      assert.equal(await store.recordClose(anew), 'recorded');
      assert.deepEqual(await store.lastClose(close.brand, 'EUR'), toldOf(anew));
    },
  );

  contract(
    'a closed day refuses every entry of its brand and currency that falls on it or before',
    async ({ closes: store, ledger }) => {
      const close = booksClose();
      const { brand } = close;
      assert.equal((await ledger.transfer(transferOn(brand, { day: '2026-11-22' }))).kind, 'transferred');
      await store.recordClose(close);
      for (const day of ['2026-11-22', '2026-11-21', '2025-12-31']) {
        await assert.rejects(ledger.transfer(transferOn(brand, { day })), isUnavailable, day);
      }
      const open = [
        transferOn(brand, { day: '2026-11-23' }),
        transferOn(brand, { day: '2026-11-22', currency: 'SEK' }),
        transferOn(someBrand(), { day: '2026-11-22' }),
      ];
      for (const transfer of open) assert.equal((await ledger.transfer(transfer)).kind, 'transferred');
    },
  );

  contract(
    'what a closed day refuses leaves nothing behind, and harms nobody who commits beside it',
    async ({ closes: store, ledger, statements }) => {
      const close = booksClose();
      const { brand } = close;
      await store.recordClose(close);
      const [late, early] = ['2026-11-22', '2026-11-23'].map((day) => transferOn(brand, { day }));
      const wanted = [late, early, late].map((each) => each as Transfer);
      const results = await Promise.allSettled(wanted.map((each) => ledger.transfer(each)));
      assert.deepEqual(
        results.map(({ status }) => status),
        ['rejected', 'fulfilled', 'rejected'],
      );
      const id = orderedId();
      const entry = {
        debit: gatewayAccount(brand),
        credit: 'suspense',
        amount: { minor: 1n, currency: 'EUR' },
      };
      const postings = postingsOf(id, [entry]).map((each) => ({ ...each, brand }));
      await assert.rejects(statements.recordMatch(match({ id, postings })), isUnavailable);
      assert.deepEqual(await statements.matches({ matchId: id }, few), []);

      const proposal = closeAct(close.id);
      await store.recordCloseAct({ act: proposal });
      await store.recordCloseAct({ act: wordOn(proposal), reopens: true });
      assert.equal(
        (await ledger.transfer(late as Transfer)).kind,
        'transferred',
        'in a day that is open again',
      );
    },
  );

  contract('a later close that stands closes the days of one that was reopened', async (stores) => {
    const { closes: store, ledger } = stores;
    const first = booksClose();
    const { brand } = first;
    await store.recordClose(first);
    await store.recordClose(booksClose({ brand, day: '2026-11-23' }));
    const proposal = closeAct(first.id);
    await store.recordCloseAct({ act: proposal });
    await store.recordCloseAct({ act: wordOn(proposal), reopens: true });
    await assert.rejects(ledger.transfer(transferOn(brand, { day: '2026-11-22' })), isUnavailable);
  });
}
