import type { InvariantCheck } from './walk.ts';
import { finals } from './words.ts';

/** Two people: what one proposed another one confirmed. */
const byTwo = `
  operator_act confirmed
  join operator_act proposed on proposed.id = confirmed.ends_proposal
  where confirmed.payment_id = page.id and confirmed.kind = 'confirmed'
    and proposed.payment_id = page.id and proposed.kind = 'proposed' and proposed.subject <> confirmed.subject`;

/** What people did has a name and a reason, and what needs two was done by two (I5, I14). */
export const actChecks: readonly InvariantCheck[] = [
  {
    invariant: 'I5',
    finding: 'a final state was followed by another one without two people',
    sql: `
      select page.id as subject
      from page
      join payment_version earlier on earlier.payment_id = page.id
      join payment_version later on later.payment_id = page.id and later.version = earlier.version + 1
      where earlier.state in ${finals} and later.state <> earlier.state and not (
        earlier.state <> 'completed' and later.state = 'completed'
        and exists (select 1 from ${byTwo} and confirmed.payment_version = earlier.version))`,
  },
  {
    invariant: 'I14',
    finding: 'a payment that needed approval was sent without two people',
    sql: `
      select page.id as subject
      from page
      join payment_version earlier on earlier.payment_id = page.id
      join payment_version later on later.payment_id = page.id and later.version = earlier.version + 1
      where earlier.state = 'awaitingApproval' and later.state = 'submitted'
        and not exists (select 1 from ${byTwo} and confirmed.payment_version = earlier.version)`,
  },
  {
    invariant: 'I14',
    finding: 'an act has no name, reason or comment',
    sql: `
      select operator_act.id as subject
      from page
      join operator_act on operator_act.payment_id = page.id
      where operator_act.subject = '' or operator_act.reason = '' or operator_act.comment = ''`,
  },
  {
    invariant: 'I14',
    finding: 'a confirmation ends no proposal of somebody else about what he saw',
    sql: `
      select operator_act.id as subject
      from page
      join operator_act on operator_act.payment_id = page.id
      where operator_act.kind = 'confirmed' and not exists (
        select 1 from ${byTwo} and confirmed.id = operator_act.id
          and proposed.payment_version = operator_act.payment_version)`,
  },
  {
    invariant: 'I14',
    finding: 'a proposal ended otherwise than by the act that says so',
    sql: `
      select operator_act.id as subject
      from page
      join operator_act on operator_act.payment_id = page.id
      where operator_act.ends_proposal is not null and not exists (
        select 1 from proposal_end
        where proposal_end.act_id = operator_act.ends_proposal and proposal_end.ended_by = operator_act.id)`,
  },
  {
    invariant: 'I14',
    finding: 'a case was closed by people, and no two of them say so',
    sql: `
      select payment_case.id as subject
      from page
      join payment_case on payment_case.payment_id = page.id
      join case_end on case_end.case_id = payment_case.id
      where (case_end.resolution = 'answered' and payment_case.kind <> 'noAnswer')
        or (case_end.resolution <> 'answered' and not exists (select 1 from ${byTwo}))`,
  },
];
