/** `payments show --transcript`: what a call to a gateway said, where it was kept. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { runCommand } from '../../src/cli/commands.ts';
import { euros, someTime, taken } from '../support/payments.ts';
import { deposit, pending, settled, unique, withTranscript } from '../support/store-commands.ts';
import { ledgerFile, opened } from '../support/store-ledger.ts';

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A ledger file, and the commands on it. */
async function ledgerWith(t: TestContext) {
  const url = `sqlite:${await ledgerFile(t)}`;
  const ledger = await opened(t, url);
  const cagebridge = async (...args: string[]): Promise<Said> => {
    const [out, err]: [string[], string[]] = [[], []];
    const terminal = {
      env: { LEDGER_URL: url },
      out: async (line: string) => void out.push(line),
      err: (line: string) => void err.push(line),
    };
    return { code: await runCommand(args, terminal), out: out.join('\n'), err: err.join('\n') };
  };
  return { ledger, cagebridge };
}

const wire = '> POST /payments\r\nIdempotency-Key: k-1\r\n\r\n<a/>\n\n< 500\n\u001B[2Jgone\u0000';

test('kept transcripts are shown to people and to machines, oldest first', async (t) => {
  const { ledger, cagebridge } = await ledgerWith(t);
  const payment = taken(await ledger.acceptPayment(deposit()));
  const word = withTranscript(pending(payment), wire);
  await ledger.recordAnswer(word);
  await ledger.recordAnswer(settled(word.next!));

  const shown = await cagebridge('payments', 'show', payment.id, '--transcript');
  assert.deepEqual([shown.code, shown.err], [0, '']);
  assert.equal(
    shown.out.split('\n\n').slice(2).join('\n\n'),
    [
      '2026-11-22T10:00:01.000Z  submit at bank: pending after 2345 ms',
      '    > POST /payments',
      '    Idempotency-Key: k-1',
      '',
      '    <a/>',
      '',
      '    < 500',
      // What a terminal would obey is shown, not sent.
      String.raw`    \u{1b}[2Jgone\u{0}`,
    ].join('\n'),
  );

  const asked = await cagebridge('payments', 'show', payment.id, '--transcript', '--json');
  const { id, transcripts } = JSON.parse(asked.out) as { id: string; transcripts: unknown[] };
  assert.equal(id, payment.id);
  assert.deepEqual(transcripts, [
    {
      at: '2026-11-22T10:00:01.000Z',
      gateway: 'bank',
      operation: 'submit',
      answer: 'pending',
      durationMs: 2345,
      text: wire,
    },
  ]);
});

test('a payment without any says so, and who does not ask sees none', async (t) => {
  const { ledger, cagebridge } = await ledgerWith(t);
  const payment = taken(await ledger.acceptPayment(deposit()));
  const shown = await cagebridge('payments', 'show', payment.id, '--transcript');
  assert.match(shown.out, /\n\ntranscripts: none is kept \(.*\)$/);
  const machine = await cagebridge('payments', 'show', payment.id, '--transcript', '--json');
  assert.deepEqual((JSON.parse(machine.out) as { transcripts: unknown }).transcripts, []);
  for (const more of [[], ['--json']]) {
    const { out } = await cagebridge('payments', 'show', payment.id, ...more);
    assert.doesNotMatch(out, /transcript/);
  }
});

test('a list has no transcripts', async (t) => {
  const { cagebridge } = await ledgerWith(t);
  const { code, err } = await cagebridge('payments', 'list', '--transcript');
  assert.equal(code, 2);
  assert.match(err, /^cagebridge: say list, or show and one payment id\nusage: cagebridge payments /);
});

test('what came back is shown, row by row and in all', async (t) => {
  const { ledger, cagebridge } = await ledgerWith(t);
  const accepted = taken(await ledger.acceptPayment(deposit()));
  const word = settled(accepted);
  await ledger.recordAnswer(word);
  const { next, answer } = word;
  assert.ok(next);
  const returned = {
    id: unique(),
    paymentId: next.id,
    kind: 'refund',
    gateway: 'bank',
    reference: unique(),
    amount: euros(400n),
    reason: { code: 'MD06' },
    receivableMinor: 0n,
    at: someTime,
  } as const;
  await ledger.recordAnswer({
    paymentId: next.id,
    expectedVersion: next.version,
    next: { ...next, version: next.version + 1, returns: [returned] },
    returned,
    entries: [],
    answerId: unique(),
    answer: { ...answer, effect: 'returned' },
  });
  const shown = await cagebridge('payments', 'show', next.id);
  assert.match(shown.out, /^returnedAmount +4\.00 EUR$/m);
  assert.match(shown.out, /^return +at +kind +amount +reason +refund *$/m);
  const row = ['2026-11-22T10:00:00.000Z', 'refund', '4.00', 'EUR', 'MD06', returned.reference];
  assert.match(shown.out, new RegExp(`^${[returned.id, ...row].join(' +').replaceAll('.', '\\.')}$`, 'm'));
  const asked = await cagebridge('payments', 'show', next.id, '--json');
  const { returnedAmount } = JSON.parse(asked.out) as { returnedAmount: unknown };
  assert.deepEqual(returnedAmount, { value: '4.00', currency: 'EUR' });
});
