import { within, type Walk } from './walk.ts';

/** What providers told (I11). */
export const webhookWalk: Walk = {
  table: 'webhook_event',
  key: 'id',
  from: '',
  counted: 'webhooks',
  page: (knex, range) =>
    within(knex('webhook_event'), 'id', range).select('id', 'gateway', 'event_id', 'state'),
  checks: [
    {
      invariant: 'I11',
      finding: 'an event was kept twice',
      sql: `
        select page.id as subject from page
        where exists (
          select 1 from webhook_event other
          where other.gateway = page.gateway and other.event_id = page.event_id and other.id > page.id)`,
    },
    {
      invariant: 'I11',
      finding: 'an event that speaks of no payment of ours has brought a word about one',
      sql: `
        select page.id as subject from page
        where page.state = 'listed' and exists (
          select 1 from gateway_answer where gateway_answer.answer_id = page.id)`,
    },
  ],
};
