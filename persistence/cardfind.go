package persistence

import (
	"context"
	"fmt"
	"slices"

	"kanera.dev/domain"
)

// cardSelection is a compiled domain.CardQuery without its parents: which cards, in which order, which page.
type cardSelection struct {
	where  fragment // always holds the viewer's visibility
	spaces fragment // see Store.spaces
	order  *cardOrder
	mark   string
	page   domain.Page
	with   domain.CardWith
}

// selectCards compiles q.
func (s *Store) selectCards(q *domain.CardQuery) (*cardSelection, error) {
	where, err := s.matchingCards(q)
	if err != nil {
		return nil, err
	}
	order, err := compileOrder(s.dialect, q)
	if err != nil {
		return nil, err
	}
	mark, err := queryMark(q.Filter, q.Order, q.Archived, q.CompletedWithin)
	if err != nil {
		return nil, err
	}
	selection := &cardSelection{where: where, spaces: s.spaces(q.Viewer), order: order, mark: mark, page: q.Page, with: q.With}
	if q.Page.After != "" && !q.Page.ByRow {
		values, err := parseCursor(q.Page.After, mark, order.keys)
		if err != nil {
			return nil, err
		}
		selection.where = all(where, after(s.dialect, order.keys, values))
	}
	return selection, nil
}

// spaces selects the workspaces that hold all cards a user may see, so that questions about all of them do not read the
// cards of others. It is empty where nothing is to be chosen: a key has one workspace, and SQLite is not for many.
func (s *Store) spaces(viewer *domain.Principal) fragment {
	if viewer.IsWorkspaceKey() || s.dialect.name() != postgresName {
		return fragment{}
	}
	return workspacesInReach(s.dialect, viewer)
}

// withinReach adds to the condition on the cards of q that they lie in one of those workspaces. All unarchived cards are
// found by their lists, which an index answers without reading cards; what a filter asks for is indexed by workspace.
func (s *Store) withinReach(q *domain.CardQuery, where fragment) fragment {
	spaces := s.spaces(q.Viewer)
	if spaces.text == "" {
		return where
	}
	within := "c.workspace_id IN (" + spaces.text + ")"
	if q.Filter == nil && q.Archived != nil && !*q.Archived {
		within = "c.list_id IN (SELECT rl.id FROM lists rl WHERE rl.workspace_id IN (" + spaces.text + "))"
	}
	return all(frag(within, spaces.args...), where)
}

// matchingCards is the condition on c of everything that q asks for, whatever the page: what the viewer may see,
// what is archived, what has been completed for long, and the filter.
func (s *Store) matchingCards(q *domain.CardQuery) (fragment, error) {
	filter, err := compileFilter(s.dialect, q)
	if err != nil {
		return fragment{}, err
	}
	visible, args := visibleCards(s.dialect, q.Viewer, "c")
	parts := []fragment{frag(visible, args...)}
	if q.Archived != nil && *q.Archived {
		parts = append(parts, frag("c.archived_at IS NOT NULL"))
	} else if q.Archived != nil {
		parts = append(parts, frag("c.archived_at IS NULL"))
	}
	if q.CompletedWithin {
		parts = append(parts, frag("(c.completed_at IS NULL OR EXISTS (SELECT 1 FROM workspaces w WHERE w.id = c.workspace_id AND c.completed_at >= "+
			s.dialect.daysBefore(s.dialect.placeholder(kindTime), "w.completed_cards_active_days")+"))", q.Now))
	}
	return all(append(parts, filter)...), nil
}

// FindCards implements domain.Cards with one statement.
func (s *Store) FindCards(ctx context.Context, q domain.CardQuery, parents []domain.CardParent) (map[domain.CardParent]domain.PageOf[*domain.Card], error) {
	selection, err := s.selectCards(&q)
	if err != nil {
		return nil, err
	}
	parents = unique(parents)
	found := make([]foundCards, len(parents))
	err = s.each(ctx, selection.statement(s.dialect, parents), selection.scan(found))
	if err != nil {
		return nil, fmt.Errorf("find cards: %w", err)
	}
	pages := make(map[domain.CardParent]domain.PageOf[*domain.Card], len(parents))
	for i, parent := range parents {
		pages[parent] = selection.pageOf(found[i])
	}
	return pages, nil
}

// CountCards implements domain.Cards with one statement.
func (s *Store) CountCards(ctx context.Context, q domain.CardQuery, parents []domain.CardParent) (map[domain.CardParent]int, error) {
	where, err := s.matchingCards(&q)
	if err != nil {
		return nil, err
	}
	parents = unique(parents)
	if slices.Contains(parents, domain.CardParent{}) {
		where = s.withinReach(&q, where)
	}
	counts := make(map[domain.CardParent]int, len(parents))
	for _, parent := range parents {
		counts[parent] = 0
	}
	err = s.each(ctx, countCardsOf(s.dialect, where, parents), func(line row) error {
		var i, count int
		err := line.Scan(&i, &count)
		if err == nil {
			counts[parents[i]] = count
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count cards: %w", err)
	}
	return counts, nil
}

// each runs a query and hands over its rows. A statement without text has none.
func (s *Store) each(ctx context.Context, statement fragment, scan func(row) error) error {
	if statement.text == "" {
		return nil
	}
	rows, err := s.query(ctx, statement.text, statement.args...)
	if err != nil {
		return err
	}
	_, err = collect(rows, func(line row) (struct{}, error) { return struct{}{}, scan(line) })
	return translate(ctx, err, "Card")
}

func unique[T comparable](values []T) []T {
	seen := make(map[T]bool, len(values))
	return slices.DeleteFunc(slices.Clone(values), func(value T) bool {
		known := seen[value]
		seen[value] = true
		return known
	})
}
