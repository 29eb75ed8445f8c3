import { compileJsonSchema } from '../../platform/json-schema.ts';
import { readJsonText } from '../../platform/json-text.ts';
import { openText } from '../statements/csv/text.ts';
import { openJsonCut } from './json-cut.ts';
import type { CoreListHead, CoreListPart, CoreListReader } from './list.ts';
import { badRow, type CoreTexts, type ReadRow } from './row.ts';

const instant = {
  type: 'string',
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[+\\-]\\d\\d:\\d\\d)$',
} as const;
const word = { type: 'string', minLength: 1, maxLength: 60 } as const;

/** One payment as the core has it. Of amounts and words only the form is asked here; what they say is read as in a CSV file. */
export const corePaymentSchema = {
  title: 'CorePayment',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'amount', 'direction', 'status', 'time'],
  properties: {
    id: {
      ...word,
      description: 'The partnerReference under which it was instructed, or our id of the payment.',
    },
    amount: {
      type: 'object',
      additionalProperties: false,
      required: ['value', 'currency'],
      properties: { value: word, currency: word },
    },
    direction: { ...word, description: 'CRDT or DBIT, deposit or withdrawal, seen from the player.' },
    status: {
      ...word,
      description: 'As it was told (ISO 20022), or a word that docs/reconciliation.md has.',
    },
    time: { ...instant, description: 'When the core instructed it.' },
    brand: word,
  },
} as const;

/** A list as the core hands it in by REST. */
export const coreListSchema = {
  title: 'CoreListRequest',
  type: 'object',
  additionalProperties: false,
  required: ['from', 'until', 'payments'],
  properties: {
    partner: {
      type: 'string',
      pattern: '^[a-z0-9][a-z0-9-]{0,34}$',
      description: 'Whose payments these are. Absent: those of the configuration, else the caller’s own.',
    },
    from: { ...instant, description: 'All payments are in it that were accepted at this instant or later,' },
    until: { ...instant, description: 'and before this one.' },
    madeAt: { ...instant, description: 'As of when the statuses are. Absent: `until`.' },
    payments: {
      type: 'array',
      description: 'Each of at most 16384 characters. A bad one is reported, and the others are compared.',
      items: corePaymentSchema,
    },
  },
} as const;

const headOnly = {
  ...coreListSchema,
  title: 'CoreListHead',
  properties: { ...coreListSchema.properties, payments: { type: 'array', maxItems: 0 } },
} as const;

const pieceBytes = 64 * 1024;
const pieceMax = 16_384;
const depthMax = 4;

const isHead = compileJsonSchema(headOnly, { violationsMax: 1 });
const isRow = compileJsonSchema(corePaymentSchema, { violationsMax: 1 });

interface RowDocument {
  readonly id: string;
  readonly amount: { readonly value: string; readonly currency: string };
  readonly direction: string;
  readonly status: string;
  readonly time: string;
  readonly brand?: string;
}

/**
 * Reads a list in JSON, one payment in memory, whatever the order of its members. Refused whole: what is no JSON, repeats a
 * member, or has another head than the schema says. A payment that cannot be read spoils nothing but itself.
 */
export function readCoreJson(readRow: ReadRow): CoreListReader {
  return async function* read(bytes) {
    const told: CoreListPart[] = [];
    const reading = openReading(readRow, (part) => told.push(part));
    for await (const chunk of bytes) {
      for (let from = 0; from < chunk.length; from += pieceBytes) {
        reading.write(chunk.subarray(from, from + pieceBytes));
        yield* told.splice(0);
        if (reading.isRefused()) return;
      }
    }
    reading.end();
    yield* told;
  };
}

function openReading(readRow: ReadRow, give: (part: CoreListPart) => void) {
  let isRefused = false;
  let line = 0;
  const text = openText('utf-8');

  function refuse(rule: string, more: { line?: number; field?: string } = {}): void {
    if (!isRefused) give({ part: 'refused', rule, ...more });
    isRefused = true;
  }

  function row(piece: string): void {
    line += 1;
    const read = readJsonText(piece, { depthMax });
    if (typeof read === 'string') return refuse(read, { line });
    const [fault] = isRow(read.document);
    if (fault === undefined) {
      const found = readRow(textsOf(read.document as RowDocument), line);
      return give('remark' in found ? { part: 'badRow', ...found } : { part: 'row', row: found });
    }
    const field = fault.rule === 'required' ? fault.member : fault.path.split('/')[1];
    const about = field === undefined || field === '' ? {} : { field };
    const remark = badRow({ rule: fault.rule === 'required' ? 'missingValue' : fault.rule, ...about }, line);
    return give({ part: 'badRow', remark, ...idIn(read.document) });
  }

  const cut = openJsonCut({ pieceMax, row });

  function parse(piece: string | undefined): void {
    if (piece === undefined) return refuse('notInItsEncoding');
    const refusal = cut.write(piece);
    if (refusal !== undefined) refuse(refusal.refused, { line: line + 1 });
  }

  function head(piece: string): void {
    const read = readJsonText(piece, { depthMax });
    if (typeof read === 'string') return refuse(read);
    const [fault] = isHead(read.document);
    if (fault === undefined) return give({ part: 'head', head: read.document as CoreListHead });
    const field = fault.rule === 'required' ? fault.member : fault.path.slice(1);
    refuse(fault.rule, field === undefined || field === '' ? {} : { field });
  }

  return {
    write: (bytes: Uint8Array): void => parse(text.write(bytes)),
    end(): void {
      if (isRefused) return;
      parse(text.end());
      const rest = cut.end();
      if (typeof rest === 'string') head(rest);
      else refuse(rest.refused);
    },
    isRefused: () => isRefused,
  };
}

function textsOf({ id, amount, direction, status, time, brand = '' }: RowDocument): CoreTexts {
  return { id, amount: amount.value, currency: amount.currency, direction, status, time, brand };
}

/** Of a row that is not as the schema says: its payment is in the list all the same. */
function idIn(document: unknown): { readonly id?: string } {
  const isObject = typeof document === 'object' && document !== null && 'id' in document;
  return isObject && typeof document.id === 'string' ? { id: document.id } : {};
}
