package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"kanera.dev/domain"
)

// BoardColumn is one list as seen on one board.
type BoardColumn struct {
	BoardID string
	List    *domain.List
}

type boardResolver struct{ service *domain.Service }

func (r boardResolver) Workspace(ctx context.Context, b *domain.Board) (*domain.Workspace, error) {
	return loadersOf(ctx).workspace.Load(ctx, b.WorkspaceID)
}

func (r boardResolver) ViewerRole(ctx context.Context, b *domain.Board) (*domain.BoardRole, error) {
	access, err := loadersOf(ctx).boardAccess.Load(ctx, b.ID)
	if access == nil {
		return nil, err
	}
	return &access.Role, err
}

func (r boardResolver) ViewerAccess(ctx context.Context, b *domain.Board) (*domain.BoardAccess, error) {
	return loadersOf(ctx).boardAccess.Load(ctx, b.ID)
}

func (r boardResolver) Columns(ctx context.Context, b *domain.Board) ([]*BoardColumn, error) {
	lists, err := loadersOf(ctx).listsOf.Load(ctx, b.WorkspaceID)
	columns := make([]*BoardColumn, len(lists))
	for i, list := range lists {
		columns[i] = &BoardColumn{BoardID: b.ID, List: list}
	}
	return columns, err
}

func (r boardResolver) Cards(ctx context.Context, b *domain.Board, filter *domain.CardFilter, order []*domain.CardOrder, first *int, after *string, rows *PageInput, archived, includeCompleted *bool) (*CardConnection, error) {
	return cardsUnder(ctx, r.service, domain.CardParent{BoardID: b.ID}, first, after, rows, domain.CardSearch{Filter: filter,
		Order: order, Default: domain.ByListRank, Archived: archived, IncludeCompleted: includeCompleted == nil || *includeCompleted})
}

// mustOpen refuses viewers who see no more of a board than its name.
func (r boardResolver) mustOpen(ctx context.Context, b *domain.Board) error {
	access, err := loadersOf(ctx).boardAccess.Load(ctx, b.ID)
	if err == nil && access == nil {
		return domain.Forbidden("You have no access to this board.")
	}
	return err
}

func (r boardResolver) Members(ctx context.Context, b *domain.Board, first *int, after *string, rows *PageInput) (*BoardMemberConnection, error) {
	page, err := pageOf(first, after, rows)
	if err != nil {
		return nil, err
	}
	if err := r.mustOpen(ctx, b); err != nil {
		return nil, err
	}
	return connect(ctx, &loadersOf(ctx).boardMembers, b.ID, byPage(page, loadersOf(ctx).membersOfBoards, r.service.Store.CountBoardMembers))
}

func (r boardResolver) Activity(ctx context.Context, b *domain.Board, first *int, after *string) (*ActivityConnection, error) {
	page, err := pageOf(first, after, nil)
	if err != nil {
		return nil, err
	}
	if err := r.mustOpen(ctx, b); err != nil {
		return nil, err
	}
	who := domain.PrincipalFrom(ctx)
	return connect(ctx, &loadersOf(ctx).boardActivity, b.ID, byPage(page,
		func(ctx context.Context, ids []string, page domain.Page) (map[string]domain.PageOf[*domain.Activity], error) {
			return r.service.Store.BoardActivityOf(ctx, who, ids, page)
		},
		func(ctx context.Context, ids []string) (map[string]int, error) {
			return r.service.Store.CountBoardActivity(ctx, who, ids)
		}))
}

func (r boardResolver) TransferTargets(ctx context.Context, b *domain.Board) ([]*domain.Board, error) {
	boards, err := loadersOf(ctx).boardsOf.Load(ctx, b.WorkspaceID)
	if err != nil {
		return nil, err
	}
	ids := []string{b.ID}
	for _, board := range boards {
		ids = append(ids, board.ID)
	}
	accesses, err := loadersOf(ctx).boardAccess.LoadAll(ctx, ids)
	if err != nil {
		return nil, err
	}
	if !edits(accesses[0]) {
		return nil, domain.Forbidden("Only editors of the board can move its cards.")
	}
	targets := []*domain.Board{}
	for i, other := range boards {
		if other.ID != b.ID && other.ArchivedAt == nil && edits(accesses[i+1]) {
			targets = append(targets, other)
		}
	}
	return targets, nil
}

