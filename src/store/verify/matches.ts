import { within, type InvariantCheck, type Walk } from './walk.ts';

/** Above zero what came to these accounts by the page's match. */
const movedOn = (prefix: string) => `
  (select coalesce(sum(
      case when entry.debit like '${prefix}%' then entry.amount_minor else 0 end
      - case when entry.credit like '${prefix}%' then entry.amount_minor else 0 end), 0)
    from reconciled_posting
    join entry on entry.posting_key = reconciled_posting.posting_key
    where reconciled_posting.posted_by = page.id)`;

const signed = (row: string) =>
  `case when ${row}.direction = 'CRDT' then ${row}.amount_minor else -${row}.amount_minor end`;

/** What statements tell counts once, and is booked as it was told (I3, I11). */
const matchChecks: readonly InvariantCheck[] = [
  {
    invariant: 'I3',
    finding: 'a match takes something else from the gateways than its items put there',
    sql: `
      select page.id as subject from page
      where ${movedOn('gateway:')} + (
        select coalesce(sum(${signed('item')}), 0)
        from match_item join expected_item item on item.item_key = match_item.item_key
        where match_item.match_id = page.id and item.kind <> 'payout') <> 0`,
  },
  {
    invariant: 'I3',
    finding: 'a match moves something else on a bank account than its bookings did',
    sql: `
      select page.id as subject from page
      where exists (
          select 1 from reconciled_posting
          join entry on entry.posting_key = reconciled_posting.posting_key
          where reconciled_posting.posted_by = page.id
            and (entry.debit like 'bank:%' or entry.credit like 'bank:%'))
        and exists (select 1 from match_entry where match_entry.match_id = page.id)
        and not exists (select 1 from match_entry where match_entry.match_id = page.id and match_entry.detail >= 0)
        and ${movedOn('bank:')} <> (
          select coalesce(sum(${signed('told')}), 0)
          from match_entry join statement_entry told on told.entry_key = match_entry.entry_key
          where match_entry.match_id = page.id)`,
  },
  {
    invariant: 'I3',
    finding: 'a match names an entry that is not there, or of another group',
    sql: `
      select page.id as subject from page
      join reconciled_posting on reconciled_posting.posted_by = page.id
      where not exists (
        select 1 from entry
        where entry.posting_key = reconciled_posting.posting_key and entry.group_id = page.group_id)`,
  },
  {
    invariant: 'I11',
    finding: 'a booking is matched that is not there, not booked, or of a file that was not read to its end',
    sql: `
      select page.id as subject from page
      join match_entry on match_entry.match_id = page.id
      where not exists (
        select 1 from statement_entry told
        join statement_file_end on statement_file_end.file_id = told.file_id and statement_file_end.state = 'read'
        where told.entry_key = match_entry.entry_key and told.status = 'booked')`,
  },
  {
    invariant: 'I11',
    finding: 'a booking is matched as a whole and in parts',
    sql: `
      select page.id as subject from page
      join match_entry on match_entry.match_id = page.id and match_entry.detail = -1
      where exists (
        select 1 from match_entry part
        where part.entry_key = match_entry.entry_key and part.detail >= 0)`,
  },
];

export const matchWalk: Walk = {
  table: 'reconciliation_match',
  key: 'id',
  from: '',
  counted: 'matches',
  page: (knex, range) => within(knex('reconciliation_match'), 'id', range).select('id', 'group_id'),
  checks: matchChecks,
};

/** The subject of the page's break is this statement, and that one of the same account explains it. */
const explained = (resolution: string, kind: string, how: string) => `
  (break_end.resolution = '${resolution}' and not exists (
    select 1 from reconciliation_break its
    join break_subject on break_subject.break_id = its.id
    join account_statement about on about.id = break_subject.subject
    join account_statement told on told.id = break_end.ended_by and told.account_key = about.account_key
    join statement_file_end on statement_file_end.file_id = told.file_id and statement_file_end.state = 'read'
    where its.id = page.id and its.kind = '${kind}' and ${how}))`;

/** Of a difference from the core's list, whose key begins so, that another list says the same as the ledger. */
const listAgrees = `
  (break_end.resolution = 'agrees' and not exists (
    select 1 from reconciliation_break its
    join statement_file_end on statement_file_end.file_id = break_end.ended_by and statement_file_end.state = 'read'
      and statement_file_end.facts like '%"format":"core-list"%'
    where its.id = page.id and its.break_key like 'core %'))`;

/** A break ends by a match, by a statement that explains it, or by two people who have a name and a reason (I14). */
export const breakWalk: Walk = {
  table: 'reconciliation_break',
  key: 'id',
  from: '',
  counted: 'breaks',
  page: (knex, range) => within(knex('reconciliation_break'), 'id', range).select('id'),
  checks: [
    {
      invariant: 'I14',
      finding: 'a break was ended by no match and no statement, and no two people said so',
      sql: `
        select page.id as subject from page
        join break_end on break_end.break_id = page.id
        where (break_end.resolution = 'matched' and not exists (
            select 1 from reconciliation_match where reconciliation_match.id = break_end.ended_by
              and reconciliation_match.rule_name <> 'byHand'))
          or ${explained('arrived', 'STATEMENT_GAP', 'told.id <> about.id and told.ends_on <= about.ends_on')}
          or (${explained('agrees', 'LEDGER_DIFFERS', 'told.ends_on is not null')} and ${listAgrees})
          or (break_end.resolution = 'replaced' and not exists (
            select 1 from reconciliation_break its
            join reconciliation_break other on other.id = break_end.ended_by
            where its.id = page.id and other.id <> its.id
              and (its.kind = 'LEDGER_DIFFERS' and other.kind = its.kind and other.place = its.place
                or its.kind = 'MISSING' and other.kind <> its.kind and exists (
                  select 1 from break_subject item
                  join break_subject same on same.subject = item.subject and same.break_id = other.id
                  where item.break_id = its.id))))
          or (break_end.resolution not in ('matched', 'arrived', 'agrees', 'replaced') and not exists (
            select 1 from break_act confirmed
            join break_act proposed on proposed.id = confirmed.ends_proposal
            where confirmed.id = break_end.ended_by and confirmed.kind = 'confirmed'
              and proposed.kind = 'proposed' and proposed.break_id = confirmed.break_id
              and proposed.subject <> confirmed.subject))`,
    },
    {
      invariant: 'I14',
      finding: 'an act on a break has no name, reason or comment',
      sql: `
        select break_act.id as subject from page
        join break_act on break_act.break_id = page.id
        where break_act.subject = '' or break_act.reason = '' or break_act.comment = ''`,
    },
  ],
};
