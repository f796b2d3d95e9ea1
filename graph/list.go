package graph

import (
	"context"

	"kanera.dev/domain"
)

type listResolver struct{ service *domain.Service }

func (listResolver) Workspace(ctx context.Context, l *domain.List) (*domain.Workspace, error) {
	return loadersOf(ctx).workspace.Load(ctx, l.WorkspaceID)
}

func (r listResolver) Cards(ctx context.Context, l *domain.List, filter *domain.CardFilter, order []*domain.CardOrder, first *int, after *string, archived *bool) (*CardConnection, error) {
	return cardsUnder(ctx, r.service, domain.CardParent{ListID: l.ID}, first, after, nil,
		domain.CardSearch{Filter: filter, Order: order, Default: domain.ByRank, Archived: archived, IncludeCompleted: true})
}

func (m mutation) ListCreate(ctx context.Context, in domain.ListCreateInput) (*ListCreatePayload, error) {
	list, err := m.service.ListCreate(ctx, domain.PrincipalFrom(ctx), in)
	return &ListCreatePayload{List: list}, err
}

func (m mutation) ListUpdate(ctx context.Context, id string, in ListUpdateInput) (*ListUpdatePayload, error) {
	list, err := m.service.ListUpdate(ctx, domain.PrincipalFrom(ctx), id, domain.ListPatch{Name: opt(in.Name),
		Icon: opt(in.Icon), Color: opt(in.Color), ExpectedVersion: in.ExpectedVersion.Value()})
	return &ListUpdatePayload{List: list}, err
}

func (m mutation) ListMove(ctx context.Context, id string, position PositionInput) (*ListMovePayload, error) {
	list, err := m.service.ListMove(ctx, domain.PrincipalFrom(ctx), id, position.anchor())
	return &ListMovePayload{List: list}, err
}

func (m mutation) ListDelete(ctx context.Context, id string) (*ListDeletePayload, error) {
	return &ListDeletePayload{DeletedID: id}, m.service.ListDelete(ctx, domain.PrincipalFrom(ctx), id)
}

func (m mutation) ListMoveCards(ctx context.Context, id string, in domain.ListMoveCardsInput) (*ListMoveCardsPayload, error) {
	moved, err := m.service.ListMoveCards(ctx, domain.PrincipalFrom(ctx), id, in)
	return &ListMoveCardsPayload{Moved: moved}, err
}

func (m mutation) ListArchiveCards(ctx context.Context, id string, boardID *string) (*ListArchiveCardsPayload, error) {
	archived, err := m.service.ListArchiveCards(ctx, domain.PrincipalFrom(ctx), id, boardID)
	return &ListArchiveCardsPayload{Archived: archived}, err
}

func (m mutation) ListCompleteCards(ctx context.Context, id, boardID string, completed bool) (*ListCompleteCardsPayload, error) {
	updated, err := m.service.ListCompleteCards(ctx, domain.PrincipalFrom(ctx), id, boardID, completed)
	return &ListCompleteCardsPayload{Updated: updated}, err
}