func edits(access *domain.BoardAccess) bool {
	return access != nil && access.Role == domain.BoardEditor
}

type boardColumnResolver struct{ service *domain.Service }

func (r boardColumnResolver) Cards(ctx context.Context, c *BoardColumn, filter *domain.CardFilter, order []*domain.CardOrder, first *int, after *string, archived, includeCompleted *bool) (*CardConnection, error) {
	return cardsOfColumn(ctx, r.service, c, first, after, columnSearch(filter, order, archived, includeCompleted))
}

func columnSearch(filter *domain.CardFilter, order []*domain.CardOrder, archived, includeCompleted *bool) domain.CardSearch {
	return domain.CardSearch{Filter: filter, Order: order, Default: domain.ByRank, Archived: archived,
		IncludeCompleted: includeCompleted == nil || *includeCompleted}
}

type boardMemberResolver struct{}

func (boardMemberResolver) User(ctx context.Context, m *domain.BoardMember) (*domain.User, error) {
	return loadersOf(ctx).user.Load(ctx, m.UserID)
}

func (q queries) Boards(ctx context.Context, first *int, after *string, rows *PageInput) (*BoardConnection, error) {
	page, err := pageOf(first, after, rows)
	if err != nil {
		return nil, err
	}
	who := domain.PrincipalFrom(ctx)
	found, err := q.service.Store.VisibleBoards(ctx, who, page)
	return &BoardConnection{page: found, count: func(ctx context.Context) (int, error) {
		return q.service.Store.CountVisibleBoards(ctx, who)
	}}, err
}

func (q queries) Board(ctx context.Context, id string) (*domain.Board, error) {
	with := wantedOfBoard(ctx, graphql.GetFieldContext(ctx).Field)
	place, err := q.service.BoardPlace(ctx, domain.PrincipalFrom(ctx), id, with)
	if err != nil {
		return nil, err
	}
	return loadersOf(ctx).placeBoard(place, with), nil
}

func (m mutation) BoardCreate(ctx context.Context, in domain.BoardCreateInput) (*BoardCreatePayload, error) {
	board, err := m.service.BoardCreate(ctx, domain.PrincipalFrom(ctx), in)
	return &BoardCreatePayload{Board: board}, err
}

func (m mutation) BoardUpdate(ctx context.Context, id string, in BoardUpdateInput) (*BoardUpdatePayload, error) {
	board, err := m.service.BoardUpdate(ctx, domain.PrincipalFrom(ctx), id, domain.BoardPatch{Name: opt(in.Name),
		Description: opt(in.Description), Icon: opt(in.Icon), IconColor: opt(in.IconColor),
		BackgroundGradient: opt(in.BackgroundGradient), ExpectedVersion: in.ExpectedVersion.Value()})
	return &BoardUpdatePayload{Board: board}, err
}

func (m mutation) BoardSetBackground(ctx context.Context, id string, background *domain.BoardBackground) (*BoardSetBackgroundPayload, error) {
	board, err := m.service.BoardSetBackground(ctx, domain.PrincipalFrom(ctx), id, background)
	return &BoardSetBackgroundPayload{Board: board}, err
}

func (m mutation) BoardMove(ctx context.Context, id string, position PositionInput) (*BoardMovePayload, error) {
	board, err := m.service.BoardMove(ctx, domain.PrincipalFrom(ctx), id, position.anchor())
	return &BoardMovePayload{Board: board}, err
}

func (m mutation) BoardDelete(ctx context.Context, id string) (*BoardDeletePayload, error) {
	return &BoardDeletePayload{DeletedID: id}, m.service.BoardDelete(ctx, domain.PrincipalFrom(ctx), id)
}
