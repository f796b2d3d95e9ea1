-- +goose Up

-- Budgets of a key where they differ from the server's; 0 is without a limit.
ALTER TABLE api_keys ADD COLUMN rate_limit_per_minute INTEGER CHECK (rate_limit_per_minute >= 0);
ALTER TABLE api_keys ADD COLUMN upload_limit_per_minute INTEGER CHECK (upload_limit_per_minute >= 0);
ALTER TABLE api_keys ADD COLUMN graphql_cost_per_minute INTEGER CHECK (graphql_cost_per_minute >= 0);
ALTER TABLE api_keys ADD COLUMN monthly_quota INTEGER CHECK (monthly_quota >= 0);
