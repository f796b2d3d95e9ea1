-- +goose Up

-- Open cards that are due, in the order of their days and keys: a page of them, wherever it begins, reads little more than
-- it shows. Whatever else asks for days is asked of one workspace.
CREATE INDEX cards_open_due ON cards (workspace_id, due_day, key_prefix, number, id)
  WHERE archived_at IS NULL AND completed_at IS NULL AND due_day IS NOT NULL;
DROP INDEX cards_due;
CREATE INDEX cards_due ON cards (workspace_id, due_day) WHERE due_day IS NOT NULL;

-- Cards counted by list and board are read off an index alone.
DROP INDEX cards_list;
CREATE INDEX cards_list ON cards (workspace_id, list_id, board_id, archived_at);

-- A board lies in one workspace, so that its cards are found without naming it.
DROP INDEX cards_board;
DROP INDEX cards_board_only;
CREATE INDEX cards_board ON cards (board_id);

-- Most cards are not completed, and nobody looks for them by that.
DROP INDEX cards_completed;
CREATE INDEX cards_completed ON cards (workspace_id, completed_at) WHERE completed_at IS NOT NULL;

-- Archived boards are asked for by workspace.
DROP INDEX boards_archived;
CREATE INDEX boards_archived ON boards (workspace_id, id) WHERE archived_at IS NOT NULL;
