package graph

import (
	"context"

	"kanera.dev/domain"
)

type cardResolver struct{ service *domain.Service }

func (r cardResolver) URL(_ context.Context, c *domain.Card) (string, error) {
	return r.service.WebURL + "/o/" + c.OrganisationKey + "/c/" + c.Key(), nil
}

func (r cardResolver) DueDate(_ context.Context, c *domain.Card) (*domain.DueDate, error) {
	return c.Due(r.service.Now()), nil
}

func (r cardResolver) LabelIds(ctx context.Context, c *domain.Card) ([]string, error) {
	labels, err := r.Labels(ctx, c)
	return idsOf(labels), err
}

func (r cardResolver) Labels(ctx context.Context, c *domain.Card) ([]*domain.Label, error) {
	ids, err := partOf(ctx, &loadersOf(ctx).labelIDsOf, c, labelIDs)
	if err != nil {
		return nil, err
	}
	labels, err := many(ctx, &loadersOf(ctx).label, ids)
	return inRank(labels), err
}

func (r cardResolver) AssigneeIds(ctx context.Context, c *domain.Card) ([]string, error) {
	ids, err := partOf(ctx, &loadersOf(ctx).assigneesOf, c, assigneeIDs)
	return orEmpty(ids), err
}

func (r cardResolver) Assignees(ctx context.Context, c *domain.Card) ([]*domain.User, error) {
	ids, err := partOf(ctx, &loadersOf(ctx).assigneesOf, c, assigneeIDs)
	if err != nil {
		return nil, err
	}
	return many(ctx, &loadersOf(ctx).user, ids)
}

func (r cardResolver) CustomFieldValues(ctx context.Context, c *domain.Card, shownOnCard *bool) ([]domain.CustomFieldValue, error) {
	values, err := partOf(ctx, &loadersOf(ctx).valuesOf, c, fieldValues)
	if err != nil {
		return nil, err
	}
	fields, err := loadersOf(ctx).field.LoadAll(ctx, fieldIDs(nil, values))
	if err != nil {
		return nil, err
	}
	return shown(values, fields, orZero(shownOnCard)), nil
}

func (r cardResolver) Board(ctx context.Context, c *domain.Card) (*domain.Board, error) {
	return loadersOf(ctx).board.Load(ctx, c.BoardID)
}

func (r cardResolver) List(ctx context.Context, c *domain.Card) (*domain.List, error) {
	return loadersOf(ctx).list.Load(ctx, c.ListID)
}

func (r cardResolver) Workspace(ctx context.Context, c *domain.Card) (*domain.Workspace, error) {
	return loadersOf(ctx).workspace.Load(ctx, c.WorkspaceID)
}

func (r cardResolver) Creator(ctx context.Context, c *domain.Card) (*domain.User, error) {
	return loadersOf(ctx).user.Load(ctx, c.CreatedByID)
}

func (r cardResolver) Activity(ctx context.Context, c *domain.Card, first *int, after *string) (*ActivityConnection, error) {
	page, err := pageOf(first, after, nil)
	if err != nil {
		return nil, err
	}
	return connect(ctx, &loadersOf(ctx).cardActivity, c.ID, byPage(page, r.service.Store.CardActivityOf, r.service.Store.CountCardActivity))
}

func (q queries) Card(ctx context.Context, id, key, organisationKey *string) (*domain.Card, error) {
	who := domain.PrincipalFrom(ctx)
	switch {
	case (id == nil) == (key == nil) || organisationKey != nil && key == nil:
		return nil, domain.Invalid(domain.Custom("give exactly one of id and key"))
	case id != nil:
		return placed(ctx)(q.service.CardPlace(ctx, who, *id))
	}
	return placed(ctx)(q.service.CardPlaceByKey(ctx, who, orZero(organisationKey), *key))
}

// placed makes the card of a place, which it gives to the loaders.
func placed(ctx context.Context) func(*domain.CardPlace, error) (*domain.Card, error) {
	return func(place *domain.CardPlace, err error) (*domain.Card, error) {
		if err != nil {
			return nil, err
		}
		return loadersOf(ctx).placeCard(ctx, place)
	}
}

func (q queries) Cards(ctx context.Context, filter *domain.CardFilter, order []*domain.CardOrder, first *int, after *string, archived *bool) (*CardConnection, error) {
	return cardsUnder(ctx, q.service, domain.CardParent{}, first, after, nil,
		domain.CardSearch{Filter: filter, Order: order, Default: domain.NewestFirst, Archived: archived, IncludeCompleted: true})
}

func orEmpty[T any](things []T) []T {
	if things == nil {
		return []T{}
	}
	return things
}
