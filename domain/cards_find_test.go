package domain_test

import (
	"slices"
	"testing"
	"time"

	"kanera.dev/domain"
)

// TestOneListIsInNoOrderOfLists: what the place of the list would say of its cards, it says of all of them.
func TestOneListIsInNoOrderOfLists(t *testing.T) {
	t.Parallel()
	list, other := new("a list"), new("another")
	by := func(fields ...domain.CardOrderField) (order []*domain.CardOrder) {
		for _, field := range fields {
			order = append(order, &domain.CardOrder{Field: &field, Direction: domain.Descending})
		}
		return order
	}
	for name, row := range map[string]struct {
		filter *domain.CardFilter
		order  []*domain.CardOrder
		want   []domain.CardOrderField
	}{
		"all lists":      {nil, nil, []domain.CardOrderField{domain.OrderList, domain.OrderPosition}},
		"one list":       {&domain.CardFilter{List: &domain.ListFilter{ID: &domain.IDFilter{Eq: list}}}, nil, []domain.CardOrderField{domain.OrderPosition}},
		"several lists":  {&domain.CardFilter{List: &domain.ListFilter{ID: &domain.IDFilter{In: []string{*list, *other}}}}, nil, []domain.CardOrderField{domain.OrderList, domain.OrderPosition}},
		"all but one":    {&domain.CardFilter{Not: &domain.CardFilter{List: &domain.ListFilter{ID: &domain.IDFilter{Eq: list}}}}, nil, []domain.CardOrderField{domain.OrderList, domain.OrderPosition}},
		"lists by name":  {&domain.CardFilter{List: &domain.ListFilter{Name: &domain.StringFilter{Eq: list}}}, nil, []domain.CardOrderField{domain.OrderList, domain.OrderPosition}},
		"an order given": {&domain.CardFilter{List: &domain.ListFilter{ID: &domain.IDFilter{Eq: list}}}, by(domain.OrderTitle, domain.OrderList, domain.OrderKey), []domain.CardOrderField{domain.OrderTitle, domain.OrderKey}},
		"only by list":   {&domain.CardFilter{List: &domain.ListFilter{ID: &domain.IDFilter{Eq: list}}}, by(domain.OrderList), nil},
	} {
		q, err := (&domain.Service{Now: time.Now}).Search(t.Context(), &domain.Principal{}, domain.CardSearch{Filter: row.filter, Order: row.order, Default: domain.ByListRank})
		var got []domain.CardOrderField
		for _, order := range q.Order {
			got = append(got, *order.Field)
		}
		if err != nil || !slices.Equal(got, row.want) {
			t.Errorf("%s: by %v, %v, want %v", name, got, err, row.want)
		}
	}
	if len(domain.ByListRank) != 2 {
		t.Error("the order of all searches was changed")
	}
}
