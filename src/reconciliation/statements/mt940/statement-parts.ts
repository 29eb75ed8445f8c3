import type { StatementPart } from '../statement.ts';
import { openBalances } from './balances.ts';
import { openEntries } from './entries.ts';
import type { Field } from './fields.ts';
import { openHeader } from './header.ts';
import { openOpening } from './opening.ts';
import type { Remarks } from './remarks.ts';
import { looksLikeStatementLine } from './statement-line.ts';
import { openSums } from './sums.ts';

export interface StatementOptions {
  readonly textBytesMax: number;
  readonly remarks: Remarks;
  readonly give: (part: StatementPart) => void;
  /** The message's type where something says it. */
  readonly type: string | undefined;
  readonly ofRabobank: boolean;
}

export interface StatementParts {
  /** Whether a header's field of that tag belongs to this statement, and not to the next one. */
  takesHeader(tag: string): boolean;
  header(field: Field): void;
  body(field: Field): void;
  /** :NS:, which stands in the header and behind entries. */
  nonSwift(field: Field): void;
  /** Ends the entry that is open. */
  flush(): void;
  close(): void;
  /** Whether anything was there that only a statement has. */
  readonly recognised: () => boolean;
}

/** One statement, from its header to its last balance. */
export function openStatement({ remarks, give, type, ...options }: StatementOptions): StatementParts {
  const reading = openHeader(remarks);
  const opening = openOpening({ reading, remarks, give, type });
  const sums = openSums(remarks);
  const balances = openBalances(remarks, give);
  const entries = openEntries({
    textBytesMax: options.textBytesMax,
    remarks,
    give: (entry) => {
      sums.count(entry);
      if (entry !== undefined) give({ part: 'entry', entry });
    },
    surroundings: () => ({ currency: opening.currency(), accountForReference: options.ofRabobank }),
  });
  let recognised = false;

  function statementLine(field: Field): void {
    if (looksLikeStatementLine(field.lines[0] ?? '')) recognised = true;
    if (balances.has('62')) remarks.warn('outOfOrder', field.tag, field.line);
    entries.begin(field);
  }

  function balance(field: Field): void {
    entries.flush();
    if (field.tag.startsWith('60') && sums.hasAny()) remarks.warn('outOfOrder', field.tag, field.line);
    opening.tellCurrency(balances.take(field, opening.currency()));
  }

  function sum(field: Field): void {
    entries.flush();
    sums.compare(field, reading.floor());
  }

  return {
    takesHeader(tag) {
      if (opening.isOpen()) return /^(?:13|34)/.test(tag);
      return tag === '34F' || !reading.has(tag);
    },
    header(field) {
      opening.begin(field.line);
      reading.take(field);
      if (field.tag !== '20' && field.tag !== '21') recognised = true;
    },
    body(field) {
      const { tag } = field;
      opening.open(field);
      if (tag === '61') statementLine(field);
      else if (tag === '86') entries.describe(field);
      else if (!tag.startsWith('90')) balance(field);
      else sum(field);
    },
    nonSwift(field) {
      if (!entries.describe(field)) reading.name(field.lines);
    },
    flush: () => entries.flush(),
    close() {
      entries.flush();
      if (!opening.hasBegun()) return;
      opening.close((tag) => balances.has(tag));
    },
    recognised: () => recognised || balances.anyRead(),
  };
}
