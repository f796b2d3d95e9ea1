package persistence

import (
	"context"
	"fmt"
	"slices"

	"kanera.dev/domain"
)

// cardColumns is what a cardReader reads of the card c, without its parts.
const cardColumns = "c.id, c.organisation_id, c.organisation_key, c.workspace_id, c.board_id, c.list_id, c.key_prefix, c.number, " +
	"c.title, c.description, c.position, c.due_day, c.due_slot, c.due_time_zone, c.completed_at, c.archived_at, c.created_by_id, " +
	"c.cover_attachment_id, c.client_token, c.version, c.created_at, c.updated_at"

// cardReader reads cards row by row, each into the same places first. Cards of one reader share allocations.
type cardReader struct {
	card                      domain.Card
	with                      domain.CardWith
	labels, assignees, values string
	into                      []any
	cards                     slab[domain.Card]
	kept                      keptSlabs
}

// newCardReader reads rows whose columns are before, cardColumnsWith and behind.
func newCardReader(with domain.CardWith, before, behind []any) *cardReader {
	r := &cardReader{with: with}
	c := &r.card
	r.into = slices.Concat(before, []any{
		&c.ID, &c.OrganisationID, &c.OrganisationKey, &c.WorkspaceID, &c.BoardID, &c.ListID, &c.KeyPrefix, &c.Number,
		&c.Title, &c.Description, &c.Position, &c.DueDay, &c.DueSlot, &c.DueTimeZone, &c.CompletedAt, &c.ArchivedAt, &c.CreatedByID,
		&c.CoverAttachmentID, &c.ClientToken, &c.Version, &c.CreatedAt, &c.UpdatedAt,
	}, keptChoice(with, any(&r.labels), any(&r.assignees), any(&r.values)), behind)
	return r
}

// read returns the card of a row.
func (r *cardReader) read(line row) (*domain.Card, error) {
	if err := line.Scan(r.into...); err != nil {
		return nil, err
	}
	card := r.cards.keep(r.card)
	var err error
	card.Parts, err = r.parts(card.ID)
	return card, err
}

// CardIDByKey implements domain.Cards. Prefixes stay reserved, so that a retired one still leads to one workspace.
func (s *Store) CardIDByKey(ctx context.Context, key domain.CardKey) (string, error) {
	condition, organisation := "o.route_key = ?", key.OrganisationKey
	if organisation == "" {
		condition, organisation = "o.id = ?", key.OrganisationID
	}
	return s.cardID(ctx, "SELECT c.id FROM organisations o JOIN key_prefixes k ON k.organisation_id = o.id "+
		"JOIN cards c ON c.workspace_id = k.workspace_id WHERE "+condition+" AND k.prefix = ? AND c.number = "+
		s.dialect.placeholder(kindInt), organisation, key.Prefix, key.Number)
}

func (s *Store) cardID(ctx context.Context, query string, args ...any) (id string, err error) {
	err = s.each(ctx, frag(query, args...), func(line row) error { return line.Scan(&id) })
	if err != nil {
		return "", fmt.Errorf("look a card up: %w", err)
	}
	return id, nil
}

// VisibleCards implements domain.Cards.
func (s *Store) VisibleCards(ctx context.Context, viewer *domain.Principal, ids []string) (map[string]bool, error) {
	return s.MatchingCards(ctx, domain.CardQuery{Viewer: viewer}, ids)
}

// MatchingCards implements domain.Cards with one statement.
func (s *Store) MatchingCards(ctx context.Context, q domain.CardQuery, ids []string) (map[string]bool, error) {
	where, err := s.matchingCards(&q)
	if err != nil {
		return nil, err
	}
	where = all(frag(s.dialect.anyOf("c.id"), s.dialect.list(ids)), where)
	found := make(map[string]bool, len(ids))
	err = s.each(ctx, frag("SELECT c.id FROM cards c WHERE "+where.text, where.args...), func(line row) error {
		var id string
		err := line.Scan(&id)
		found[id] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("judge cards: %w", err)
	}
	return found, nil
}
