package graph

import (
	"context"
	"slices"

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
	ids, err := loadersOf(ctx).labelIDsOf.Load(ctx, c.ID)
	return orEmpty(ids), err
}

func (r cardResolver) Labels(ctx context.Context, c *domain.Card) ([]*domain.Label, error) {
	ids, err := loadersOf(ctx).labelIDsOf.Load(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	return many(ctx, loadersOf(ctx).label, ids)
}

func (r cardResolver) AssigneeIds(ctx context.Context, c *domain.Card) ([]string, error) {
	ids, err := loadersOf(ctx).assigneesOf.Load(ctx, c.ID)
	return orEmpty(ids), err
}

func (r cardResolver) Assignees(ctx context.Context, c *domain.Card) ([]*domain.User, error) {
	ids, err := loadersOf(ctx).assigneesOf.Load(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	return many(ctx, loadersOf(ctx).user, ids)
}

func (r cardResolver) CustomFieldValues(ctx context.Context, c *domain.Card, shownOnCard *bool) ([]domain.CustomFieldValue, error) {
	values, err := loadersOf(ctx).valuesOf.Load(ctx, c.ID)
	if err != nil || !orZero(shownOnCard) {
		return typed(values, nil), err
	}
	fields, err := loadersOf(ctx).fieldsOf.Load(ctx, c.WorkspaceID)
	return typed(values, fields), err
}

// typed gives values the types of their fields, leaving out those of fields that cards do not show.
func typed(values []*domain.FieldValue, fields []*domain.CustomField) []domain.CustomFieldValue {
	shown := make([]domain.CustomFieldValue, 0, len(values))
	for _, value := range values {
		hidden := func(field *domain.CustomField) bool { return field.ID == value.FieldID && !field.ShowOnCard }
		if !slices.ContainsFunc(fields, hidden) {
			shown = append(shown, value.Typed())
		}
	}
	return shown
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
		return q.service.Card(ctx, who, *id)
	}
	return q.service.CardByKey(ctx, who, orZero(organisationKey), *key)
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
