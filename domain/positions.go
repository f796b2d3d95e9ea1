package domain

import (
	"context"
	"slices"
)

// place finds the position for the row with this id among its siblings and locks them; row is a *Board, *List,
// *Label, *CustomField or *CustomFieldOption with its parent's id. The caller writes the position to the row.
//
// When the gap at the place is too small, all siblings are renumbered, written and returned in their new order;
// the position is then the renumbered one. An unknown neighbour is BAD_REQUEST, no anchor at all VALIDATION.
func (s *Service) place(ctx context.Context, tx Store, row any, id string, anchor Anchor) (Position, []Ranked, error) {
	siblings, err := tx.Siblings(ctx, row)
	if err != nil {
		return 0, nil, err
	}
	position, rebalanced, err := arrange(siblings, id, anchor)
	if err != nil || rebalanced == nil {
		return position, nil, err
	}
	return position, rebalanced, tx.SetPositions(ctx, row, rebalanced)
}

// arrange is place without the store. Siblings may hold the moved one; it stays where it is when the anchor names
// itself.
func arrange(siblings []Ranked, id string, anchor Anchor) (Position, []Ranked, error) {
	others := slices.DeleteFunc(slices.Clone(siblings), func(r Ranked) bool { return r.ID == id })
	at, err := insertAt(siblings, others, id, anchor)
	if err != nil {
		return 0, nil, err
	}
	var before, after *Position
	if at > 0 {
		before = &others[at-1].Position
	}
	if at < len(others) {
		after = &others[at].Position
	}
	if position, ok := PositionBetween(before, after); ok {
		return position, nil, nil
	}
	order := slices.Insert(others, at, Ranked{ID: id})
	for i := range order {
		order[i].Position = PositionAt(i)
	}
	return order[at].Position, order, nil
}

// insertAt returns the index among the others that the anchor names.
func insertAt(siblings, others []Ranked, id string, anchor Anchor) (int, error) {
	switch anchor.Kind {
	case AnchorTop:
		return 0, nil
	case AnchorBottom:
		return len(others), nil
	case AnchorNone:
		return 0, Invalid(Custom("say where it goes: after or before a neighbour, or at an end"))
	}
	named := func(r Ranked) bool { return r.ID == anchor.ID }
	at := slices.IndexFunc(others, named)
	if at < 0 && anchor.ID == id {
		at = slices.IndexFunc(siblings, named)
		if at >= 0 {
			return at, nil
		}
	}
	switch {
	case at < 0:
		return 0, BadRequest("The neighbour to move next to is not among the siblings.")
	case anchor.Kind == AnchorAfter:
		return at + 1, nil
	}
	return at, nil
}
