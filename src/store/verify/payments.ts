import { attemptChecks } from './attempts.ts';
import { historyChecks } from './history.ts';
import { holdChecks } from './holds.ts';
import { postingChecks } from './postings.ts';
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
  checks: [...postingChecks, ...holdChecks, ...attemptChecks, ...historyChecks],
  belonging: { attempts: 'attempt', holds: 'hold', cases: 'payment_case' },
};
