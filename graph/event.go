package graph

import (
	"context"
	"strconv"
	"time"

	"kanera.dev/domain"
)

// Event is an event as a viewer is shown it.
type Event struct {
	*domain.Event

	Cursor string // to pass as since to go on after it
}

// EventPage is a stretch of what happened in a workspace.
type EventPage struct {
	Nodes     []*Event
	NextSince string
	HasMore   bool
}

// Sequence is the place in the workspace.
func (e *Event) Sequence() string { return strconv.FormatInt(e.Event.Sequence, 10) }

// CardSequence is the place among the events of the card.
func (e *Event) CardSequence() *string {
	if e.Event.CardSequence == nil {
		return nil
	}
	text := strconv.FormatInt(*e.Event.CardSequence, 10)
	return &text
}

// At is when it happened.
func (e *Event) At() *time.Time { return &e.OccurredAt }

// Actor is who caused it.
func (e *Event) Actor() *domain.Actor {
	return &domain.Actor{Kind: e.ActorKind, Name: e.ActorName, UserID: e.ActorID}
}

// Workspace is where it happened; whoever hears of it may see that.
func (e *Event) Workspace(ctx context.Context) (*domain.Workspace, error) {
	return loadersOf(ctx).workspace.Load(ctx, e.WorkspaceID)
}

// Board is the board, for viewers who can still open it.
func (e *Event) Board(ctx context.Context) (*domain.Board, error) {
	if e.BoardID == nil {
		return nil, nil
	}
	access, err := loadersOf(ctx).boardAccess.Load(ctx, *e.BoardID)
	if err != nil || access == nil {
		return nil, err
	}
	return loadersOf(ctx).board.Load(ctx, *e.BoardID)
}

// Card is the card, for viewers who can still see it.
func (e *Event) Card(ctx context.Context) (*domain.Card, error) {
	if e.CardID == nil {
		return nil, nil
	}
	return loadersOf(ctx).visibleCard.Load(ctx, *e.CardID)
}

// Events reads on from where the caller stands.
func (q queries) Events(ctx context.Context, workspaceID string, since *string, types, boardIDs []string, first *int) (*EventPage, error) {
	page, err := pageOf(first, nil, nil)
	if err != nil {
		return nil, err
	}
	found, err := q.service.Events(ctx, domain.PrincipalFrom(ctx), workspaceID, orZero(since), domain.Sieve{Types: types, BoardIDs: boardIDs}, page.First)
	if err != nil {
		return nil, err
	}
	shown := &EventPage{Nodes: make([]*Event, len(found.Events)), NextSince: strconv.FormatInt(found.Next, 10), HasMore: found.HasMore}
	for i, e := range found.Events {
		shown.Nodes[i] = &Event{e, strconv.FormatInt(e.Sequence, 10)}
	}
	return shown, nil
}

// visibleCards reads those of the cards that a viewer can see, archived or not, in one statement.
func visibleCards(ctx context.Context, store domain.Store, who *domain.Principal, ids []string) (map[string]*domain.Card, error) {
	all := domain.CardParent{}
	pages, err := store.FindCards(ctx, domain.CardQuery{Viewer: who, Filter: &domain.CardFilter{ID: &domain.IDFilter{In: ids}},
		Order: domain.NewestFirst, Page: domain.Page{ByRow: true, All: true}}, []domain.CardParent{all})
	cards := make(map[string]*domain.Card, len(ids))
	for _, card := range pages[all].Nodes {
		cards[card.ID] = card
	}
	return cards, err
}
