package main

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
)

// openBoard is what an opened board is written from: parts that need nothing from each other.
type openBoard struct {
	board, workspace, lists, fields, labels, members []byte
	complete                                         bool

	cards   []byte
	count   int
	options map[id][]byte // by field
	ranks   map[id]int    // order of labels and of fields
}

// open answers /open?board=ID&list=ID with the board and the first fifty cards of the list, in one round trip.
func (s *server) open(ctx context.Context, q url.Values) ([]byte, error) {
	o := &openBoard{complete: true, options: map[id][]byte{}, ranks: map[id]int{}}
	board, batch := q.Get("board"), &pgx.Batch{}
	batch.Queue(`SELECT id, workspace_id, name, description, icon, icon_color, background_gradient, position, archived_at, created_at, updated_at
		FROM boards WHERE id = $1`, board).Query(o.readBoard)
	batch.Queue(`SELECT w.organisation_id, w.kind, w.board_linking_enabled, string_agg(to_json(k.prefix)::text, ',' ORDER BY k.prefix <> w.card_key_prefix, k.created_at DESC, k.prefix)
		FROM workspaces w JOIN key_prefixes k ON k.workspace_id = w.id WHERE w.id = $1 GROUP BY w.id`, s.workspace).Query(o.readWorkspace)
	batch.Queue(`SELECT id, workspace_id, name, icon, color, position, archived_at, created_at, updated_at
		FROM lists WHERE workspace_id = $1 AND archived_at IS NULL ORDER BY position, id`, s.workspace).Query(o.readLists)
	batch.Queue(`SELECT o.id, o.field_id, o.label, o.color, o.position, o.archived_at, o.created_at, o.updated_at
		FROM custom_field_options o WHERE o.workspace_id = $1 AND o.archived_at IS NULL ORDER BY o.position, o.id`, s.workspace).Query(o.readOptions)
	batch.Queue(`SELECT id, workspace_id, name, icon, type, allow_multiple, show_on_card, position, archived_at, created_at, updated_at
		FROM custom_fields WHERE workspace_id = $1 AND archived_at IS NULL ORDER BY position, id`, s.workspace).Query(o.readFields)
	batch.Queue(`SELECT id, workspace_id, name, color, position, archived_at, created_at, updated_at
		FROM labels WHERE workspace_id = $1 AND archived_at IS NULL ORDER BY position, id`, s.workspace).Query(o.readLabels)
	batch.Queue(membersOfBoard, board).Query(o.readMembers)
	batch.Queue(`SELECT c.id, c.workspace_id, c.organisation_key, c.number, c.key_prefix, c.list_id, c.board_id, c.title, c.position, c.created_at, c.updated_at,
			c.due_day, c.due_slot, c.due_time_zone, c.completed_at, c.cover_attachment_id, c.description IS NOT NULL, c.kept_labels, c.kept_assignees, c.kept_values
		FROM cards c JOIN workspaces w ON w.id = c.workspace_id
		WHERE c.board_id = $1 AND c.list_id = $2 AND c.archived_at IS NULL
			AND (c.completed_at IS NULL OR c.completed_at >= now() - make_interval(hours => 24 * w.completed_cards_active_days))
		ORDER BY c.position, c.id LIMIT 51`, board, q.Get("list")).Query(o.readCards)
	if err := s.pool.SendBatch(ctx, batch).Close(); err != nil {
		return nil, err
	}
	return o.append(), nil
}

// membersOfBoard are those who see the board, with those whose role is the workspace's or the organisation's last.
const membersOfBoard = `SELECT u.id, u.display_name, u.avatar_url, u.last_online_at, m.role, coalesce(m.assigned_items_only, false), coalesce(m.pinned, false),
		(om.role IN ('owner', 'admin') OR wm.role = 'admin') IS TRUE AS above, b.organisation_id, om.user_id IS NOT NULL
	FROM boards b JOIN users u ON u.removed_at IS NULL
	LEFT JOIN board_members m ON m.board_id = b.id AND m.user_id = u.id
	LEFT JOIN workspace_members wm ON wm.workspace_id = b.workspace_id AND wm.user_id = u.id
	LEFT JOIN organisation_memberships om ON om.organisation_id = b.organisation_id AND om.user_id = u.id AND om.suspended_at IS NULL AND om.removed_at IS NULL
	WHERE b.id = $1 AND (m.user_id IS NOT NULL OR om.role IN ('owner', 'admin'))
		AND NOT EXISTS (SELECT 1 FROM organisation_memberships x WHERE x.organisation_id = b.organisation_id AND x.user_id = u.id AND (x.suspended_at IS NOT NULL OR x.removed_at IS NOT NULL))
	ORDER BY m.user_id IS NULL, m.added_at, u.id`

