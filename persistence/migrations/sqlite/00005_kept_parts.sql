-- +goose Up

-- Cards keep what hangs on them, so that one row tells all of a card. The tables of labels, assignees and values stay
-- the truth; triggers bring the copies up to date with every row that is written, whoever writes it.
--
-- kept_labels     array of ids, by id
-- kept_assignees  array of ids, in order of assignment
-- kept_values     array of objects, by field; members without a value are left out:
--                 f field, t its type (a field never changes it), s text, n number as a string, b checkbox, d date,
--                 l URL, o options, u people, at when it was set, in milliseconds
ALTER TABLE cards ADD COLUMN kept_labels TEXT NOT NULL DEFAULT '[]';
ALTER TABLE cards ADD COLUMN kept_assignees TEXT NOT NULL DEFAULT '[]';
ALTER TABLE cards ADD COLUMN kept_values TEXT NOT NULL DEFAULT '[]';

-- What every card has to keep; made for reading one card.
CREATE VIEW cards_to_keep AS SELECT c.id AS id,
  (SELECT coalesce('["' || group_concat(r.label_id, '","' ORDER BY r.label_id) || '"]', '[]')
    FROM card_labels r WHERE r.card_id = c.id) AS kept_labels,
  (SELECT coalesce('["' || group_concat(r.user_id, '","' ORDER BY r.assigned_at, r.user_id) || '"]', '[]')
    FROM card_assignees r WHERE r.card_id = c.id) AS kept_assignees,
  (SELECT coalesce('[' || group_concat('{"f":"' || v.field_id || '","t":"' || f.type || '"'
      || iif(v.text IS NULL, '', ',"s":' || json_quote(v.text))
      || coalesce(',"n":"' || v.number || '"', '')
      || iif(v.checkbox IS NULL, '', ',"b":' || iif(v.checkbox, 'true', 'false'))
      || iif(v.date IS NULL, '', ',"d":' || json_quote(v.date))
      || iif(v.url IS NULL, '', ',"l":' || json_quote(v.url))
      || coalesce(',"o":' || v.option_ids, '')
      || coalesce(',"u":' || v.user_ids, '')
      || ',"at":' || v.updated_at || '}', ',' ORDER BY v.field_id) || ']', '[]')
    FROM field_values v JOIN custom_fields f ON f.id = v.field_id WHERE v.card_id = c.id) AS kept_values
FROM cards c;

-- +goose StatementBegin
CREATE TRIGGER card_labels_inserted AFTER INSERT ON card_labels BEGIN
  UPDATE cards SET kept_labels = k.kept_labels FROM cards_to_keep AS k
  WHERE k.id = NEW.card_id AND cards.id = NEW.card_id AND cards.kept_labels <> k.kept_labels;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER card_labels_updated AFTER UPDATE ON card_labels BEGIN
  UPDATE cards SET kept_labels = k.kept_labels FROM cards_to_keep AS k
  WHERE k.id = NEW.card_id AND cards.id = NEW.card_id AND cards.kept_labels <> k.kept_labels;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER card_labels_deleted AFTER DELETE ON card_labels BEGIN
  UPDATE cards SET kept_labels = k.kept_labels FROM cards_to_keep AS k
  WHERE k.id = OLD.card_id AND cards.id = OLD.card_id AND cards.kept_labels <> k.kept_labels;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER card_assignees_inserted AFTER INSERT ON card_assignees BEGIN
  UPDATE cards SET kept_assignees = k.kept_assignees FROM cards_to_keep AS k
  WHERE k.id = NEW.card_id AND cards.id = NEW.card_id AND cards.kept_assignees <> k.kept_assignees;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER card_assignees_updated AFTER UPDATE ON card_assignees BEGIN
  UPDATE cards SET kept_assignees = k.kept_assignees FROM cards_to_keep AS k
  WHERE k.id = NEW.card_id AND cards.id = NEW.card_id AND cards.kept_assignees <> k.kept_assignees;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER card_assignees_deleted AFTER DELETE ON card_assignees BEGIN
  UPDATE cards SET kept_assignees = k.kept_assignees FROM cards_to_keep AS k
  WHERE k.id = OLD.card_id AND cards.id = OLD.card_id AND cards.kept_assignees <> k.kept_assignees;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER field_values_inserted AFTER INSERT ON field_values BEGIN
  UPDATE cards SET kept_values = k.kept_values FROM cards_to_keep AS k
  WHERE k.id = NEW.card_id AND cards.id = NEW.card_id AND cards.kept_values <> k.kept_values;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER field_values_updated AFTER UPDATE ON field_values BEGIN
  UPDATE cards SET kept_values = k.kept_values FROM cards_to_keep AS k
  WHERE k.id = NEW.card_id AND cards.id = NEW.card_id AND cards.kept_values <> k.kept_values;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER field_values_deleted AFTER DELETE ON field_values BEGIN
  UPDATE cards SET kept_values = k.kept_values FROM cards_to_keep AS k
  WHERE k.id = OLD.card_id AND cards.id = OLD.card_id AND cards.kept_values <> k.kept_values;
END;
-- +goose StatementEnd

-- An update is judged by its new row alone, so none may take a row from one card to another.

-- +goose StatementBegin
CREATE TRIGGER card_labels_stay BEFORE UPDATE ON card_labels WHEN NEW.card_id <> OLD.card_id BEGIN
  SELECT RAISE(ABORT, 'a row of card_labels stays with its card');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER card_assignees_stay BEFORE UPDATE ON card_assignees WHEN NEW.card_id <> OLD.card_id BEGIN
  SELECT RAISE(ABORT, 'a row of card_assignees stays with its card');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER field_values_stay BEFORE UPDATE ON field_values WHEN NEW.card_id <> OLD.card_id BEGIN
  SELECT RAISE(ABORT, 'a row of field_values stays with its card');
END;
-- +goose StatementEnd

UPDATE cards SET kept_labels = k.kept_labels, kept_assignees = k.kept_assignees, kept_values = k.kept_values
FROM cards_to_keep AS k WHERE k.id = cards.id;
