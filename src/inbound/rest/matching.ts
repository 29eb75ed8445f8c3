/** A round of matching, for who does not want to wait until one is due. */
import { refusedUnasked } from '../../payments/refusals.ts';
import type { Clock } from '../../payments/ports.ts';
import type { Matching } from '../../reconciliation/matching/open.ts';
import type { MatchingRound } from '../../reconciliation/matching/match-round.ts';
import { doorPlaces } from '../door-places.ts';
import type { Endpoint } from './endpoint.ts';

export interface MatchingDoor {
  readonly matching: Pick<Matching, 'round'>;
  readonly clock: Clock;
  /** So long the caller waits for what became of it. */
  readonly answerMs: number;
}

const count = { type: 'integer', minimum: 0 } as const;

const roundSchema = {
  title: 'MatchingRound',
  type: 'object',
  additionalProperties: false,
  required: ['outcome'],
  properties: {
    outcome: {
      enum: ['MATCHED', 'BUSY', 'MATCHING'],
      description: 'BUSY: another process is at it. MATCHING: it goes on.',
    },
    expected: { ...count, description: 'Entries of the ledger that became expectations.' },
    matched: count,
    heard: { ...count, description: 'Lines that payments heard as words about themselves.' },
    breaks: { ...count, description: 'What contradicts or is over its time now, known before or not.' },
  },
} as const;

/** `POST /v1/matching-rounds`: by an operator, or by who may hand statements in. It takes no place of a payment's. */
export function matchingEndpoint({ matching, clock, answerMs }: MatchingDoor): Endpoint {
  return {
    method: 'POST',
    path: '/v1/matching-rounds',
    operation: 'match',
    summary: 'Matches what statements tell with what the ledger expects, now',
    keyless: true,
    places: doorPlaces({ requestsMax: 2, partnerRequestsMax: 2 }),
    response: roundSchema,
    answers: { 200: 'Matched, or another process is at it.', 202: 'It goes on.' },
    async respond({ client: { operations, operator }, keep }) {
      if (operator === undefined && !operations.includes('statement')) {
        return refusedUnasked('OPERATION_FORBIDDEN');
      }
      const work = matching.round();
      keep(work);
      const patience = new AbortController();
      const late = clock.sleep(answerMs, patience.signal).then(() => 'late' as const);
      const did = await Promise.race([work, late]).finally(() => patience.abort());
      return did === 'late'
        ? { document: { outcome: 'MATCHING' }, status: 202 }
        : { document: roundView(did) };
    },
  };
}

function roundView(did: MatchingRound | undefined): object {
  return did === undefined ? { outcome: 'BUSY' } : { outcome: 'MATCHED', ...did };
}
