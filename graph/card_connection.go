package graph

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"kanera.dev/domain"
)

// byPage is the query of a connection that takes no arguments but the page.
func byPage[T any](page domain.Page, read func(context.Context, []string, domain.Page) (map[string]domain.PageOf[T], error), count func(context.Context, []string) (map[string]int, error)) func(context.Context) (query[string, domain.PageOf[T], int], error) {
	return func(context.Context) (query[string, domain.PageOf[T], int], error) {
		return query[string, domain.PageOf[T], int]{
			page: func(ctx context.Context, ids []string) (map[string]domain.PageOf[T], error) {
				return read(ctx, ids, page)
			},
			count: count,
		}, nil
	}
}

type cardQuery = query[domain.CardParent, domain.PageOf[*domain.Card], int]

// findCards prepares the query of a connection of cards: its pages bring along what is selected of the cards.
func findCards(ctx context.Context, service *domain.Service, in domain.CardSearch) (cardQuery, error) {
	q, err := service.Search(ctx, domain.PrincipalFrom(ctx), in)
	load, wanted := loadersOf(ctx), wantedOfRows(ctx, graphql.GetFieldContext(ctx).Field)
	q.With = wanted.with
	return cardQuery{
		page: func(ctx context.Context, parents []domain.CardParent) (map[domain.CardParent]domain.PageOf[*domain.Card], error) {
			pages, err := service.Store.FindCards(ctx, q, parents)
			if err != nil {
				return nil, err
			}
			var cards []*domain.Card
			for _, page := range pages {
				cards = append(cards, page.Nodes...)
			}
			return pages, load.fill(ctx, cards, wanted)
		},
		count: func(ctx context.Context, parents []domain.CardParent) (map[domain.CardParent]int, error) {
			return service.Store.CountCards(ctx, q, parents)
		},
	}, err
}

// cardsUnder answers a connection of cards for all parents that ask for it at once.
func cardsUnder(ctx context.Context, service *domain.Service, parent domain.CardParent, first *int, after *string, rows *PageInput, in domain.CardSearch) (*CardConnection, error) {
	page, err := pageOf(first, after, rows)
	if err != nil {
		return nil, err
	}
	in.Page = page
	return connect(ctx, &loadersOf(ctx).cards, parent, func(ctx context.Context) (cardQuery, error) {
		return findCards(ctx, service, in)
	})
}

// column is what all columns of one board have in common. They are read together: whichever asks first asks for all.
type column struct{ boardID, workspaceID string }

// columnsPlace is where a document asks for the cards of columns: pages and totals by list.
type columnsPlace = place[column, map[string]domain.PageOf[*domain.Card], map[string]int]

// columnsHere returns the loaders of the columns that the field stands at.
func columnsHere(ctx context.Context, service *domain.Service, first *int, after *string, in domain.CardSearch) (*columnsPlace, error) {
	page, err := pageOf(first, after, nil)
	if err != nil {
		return nil, err
	}
	in.Page = page
	load := loadersOf(ctx)
	return load.columns.here(ctx, func(ctx context.Context) (query[column, map[string]domain.PageOf[*domain.Card], map[string]int], error) {
		cards, err := findCards(ctx, service, in)
		return query[column, map[string]domain.PageOf[*domain.Card], map[string]int]{
			page: eachColumn(load, cards.page), count: eachColumn(load, cards.count),
		}, err
	})
}

// cardsOfColumn answers the cards of one list on one board.
func cardsOfColumn(ctx context.Context, service *domain.Service, c *BoardColumn, first *int, after *string, in domain.CardSearch) (*CardConnection, error) {
	at, err := columnsHere(ctx, service, first, after, in)
	if err != nil {
		return nil, err
	}
	pages, err := at.page.Load(ctx, c.column())
	if err != nil {
		return nil, err
	}
	return c.connect(at, pages), nil
}

// cardsOfColumns answers the cards of many columns at once.
func cardsOfColumns(ctx context.Context, service *domain.Service, columns []*BoardColumn, first *int, after *string, in domain.CardSearch) ([]*CardConnection, error) {
	at, err := columnsHere(ctx, service, first, after, in)
	if err != nil {
		return nil, err
	}
	var boards []column
	for _, c := range columns {
		if key := c.column(); !slices.Contains(boards, key) {
			boards = append(boards, key)
		}
	}
	pages, err := at.page.fetch(ctx, boards)
	if err != nil {
		return nil, err
	}
	connections := make([]*CardConnection, len(columns))
	for i, c := range columns {
		connections[i] = c.connect(at, pages[c.column()])
	}
	return connections, nil
}

func (c *BoardColumn) column() column { return column{c.BoardID, c.List.WorkspaceID} }

// connect picks the list's page out of those of its board.
func (c *BoardColumn) connect(at *columnsPlace, pages map[string]domain.PageOf[*domain.Card]) *CardConnection {
	return &CardConnection{page: pages[c.List.ID], count: func(ctx context.Context) (int, error) {
		totals, err := at.total.Load(ctx, c.column())
		return totals[c.List.ID], err
	}}
}

// eachColumn turns what reads many lanes into what reads all columns of many boards, by list.
func eachColumn[T any](load *loaders, read func(context.Context, []domain.CardParent) (map[domain.CardParent]T, error)) func(context.Context, []column) (map[column]map[string]T, error) {
	return func(ctx context.Context, boards []column) (map[column]map[string]T, error) {
		var lanes []domain.CardParent
		found := make(map[column]map[string]T, len(boards))
		for _, board := range boards {
			lists, err := load.listsOf.Load(ctx, board.workspaceID)
			if err != nil {
				return nil, err
			}
			found[board] = make(map[string]T, len(lists))
			for _, list := range lists {
				lanes = append(lanes, domain.CardParent{BoardID: board.boardID, ListID: list.ID})
			}
		}
		byLane, err := read(ctx, lanes)
		for _, board := range boards {
			for lane, thing := range byLane {
				if lane.BoardID == board.boardID {
					found[board][lane.ListID] = thing
				}
			}
		}
		return found, err
	}
}
