/** What any engine must do with files, statements and entries. */
import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import type { KeyedEntry } from '../../src/reconciliation/statement-store.ts';
import { someTime } from '../support/payments.ts';
import type { StatementContract } from './statement-store-contract.ts';
import {
  booking,
  detail,
  end,
  file,
  keyed,
  orderedId,
  part,
  statement,
  told,
  unique,
} from './statement-store-commands.ts';

export function files(contract: StatementContract): void {
  contract('receiveFile: once by its SHA-256, and read back as it came', async ({ statements }) => {
    const first = file();
    const received = { kind: 'received', fileId: first.id, ended: false };
    assert.deepEqual(await statements.receiveFile(first), received);
    assert.deepEqual(await statements.receiveFile(first), received);
    assert.deepEqual(await statements.fileById(first.id), first);

    const again = file({ sha256: first.sha256, name: 'other' });
    assert.deepEqual(await statements.receiveFile(again), { ...received, kind: 'known' });
    assert.equal(await statements.fileById(again.id), undefined);

    await statements.endFile(end(first.id));
    assert.deepEqual(await statements.receiveFile(again), { ...received, kind: 'known', ended: true });
  });

  contract('endFile: the first end stays', async ({ statements }) => {
    const received = file();
    await statements.receiveFile(received);
    const refused = end(received.id, { state: 'refused', refusal: { rule: 'not a statement', line: 3 } });
    await statements.endFile(refused);
    await statements.endFile(end(received.id));
    const { remarks, fileId: _, ...facts } = refused;
    assert.deepEqual(await statements.fileById(received.id), { ...received, end: facts });
    assert.deepEqual(await statements.remarksOf(received.id, 5), remarks);
    assert.deepEqual(await statements.remarksOf(received.id, 0), []);
    assert.deepEqual(await statements.remarksOf(unique(), 5), []);
  });

  contract('files: by what became of them, page by page', async ({ statements }) => {
    const [open, read, refused] = [file(), file(), file()];
    for (const one of [open, read, refused]) await statements.receiveFile(one);
    await statements.endFile(end(read.id));
    await statements.endFile(end(refused.id, { state: 'refused' }));
    const from = { after: `${open.id.slice(0, 13)}-0`, limit: 500 };
    const ids = async (filter: Parameters<typeof statements.files>[0]) =>
      (await statements.files(filter, from)).map(({ id }) => id);
    const all = await ids({});
    for (const { id } of [open, read, refused]) assert.ok(all.includes(id));
    assert.deepEqual(all, all.toSorted());
    assert.ok((await ids({ state: 'open' })).includes(open.id));
    assert.ok(!(await ids({ state: 'open' })).includes(read.id));
    assert.ok((await ids({ state: 'refused' })).includes(refused.id));
    assert.ok(!(await ids({ state: 'read' })).includes(refused.id));
    const [next] = await statements.files({}, { after: open.id, limit: 1 });
    assert.equal(next?.id, read.id);
  });

  contract('keepBytes: the original comes back part by part, each part once', async ({ statements }) => {
    const received = file();
    await statements.receiveFile(received);
    const big = Buffer.alloc(700_000, '<Ntry>é"\\~</Ntry>');
    const bytes = [
      big,
      Buffer.from([0, 255, 10, 13]),
      ...Array.from({ length: 10 }, (_, i) => Buffer.from(`${i}`)),
    ];
    for (const [ordinal, each] of bytes.entries())
      await statements.keepBytes(part(received.id, ordinal, each));
    await statements.keepBytes(part(received.id, 0, Buffer.from('another')));
    assert.deepEqual(await buffer(statements.bytesOf(received.id)), Buffer.concat(bytes));
    assert.equal((await buffer(statements.bytesOf(unique()))).length, 0);
  });

  contract(
    'recordStatements: read back as it was written, by file, account and kind',
    async ({ statements }) => {
      const received = file();
      await statements.receiveFile(received);
      const account = unique();
      const ours = statement(received.id, { account, gap: 'sequence', repeats: orderedId() });
      const { header } = ours;
      const report = statement(received.id, { account, ordinal: 1, header: { ...header, kind: 'report' } });
      const nobodys = statement(received.id, { ordinal: 2 });
      const all = [ours, report, nobodys];
      for (let run = 0; run < 2; run += 1) {
        await statements.recordStatements({ fileId: received.id, statements: all });
      }
      const asked = async (filter: Parameters<typeof statements.statements>[0]) =>
        statements.statements({ fileId: received.id, ...filter }, { limit: 10 });
      const { receivedAt } = received;
      assert.deepEqual(
        await asked({}),
        all.map((facts) => ({ ...facts, receivedAt })),
      );
      assert.deepEqual(
        (await asked({ account })).map(({ id }) => id),
        [ours.id, report.id],
      );
      assert.deepEqual(
        (await asked({ unassigned: true })).map(({ id }) => id),
        [nobodys.id],
      );
      assert.deepEqual((await asked({ unassigned: false })).length, 2);
      assert.deepEqual(
        (await asked({ kind: 'report' })).map(({ id }) => id),
        [report.id],
      );
      const page = await statements.statements({ account }, { after: ours.id, limit: 10 });
      assert.deepEqual(
        page.map(({ id }) => id),
        [report.id],
      );
    },
  );

  contract('takeUpStatements: what was unassigned is of the account, with its entries', async (stores) => {
    const { statements } = stores;
    const [account, other, accountKey] = [unique(), unique(), unique()];
    const facts = { accountKey };
    const before = keyed();
    const early = await told(statements, { facts, entries: [before, keyed()] });
    const named = keyed();
    const ours = await told(statements, { facts, account, entries: [named, before] });
    const stays = await told(statements, { facts, entries: [keyed()] });
    const open = { account, open: true };
    const keys = async (filter: Parameters<typeof statements.statementEntries>[0]) =>
      (await statements.statementEntries(filter, { limit: 10 })).map(({ key }) => key);
    assert.deepEqual(await keys(open), [named.key]);
    const taken = { account, statements: [early.facts.id, ours.facts.id], at: someTime };
    for (let run = 0; run < 2; run += 1) await statements.takeUpStatements(taken);
    await statements.takeUpStatements({ ...taken, account: other });
    assert.deepEqual(await keys(open), [before.key, early.command.entries[1]?.key, named.key]);
    assert.deepEqual(await keys({ account, key: before.key }), [before.key]);
    const [first] = await statements.statementEntries({ key: before.key }, { limit: 1 });
    assert.equal(first?.account, account);
    const [one] = await statements.statementEntries(open, { limit: 1 });
    const next = await statements.statementEntries(open, { after: one?.id ?? '', limit: 1 });
    assert.equal(next[0]?.key, early.command.entries[1]?.key);
    const ids = async (filter: Parameters<typeof statements.statements>[0]) =>
      (await statements.statements({ accountKey, ...filter }, { limit: 10 })).map(({ id }) => id);
    assert.deepEqual(await ids({ account }), [early.facts.id, ours.facts.id]);
    assert.deepEqual(await ids({ account: other }), []);
    assert.deepEqual(await ids({ unassigned: true }), [stays.facts.id]);
    assert.deepEqual(await ids({ unassigned: false }), [early.facts.id, ours.facts.id]);
    const last = await statements.lastStatements(accountKey, '2026-12-31', 10);
    assert.deepEqual(
      last.map((its) => its.account),
      [account, account, undefined],
    );
  });

  contract('lastStatements: of files that were read, the newest, oldest first', async ({ statements }) => {
    const accountKey = `KONTO Ü ${unique()}`;
    const closing = (on: string) => ({ accountKey, closing: { minor: 1n, on } });
    const first = await told(statements, { facts: closing('2026-11-20') });
    const second = await told(statements, { facts: closing('2026-11-21') });
    const third = await told(statements, { facts: closing('2026-11-21') });
    await told(statements, { facts: closing('2026-11-21'), state: 'open' });
    await told(statements, { facts: closing('2026-11-23') });
    const { closing: _, ...without } = statement(first.received.id, { accountKey });
    const untilHeader = { ...without, header: { ...without.header, to: '2026-11-22T23:59:59' } };
    await statements.recordStatements({ fileId: first.received.id, statements: [untilHeader] });
    const ids = async (until: string, limit: number) =>
      (await statements.lastStatements(accountKey, until, limit)).map(({ id }) => id);
    assert.deepEqual(await ids('2026-11-21', 10), [first.facts.id, second.facts.id, third.facts.id]);
    assert.deepEqual(await ids('2026-11-22', 2), [third.facts.id, untilHeader.id]);
    assert.deepEqual(await ids('2026-11-19', 2), []);
  });
}

