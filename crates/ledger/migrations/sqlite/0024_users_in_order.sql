-- Users in the order of their lists: few, where customers are many. The PostgreSQL half is ../postgres/0024_users_in_order.sql.
-- SQLite answers from an index alone only where the index holds the column of its own condition, too.
CREATE INDEX person_row_user_name ON person_row (account, name, person, user_facet) WHERE user_facet > 0;
CREATE INDEX person_row_user_address ON person_row (account, address, person, user_facet) WHERE user_facet > 0;
DROP INDEX person_row_role;
CREATE INDEX person_row_role ON person_row (account, account_role, name, person, user_facet) WHERE user_facet > 0;
DROP INDEX person_row_level;
CREATE INDEX person_row_level ON person_row (account, portal_level, name, person, customer_facet) WHERE customer_facet > 0;
DROP INDEX person_row_user_company;
CREATE INDEX person_row_user_company ON person_row (account, company, user_facet) WHERE user_facet > 0 AND company IS NOT NULL;
