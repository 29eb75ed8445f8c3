
select currency, posted_minor, held_minor
from player_balance
where account = @account
order by currency;
