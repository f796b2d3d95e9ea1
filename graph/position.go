package graph

import (
	"github.com/99designs/gqlgen/graphql"

	"kanera.dev/domain"
)

// anchor reads where something goes; after wins over before, and a null neighbour is the end of the order.
func (p PositionInput) anchor() domain.Anchor {
	switch {
	case p.After.IsSet():
		return nextTo(p.After.Value(), domain.AnchorAfter, domain.AnchorTop)
	case p.Before.IsSet():
		return nextTo(p.Before.Value(), domain.AnchorBefore, domain.AnchorBottom)
	case orZero(p.Top.Value()):
		return domain.Anchor{Kind: domain.AnchorTop}
	case orZero(p.Bottom.Value()):
		return domain.Anchor{Kind: domain.AnchorBottom}
	}
	return domain.Anchor{}
}

// anchor reads where a card goes. Separators cannot be neighbours: there are none.
func (p CardPositionInput) anchor() (domain.Anchor, error) {
	if p.AfterItem.IsSet() && p.After.IsSet() || p.BeforeItem.IsSet() && p.Before.IsSet() {
		return domain.Anchor{}, domain.Invalid(domain.Custom("name a neighbour in one way only"))
	}
	for _, item := range []*LaneItemInput{p.AfterItem.Value(), p.BeforeItem.Value()} {
		if item != nil && item.Type != domain.LaneCard {
			return domain.Anchor{}, domain.BadRequest("There is no such separator in the list.")
		}
	}
	plain := PositionInput{Top: p.Top, Bottom: p.Bottom, After: p.After, Before: p.Before}
	if p.AfterItem.IsSet() {
		plain.After = graphql.OmittableOf(itemID(p.AfterItem.Value()))
	}
	if p.BeforeItem.IsSet() {
		plain.Before = graphql.OmittableOf(itemID(p.BeforeItem.Value()))
	}
	return plain.anchor(), nil
}

func itemID(item *LaneItemInput) *string {
	if item == nil {
		return nil
	}
	return &item.ID
}

func nextTo(id *string, kind, end domain.AnchorKind) domain.Anchor {
	if id == nil {
		return domain.Anchor{Kind: end}
	}
	return domain.Anchor{Kind: kind, ID: *id}
}
