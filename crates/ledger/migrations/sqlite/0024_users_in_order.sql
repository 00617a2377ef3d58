-- Users in the order of their lists: few, where customers are many. The PostgreSQL half is ../postgres/0024_users_in_order.sql.
CREATE INDEX person_row_user_name ON person_row (account, name, person) WHERE user_facet > 0;
CREATE INDEX person_row_user_address ON person_row (account, address, person) WHERE user_facet > 0;
