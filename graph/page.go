package graph

import (
	"github.com/99designs/gqlgen/graphql"

	"kanera.dev/domain"
)

// pageOf reads the paging arguments of a connection.
func pageOf(first *int, after *string, rows *PageInput) (domain.Page, error) {
	var checks domain.Checks
	page := domain.Page{First: domain.DefaultPageSize}
	if rows != nil {
		page = domain.Page{ByRow: true, First: domain.MaxPageSize, All: true}
		if limit, ok := rows.Limit.ValueOK(); ok && limit != nil {
			checks.Between(*limit, 1, domain.MaxPageSize, "page", "limit")
			page.First, page.All = *limit, false
		}
		if offset, ok := rows.Offset.ValueOK(); ok && offset != nil && !page.All {
			checks.Between(*offset, 0, domain.MaxOffset, "page", "offset")
			page.Offset = *offset
		}
		return page, checks.Err()
	}
	if first != nil {
		checks.Between(*first, 1, domain.MaxPageSize, "first")
		page.First = *first
	}
	if after != nil {
		page.After = *after
	}
	return page, checks.Err()
}

// opt turns an argument that may be left out into a change.
func opt[T any](o graphql.Omittable[T]) domain.Opt[T] {
	value, given := o.ValueOK()
	return domain.Opt[T]{Set: given, Value: value}
}

// orZero returns the value of an optional argument, or the zero value.
func orZero[T any](p *T) (value T) {
	if p != nil {
		value = *p
	}
	return value
}
