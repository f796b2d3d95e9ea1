-- What the measured peers are given in the database of the gateway: functions that make them run the SQL the gateway
-- runs, as PostGraphile's documentation advises for what tables and relations do not express, and smart comments
-- that name its relations and leave out what nobody asks for. No index: the gateway's serve all of it.
CREATE SCHEMA peers;

-- The cross-board page: open cards of all boards that are due before a day and are no chores.
CREATE FUNCTION peers.cards_late(workspace uuid, before text) RETURNS SETOF public.cards LANGUAGE sql STABLE ROWS 101 AS $$
  SELECT c.* FROM cards c
   WHERE c.board_id NOT IN (SELECT b.id FROM boards b WHERE b.workspace_id = workspace AND b.archived_at IS NOT NULL) AND c.workspace_id = workspace
     AND c.archived_at IS NULL AND c.due_day < before AND c.completed_at IS NULL
     AND NOT EXISTS (SELECT 1 FROM card_labels r JOIN labels n ON n.id = r.label_id WHERE r.card_id = c.id AND n.name = 'Chore')
   ORDER BY c.due_day, c.key_prefix COLLATE "C", c.number, c.id LIMIT 101
$$;

-- The aggregate: cards of every list on every board, the largest first, each with the sum of all.
CREATE FUNCTION peers.cards_by_list_and_board(workspace uuid)
  RETURNS TABLE (list_id uuid, list_label text, list_color text, board_id uuid, board_label text, board_color text, size bigint, total bigint)
  LANGUAGE sql STABLE ROWS 100 AS $$
  SELECT g.list_id, l.name, l.color, g.board_id, b.name, b.icon_color, g.size, g.total
    FROM (SELECT c.list_id, c.board_id, count(*) AS size, (sum(count(*)) OVER ())::bigint AS total FROM cards c
           WHERE c.board_id NOT IN (SELECT x.id FROM boards x WHERE x.workspace_id = workspace AND x.archived_at IS NOT NULL)
             AND c.workspace_id = workspace AND c.archived_at IS NULL
           GROUP BY 1, 2) g
    JOIN lists l ON l.id = g.list_id JOIN boards b ON b.id = g.board_id
   ORDER BY g.size DESC, l.position, l.id, b.position, b.id LIMIT 100
$$;

-- Creating a card: who may, the number, the place, the card, its history and its two events.
CREATE FUNCTION peers.create_card(board uuid, list uuid, title text) RETURNS public.cards LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  key   record;
  made  public.cards;
  moment constant timestamptz := date_trunc('milliseconds', clock_timestamp());
  stamp constant text := to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
  wrote constant uuid := gen_random_uuid();
  payload jsonb;
BEGIN
  SELECT k.id, k.name, k.created_by_id, w.id AS workspace_id, w.organisation_id, w.card_key_prefix, o.route_key INTO STRICT key
    FROM boards b JOIN lists l ON l.workspace_id = b.workspace_id JOIN workspaces w ON w.id = b.workspace_id
    JOIN organisations o ON o.id = w.organisation_id JOIN api_keys k ON k.workspace_id = w.id AND k.kind = 'workspace'
   WHERE b.id = board AND l.id = list AND b.archived_at IS NULL AND l.archived_at IS NULL AND w.archived_at IS NULL;
  made.id := gen_random_uuid();
  UPDATE workspaces SET last_card_number = last_card_number + 1 WHERE id = key.workspace_id RETURNING last_card_number INTO made.number;
  PERFORM 1 FROM lists l WHERE l.id = list FOR NO KEY UPDATE;
  SELECT coalesce(max(c.position), 0) + 10000000000000 INTO made.position FROM cards c WHERE c.list_id = list AND c.archived_at IS NULL;
  INSERT INTO cards (id, organisation_id, organisation_key, workspace_id, board_id, list_id, key_prefix, number, title, position, created_by_id, version, created_at, updated_at)
    VALUES (made.id, key.organisation_id, key.route_key, key.workspace_id, board, list, key.card_key_prefix, made.number, title, made.position, key.created_by_id, 1, moment, moment)
    RETURNING * INTO made;
  payload := jsonb_build_object('title', title, 'listId', list);
  INSERT INTO activities (id, organisation_id, workspace_id, board_id, actor_id, actor_kind, api_key_id, api_key_name, entity_type, entity_id, action, payload, feed_visible, coalesced_count, created_at, updated_at)
    VALUES (wrote, key.organisation_id, key.workspace_id, board, key.created_by_id, 'apiKey', key.id, key.name, 'card', made.id, 'created', payload, true, 1, moment, moment);
  WITH counted AS (
    INSERT INTO event_counters (subject_id, last) VALUES (key.workspace_id, 2), (made.id, 2)
      ON CONFLICT (subject_id) DO UPDATE SET last = event_counters.last + excluded.last RETURNING subject_id, last)
  INSERT INTO events (id, organisation_id, workspace_id, board_id, card_id, sequence, card_sequence, type, data, actor_kind, actor_name, actor_id, occurred_at)
    SELECT gen_random_uuid(), key.organisation_id, key.workspace_id, board, made.id, counted.last - 2 + e.n, e.n, e.type, e.data, 'apiKey', key.name, key.created_by_id, moment
      FROM counted CROSS JOIN (VALUES
        (1, 'card:created', jsonb_build_object('boardId', board, 'card', jsonb_build_object('id', made.id, 'key', made.key_prefix || '-' || made.number,
          'title', title, 'listId', list, 'number', made.number, 'boardId', board, 'position', (made.position / 10000000000) || '.' || lpad((made.position % 10000000000)::text, 10, '0'),
          'createdAt', stamp, 'updatedAt', stamp, 'createdById', made.created_by_id, 'workspaceId', made.workspace_id, 'organisationKey', made.organisation_key))),
        (2, 'card:feedItem:created', jsonb_build_object('cardId', made.id, 'boardId', board, 'item', jsonb_build_object('type', 'activity', 'data', jsonb_build_object(
          'id', wrote, 'action', 'created', 'actorId', key.created_by_id, 'boardId', board, 'payload', payload, 'apiKeyId', key.id, 'clientId', key.organisation_id, 'entityId', made.id,
          'actorKind', 'apiKey', 'actorName', key.name, 'createdAt', stamp, 'updatedAt', stamp, 'apiKeyName', key.name, 'entityType', 'card', 'coalesceKey', NULL, 'feedVisible', true,
          'workspaceId', key.workspace_id, 'actorAvatarUrl', NULL, 'coalescedCount', 1, 'coalescedUntil', NULL, 'supportSessionId', NULL, 'supportActorEmail', NULL))))) AS e (n, type, data)
     WHERE counted.subject_id = key.workspace_id;
  RETURN made;
END
$$;

-- What a value of a select or user field names, in its order.
CREATE FUNCTION public.field_values_options(v public.field_values) RETURNS SETOF public.custom_field_options LANGUAGE sql STABLE ROWS 1 AS $$
  SELECT o.* FROM jsonb_array_elements_text(v.option_ids) WITH ORDINALITY AS e JOIN custom_field_options o ON o.id = e.value::uuid ORDER BY e.ordinality
$$;
CREATE FUNCTION public.field_values_users(v public.field_values) RETURNS SETOF public.users LANGUAGE sql STABLE ROWS 1 AS $$
  SELECT u.* FROM jsonb_array_elements_text(v.user_ids) WITH ORDINALITY AS e JOIN users u ON u.id = e.value::uuid ORDER BY e.ordinality
$$;
