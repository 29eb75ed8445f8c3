import {
  checkColumns,
  claimColumns,
  declareTable,
  leaseColumns,
  list,
  ofCommand,
  readTable,
  webhookColumns,
  type Columns,
} from './columns.ts';

interface Claimable {
  /** The names of the variables begin with it. */
  readonly claim: string;
  readonly table: string;
  readonly key: string;
  /** Every column of the table, in its order. */
  readonly columns: Columns;
}

/** The values of the group's one claim of a kind. */
function asked({ claim }: Claimable): string {
  return `declare @${claim}_now varchar(27), @${claim}_lease varchar(27), @${claim}_limit int;
select @${claim}_now = c.now, @${claim}_lease = c.lease_until, @${claim}_limit = c.row_limit from @${claim} as c;`;
}

/**
 * Takes the rows that are due, the oldest first. SQL Server passes rows by that another claim has locked; where the hints
 * are not heeded, a claim waits for the other one, and what is asked again outside finds that its row is taken.
 */
function taken({ claim, table, key }: Claimable, wanted: string): string {
  const free = `due_at <= @${claim}_now and (lease_until is null or lease_until <= @${claim}_now) and ${wanted}`;
  return `update ${table}
set lease_until = @${claim}_lease, fence = fence + 1
output inserted.* into @${claim}ed
where ${key} in (
  select top (@${claim}_limit) ${key}
  from ${table} with (rowlock, updlock, readpast)
  where ${free}
  order by due_at, ${key}) and ${free};`;
}

function told({ claim, key }: Claimable): string {
  return `select c.n, 'claimed' as kind, k.${key} as id, k.fence
from @${claim} as c
left join @${claim}ed as k on 1 = 1
order by k.due_at, k.${key};`;
}

const checks: Claimable = {
  claim: 'check_claim',
  table: 'payment_check',
  key: 'payment_id',
  columns: { ...checkColumns, ...leaseColumns },
};

/** One gateway's, or those of all that are none of these. */
export const claimChecks = `
${readTable('check_claim', { ...ofCommand, ...claimColumns, gateway: 'varchar(64)' }, 'n')}
${readTable('check_claim_not', { gateway: 'varchar(64)' }, 'gateway')}
${declareTable('check_claimed', checks.columns, checks.key)}
${asked(checks)}
declare @check_claim_gateway varchar(64);
select @check_claim_gateway = c.gateway from @check_claim as c;
if @check_claim_gateway is not null
begin
${taken(checks, 'gateway = @check_claim_gateway')}
end
else
begin
${taken(checks, '(gateway is null or gateway not in (select o.gateway from @check_claim_not as o))')}
end;
${told(checks)}`;

const events: Claimable = {
  claim: 'webhook_claim',
  table: 'webhook_event',
  key: 'id',
  columns: {
    ...webhookColumns,
    state: 'varchar(32)',
    due_at: 'varchar(27)',
    tries: 'bigint',
    ...leaseColumns,
  },
};

export const claimWebhooks = `
${readTable('webhook_claim', { ...ofCommand, ...claimColumns }, 'n')}
${declareTable('webhook_claimed', events.columns, events.key)}
${asked(events)}
${taken(events, "state = 'waiting'")}
${told(events)}`;

/** An event is kept once; the same command run again finds its own. */
export const receiveWebhooks = `
${readTable('webhook', { ...ofCommand, ...webhookColumns }, 'n')}
insert into webhook_event (${list(webhookColumns)}, state, due_at, tries, fence)
select ${list(webhookColumns, 'w')}, 'waiting', w.received_at, 0, 0
from @webhook as w
where not exists (select 1 from webhook_event as e where e.gateway = w.gateway and e.event_id = w.event_id)
order by w.n;
select w.n,
  case when exists (select 1 from webhook_event as e where e.id = w.id) then 'received' else 'known' end as kind
from @webhook as w;`;

/** Under the last claim only, and that this was a look at it is counted here: a claim that lapsed was none. */
export const settleWebhooks = `
${readTable(
  'webhook_end',
  {
    ...ofCommand,
    id: 'varchar(36)',
    fence: 'bigint',
    state: 'varchar(32)',
    due_at: 'varchar(27)',
    tries: 'bigint',
  },
  'n',
)}
update webhook_event
set state = w.state, due_at = w.due_at, tries = w.tries, lease_until = null
from @webhook_end as w
where webhook_event.id = w.id and webhook_event.fence = w.fence;
select w.n,
  case when exists (select 1 from webhook_event as e where e.id = w.id and e.fence = w.fence)
    then 'settled' else 'superseded' end as kind
from @webhook_end as w;`;
