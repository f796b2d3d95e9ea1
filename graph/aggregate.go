package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"kanera.dev/domain"
)

func (q queries) CardAggregate(ctx context.Context, filter *domain.CardFilter, by []*domain.CardGroup, order []*domain.CardAggregateOrder, first *int, after *string, archived *bool) (*domain.CardAggregate, error) {
	page, err := pageOf(first, after, nil)
	if err != nil {
		return nil, err
	}
	measures, err := fieldsMeasured(ctx)
	if err != nil {
		return nil, err
	}
	return q.service.Aggregate(ctx, domain.PrincipalFrom(ctx),
		domain.CardSearch{Filter: filter, Page: page, Archived: archived}, by, order, measures)
}

// fieldsMeasured reads from the selection which number fields are asked for, so that one statement measures them all.
func fieldsMeasured(ctx context.Context) ([]string, error) {
	operation := graphql.GetOperationContext(ctx)
	var ids []string
	for _, part := range graphql.CollectFieldsCtx(ctx, nil) {
		if part.Name != "rows" && part.Name != "totals" {
			continue
		}
		for _, measure := range graphql.CollectFields(operation, part.Selections, nil) {
			if measure.Name != "number" {
				continue
			}
			id, err := UnmarshalUUID(measure.ArgumentMap(operation.Variables)["field"])
			if err != nil {
				return nil, domain.Invalid(domain.WrongFormat("uuid", "", "number", "field"))
			}
			ids = append(ids, id)
		}
	}
	return ids, nil
}