func (o *openBoard) readBoard(rows pgx.Rows) error {
	return each(rows, nil, func(r *row) {
		out := appendID([]byte(`{"board":{"id":"`), r.id())
		out = append(appendID(append(out, `","workspaceId":"`...), r.id()), `","groupId":null,"standaloneGroupId":null,"name":`...)
		out = appendText(append(appendText(out, r.text()), `,"description":`...), r.text())
		out = appendOptional(append(out, `,"icon":`...), r.text())
		out = appendOptional(append(out, `,"iconColor":`...), r.text())
		out = appendOptional(append(out, `,"backgroundGradient":`...), r.text())
		o.board = appendPlaced(out, r)
	})
}

func (o *openBoard) readWorkspace(rows pgx.Rows) error {
	return each(rows, nil, func(r *row) {
		out := appendID([]byte(`,"workspaceClientId":"`), r.id())
		out = appendText(append(out, `","workspaceKind":`...), r.text())
		linking := r.bool()
		out = fmt.Appendf(out, `,"workspaceCardKeyPrefixes":[%s],"boardLinkingEnabled":%t,"boardSyncAllowed":true,"hasMirrors":false`, r.next(), linking)
		o.workspace = out
	})
}

// appendNamed appends the start of something from the next columns: id, what it belongs to, name.
func appendNamed(out []byte, owner, name string, r *row) []byte {
	if len(out) > 0 {
		out = append(out, ',')
	}
	out = appendID(append(out, `{"id":"`...), r.id())
	out = appendID(append(append(append(out, `","`...), owner...), `":"`...), r.id())
	return appendText(append(append(append(out, `","`...), name...), `":`...), r.text())
}

// appendPlaced appends the end of something from the next columns: position and times.
func appendPlaced(out []byte, r *row) []byte {
	out = appendPosition(append(out, `,"position":`...), r.int64())
	return appendTimes(out, r)
}

func appendTimes(out []byte, r *row) []byte {
	for _, name := range []string{"archivedAt", "createdAt", "updatedAt"} {
		out = appendTime(append(append(append(out, `,"`...), name...), `":`...), r.time())
	}
	return append(out, '}')
}

func (o *openBoard) readLists(rows pgx.Rows) error {
	return each(rows, nil, func(r *row) {
		out := appendNamed(o.lists, "workspaceId", "name", r)
		out = appendOptional(append(out, `,"icon":`...), r.text())
		o.lists = appendPlaced(appendOptional(append(out, `,"color":`...), r.text()), r)
	})
}

func (o *openBoard) readOptions(rows pgx.Rows) error {
	return each(rows, nil, func(r *row) {
		r.at = 1
		field := r.id()
		r.at = 0
		out := appendNamed(o.options[field], "fieldId", "label", r)
		o.options[field] = appendPlaced(appendOptional(append(out, `,"color":`...), r.text()), r)
	})
}

func (o *openBoard) readFields(rows pgx.Rows) error {
	return each(rows, nil, func(r *row) {
		o.ranks[r.id()] = len(o.ranks)
		r.at = 0
		out := appendNamed(o.fields, "workspaceId", "name", r)
		out = appendOptional(append(out, `,"icon":`...), r.text())
		out = appendText(append(out, `,"type":`...), r.text())
		out = appendBool(append(out, `,"allowMultiple":`...), r.bool())
		shown := r.bool()
		o.complete = o.complete && shown
		out = appendPosition(append(out, `,"position":`...), r.int64())
		out = appendTimes(appendBool(append(out, `,"showOnCard":`...), shown), r)
		out = append(append(out[:len(out)-1], `,"options":[`...), o.options[id(r.columns[0])]...)
		out = append(out, `]}`...)
		o.fields = out
	})
}

func (o *openBoard) readLabels(rows pgx.Rows) error {
	return each(rows, nil, func(r *row) {
		o.ranks[r.id()] = len(o.ranks)
		r.at = 0
		out := appendNamed(o.labels, "workspaceId", "name", r)
		o.labels = appendPlaced(appendOptional(append(out, `,"color":`...), r.text()), r)
	})
}

func (o *openBoard) readMembers(rows pgx.Rows) error {
	return each(rows, nil, func(r *row) {
		out := o.members
		if len(out) > 0 {
			out = append(out, ',')
		}
		out = appendText(append(appendID(append(out, `{"userId":"`...), r.id()), `","displayName":`...), r.text())
		out = appendOptional(append(out, `,"avatarUrl":`...), r.text())
		out = appendTime(append(out, `,"lastOnlineAt":`...), r.time())
		role, assigned, pinned, above := r.text(), r.bool(), r.bool(), r.bool()
		source := "board"
		if above {
			role, assigned, source = "editor", false, "workspace"
		}
		out = fmt.Appendf(out, `,"role":"%s","assignedItemsOnly":%t,"pinned":%t,"source":"%s","clientId":"`, role, assigned, pinned, source)
		o.members = append(appendBool(append(appendID(out, r.id()), `","isOrganisationMember":`...), r.bool()), '}')
	})
}

