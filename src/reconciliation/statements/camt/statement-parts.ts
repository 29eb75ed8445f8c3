import type { StatementHeader, StatementPart } from '../statement.ts';
import { at } from './element.ts';
import type { Element } from './element.ts';
import { openEntries } from './entries.ts';
import { readBalance, readHeader } from './header.ts';
import { headerNames } from './names.ts';
import type { Remarks } from './remarks.ts';
import { openSummary } from './summary.ts';
import type { TreeProblem } from './tree.ts';

interface StatementOptions {
  readonly detailsMax: number;
  readonly remarks: Remarks;
  readonly give: (part: StatementPart) => void;
  readonly format: string;
  readonly kind: StatementHeader['kind'];
  /** `GrpHdr`: it says for every statement of the message what that leaves out. */
  readonly group: Element | undefined;
  readonly line: number;
}

/** One statement while its elements come in. */
export interface StatementParts {
  /** Whether a part of that name is read; an entry begins with it. */
  enter(name: string): boolean;
  /** Spoils the entry that is being read; false where none is. */
  readonly spoil: (what: TreeProblem, field: string) => boolean;
  /** Reads a transaction as soon as it has ended, so that an entry of many keeps no tree of them. */
  readonly takes: (element: Element, ancestors: readonly Element[]) => boolean;
  /** A whole element of the statement: of its header, a balance, its totals, an entry. */
  take(element: Element): void;
  close(): void;
}

/** Tells a statement's parts in their order. Its header is told when the first element comes that stands behind all of it. */
export function openStatement({
  detailsMax,
  remarks,
  give,
  group,
  line,
  ...message
}: StatementOptions): StatementParts {
  const element: Element = {
    name: 'Stmt',
    line,
    currency: undefined,
    children: [],
    text: '',
    hasElements: true,
    isInterrupted: false,
  };
  const summary = openSummary(remarks);
  const entries = openEntries({ detailsMax, remarks, give, summary });
  let header: StatementHeader | undefined;
  let totals: Element | undefined;

  function opened(): StatementHeader {
    if (header !== undefined) return header;
    header = readHeader(element, { ...message, group, remarks });
    give({ part: 'opened', header, line });
    return header;
  }

  function takeHeader(part: Element): void {
    if (header !== undefined) remarks.warn('outOfOrder', part.name, part.line);
    else if (at(element, part.name) !== undefined) remarks.warn('repeatedElement', part.name, part.line);
    else element.children.push(part);
  }

  function takeBalance(part: Element): void {
    const balance = readBalance(part, opened(), remarks);
    if (balance !== undefined) give({ part: 'balance', balance });
  }

  return {
    enter(name) {
      if (name === 'Ntry') entries.begin(opened());
      return name === 'Ntry' || name === 'Bal' || name === 'TxsSummry' || headerNames.has(name);
    },
    spoil: entries.spoil,
    takes: entries.takes,
    take(part) {
      if (part.name === 'Ntry') entries.take(part);
      else if (part.name === 'Bal') takeBalance(part);
      else if (part.name === 'TxsSummry') totals = part;
      else takeHeader(part);
    },
    close() {
      opened();
      summary.compare(totals);
      give({ part: 'closed' });
    },
  };
}
