package graph

import (
	"cmp"
	"context"
	"slices"

	"kanera.dev/domain"
)

// What hangs on a card comes with it where cards are read in numbers; a card that was just changed is asked for it.

func labelIDs(parts *domain.CardParts) []string                { return parts.LabelIDs }
func assigneeIDs(parts *domain.CardParts) []string             { return parts.AssigneeIDs }
func fieldValues(parts *domain.CardParts) []*domain.FieldValue { return parts.Values }

// partOf returns a part of a card.
func partOf[T any](ctx context.Context, loader *one[[]T], c *domain.Card, part func(*domain.CardParts) []T) ([]T, error) {
	if c.Parts != nil && part(c.Parts) != nil {
		return part(c.Parts), nil
	}
	return loader.Load(ctx, c.ID)
}

// partsOf returns a part of each card. Those that did not come with it are asked for it at once.
func partsOf[T any](ctx context.Context, loader *one[[]T], cards []*domain.Card, part func(*domain.CardParts) []T) ([][]T, error) {
	parts := make([][]T, len(cards))
	var without []int
	var ids []string
	for i, c := range cards {
		if c.Parts != nil && part(c.Parts) != nil {
			parts[i] = part(c.Parts)
			continue
		}
		without, ids = append(without, i), append(ids, c.ID)
	}
	if len(ids) == 0 {
		return parts, nil
	}
	found, err := loader.now(ctx, ids)
	if err != nil {
		return nil, err
	}
	for n, i := range without {
		parts[i] = found[n]
	}
	return parts, nil
}

// inRank sorts labels the way their workspace does.
func inRank(labels []*domain.Label) []*domain.Label {
	slices.SortFunc(labels, func(a, b *domain.Label) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	return labels
}

func idsOf(labels []*domain.Label) []string {
	ids := make([]string, len(labels))
	for i, label := range labels {
		ids[i] = label.ID
	}
	return ids
}

// fieldIDs appends the fields that values are of.
func fieldIDs(ids []string, values []*domain.FieldValue) []string {
	for _, value := range values {
		ids = append(ids, value.FieldID)
	}
	return ids
}

// shown gives the values of a card the types of their fields, which come in the order of the values. They are sorted the
// way their workspace sorts its fields; those that cards do not show are left out if asked for.
func shown(values []*domain.FieldValue, fields []*domain.CustomField, onCard bool) []domain.CustomFieldValue {
	order := make([]int, 0, 16)
	for i, field := range fields {
		if field != nil && (field.ShowOnCard || !onCard) {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(fields[a].Position, fields[b].Position), cmp.Compare(fields[a].ID, fields[b].ID))
	})
	typed := make([]domain.CustomFieldValue, len(order))
	for n, i := range order {
		typed[n] = values[i].Typed()
	}
	return typed
}