func (o *openBoard) readCards(rows pgx.Rows) error {
	return each(rows, nil, func(r *row) {
		if o.count++; o.count > boardPage {
			return
		}
		out := o.cards
		if o.count > 1 {
			out = append(out, ',')
		}
		card := r.id()
		out = appendID(append(out, `{"id":"`...), card)
		out = appendID(append(out, `","workspaceId":"`...), r.id())
		out = appendText(append(out, `","organisationKey":`...), r.text())
		number := r.int32()
		out = append(append(out, `,"number":`...), int64Text(int64(number))...)
		out = appendKey(append(out, `,"key":`...), r.text(), number)
		out = appendID(append(out, `,"listId":"`...), r.id())
		out = appendID(append(out, `","boardId":"`...), r.id())
		out = appendText(append(out, `","title":`...), r.text())
		out = appendPosition(append(out, `,"position":`...), r.int64())
		out = appendTime(append(out, `,"createdAt":`...), r.time())
		out = appendTime(append(out, `,"updatedAt":`...), r.time())
		out = appendIDs(appendOptions(out, r), "labelIds", ranked(idsOf(r.next()), o.ranks))
		out = appendIDs(out, "assigneeIds", idsOf(r.next()))
		out = appendKept(out, card, keptIn(r.next(), o.ranks))
		out = append(out, '}')
		o.cards = out
	})
}

// appendOptions appends what a card need not have, from the next columns.
func appendOptions(out []byte, r *row) []byte {
	d := r.due()
	if d.day != "" {
		out = appendText(append(out, `,"dueDateLocalDate":`...), d.day)
		out = appendText(append(out, `,"dueDateSlot":`...), d.slot)
		out = appendText(append(out, `,"dueDateTimezone":`...), d.zone)
	}
	if completed := r.time(); !completed.IsZero() {
		out = appendTime(append(out, `,"completedAt":`...), completed)
	}
	if cover := r.next(); cover != nil {
		out = append(appendID(append(out, `,"coverAttachmentId":"`...), id(cover)), '"')
	}
	if r.bool() {
		out = append(out, `,"hasDescription":true`...)
	}
	return out
}

// appendIDs appends a member with ids, unless there are none.
func appendIDs(out []byte, name string, ids []id) []byte {
	if len(ids) == 0 {
		return out
	}
	out = append(append(append(out, `,"`...), name...), `":[`...)
	for i, one := range ids {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendID(append(out, '"'), one), '"')
	}
	return append(out, ']')
}

// valueNames are the members that hold a value, by what cards keep it as.
var valueNames = map[byte]string{'s': "valueText", 'n': "valueNumber", 'b': "valueCheckbox", 'd': "valueDate", 'l': "valueUrl", 'o': "valueOptionIds", 'u': "valueUserIds"}

// appendKept appends the values of a card, unless there are none.
func appendKept(out []byte, card id, values []kept) []byte {
	if len(values) == 0 {
		return out
	}
	out = append(out, `,"customFieldValues":[`...)
	for i, k := range values {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendID(append(out, `{"cardId":"`...), card)
		out = appendID(append(out, `","fieldId":"`...), k.field)
		out = appendTime(append(out, `","updatedAt":`...), time.UnixMilli(k.at).UTC())
		out = append(append(append(out, `,"`...), valueNames[k.kind]...), `":`...)
		if k.kind == 'o' || k.kind == 'u' {
			k.value = bytes.ReplaceAll(k.value, []byte(", "), []byte(","))
		}
		out = append(append(out, k.value...), '}')
	}
	return append(out, ']')
}

// append writes the answer.
func (o *openBoard) append() []byte {
	out := append(append(make([]byte, 0, 128<<10), o.board...), o.workspace...)
	out = append(append(append(out, `,"lists":[`...), o.lists...), `],"customFields":[`...)
	out = append(append(append(out, o.fields...), `],"cardLabels":[`...), o.labels...)
	out = fmt.Appendf(out, `],"customFieldValuesComplete":%t,"separators":[],"checklistTemplates":[],"members":[%s]`, o.complete, o.members)
	out = append(out, `,"viewerRole":"editor","viewerSource":"workspace","viewerCanAccessWorkspace":true,"viewerIsWorkspaceAdmin":true,"viewerAssignedItemsOnly":false,"cards":[`...)
	out = append(out, o.cards...)
	return fmt.Appendf(out, `],"cardPage":{"offset":0,"limit":%d,"hasMore":%t}}`, boardPage, o.count > boardPage)
}
