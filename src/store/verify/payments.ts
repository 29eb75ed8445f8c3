import { actChecks } from './acts.ts';
import { attemptChecks } from './attempts.ts';
import { scheduleChecks } from './checks-due.ts';
import { historyChecks } from './history.ts';
import { holdChecks } from './holds.ts';
import { postingChecks } from './postings.ts';
import { returnChecks } from './returns.ts';
import { within, type Walk } from './walk.ts';

/** Payments, each with all that belongs to it. */
export const paymentWalk: Walk = {
  table: 'payment',
  key: 'id',
  from: '',
  counted: 'payments',
  page: (knex, range) =>
    within(knex('payment'), 'id', range).select(
      'id',
      'partner_id',
      'partner_reference',
      'direction',
      'brand',
      'player_id',
      'amount_minor',
      'currency',
      'version',
      'state',
      'attempt_ordinal',
    ),
  checks: [
    ...postingChecks,
    ...returnChecks,
    ...holdChecks,
    ...attemptChecks,
    ...historyChecks,
    ...actChecks,
    ...scheduleChecks,
  ],
  belonging: {
    attempts: 'attempt',
    holds: 'hold',
    cases: 'payment_case',
    returns: 'payment_return',
    acts: 'operator_act',
  },
};
