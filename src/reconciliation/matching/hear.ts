import { createHash } from 'node:crypto';
import type { Hearing, StatementWord } from '../../payments/hear-statement.ts';
import type { EntryKind } from '../statements/statement.ts';
import { nameOf } from './breaks.ts';
import type { Line } from './lines.ts';
import type { StatementWords } from './world.ts';

/**
 * What a line of a report may be to say something of the payment that it names. A fee, a reserve or an adjustment names one
 * too, and neither settles it nor is money that came back of it: it stays for the rules and for people.
 */
const saysOfPayments: ReadonlySet<EntryKind> = new Set([
  'payment',
  'refund',
  'chargeback',
  'chargebackReversal',
]);

/**
 * Lets payments hear the lines that name an instruction of theirs. The first reference that is one of ours is the one, also where
 * it says nothing new: the line of a refund names its deposit too, and of that deposit it says nothing.
 */
export function wordsFor(hear: (word: StatementWord) => Promise<Hearing>): StatementWords {
  return {
    async hear(line) {
      if (line.kind !== undefined && !saysOfPayments.has(line.kind)) return false;
      for (const reference of line.references) {
        // Our instruction ids are in lower case; banks write capitals.
        const heard = await hear(wordOf(line, reference.toLowerCase()));
        if (heard !== 'notOurs') return heard === 'changed';
      }
      return false;
    },
  };
}

function wordOf(line: Line, instrId: string): StatementWord {
  const { account, direction, amount, reversal, bookedOn, on, kind, returned, servicerReference } = line;
  return {
    id: uuidOf(nameOf(line)),
    instrId,
    speaksFor: account.reportOf === undefined ? account.gateways : [account.reportOf],
    direction,
    amount,
    reversal,
    ...(bookedOn !== undefined && { bookedOn }),
    ...(on !== undefined && { valueOn: on }),
    ...((kind === 'chargeback' || kind === 'chargebackReversal') && { kind }),
    ...(servicerReference !== undefined && { reference: servicerReference }),
    ...(returned?.code !== undefined && { reason: { code: returned.code } }),
  };
}

/** A UUID of the application's own kind (RFC 9562 version 8), the same for the same line for ever. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
