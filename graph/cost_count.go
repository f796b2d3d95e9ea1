package graph

import (
	"context"
	"reflect"

	"github.com/99designs/gqlgen/graphql"
)

// count adds a field to the bill of its operation once it is resolved: its weight for every element of a list that
// was really returned. Fields without a weight pass at the price of one look into a map.
func (p *prices) count(ctx context.Context, next graphql.Resolver) (any, error) {
	result, err := next(ctx)
	priced := p.drawn[graphql.GetFieldContext(ctx).Field.Definition]
	if priced == nil || priced.weight == 0 {
		return result, err
	}
	b := billOf(ctx)
	if b == nil {
		return result, err
	}
	elements := 1
	if priced.list {
		elements = lengthOf(result)
	}
	b.spent.Add(int64(elements) * int64(priced.weight))
	return result, err
}

func lengthOf(list any) int {
	if v := reflect.ValueOf(list); v.Kind() == reflect.Slice {
		return v.Len()
	}
	return 0
}
