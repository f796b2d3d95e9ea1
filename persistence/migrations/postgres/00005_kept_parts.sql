-- +goose Up

-- Cards keep what hangs on them, so that one row tells all of a card. The tables of labels, assignees and values stay
-- the truth; triggers bring the copies up to date before the statement that changed them ends, whoever wrote it.
--
-- kept_labels     array of ids, by id
-- kept_assignees  array of ids, in order of assignment
-- kept_values     array of objects, by field; members without a value are left out:
--                 f field, t its type (a field never changes it), s text, n number as a string, b checkbox, d date,
--                 l URL, o options, u people, at when it was set, in milliseconds
ALTER TABLE cards
  ADD COLUMN kept_labels    json NOT NULL DEFAULT '[]',
  ADD COLUMN kept_assignees json NOT NULL DEFAULT '[]',
  ADD COLUMN kept_values    json NOT NULL DEFAULT '[]';

-- Each of the three functions brings one column of some cards up to date, card by card: statements about many cards
-- would have to be planned anew each time, which takes longer than running them. A card is locked first. Whoever else
-- was changing it has then ended, and what follows, a statement of its own, sees what they wrote.

-- +goose StatementBegin
CREATE FUNCTION keep_labels(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  one uuid;
  before text;
  after text;
BEGIN
  FOREACH one IN ARRAY ids LOOP
    SELECT kept_labels INTO before FROM cards WHERE id = one FOR NO KEY UPDATE;
    CONTINUE WHEN NOT FOUND;
    SELECT coalesce('["' || string_agg(label_id::text, '","' ORDER BY label_id) || '"]', '[]')
      INTO after FROM card_labels WHERE card_id = one;
    IF after <> before THEN
      UPDATE cards SET kept_labels = after::json WHERE id = one;
    END IF;
  END LOOP;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION keep_assignees(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  one uuid;
  before text;
  after text;
BEGIN
  FOREACH one IN ARRAY ids LOOP
    SELECT kept_assignees INTO before FROM cards WHERE id = one FOR NO KEY UPDATE;
    CONTINUE WHEN NOT FOUND;
    SELECT coalesce('["' || string_agg(user_id::text, '","' ORDER BY assigned_at, user_id) || '"]', '[]')
      INTO after FROM card_assignees WHERE card_id = one;
    IF after <> before THEN
      UPDATE cards SET kept_assignees = after::json WHERE id = one;
    END IF;
  END LOOP;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION keep_values(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  one uuid;
  before text;
  after text;
BEGIN
  FOREACH one IN ARRAY ids LOOP
    SELECT kept_values INTO before FROM cards WHERE id = one FOR NO KEY UPDATE;
    CONTINUE WHEN NOT FOUND;
    SELECT coalesce('[' || string_agg('{"f":"' || v.field_id || '","t":"' || f.type || '"'
      || coalesce(',"s":' || to_json(v.text), '')
      || coalesce(',"n":"' || v.number || '"', '')
      || coalesce(',"b":' || v.checkbox::text, '')
      || coalesce(',"d":' || to_json(v.date), '')
      || coalesce(',"l":' || to_json(v.url), '')
      || coalesce(',"o":' || v.option_ids::text, '')
      || coalesce(',"u":' || v.user_ids::text, '')
      || ',"at":' || (extract(epoch FROM v.updated_at) * 1000)::bigint || '}', ',' ORDER BY v.field_id) || ']', '[]')
      INTO after FROM field_values v JOIN custom_fields f ON f.id = v.field_id WHERE v.card_id = one;
    IF after <> before THEN
      UPDATE cards SET kept_values = after::json WHERE id = one;
    END IF;
  END LOOP;
END $$;
-- +goose StatementEnd

-- All transactions lock cards in one order, by id.
-- +goose StatementBegin
CREATE FUNCTION keep_parts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ids uuid[] := ARRAY(SELECT DISTINCT card_id FROM touched ORDER BY card_id);
BEGIN
  CASE TG_TABLE_NAME
    WHEN 'card_labels' THEN PERFORM keep_labels(ids);
    WHEN 'card_assignees' THEN PERFORM keep_assignees(ids);
    ELSE PERFORM keep_values(ids);
  END CASE;
  RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER keep_inserted AFTER INSERT ON card_labels REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION keep_parts();
CREATE TRIGGER keep_updated AFTER UPDATE ON card_labels REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION keep_parts();
CREATE TRIGGER keep_deleted AFTER DELETE ON card_labels REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION keep_parts();
CREATE TRIGGER keep_inserted AFTER INSERT ON card_assignees REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION keep_parts();
CREATE TRIGGER keep_updated AFTER UPDATE ON card_assignees REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION keep_parts();
CREATE TRIGGER keep_deleted AFTER DELETE ON card_assignees REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION keep_parts();
CREATE TRIGGER keep_inserted AFTER INSERT ON field_values REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION keep_parts();
CREATE TRIGGER keep_updated AFTER UPDATE ON field_values REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION keep_parts();
CREATE TRIGGER keep_deleted AFTER DELETE ON field_values REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION keep_parts();

-- An update is judged by its new rows alone, so none may take a row from one card to another.
-- +goose StatementBegin
CREATE FUNCTION stay_with_card() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a row of % stays with its card', TG_TABLE_NAME;
END $$;
-- +goose StatementEnd

CREATE TRIGGER stay_with_card BEFORE UPDATE ON card_labels FOR EACH ROW WHEN (NEW.card_id <> OLD.card_id) EXECUTE FUNCTION stay_with_card();
CREATE TRIGGER stay_with_card BEFORE UPDATE ON card_assignees FOR EACH ROW WHEN (NEW.card_id <> OLD.card_id) EXECUTE FUNCTION stay_with_card();
CREATE TRIGGER stay_with_card BEFORE UPDATE ON field_values FOR EACH ROW WHEN (NEW.card_id <> OLD.card_id) EXECUTE FUNCTION stay_with_card();

SELECT keep_labels(ARRAY(SELECT id FROM cards ORDER BY id)), keep_assignees(ARRAY(SELECT id FROM cards ORDER BY id)), keep_values(ARRAY(SELECT id FROM cards ORDER BY id));
