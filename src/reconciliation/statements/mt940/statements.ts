import type { Field } from './fields.ts';
import { isHeaderTag } from './header.ts';
import { openStatement } from './statement-parts.ts';
import type { StatementOptions, StatementParts } from './statement-parts.ts';

export interface Statements {
  field(field: Field): void;
  /** A line that ends a message was read. */
  ended(): void;
  /** The type of the messages that follow, where something says it. */
  named(type: string, line: number): void;
  finish(): void;
  /** Whether anything was there that only a statement has. */
  readonly recognised: () => boolean;
}

/** MT950 is the MT940 that banks send one another, with the same fields. */
const types = new Set(['940', '942', '950']);

/** Statements one behind the other: a field of the header that has been there begins the next one. */
export function openStatements(options: Omit<StatementOptions, 'type' | 'ofRabobank'>): Statements {
  let type: string | undefined;
  let isOther = false;
  let ofRabobank = false;
  let recognised = false;
  let statement = openNext();

  function openNext(): StatementParts {
    return openStatement({ ...options, type, ofRabobank });
  }

  function next(): void {
    statement.close();
    recognised ||= statement.recognised();
    statement = openNext();
  }

  function header(field: Field): void {
    if (!statement.takesHeader(field.tag)) next();
    statement.header(field);
  }

  /** Of another kind, the message is passed over: banks put debit advices and the like into the same file. */
  function named(found: string, line: number): void {
    isOther = !types.has(found);
    if (isOther) options.remarks.warn('otherMessage', '2', line);
    else type = found;
    next();
  }

  return {
    field(field) {
      const { tag, line } = field;
      if (types.has(tag)) {
        ofRabobank = tag === '940';
        named(tag, line);
      } else if (isOther) return;
      else if (isHeaderTag(tag)) header(field);
      else if (tag === 'NS') statement.nonSwift(field);
      else statement.body(field);
    },
    ended: () => statement.flush(),
    named,
    finish: next,
    recognised: () => recognised,
  };
}
