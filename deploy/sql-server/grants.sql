-- What the bridge's login may do, and nothing else. Run by the owner after each migration (docs/sql-server.md).
GRANT SELECT ON SCHEMA::dbo TO cagebridge;
GRANT VIEW DEFINITION ON SCHEMA::dbo TO cagebridge; -- not on Babelfish, which shows the triggers without it
GRANT INSERT ON payment TO cagebridge;
GRANT INSERT ON payment_version TO cagebridge;
GRANT INSERT ON attempt TO cagebridge;
GRANT INSERT ON gateway_answer TO cagebridge;
GRANT INSERT ON gateway_transcript TO cagebridge;
GRANT INSERT ON hold TO cagebridge;
GRANT INSERT ON hold_end TO cagebridge;
GRANT INSERT ON entry TO cagebridge;
GRANT INSERT ON player_balance TO cagebridge;
GRANT INSERT ON payment_case TO cagebridge;
GRANT INSERT ON transfer TO cagebridge;
GRANT INSERT ON payment_check TO cagebridge;
GRANT INSERT ON case_end TO cagebridge;
GRANT INSERT ON operator_act TO cagebridge;
GRANT INSERT ON proposal_end TO cagebridge;
GRANT INSERT ON payment_return TO cagebridge;
GRANT INSERT ON refund TO cagebridge;
GRANT INSERT ON webhook_event TO cagebridge;
GRANT INSERT ON operator TO cagebridge;
GRANT INSERT ON limit_scope TO cagebridge;
GRANT UPDATE ON payment (version, state, attempt_ordinal, state_detail) TO cagebridge;
GRANT UPDATE ON attempt (send_before, answer_before) TO cagebridge;
GRANT UPDATE ON player_balance (posted_minor, held_minor) TO cagebridge;
GRANT UPDATE ON payment_check (gateway, due_at, made, not_found, not_found_at, lease_until, fence) TO cagebridge;
GRANT DELETE ON payment_check TO cagebridge; -- where nobody asks any more
GRANT UPDATE ON webhook_event (state, due_at, tries, lease_until, fence) TO cagebridge;
GRANT UPDATE ON operator (roles, token_digests, disabled_at) TO cagebridge;
GRANT UPDATE ON limit_scope (taken) TO cagebridge;
