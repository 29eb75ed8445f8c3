/** What people do at this door: who, and the words that every act needs. */
import { type Acting, commentCharsMax, commentPattern, reasonPattern } from '../../payments/people/acts.ts';
import type { Acted } from '../../payments/people/propose.ts';
import type { Effect } from '../../payments/people/effect.ts';
import type { RecordedAct } from '../../payments/ledger-store.ts';
import type { Payment } from '../../payments/payment.ts';
import { isRefusal, refusedAfterAsking, type Refusal } from '../../payments/refusals.ts';
import { stateTable } from '../../payments/states.ts';
import { formatAmount } from '../../ledger/money.ts';
import type { Client } from './clients.ts';
import type { Answer, DoorRefusal } from './endpoint.ts';
import { amountView, paymentNow, paymentNowSchema } from './payment-view.ts';
import { amountSchema, codeSchema, instantSchema, lineSchema, sumSchema, uuidSchema } from './schemas.ts';

const uuid = new RegExp(uuidSchema.pattern);

/** What has another form is nothing that people act on. */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}

/** Of every act. */
export const saidMembers = {
  reason: { type: 'string', pattern: reasonPattern, description: 'A short code for why.' },
  comment: {
    type: 'string',
    pattern: commentPattern,
    maxLength: commentCharsMax,
    description: 'What it rests on, in a sentence; kept for ever.',
  },
} as const;

export const versionSchema = {
  type: 'integer',
  minimum: 1,
  maximum: 2 ** 31 - 1,
  description: 'Of the payment, as you saw it. Another one is refused.',
} as const;

/** A request of a person: every member is needed. */
export function actRequest(title: string, members: Readonly<Record<string, object>> = {}) {
  const properties = { ...members, ...saidMembers };
  return {
    title,
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties),
    properties,
  };
}

/** Who acts and why; only an operator's token stands for a person. */
export function actingOf({ operator }: Client, body: unknown): Acting | DoorRefusal {
  if (operator === undefined) return { problem: 'CLIENT_NOT_A_PERSON' };
  const { reason, comment } = body as Acting['said'];
  return { person: operator, said: { reason, comment } };
}

const did = {
  proposed: 'PROPOSED',
  confirmed: 'CONFIRMED',
  declined: 'DECLINED',
} as const satisfies Record<Acted['did'], string>;

/** What came of a person's yes or no. */
export function actedReply(acted: Acted | Refusal): Answer {
  if (isRefusal(acted)) return acted;
  const { payment, act } = acted;
  return {
    document: { did: did[acted.did], act: act.id, payment: paymentNow(payment) },
    status: acted.did === 'proposed' ? 202 : 200,
    ifInvalid: refusedAfterAsking('INTERNAL_ERROR', payment),
  };
}

export const actedAnswers = {
  200: 'It is done; the payment as it is now.',
  202: 'It is proposed, and waits for another person.',
} as const;

export const actedSchema = {
  title: 'Acted',
  type: 'object',
  additionalProperties: false,
  required: ['did', 'act', 'payment'],
  properties: {
    did: { enum: Object.values(did) },
    act: { ...uuidSchema, description: 'The id of the act; of a proposal, what is approved or rejected.' },
    payment: paymentNowSchema,
  },
} as const;

export function actView({
  id,
  caseId,
  subject,
  kind,
  reason,
  comment,
  detail,
  version,
  at,
  ...act
}: RecordedAct) {
  return {
    id,
    caseId,
    subject,
    kind,
    reason,
    comment,
    detail,
    version,
    endsProposal: act.endsProposal,
    ...(kind === 'proposed' && { open: !act.ended }),
    at: at.toISOString(),
  };
}

export const actSchema = {
  title: 'Act',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'subject', 'kind', 'reason', 'comment', 'version', 'at'],
  properties: {
    id: uuidSchema,
    caseId: uuidSchema,
    subject: { type: 'string', description: 'The operator.' },
    kind: { enum: ['assigned', 'commented', 'proposed', 'confirmed', 'declined', 'returned'] },
    ...saidMembers,
    detail: { ...lineSchema(200), description: 'What was proposed, or to whom the case was given.' },
    version: versionSchema,
    endsProposal: uuidSchema,
    open: { type: 'boolean', description: 'Of a proposal: it waits for another person.' },
    at: instantSchema,
  },
} as const;

/** What an act will do: where the payment will be, what is posted, and what the player can use after it. */
export function effectView({ state, postings, holdEnding, availableMinor }: Effect, payment: Payment) {
  const { currency } = payment.instruction.amount;
  const inText = (minor: bigint): string => formatAmount({ minor, currency });
  return {
    status: stateTable[state].status,
    entries: postings.map(({ debit, credit, amount }) => ({ debit, credit, amount: amountView(amount) })),
    hold: holdEnding,
    available: { currency, before: inText(availableMinor.before), after: inText(availableMinor.after) },
  };
}

const account = { type: 'string', minLength: 1, maxLength: 160 } as const;

export const effectSchema = {
  title: 'Effect',
  type: 'object',
  additionalProperties: false,
  required: ['status', 'entries', 'available'],
  properties: {
    status: { ...codeSchema, description: 'Of an approval, once its gateway has settled it.' },
    entries: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['debit', 'credit', 'amount'],
        properties: { debit: account, credit: account, amount: amountSchema },
      },
    },
    hold: { enum: ['posted', 'voided'], description: 'What becomes of the money that is held for it.' },
    available: {
      type: 'object',
      description: 'What the player can use.',
      additionalProperties: false,
      required: ['currency', 'before', 'after'],
      properties: { currency: amountSchema.properties.currency, before: sumSchema, after: sumSchema },
    },
  },
} as const;
