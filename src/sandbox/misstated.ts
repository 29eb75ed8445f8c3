import type { BookedDay, BookedLine } from './booked-days.ts';
import type { Faults, Modes } from './faults.ts';

/**
 * What can be wrong in one statement. The statement adds up with it all the same; the account itself stays as it is, so that the next
 * one says the truth. Each acts on a payment of its own, from the middle of the day on.
 */
export const statementModes = {
  statementMissing: { moment: 'statement', asked: 'statement', delayMs: 0 },
  statementDuplicate: { moment: 'statement', asked: 'statement', delayMs: 0 },
  statementAmount: { moment: 'statement', asked: 'statement', delayMs: 0 },
  statementFee: { moment: 'statement', asked: 'statement', delayMs: 0 },
} as const satisfies Modes;

const extraMinor = 100n;
const feeMinor = 250n;

/** The day as the faults that are armed now let it be told; each armed one acts once. */
export function misstated(day: BookedDay, faults: Pick<Faults, 'takeEach'>): BookedDay {
  const lines = [...day.lines];
  const payments = lines.filter(({ kind }) => kind === 'payment');
  const hit = payments.slice(Math.floor(payments.length / 2));
  for (const { mode, id } of faults.takeEach('statement', 'statement')) {
    if (mode === 'statementFee') {
      lines.push(unexpectedFee(day.day, id));
      continue;
    }
    const line = hit.shift();
    if (line !== undefined) lines.splice(lines.indexOf(line), 1, ...inItsPlace(line, mode));
  }
  return { ...day, lines };
}

function inItsPlace(line: BookedLine, mode: string): readonly BookedLine[] {
  switch (mode) {
    case 'statementMissing':
      return [];
    case 'statementDuplicate':
      return [line, { ...line, reference: `${line.reference}-2` }];
    default: {
      const { grossMinor } = line;
      return [{ ...line, grossMinor: grossMinor < 0n ? grossMinor - extraMinor : grossMinor + extraMinor }];
    }
  }
}

function unexpectedFee(day: string, id: number): BookedLine {
  return {
    reference: `FEE-${day}-${id}`,
    kind: 'fee',
    text: 'Account service, not agreed',
    grossMinor: -feeMinor,
    feeMinor: 0n,
  };
}
