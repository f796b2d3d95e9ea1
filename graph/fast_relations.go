package graph

import (
	"context"
	"slices"

	"kanera.dev/domain"
)

// What the fast way asks for many parents at once, through the loaders that the ordinary way uses. A resolver field
// Type.field is read by the method manyTypeField if there is one; without it every parent asks alone.

func (l *loaders) manyCardBoard(ctx context.Context, cards []*domain.Card) ([]*domain.Board, error) {
	return loadFor(ctx, &l.board, cards, func(c *domain.Card) string { return c.BoardID })
}

func (l *loaders) manyCardList(ctx context.Context, cards []*domain.Card) ([]*domain.List, error) {
	return loadFor(ctx, &l.list, cards, func(c *domain.Card) string { return c.ListID })
}

func (l *loaders) manyCardWorkspace(ctx context.Context, cards []*domain.Card) ([]*domain.Workspace, error) {
	return loadFor(ctx, &l.workspace, cards, func(c *domain.Card) string { return c.WorkspaceID })
}

func (l *loaders) manyCardCreator(ctx context.Context, cards []*domain.Card) ([]*domain.User, error) {
	return loadFor(ctx, &l.user, cards, func(c *domain.Card) string { return c.CreatedByID })
}

func (l *loaders) manyCardDueDate(_ context.Context, cards []*domain.Card) ([]*domain.DueDate, error) { //nolint:unparam // what is asked of many may fail
	return domain.DueDates(cards, l.service.Now()), nil
}

func (l *loaders) manyCardLabelIds(ctx context.Context, cards []*domain.Card) ([][]string, error) {
	labels, err := l.manyCardLabels(ctx, cards)
	ids := make([][]string, len(labels))
	for i := range labels {
		ids[i] = idsOf(labels[i])
	}
	return ids, err
}

func (l *loaders) manyCardLabels(ctx context.Context, cards []*domain.Card) ([][]*domain.Label, error) {
	ids, err := partsOf(ctx, &l.labelIDsOf, cards, labelIDs)
	if err != nil {
		return nil, err
	}
	labels, err := split(ctx, &l.label, ids)
	for i := range labels {
		inRank(labels[i])
	}
	return labels, err
}

func (l *loaders) manyCardAssigneeIds(ctx context.Context, cards []*domain.Card) ([][]string, error) {
	ids, err := partsOf(ctx, &l.assigneesOf, cards, assigneeIDs)
	for i := range ids {
		ids[i] = orEmpty(ids[i])
	}
	return ids, err
}

func (l *loaders) manyCardAssignees(ctx context.Context, cards []*domain.Card) ([][]*domain.User, error) {
	ids, err := partsOf(ctx, &l.assigneesOf, cards, assigneeIDs)
	if err != nil {
		return nil, err
	}
	return split(ctx, &l.user, ids)
}

func (l *loaders) manyCardCustomFieldValues(ctx context.Context, cards []*domain.Card, shownOnCard *bool) ([][]domain.CustomFieldValue, error) {
	values, err := partsOf(ctx, &l.valuesOf, cards, fieldValues)
	if err != nil {
		return nil, err
	}
	all := 0
	for _, ofCard := range values {
		all += len(ofCard)
	}
	ids := make([]string, 0, all)
	for _, ofCard := range values {
		ids = fieldIDs(ids, ofCard)
	}
	fields, err := l.field.now(ctx, ids)
	if err != nil {
		return nil, err
	}
	typed := make([][]domain.CustomFieldValue, len(cards))
	for i, ofCard := range values {
		typed[i] = shown(ofCard, fields[:len(ofCard)], orZero(shownOnCard))
		fields = fields[len(ofCard):]
	}
	return typed, nil
}

func (l *loaders) manyBoardMemberUser(ctx context.Context, members []*domain.BoardMember) ([]*domain.User, error) {
	return loadFor(ctx, &l.user, members, func(m *domain.BoardMember) string { return m.UserID })
}

func (l *loaders) manyCustomFieldOptions(ctx context.Context, fields []*domain.CustomField) ([][]*domain.CustomFieldOption, error) {
	return loadFor(ctx, &l.optionsOf, fields, func(f *domain.CustomField) string { return f.ID })
}

func (l *loaders) manyBoardColumnCards(ctx context.Context, columns []*BoardColumn, filter *domain.CardFilter, order []*domain.CardOrder, first *int, after *string, archived, includeCompleted *bool) ([]*CardConnection, error) {
	return cardsOfColumns(ctx, l.service, columns, first, after, columnSearch(filter, order, archived, includeCompleted))
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
	return split(ctx, &l.option, lists)
}

func (l *loaders) manyUserFieldValueUsers(ctx context.Context, values []*domain.UserFieldValue) ([][]*domain.User, error) {
	lists := make([][]string, len(values))
	for i, value := range values {
		lists[i] = value.UserIDs
	}
	return split(ctx, &l.user, lists)
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
	return loadFor(ctx, &l.field, values, func(v *V) string { return (*v).Row().FieldID })
}

// split loads the things of several lists of ids at once, leaving out those that do not exist.
func split[T any](ctx context.Context, loader *one[*T], lists [][]string) ([][]*T, error) {
	things, err := loader.now(ctx, slices.Concat(lists...))
	if err != nil {
		return nil, err
	}
	found, there := make([][]*T, len(lists)), make([]*T, 0, len(things))
	for i, ids := range lists {
		begin := len(there)
		for _, thing := range things[:len(ids)] {
			if thing != nil {
				there = append(there, thing)
			}
		}
		found[i], things = there[begin:len(there):len(there)], things[len(ids):]
	}
	return found, nil
}
