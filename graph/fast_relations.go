package graph

import (
	"context"
	"slices"

	"kanera.dev/domain"
)

// What the fast way asks for many parents at once, through the loaders that the ordinary way uses. A resolver field
// Type.field is read by the method manyTypeField if there is one; without it every parent asks alone.

func (l *loaders) manyCardBoard(ctx context.Context, cards []*domain.Card) ([]*domain.Board, error) {
	return loadFor(ctx, l.board, cards, func(c *domain.Card) string { return c.BoardID })
}

func (l *loaders) manyCardList(ctx context.Context, cards []*domain.Card) ([]*domain.List, error) {
	return loadFor(ctx, l.list, cards, func(c *domain.Card) string { return c.ListID })
}

func (l *loaders) manyCardWorkspace(ctx context.Context, cards []*domain.Card) ([]*domain.Workspace, error) {
	return loadFor(ctx, l.workspace, cards, func(c *domain.Card) string { return c.WorkspaceID })
}

func (l *loaders) manyCardCreator(ctx context.Context, cards []*domain.Card) ([]*domain.User, error) {
	return loadFor(ctx, l.user, cards, func(c *domain.Card) string { return c.CreatedByID })
}

func (l *loaders) manyCardLabelIds(ctx context.Context, cards []*domain.Card) ([][]string, error) {
	return idsFor(ctx, l.labelIDsOf, cards)
}

func (l *loaders) manyCardLabels(ctx context.Context, cards []*domain.Card) ([][]*domain.Label, error) {
	return listsFor(ctx, l.labelIDsOf, l.label, cards)
}

func (l *loaders) manyCardAssigneeIds(ctx context.Context, cards []*domain.Card) ([][]string, error) {
	return idsFor(ctx, l.assigneesOf, cards)
}

func (l *loaders) manyCardAssignees(ctx context.Context, cards []*domain.Card) ([][]*domain.User, error) {
	return listsFor(ctx, l.assigneesOf, l.user, cards)
}

func (l *loaders) manyCardCustomFieldValues(ctx context.Context, cards []*domain.Card, shownOnCard *bool) ([][]domain.CustomFieldValue, error) {
	values, err := loadFor(ctx, l.valuesOf, cards, func(c *domain.Card) string { return c.ID })
	if err != nil {
		return nil, err
	}
	fields := make([][]*domain.CustomField, len(cards))
	if orZero(shownOnCard) {
		fields, err = loadFor(ctx, l.fieldsOf, cards, func(c *domain.Card) string { return c.WorkspaceID })
		if err != nil {
			return nil, err
		}
	}
	shown := make([][]domain.CustomFieldValue, len(cards))
	for i := range cards {
		shown[i] = typed(values[i], fields[i])
	}
	return shown, nil
}

func (l *loaders) manyTextFieldValueField(ctx context.Context, values []*domain.TextFieldValue) ([]*domain.CustomField, error) {
	return fieldsFor(ctx, l, values)
}

func (l *loaders) manyNumberFieldValueField(ctx context.Context, values []*domain.NumberFieldValue) ([]*domain.CustomField, error) {
	return fieldsFor(ctx, l, values)
}

func (l *loaders) manyCheckboxFieldValueField(ctx context.Context, values []*domain.CheckboxFieldValue) ([]*domain.CustomField, error) {
	return fieldsFor(ctx, l, values)
}

func (l *loaders) manySelectFieldValueField(ctx context.Context, values []*domain.SelectFieldValue) ([]*domain.CustomField, error) {
	return fieldsFor(ctx, l, values)
}

func (l *loaders) manyDateFieldValueField(ctx context.Context, values []*domain.DateFieldValue) ([]*domain.CustomField, error) {
	return fieldsFor(ctx, l, values)
}

func (l *loaders) manyUrlFieldValueField(ctx context.Context, values []*domain.URLFieldValue) ([]*domain.CustomField, error) {
	return fieldsFor(ctx, l, values)
}

func (l *loaders) manyUserFieldValueField(ctx context.Context, values []*domain.UserFieldValue) ([]*domain.CustomField, error) {
	return fieldsFor(ctx, l, values)
}

func (l *loaders) manySelectFieldValueOptions(ctx context.Context, values []*domain.SelectFieldValue) ([][]*domain.CustomFieldOption, error) {
	lists := make([][]string, len(values))
	for i, value := range values {
		lists[i] = value.OptionIDs
	}
	return split(ctx, l.option, lists)
}

func (l *loaders) manyUserFieldValueUsers(ctx context.Context, values []*domain.UserFieldValue) ([][]*domain.User, error) {
	lists := make([][]string, len(values))
	for i, value := range values {
		lists[i] = value.UserIDs
	}
	return split(ctx, l.user, lists)
}

// loadFor loads one thing for each parent.
func loadFor[P, T any](ctx context.Context, loader *one[T], parents []P, id func(P) string) ([]T, error) {
	ids := make([]string, len(parents))
	for i, parent := range parents {
		ids[i] = id(parent)
	}
	return loader.now(ctx, ids)
}

// fieldsFor loads the fields of values.
func fieldsFor[V domain.CustomFieldValue](ctx context.Context, l *loaders, values []*V) ([]*domain.CustomField, error) {
	return loadFor(ctx, l.field, values, func(v *V) string { return (*v).Row().FieldID })
}

// idsFor loads the ids that belong to cards.
func idsFor(ctx context.Context, loader *one[[]string], cards []*domain.Card) ([][]string, error) {
	lists, err := loadFor(ctx, loader, cards, func(c *domain.Card) string { return c.ID })
	for i := range lists {
		lists[i] = orEmpty(lists[i])
	}
	return lists, err
}

// listsFor loads the things whose ids belong to cards.
func listsFor[T any](ctx context.Context, ids *one[[]string], things *one[*T], cards []*domain.Card) ([][]*T, error) {
	lists, err := idsFor(ctx, ids, cards)
	if err != nil {
		return nil, err
	}
	return split(ctx, things, lists)
}

// split loads the things of several lists of ids at once, leaving out those that do not exist.
func split[T any](ctx context.Context, loader *one[*T], lists [][]string) ([][]*T, error) {
	things, err := loader.now(ctx, slices.Concat(lists...))
	if err != nil {
		return nil, err
	}
	found := make([][]*T, len(lists))
	for i, ids := range lists {
		found[i] = make([]*T, 0, len(ids))
		for _, thing := range things[:len(ids)] {
			if thing != nil {
				found[i] = append(found[i], thing)
			}
		}
		things = things[len(ids):]
	}
	return found, nil
}
