import type { StatementAccount, StatementHeader } from '../statement.ts';
import { readAccount } from './account.ts';
import { readFloor } from './amounts.ts';
import type { Floor } from './amounts.ts';
import { readDateTime } from './dates.ts';
import type { Field } from './fields.ts';
import { accountNameOf } from './narrative-plain.ts';
import type { Remarks } from './remarks.ts';
import { said } from './said.ts';

/** The longest that a field of the header may be: SWIFT has 16 and 35 places, and banks are generous. */
const headerCharsMax = 70;

const headerTags = new Set(['20', '21', '25', '25P', '28', '28C', '34F', '13', '13D']);

/** What stands in front of balances and entries. */
export interface HeaderReading {
  take(field: Field): void;
  /** The account's name, where a :NS: has it. */
  name(lines: readonly string[]): void;
  /** Whether a field of that tag was taken, so that one more begins another statement. */
  readonly has: (tag: string) => boolean;
  readonly floor: () => Floor | undefined;
  /** The currency behind the account. */
  readonly currency: () => string | undefined;
  /** The header, in the currency that a balance told, else in the one behind the account. */
  header(type: string | undefined, currency: string | undefined): StatementHeader;
}

export function isHeaderTag(tag: string): boolean {
  return headerTags.has(tag);
}

export function openHeader(remarks: Remarks): HeaderReading {
  const taken = new Set<string>();
  let id = '';
  let account: StatementAccount = {};
  let name: string | undefined;
  let sequence: string | undefined;
  let page: string | undefined;
  let createdAt: string | undefined;
  let floor: Floor | undefined;

  function takeNumber(text: string, { tag, line }: Field): void {
    const [found, number, sheet] = /^([0-9]{1,10})(?:\/([0-9]{1,10}))?$/.exec(text) ?? [];
    if (found === undefined) remarks.warn('unreadableNumber', tag, line);
    sequence = numbered(number);
    page = numbered(sheet);
  }

  function takeOther(text: string, { tag, line }: Field): void {
    if (tag === '20') id = text;
    else if (tag === '34F') {
      const read = readFloor(text);
      if (read === undefined) remarks.warn('unreadableSum', tag, line);
      floor ??= read;
    } else if (tag.startsWith('13')) {
      createdAt = readDateTime(text);
      if (createdAt === undefined) remarks.warn('notADate', tag, line);
    }
  }

  return {
    take(field) {
      const { tag, lines, line } = field;
      taken.add(kindOf(tag));
      const text = (lines[0] ?? '').trim();
      if (field.tooLong || text.length > headerCharsMax) remarks.warn('textTooLong', tag, line);
      else if (tag.startsWith('25')) account = readAccount(lines);
      else if (tag.startsWith('28')) takeNumber(text, field);
      else takeOther(text, field);
    },
    name(lines) {
      name ??= accountNameOf(lines);
    },
    has: (tag) => taken.has(kindOf(tag)),
    floor: () => floor,
    currency: () => account.currency,
    header(type, currency) {
      const isReport = type === undefined ? taken.has('34') || taken.has('13') : type === '942';
      return said<StatementHeader>({
        format: `MT${type ?? (isReport ? '942' : '940')}`,
        kind: isReport ? 'report' : 'statement',
        id,
        account: said<StatementAccount>({ ...account, currency: currency ?? account.currency, name }),
        sequence,
        page: page === undefined ? undefined : { number: page },
        createdAt,
      });
    },
  };
}

/** :28: and :28C: are one field, as are :25: and :25P:, :13: and :13D:. */
function kindOf(tag: string): string {
  return tag.slice(0, 2);
}

/** Banks that do not number their statements write zeros. */
function numbered(text: string | undefined): string | undefined {
  return text === undefined || /^0+$/.test(text) ? undefined : text;
}
