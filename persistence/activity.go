package persistence

import (
	"context"
	"time"

	"kanera.dev/domain"
)

// activityColumns are read from activities a, with the actor from users u.
const activityColumns = "a.id, a.organisation_id, a.workspace_id, a.board_id, a.actor_id, a.actor_kind, a.api_key_id, a.api_key_name," +
	" a.entity_type, a.entity_id, a.action, a.payload, a.feed_visible, a.coalesce_key, a.coalesced_count, a.coalesced_until," +
	" a.created_at, a.updated_at, COALESCE(u.display_name, '') AS actor_name, u.avatar_url AS actor_avatar_url"

const (
	activityTables = " FROM activities a LEFT JOIN users u ON u.id = a.actor_id"
	activityCard   = " LEFT JOIN cards c ON a.entity_type = 'card' AND c.id = a.entity_id"
)

func activityFields(a *domain.Activity) []any {
	return []any{
		&a.ID, &a.OrganisationID, &a.WorkspaceID, &a.BoardID, &a.ActorID, &a.ActorKind, &a.APIKeyID, &a.APIKeyName,
		&a.EntityType, &a.EntityID, &a.Action, (*[]byte)(&a.Payload), &a.FeedVisible, &a.CoalesceKey, &a.CoalescedCount, &a.CoalescedUntil,
		&a.CreatedAt, &a.UpdatedAt, &a.ActorName, &a.ActorAvatarURL,
	}
}

func (s *Store) activities(ctx context.Context, query string, args ...any) ([]*domain.Activity, error) {
	rows, err := s.query(ctx, "SELECT "+activityColumns+activityTables+" WHERE "+query, args...)
	if err != nil {
		return nil, err
	}
	all, err := collect(rows, func(line row) (*domain.Activity, error) {
		a := new(domain.Activity)
		return a, line.Scan(activityFields(a)...)
	})
	return all, translate(ctx, err, "Activity")
}

// OpenActivity implements domain.History.
func (s *Store) OpenActivity(ctx context.Context, like *domain.Activity, now time.Time) (*domain.Activity, error) {
	open, err := s.activities(ctx, "a.entity_type = ? AND a.entity_id = ? AND a.action = ? AND a.actor_kind = ?"+
		" AND a.actor_id IS NOT DISTINCT FROM ? AND a.api_key_id IS NOT DISTINCT FROM ? AND a.coalesce_key IS NOT DISTINCT FROM ?"+
		" AND a.coalesced_until > ? ORDER BY a.created_at DESC, a.id DESC LIMIT 1",
		like.EntityType, like.EntityID, like.Action, like.ActorKind, like.ActorID, like.APIKeyID, like.CoalesceKey, now)
	if err != nil || len(open) == 0 {
		return nil, err
	}
	return open[0], nil
}

// ActivityOfCard implements domain.History.
func (s *Store) ActivityOfCard(ctx context.Context, cardID string) ([]*domain.Activity, error) {
	return s.activities(ctx, "a.entity_type = 'card' AND a.entity_id = ? ORDER BY a.created_at, a.id", cardID)
}

// feed lists visible entries, newest first; of entries of one instant, the creation of a card comes first.
func feed(name, parent, join, where string, args []any) listing[domain.Activity] {
	return listing[domain.Activity]{
		name: name, columns: activityFields, extra: 1, args: args,
		rows: "SELECT " + parent + " AS parent, " + activityColumns +
			", CASE WHEN a.entity_type = 'card' AND a.action = 'created' THEN 0 ELSE 1 END AS later" + activityTables + join +
			" WHERE a.feed_visible AND " + where,
		keys: []pageKey{
			{column: "created_at", kind: keyInstant, desc: true}, {column: "later", kind: keyWhole}, {column: "id", kind: keyID},
		},
		at: func(a *domain.Activity) []any {
			later := int64(1)
			if a.EntityType == "card" && a.Action == "created" {
				later = 0
			}
			return []any{a.CreatedAt, later, a.ID}
		},
	}
}

// boardFeed leaves out entries of the system. Entries of a card are shown to those who see the card, and when it
// is gone, to those who see the whole board.
func (s *Store) boardFeed(viewer *domain.Principal, boardIDs []string) listing[domain.Activity] {
	card, args := visibleCards(s.dialect, viewer, "c")
	whole, boardArgs := wholeBoards(s.dialect, viewer, "a", "a.board_id")
	ofBoards, ids := s.ofParents("a.board_id", boardIDs)
	where := ofBoards + " AND a.actor_kind IN ('user', 'apiKey') AND (a.entity_type <> 'card' OR " + card +
		" OR (c.id IS NULL AND " + whole + "))"
	all := append([]any{ids}, args...)
	return feed("boardActivity", "a.board_id", activityCard, where, append(all, boardArgs...))
}

// BoardActivityOf implements domain.History.
func (s *Store) BoardActivityOf(ctx context.Context, viewer *domain.Principal, boardIDs []string, page domain.Page) (map[string]domain.PageOf[*domain.Activity], error) {
	return s.boardFeed(viewer, boardIDs).pages(ctx, s, boardIDs, page)
}

// CountBoardActivity implements domain.History.
func (s *Store) CountBoardActivity(ctx context.Context, viewer *domain.Principal, boardIDs []string) (map[string]int, error) {
	return s.boardFeed(viewer, boardIDs).counts(ctx, s, boardIDs)
}

func (s *Store) cardFeed(cardIDs []string) listing[domain.Activity] {
	ofCards, ids := s.ofParents("a.entity_id", cardIDs)
	return feed("cardActivity", "a.entity_id", "", "a.entity_type = 'card' AND "+ofCards, []any{ids})
}

// CardActivityOf implements domain.History.
func (s *Store) CardActivityOf(ctx context.Context, cardIDs []string, page domain.Page) (map[string]domain.PageOf[*domain.Activity], error) {
	return s.cardFeed(cardIDs).pages(ctx, s, cardIDs, page)
}

// CountCardActivity implements domain.History.
func (s *Store) CountCardActivity(ctx context.Context, cardIDs []string) (map[string]int, error) {
	return s.cardFeed(cardIDs).counts(ctx, s, cardIDs)
}
