import type { FileEnd } from '../statement-store.ts';
import type { Remark, StatementHeader, StatementReader } from '../statements/statement.ts';
import { countFigures, type Figures } from './figures.ts';
import { type Original, weigh, type Weighed } from './original.ts';
import type { ImportLimits, ImportOrder, ImportRefusal } from './world.ts';

/** A file that was read to its end once, before anything of it is written: what it is, and what its statements come to. */
export interface FirstLook extends Weighed, Pick<FileEnd, 'entries' | 'badRows' | 'warnings' | 'remarks'> {
  readonly format?: string;
  readonly statements: readonly { readonly header: StatementHeader; readonly figures: Figures }[];
  /** Lines that tell of nothing booked. */
  readonly notBooked: number;
}

type Unread = Exclude<ImportRefusal, { outcome: 'busy' }>;

/** Reads a file to its end. Of its entries nothing is kept. */
export async function lookAt(
  original: Original,
  reader: StatementReader,
  { limits, onProgress, signal }: Looking,
): Promise<FirstLook | Unread> {
  const weighing = weigh(original.bytes(), limits.fileBytesMax);
  try {
    const parts = reader(weighing.bytes, { ...limits, bytesMax: limits.fileBytesMax });
    const tell = (entries: number): void =>
      onProgress?.({ step: 'reading', bytes: weighing.soFar(), entries });
    const read = await readAll(parts, { limits, tell, ...(signal && { signal }) });
    // What is not looked at any more counts for the size and the hash.
    const weighed = await weighing.rest();
    if (weighed === 'tooLarge') return { outcome: 'refused', rule: 'fileTooLarge' };
    return 'outcome' in read ? read : { ...weighed, ...read };
  } finally {
    await weighing.close();
  }
}

interface Looking extends Pick<ImportOrder, 'onProgress' | 'signal'> {
  readonly limits: ImportLimits;
}

interface Reading extends Pick<ImportOrder, 'signal'> {
  readonly limits: ImportLimits;
  readonly tell: (entries: number) => void;
}

async function readAll(
  parts: ReturnType<StatementReader>,
  { limits, tell, signal }: Reading,
): Promise<Omit<FirstLook, keyof Weighed> | Unread> {
  const statements: { header: StatementHeader; figures: Figures }[] = [];
  const remarks: Remark[] = [];
  const counts = { badRow: 0, warning: 0, entry: 0 };
  let open: { header: StatementHeader; counting: ReturnType<typeof countFigures> } | undefined;
  for await (const part of parts) {
    if (signal?.aborted === true) return { outcome: 'stopped' };
    if (part.part === 'refused') {
      const { rule, line } = part;
      return { outcome: 'refused', rule, ...(line !== undefined && { line }) };
    }
    if (part.part === 'opened') {
      if (statements.length >= limits.statementsMax)
        return { outcome: 'refused', rule: 'tooManyStatements', line: part.line };
      open = { header: part.header, counting: countFigures(part.header) };
    } else open?.counting.add(part);
    if (part.part === 'remark') {
      counts[part.remark.level] += 1;
      if (remarks.length < limits.remarksMax) remarks.push(part.remark);
    }
    if (part.part === 'entry') tell((counts.entry += 1));
    if (part.part === 'closed' && open !== undefined) {
      statements.push({ header: open.header, figures: open.counting.figures() });
      open = undefined;
    }
  }
  return { statements, remarks, ...summed(statements), badRows: counts.badRow, warnings: counts.warning };
}

function summed(statements: FirstLook['statements']): Pick<FirstLook, 'format' | 'entries' | 'notBooked'> {
  const format = statements[0]?.header.format;
  const sum = (of: (figures: Figures) => number) =>
    statements.reduce((total, { figures }) => total + of(figures), 0);
  return {
    ...(format !== undefined && { format }),
    entries: sum(({ entries }) => entries),
    notBooked: sum(({ notBooked }) => notBooked),
  };
}
