/** Breaks as documents. */
import { isoDate } from '../../reconciliation/calendar.ts';
import { ageBucket, ageBuckets, ageDays } from '../../reconciliation/reports/age.ts';
import type { BreakFile } from '../../reconciliation/breaks/desk.ts';
import type { Ending } from '../../reconciliation/breaks/endings.ts';
import type {
  BreakAct,
  BreakKind,
  BreakResolution,
  RecordedBreak,
} from '../../reconciliation/statement-store.ts';
import { saidMembers } from './acting.ts';
import { amountView } from './payment-view.ts';
import { dateSchema, instantSchema, lineSchema, moneySchema, uuidSchema } from './schemas.ts';

export const breakKinds = [
  'MISSING',
  'UNEXPECTED',
  'OVER_AMOUNT',
  'UNDER_AMOUNT',
  'CURRENCY_MISMATCH',
  'DIRECTION_MISMATCH',
  'DATA_MISMATCH',
  'DUPLICATE',
  'BALANCE_DIFFERS',
  'LEDGER_DIFFERS',
  'STATEMENT_GAP',
] as const satisfies BreakKind[];
export const endings = [
  'matchedByHand',
  'writtenOff',
  'suspense',
  'received',
  'expected',
] as const satisfies Ending[];
const resolutions = [
  'matched',
  'raised',
  'arrived',
  'agrees',
  'replaced',
  ...endings,
] as const satisfies BreakResolution[];

export const operatorId = { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,34}$' } as const;
/** A line's name or an item's key, as breaks and `recon explain` write them. */
export const nameSchema = lineSchema(300);

const breakProperties = {
  id: uuidSchema,
  kind: { enum: breakKinds },
  between: { enum: ['ledgerAndReport', 'ledgerAndBank', 'reportAndBank', 'ledgerAndCore', 'statement'] },
  place: {
    type: 'string',
    description: 'The account, the gateway of what is missing, or the partner whose list differs.',
  },
  brand: { type: 'string' },
  about: {
    type: 'object',
    description: 'The line, the item that is expected, the statement or the payment of the core.',
    additionalProperties: nameSchema,
  },
  field: lineSchema(100),
  expected: lineSchema(200),
  actual: lineSchema(200),
  atRisk: moneySchema,
  suggestion: { enum: resolutions },
  happenedOn: dateSchema,
  ageDays: { enum: ageBuckets, description: 'Of the event; of an ended one, when it ended.' },
  dueOn: { ...dateSchema, description: 'Until when people have for it.' },
  openedAt: instantSchema,
  owner: operatorId,
  raisedAt: {
    ...instantSchema,
    description: 'It was raised with the gateway or bank, and waits for its answer.',
  },
  endedAt: instantSchema,
  resolution: { enum: resolutions },
  endedBy: {
    ...uuidSchema,
    description: 'The match, the act, the statement, the list or the break that ended it.',
  },
} as const;

export const breakSchema = {
  title: 'Break',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'kind', 'between', 'place', 'brand', 'about', 'field', 'atRisk', 'openedAt', 'dueOn'],
  properties: breakProperties,
} as const;

export function breakView(broken: RecordedBreak, now: Date) {
  const { id, kind, between, place, brand, subject, field, expected, actual, atRisk } = broken;
  const { suggestion, happenedOn, dueOn, openedAt, owner, raisedAt, end } = broken;
  return {
    id,
    kind,
    between,
    place,
    brand,
    about: subject,
    field,
    expected,
    actual,
    atRisk: amountView(atRisk),
    suggestion,
    happenedOn,
    dueOn,
    owner,
    ageDays: ageBucket(ageDays(happenedOn, isoDate(end?.at ?? now))),
    openedAt: openedAt.toISOString(),
    raisedAt: raisedAt?.toISOString(),
    endedAt: end?.at.toISOString(),
    resolution: end?.resolution,
    endedBy: end?.by,
  };
}

const account = { type: 'string', minLength: 1, maxLength: 160 } as const;

export const breakActSchema = {
  title: 'BreakAct',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'breakId', 'subject', 'kind', 'reason', 'comment', 'at'],
  properties: {
    id: uuidSchema,
    breakId: uuidSchema,
    subject: { type: 'string', description: 'The operator.' },
    kind: { enum: ['assigned', 'commented', 'raised', 'proposed', 'confirmed', 'declined'] },
    ...saidMembers,
    detail: { ...lineSchema(400), description: 'To whom it was given, or how it is to end.' },
    endsProposal: uuidSchema,
    at: instantSchema,
  },
} as const;

export function breakActView({ at, ...act }: BreakAct) {
  return { ...act, at: at.toISOString() };
}

export const breakFileSchema = {
  title: 'BreakFile',
  type: 'object',
  additionalProperties: false,
  required: [...breakSchema.required, 'acts', 'endings'],
  properties: {
    ...breakProperties,
    acts: {
      type: 'array',
      items: breakActSchema,
      description: 'What people did: the newest 200 acts, oldest first.',
    },
    endings: {
      type: 'array',
      description: 'How it can end now, the suggested way first, and what each would post.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['resolution', 'entries'],
        properties: {
          resolution: { enum: endings },
          entries: {
            type: 'array',
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['debit', 'credit', 'amount'],
              properties: { debit: account, credit: account, amount: moneySchema },
            },
          },
        },
      },
    },
    proposal: { ...uuidSchema, description: 'The act that waits for another person.' },
  },
} as const;

export function breakFileView({ broken, acts, endings: possible, proposal }: BreakFile, now: Date) {
  return {
    ...breakView(broken, now),
    acts: acts.map(breakActView),
    endings: possible.map(({ ending, ended }) => ({
      resolution: ending,
      entries: ended.postings.map(({ amount, ...accounts }) => ({ ...accounts, amount: amountView(amount) })),
    })),
    proposal: proposal?.id,
  };
}
