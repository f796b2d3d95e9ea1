package domain

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Sieve narrows what somebody hears; the zero Sieve lets everything through.
type Sieve struct {
	Types    []string    // names of events, public or not; empty: all
	BoardIDs []string    // only events of these boards; empty: those of all boards, and those of none
	Filter   *CardFilter // only events about cards that match it as they are now, archived or not; nil: all
}

// Passes judges an event by what it says of itself, and whether it is about a card when there is a Filter. The filter
// itself is judged by Hears.
func (v Sieve) Passes(e *Event) bool {
	return e.Type != EventWebhookTest &&
		(len(v.Types) == 0 || slices.Contains(v.Types, e.Type)) &&
		(len(v.BoardIDs) == 0 || e.BoardID != nil && slices.Contains(v.BoardIDs, *e.BoardID)) &&
		(v.Filter == nil || e.CardID != nil)
}

// WorkspaceItself acts for a workspace as a whole: it sees everything there and nothing elsewhere.
func WorkspaceItself(organisationID, workspaceID string) *Principal {
	return &Principal{Kind: WorkspaceKey, Scope: ScopeAdmin, OrganisationID: organisationID, WorkspaceID: workspaceID,
		UserID: uuid.Nil.String()}
}

// Hears returns, in their order, those of the events of one workspace that a viewer may know of and that pass the
// sieve. Events of no board need a role in the workspace, events of a board need access to it. Who only sees the cards
// assigned to them on a board hears of those cards as assigned now, and of what names no cards at all. What happened on
// a board that was deleted since is for admins of the workspace; that it was deleted is for its members.
//
// A filter that cannot be asked (any more: a custom field was deleted, say) lets nothing through. Tests of webhooks are
// heard by nobody. It takes up to seven statements, whatever the number of events, and none when the sieve lets nothing
// through.
func (s *Service) Hears(ctx context.Context, who *Principal, events []*Event, sieve Sieve) ([]*Event, error) {
	heard := only(events, sieve.Passes)
	if len(heard) == 0 || who.Detached {
		return nil, nil
	}
	ears, err := s.earsOf(ctx, who, heard)
	if err != nil {
		return nil, err
	}
	heard = only(heard, ears.hear)
	if sieve.Filter == nil || len(heard) == 0 {
		return heard, nil
	}
	matching, err := s.matching(ctx, who, sieve.Filter, heard)
	return only(heard, func(e *Event) bool { return matching[*e.CardID] }), err
}

// ears is what a viewer can open in a workspace, as far as certain events ask for it.
type ears struct {
	member, admin bool                    // of the workspace
	boards        map[string]*BoardAccess // by id; without those they cannot open
	standing      map[string]*Board       // those they cannot open, as far as they still exist
	cards         map[string]bool         // the visible ones of boards where they see only what is assigned to them
}

func (s *Service) earsOf(ctx context.Context, who *Principal, events []*Event) (found ears, err error) {
	workspace, boards := events[0].WorkspaceID, boardsOf(events)
	roles, err := s.Store.WorkspaceRoles(ctx, who, []string{workspace})
	if err != nil || len(boards) == 0 {
		return ears{member: roles[workspace] != ""}, err
	}
	found.member = roles[workspace] != ""
	found.admin = roles[workspace] == WorkspaceAdmin || found.member && who.IsWorkspaceKey()
	if found.boards, err = s.Store.BoardAccesses(ctx, who, boards); err != nil {
		return found, err
	}
	closed := slices.DeleteFunc(boards, func(id string) bool { return found.boards[id] != nil })
	if len(closed) > 0 {
		if found.standing, err = s.Store.Boards(ctx, closed); err != nil {
			return found, err
		}
	}
	narrow := cardsOf(only(events, func(e *Event) bool {
		return e.BoardID != nil && found.boards[*e.BoardID] != nil && found.boards[*e.BoardID].AssignedItemsOnly
	}))
	if len(narrow) > 0 {
		found.cards, err = s.Store.VisibleCards(ctx, who, narrow)
	}
	return found, err
}

func (l ears) hear(e *Event) bool {
	if e.BoardID == nil {
		return l.member
	}
	access := l.boards[*e.BoardID]
	switch {
	case access == nil && l.standing[*e.BoardID] != nil:
		return false
	case access == nil:
		return l.admin || l.member && e.Type == "board:deleted"
	case !access.AssignedItemsOnly:
		return true
	case e.CardID != nil:
		return l.cards[*e.CardID]
	}
	return !strings.HasPrefix(e.Type, "card:") // such as card:rebalanced, which names cards of others
}

// matching returns which of the cards that events are about match a filter, among those the viewer may see.
func (s *Service) matching(ctx context.Context, who *Principal, filter *CardFilter, events []*Event) (map[string]bool, error) {
	q, err := s.Search(ctx, who, CardSearch{Filter: filter, IncludeCompleted: true})
	var matching map[string]bool
	if err == nil {
		matching, err = s.Store.MatchingCards(ctx, q, cardsOf(events))
	}
	if code := CodeOf(err); err != nil && (code == CodeBadRequest || code == CodeValidation) {
		return nil, nil
	}
	return matching, err
}

// boardsOf lists the boards of events, each once.
func boardsOf(events []*Event) []string {
	return named(events, func(e *Event) *string { return e.BoardID })
}

// cardsOf lists the cards that events are about, each once.
func cardsOf(events []*Event) []string {
	return named(events, func(e *Event) *string { return e.CardID })
}

func named(events []*Event, name func(*Event) *string) (ids []string) {
	known := map[string]bool{}
	for _, e := range events {
		if id := name(e); id != nil && !known[*id] {
			known[*id], ids = true, append(ids, *id)
		}
	}
	return ids
}

// only returns the events that a judge lets through; the slice it is given stays as it is.
func only(events []*Event, judge func(*Event) bool) (left []*Event) {
	for _, e := range events {
		if judge(e) {
			left = append(left, e)
		}
	}
	return left
}
