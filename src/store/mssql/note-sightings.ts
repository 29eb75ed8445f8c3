import { list, ofCommand, readTable, sightingColumns } from './columns.ts';

/** What is there already only gets later; who and until when it is, was said when it was seen first. */
export const noteSightings = `
${readTable('sighting', { ...ofCommand, i: 'int', ...sightingColumns }, 'n, i')}
update certificate_seen
set last_seen_at = s.last_seen_at
from @sighting as s
where certificate_seen.fingerprint256 = s.fingerprint256 and certificate_seen.last_seen_at < s.last_seen_at;
insert into certificate_seen (${list(sightingColumns)})
select ${list(sightingColumns, 's')}
from @sighting as s
where not exists (select 1 from certificate_seen as m where m.fingerprint256 = s.fingerprint256)
order by s.n, s.i;
select distinct s.n, 'noted' as kind from @sighting as s;`;
