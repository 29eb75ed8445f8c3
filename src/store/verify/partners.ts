import { within, type InvariantCheck, type Walk } from './walk.ts';

const nobody = (finding: string): InvariantCheck => ({
  invariant: 'I14',
  finding,
  sql: "select page.id as subject from page where page.subject = '' or page.reason = ''",
});

/** Who may come in, as it was decided (I14). */
export const partnerWalk: Walk = {
  table: 'partner_revision',
  key: 'id',
  from: '',
  counted: 'partnerRevisions',
  page: (knex, range) =>
    within(knex('partner_revision'), 'id', range).select('id', 'partner_id', 'revision', 'subject', 'reason'),
  checks: [
    nobody('a revision of a partner has no name or reason'),
    {
      invariant: 'I14',
      finding: 'a revision of a partner follows none',
      sql: `
        select page.id as subject from page
        where page.revision > 1 and not exists (
          select 1 from partner_revision before
          where before.partner_id = page.partner_id and before.revision = page.revision - 1)`,
    },
  ],
};

/** Who is refused whatever else holds. */
export const denialWalk: Walk = {
  table: 'certificate_denial',
  key: 'id',
  from: '',
  counted: 'denials',
  page: (knex, range) => within(knex('certificate_denial'), 'id', range).select('id', 'subject', 'reason'),
  checks: [nobody('a denied certificate has no name or reason')],
};

/** What was done with certificates. */
export const certificateActWalk: Walk = {
  table: 'certificate_act',
  key: 'id',
  from: '',
  counted: 'certificateActs',
  page: (knex, range) => within(knex('certificate_act'), 'id', range).select('id', 'subject', 'reason'),
  checks: [nobody('an act with a certificate has no name or reason')],
};