export function entries(contract: StatementContract): void {
  contract(
    'recordEntries: each once by its key, and read back as it was told first',
    async ({ statements }) => {
      const account = unique();
      const all = [keyed(), keyed(booking({ direction: 'DBIT', details: [detail(600n), detail(400n)] }))];
      const { facts, received, command, added } = await told(statements, { account, entries: all });
      assert.equal(added, 2);
      assert.deepEqual(await statements.recordEntries(command), { added: 2 });

      const recorded = await statements.statementEntries({ account }, { limit: 10 });
      assert.deepEqual(
        recorded,
        all.map(({ key, entry: { details, ...entry } }, place) => ({
          id: recorded[place]?.id,
          key,
          fileId: received.id,
          statementId: facts.id,
          accountKey: facts.accountKey,
          account,
          entry,
          details,
          matchedDetails: [],
        })),
      );
      assert.deepEqual(
        await statements.statementEntries({ account }, { after: recorded[0]?.id ?? '', limit: 10 }),
        [recorded[1]],
      );
    },
  );

  contract(
    'recordEntries: told again it adds details that were not told before, and who tells',
    async ({ statements }) => {
      const account = unique();
      const plain = keyed();
      const first = await told(statements, { account, entries: [plain] });
      const details = [detail(1_000n)];
      const detailed = { ...plain, entry: { ...plain.entry, line: 99, details } };
      const other = { ...plain, entry: { ...plain.entry, details: [detail(1n), detail(999n)] } };
      const second = await told(statements, { account, entries: [detailed, keyed()] });
      const third = await told(statements, { account, entries: [other] });
      assert.deepEqual([first.added, second.added, third.added], [1, 1, 0]);

      const [recorded] = await statements.statementEntries({ key: plain.key }, { limit: 1 });
      assert.deepEqual([recorded?.statementId, recorded?.entry.line], [first.facts.id, 12]);
      assert.deepEqual(recorded?.details, details);
      const told2 = await statements.statementEntries({ statementId: second.facts.id }, { limit: 10 });
      assert.deepEqual(
        told2.map(({ key }) => key).toSorted(),
        second.command.entries.map(({ key }) => key).toSorted(),
      );
      assert.equal(
        (await statements.statementEntries({ statementId: third.facts.id }, { limit: 10 })).length,
        1,
      );
    },
  );

  contract('statementEntries: by reference, amount and time', async ({ statements }) => {
    const account = unique();
    const reference = `Ref é ${unique()}`;
    const wanted = keyed(booking({ amount: { minor: 7n, currency: 'EUR' }, bookedOn: '2026-11-20' }));
    const named = keyed(booking({ references: { other: { Scheme: reference } } }));
    const inDetail = keyed(booking({ details: [detail(1_000n, reference)] }));
    await told(statements, { account, entries: [wanted, named, inDetail] });
    const keys = async (filter: Parameters<typeof statements.statementEntries>[0]) =>
      (await statements.statementEntries({ account, ...filter }, { limit: 10 })).map(({ key }) => key);
    const asKey = reference.replace(/\s+/g, '').toUpperCase();
    assert.deepEqual(await keys({ reference: asKey }), [named.key, inDetail.key]);
    assert.deepEqual(await keys({ reference: 'NOTPROVIDED' }), []);
    assert.deepEqual(await keys({ amountMinor: 7n }), [wanted.key]);
    assert.deepEqual(await keys({ bookedUntil: '2026-11-20' }), [wanted.key]);
    assert.deepEqual(await keys({ bookedFrom: '2026-11-21', bookedUntil: '2026-11-22' }), [
      named.key,
      inDetail.key,
    ]);
    assert.deepEqual(await keys({ bookedFrom: '2026-11-23' }), []);
  });

  contract(
    'statementEntries: open is what is booked, ours, and of a file that was read',
    async ({ statements }) => {
      const account = unique();
      const open = keyed();
      await told(statements, { account, entries: [open, keyed(booking({ status: 'pending' }))] });
      await told(statements, { account, entries: [keyed()], state: 'open' });
      await told(statements, { account, entries: [keyed()], state: 'refused' });
      const nobodys = keyed();
      await told(statements, { entries: [nobodys] });
      const keys = async (filter: Parameters<typeof statements.statementEntries>[0]) =>
        (await statements.statementEntries({ open: true, ...filter }, { limit: 10 })).map(({ key }) => key);
      assert.deepEqual(await keys({ account }), [open.key]);
      assert.deepEqual(await keys({ key: nobodys.key }), []);
    },
  );

  contract(
    'fingerprintCounts: each booking once, of what closed before and of what is named',
    async ({ statements }) => {
      const accountKey = unique();
      const print = unique();
      const first = keyed(booking(), print, 1);
      const second = keyed(booking(), print, 2);
      const closing = (on: string) => ({ accountKey, closing: { minor: 1n, on } });
      await told(statements, { entries: [first], facts: closing('2026-11-20') });
      const again = await told(statements, { entries: [first, second], facts: closing('2026-11-21') });
      const report = await told(statements, {
        entries: [keyed(booking(), print, 3)],
        facts: { accountKey },
        unclosed: true,
      });
      const count = async (closedBefore: string, ids: string[] = [], key = accountKey) => {
        const asked = { accountKey: key, closedBefore, statements: ids };
        return (await statements.fingerprintCounts([print, unique()], asked)).get(print) ?? 0;
      };
      assert.equal(await count('2026-11-20'), 0);
      assert.equal(await count('2026-11-21'), 1);
      assert.equal(await count('2026-11-22'), 2);
      assert.equal(await count('2026-11-20', [again.facts.id]), 2);
      assert.equal(await count('2026-11-22', [report.facts.id]), 3);
      assert.equal(await count('2026-11-22', [], unique()), 0);
    },
  );

  contract(
    'more than one question may hold: entries, fingerprints and references',
    async ({ statements }) => {
      const account = unique();
      const many: KeyedEntry[] = Array.from({ length: 1_100 }, () =>
        keyed(booking({ details: [detail(1n), detail(2n)] })),
      );
      const { added } = await told(statements, { account, entries: many });
      assert.equal(added, 1_100);
      const page = await statements.statementEntries({ account, open: true }, { limit: 1_050 });
      assert.equal(page.length, 1_050);
      const prints = many.map(({ fingerprint }) => fingerprint);
      const asked = { accountKey: 'DE02120300000000202051', closedBefore: '2026-12-01', statements: [] };
      assert.equal((await statements.fingerprintCounts(prints, asked)).size, 1_100);
    },
  );
}
