import type { Money } from '../../ledger/money.ts';
import type { Direction } from '../../payments/payment.ts';
import type { Remark } from '../statements/statement.ts';
import type { CoreMeaning } from './statuses.ts';

/** What the casino's core says of one payment, in our words. */
export interface CoreRow {
  /** The partner's reference, or our id of the payment: an id has 36 characters, and a reference 35 at most. */
  readonly id: string;
  /** Of a CSV file the line, of a JSON document the place among its payments; from 1. */
  readonly line: number;
  readonly amount: Money;
  readonly direction: Direction;
  readonly means: CoreMeaning;
  readonly at: Date;
  readonly brand?: string;
}

/** A row that could not be read. Where its id could, its payment is not missing from the list. */
export interface BadCoreRow {
  readonly id?: string;
  readonly remark: Remark;
}

/** Of which payments the list speaks: those accepted from an instant on and before another one, as they stood at a time. */
export interface CoreWindow {
  readonly from: Date;
  readonly until: Date;
  readonly madeAt: Date;
}

/** What a list says of itself, as text whose form is settled. */
export interface CoreListHead {
  readonly partner?: string;
  readonly from?: string;
  readonly until?: string;
  readonly madeAt?: string;
}

/** What a reader gives, in the order of the list. After `refused` nothing that came before it counts. */
export type CoreListPart =
  | { readonly part: 'row'; readonly row: CoreRow }
  | ({ readonly part: 'badRow' } & BadCoreRow)
  | { readonly part: 'head'; readonly head: CoreListHead }
  | {
      readonly part: 'refused';
      readonly rule: string;
      readonly line?: number;
      readonly field?: string;
    };

/** A reader: the list's bytes in, its parts out, one row in memory. */
export type CoreListReader = (
  bytes: AsyncIterable<Uint8Array>,
) => AsyncGenerator<CoreListPart, void, undefined>;
