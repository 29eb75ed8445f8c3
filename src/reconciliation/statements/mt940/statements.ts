import type { StatementHeader, StatementPart } from '../statement.ts';
import { currencyOfBalance, readBalance } from './amounts.ts';
import { openEntries } from './entries.ts';
import type { Field } from './fields.ts';
import { isHeaderTag, openHeader } from './header.ts';
import type { Remarks } from './remarks.ts';
import { looksLikeStatementLine } from './statement-line.ts';
import { openSums } from './sums.ts';

interface StatementOptions {
  readonly textBytesMax: number;
  readonly remarks: Remarks;
  readonly give: (part: StatementPart) => void;
}

export interface Statements {
  field(field: Field): void;
  /** A line that ends a message was read. */
  ended(): void;
  /** The type of the messages that follow, where something says it. */
  named(type: string): void;
  finish(): void;
  /** Whether anything was there that only a statement has. */
  readonly recognised: () => boolean;
}

/** MT950 is the MT940 that banks send one another, with the same fields. */
const types = new Set(['940', '942', '950']);

/** The ISO 20022 codes of the balances. An M stands where a page of a statement begins or ends. */
const balanceTypes: Readonly<Record<string, string>> = {
  '60': 'OPBD',
  '60F': 'OPBD',
  '60M': 'ITBD',
  '62': 'CLBD',
  '62F': 'CLBD',
  '62M': 'ITBD',
  '64': 'CLAV',
};

/** Where a field stands decides what it is: of a statement's header, its balances, its entries, or of the next statement. */
export function openStatements({ textBytesMax, remarks, give }: StatementOptions): Statements {
  let type: string | undefined;
  let ofRabobank = false;
  let recognised = false;
  let current = openStatement();

  function openStatement() {
    return {
      reading: openHeader(remarks),
      sums: openSums(remarks),
      header: undefined as StatementHeader | undefined,
      currency: undefined as string | undefined,
      line: 0,
      balances: new Set<string>(),
      hasEntries: false,
    };
  }

  const entries = openEntries({
    textBytesMax,
    remarks,
    give: (entry) => {
      current.sums.count(entry);
      if (entry !== undefined) give({ part: 'entry', entry });
    },
    surroundings: () => ({ currency: current.currency, accountForReference: ofRabobank }),
  });

  function open({ tag, line, lines }: Field): void {
    if (current.header !== undefined) return;
    const { reading } = current;
    const told = /^6[0245]/.test(tag) ? currencyOfBalance(lines[0] ?? '') : undefined;
    const header = reading.header(type, told ?? reading.floor()?.currency);
    current.header = header;
    current.currency = told ?? reading.floor()?.currency ?? header.account.currency;
    if (reading.isEmpty()) current.line = line;
    give({ part: 'opened', header, line: current.line });
    for (const needed of ['20', '25', '28']) {
      if (!reading.has(needed)) remarks.warn('missingElement', needed, current.line);
    }
  }

  function close(): void {
    entries.flush();
    if (current.header === undefined && current.reading.isEmpty()) return;
    open({ tag: '20', line: current.line, lines: [], tooLong: false });
    const { balances, header, line } = current;
    if (header?.kind === 'statement') {
      for (const needed of ['60', '62'])
        if (!balances.has(needed)) remarks.warn('missingElement', needed, line);
    }
    give({ part: 'closed' });
    current = openStatement();
  }

  function takeHeader(field: Field): void {
    const { tag } = field;
    const late = current.header !== undefined;
    const again = current.reading.has(tag) && tag !== '34F';
    if ((late && !/^(?:13|34)/.test(tag)) || (!late && again)) close();
    if (current.reading.isEmpty() && current.header === undefined) current.line = field.line;
    current.reading.take(field);
    if (tag !== '20' && tag !== '21') recognised = true;
  }

  function takeBalance({ tag, line, lines, tooLong }: Field): void {
    const read = tooLong ? undefined : readBalance(lines[0] ?? '', current.currency);
    if (read === undefined) {
      remarks.warn('unreadableBalance', tag, line);
      return;
    }
    const { amount } = read.balance;
    recognised = true;
    current.balances.add(tag.slice(0, 2));
    current.currency ??= amount.currency;
    if (read.withoutCurrency) remarks.warn('missingCurrency', tag, line);
    if (read.day === undefined) remarks.warn('notADate', tag, line);
    else if (read.day.beyondMonth) remarks.warn('dayBeyondMonth', tag, line);
    if (amount.currency !== current.currency) remarks.warn('otherCurrency', tag, line);
    if (tag.startsWith('60') && current.hasEntries) remarks.warn('outOfOrder', tag, line);
    give({ part: 'balance', balance: { type: balanceTypes[tag] ?? 'FWAV', ...read.balance } });
  }

  function takeBody(field: Field): void {
    const { tag, lines } = field;
    open(field);
    if (tag === '61') {
      if (looksLikeStatementLine(lines[0] ?? '')) recognised = true;
      if (current.balances.has('62')) remarks.warn('outOfOrder', tag, field.line);
      current.hasEntries = true;
      entries.begin(field);
    } else if (tag === '86') entries.describe(field);
    else if (tag.startsWith('90')) {
      entries.flush();
      current.sums.compare(field, current.reading.floor());
    } else {
      entries.flush();
      takeBalance(field);
    }
  }

  return {
    field(field) {
      const { tag } = field;
      if (types.has(tag)) {
        close();
        type = tag;
        ofRabobank = tag === '940';
      } else if (isHeaderTag(tag)) takeHeader(field);
      else if (tag === 'NS') {
        if (!entries.describe(field)) current.reading.take(field);
      } else takeBody(field);
    },
    ended: () => entries.flush(),
    named(found) {
      close();
      type = found;
    },
    finish: close,
    recognised: () => recognised,
  };
}
