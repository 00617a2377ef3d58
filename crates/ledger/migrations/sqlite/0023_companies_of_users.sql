-- Which companies have users: few, where customers are many. The PostgreSQL half is ../postgres/0023_companies_of_users.sql.
CREATE INDEX person_row_user_company ON person_row (account, company) WHERE user_facet > 0 AND company IS NOT NULL;
