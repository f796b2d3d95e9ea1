-- +goose Up

-- Cards counted by list and board, the plainest of reports, are read off an index that also tells who may see them. It
-- serves whatever the shorter one did.
DROP INDEX cards_list;
CREATE INDEX cards_list ON cards (workspace_id, list_id, board_id, archived_at, organisation_id, id);
