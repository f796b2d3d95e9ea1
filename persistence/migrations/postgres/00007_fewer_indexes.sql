-- +goose Up

-- Open cards that are due, in the order of their days and keys: a page of them, wherever it begins, reads little more than
-- it shows. Whatever else asks for days is asked of one workspace.
CREATE INDEX cards_open_due ON cards (workspace_id, due_day, key_prefix COLLATE "C", number, id)
  WHERE archived_at IS NULL AND completed_at IS NULL AND due_day IS NOT NULL;
DROP INDEX cards_due;
CREATE INDEX cards_due ON cards (workspace_id, due_day) WHERE due_day IS NOT NULL;

-- Cards counted by list and board are read off an index whose entries repeat, of which Postgres keeps one for many cards:
-- a fifteenth of what it was with their ids.
DROP INDEX cards_list;
CREATE INDEX cards_list ON cards (workspace_id, list_id, board_id, archived_at);

-- The newest cards are read workspace by workspace.
DROP INDEX cards_newest;

-- A board lies in one workspace, so that its cards are found without naming it.
DROP INDEX cards_board;
ALTER INDEX cards_board_only RENAME TO cards_board;

-- Most cards are not completed, and nobody looks for them by that.
DROP INDEX cards_completed;
CREATE INDEX cards_completed ON cards (workspace_id, completed_at) WHERE completed_at IS NOT NULL;

-- Archived boards are asked for by workspace.
DROP INDEX boards_archived;
CREATE INDEX boards_archived ON boards (workspace_id, id) WHERE archived_at IS NOT NULL;

-- Room on each page for the next version of a card: of 6,000 changes to what cards keep, 95 instead of 76 in a hundred
-- touched no index, for 2 % more pages.
ALTER TABLE cards SET (fillfactor = 90);
