import type { StatementHeader, StatementPart } from '../statement.ts';
import { readDetail } from './detail.ts';
import type { ReadDetail } from './detail.ts';
import type { Element } from './element.ts';
import { readEntry } from './entry.ts';
import { openRow } from './remarks.ts';
import type { Remarks, RowNotes } from './remarks.ts';
import type { Summary } from './summary.ts';
import type { TreeProblem } from './tree.ts';

interface EntriesOptions {
  readonly detailsMax: number;
  readonly remarks: Remarks;
  readonly give: (part: StatementPart) => void;
  readonly summary: Summary;
}

interface Entries {
  begin(header: StatementHeader): void;
  readonly spoil: (what: TreeProblem, field: string) => boolean;
  readonly takes: (element: Element, ancestors: readonly Element[]) => boolean;
  take(element: Element): void;
}

interface OpenEntry {
  readonly header: StatementHeader;
  readonly notes: RowNotes;
  readonly details: ReadDetail[];
}

/** The entries of a statement, one at a time. One that cannot be taken is a bad row, and the others go in. */
export function openEntries({ detailsMax, remarks, give, summary }: EntriesOptions): Entries {
  let entry: OpenEntry | undefined;
  return {
    begin(header) {
      entry = { header, notes: openRow(remarks), details: [] };
    },
    spoil(what, field) {
      entry?.notes.spoil(what, field);
      return entry !== undefined;
    },
    takes(element, ancestors) {
      if (entry === undefined) return false;
      if (!isTransaction(element, ancestors)) return isEmptyHolder(element, ancestors);
      const { details, notes } = entry;
      if (details.length >= detailsMax) notes.spoil('tooManyDetails', 'TxDtls');
      if (notes.spoilt() === undefined) details.push(readDetail(element, notes));
      return true;
    },
    take(element) {
      if (entry === undefined) return;
      const read = readEntry(element, entry);
      const why = entry.notes.spoilt();
      entry = undefined;
      summary.count(read);
      if (read !== undefined) give({ part: 'entry', entry: read });
      else if (why !== undefined) remarks.badRow(why.rule, why.field, element.line);
    },
  };
}

/** `TxDtls` stands in `NtryDtls`, in version 1 in the entry itself. */
function isTransaction({ name }: Element, ancestors: readonly Element[]): boolean {
  if (name !== 'TxDtls') return false;
  return ancestors.length === 1 || (ancestors.length === 2 && ancestors[1]?.name === 'NtryDtls');
}

/** A holder whose transactions were all taken has nothing more to tell: some banks give each transaction one of its own. */
function isEmptyHolder({ name, children }: Element, ancestors: readonly Element[]): boolean {
  return name === 'NtryDtls' && ancestors.length === 1 && children.length === 0;
}
