import { list, ofCommand, operatorColumns, readTable } from './columns.ts';

/** Who is there already is changed, but for who he is and since when. */
export const putOperators = `
${readTable('operator', { ...ofCommand, ...operatorColumns }, 'n')}
update [operator]
set roles = o.roles, token_digests = o.token_digests, disabled_at = o.disabled_at
from @operator as o
where [operator].id = o.id;
insert into [operator] (${list(operatorColumns)})
select ${list(operatorColumns, 'o')}
from @operator as o
where not exists (select 1 from [operator] as m where m.id = o.id)
order by o.n;
select o.n, 'put' as kind from @operator as o;`;
