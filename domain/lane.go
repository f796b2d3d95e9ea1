package domain

import "context"

// A lane is the unarchived cards of one list, on every board of the workspace: they share one number line.

// lanePlace returns the place in a lane that the anchor names, and whether the card is there already. When the gap is
// too small the lane is renumbered first, which is told before the card moves. The lane stays locked.
func (s *Service) lanePlace(ctx context.Context, tx Store, who *Principal, card *Card, listID string, anchor Anchor) (Position, bool, error) {
	if err := tx.LockLane(ctx, listID); err != nil {
		return 0, false, err
	}
	before, after, err := s.neighbours(ctx, tx, card, listID, anchor)
	if err != nil {
		return 0, false, err
	}
	there := card.ListID == listID && (before == nil || *before < card.Position) && (after == nil || card.Position < *after)
	if there {
		return card.Position, true, nil
	}
	if position, ok := PositionBetween(before, after); ok {
		return position, false, nil
	}
	if err := s.renumber(ctx, tx, who, listID); err != nil {
		return 0, false, err
	}
	if before, after, err = s.neighbours(ctx, tx, card, listID, anchor); err != nil {
		return 0, false, err
	}
	position, _ := PositionBetween(before, after)
	return position, false, nil
}

// renumber makes room between the cards of a lane and tells every board that has cards there.
func (s *Service) renumber(ctx context.Context, tx Store, who *Principal, listID string) error {
	if err := tx.RenumberLane(ctx, listID); err != nil {
		return err
	}
	cards, err := tx.LaneCards(ctx, listID, "")
	if err != nil {
		return err
	}
	var boards []home
	positions := map[home][]Ranked{}
	for _, card := range cards {
		at := card.home()
		if positions[at] == nil {
			boards = append(boards, at)
		}
		positions[at] = append(positions[at], Ranked{ID: card.ID, Position: card.Position})
	}
	for _, at := range boards {
		if err := s.emit(ctx, tx, who, outgoing{home: at, Type: "card:rebalanced",
			Data: map[string]any{"boardId": at.BoardID, "listId": listID, "positions": rankedWire(positions[at])}}); err != nil {
			return err
		}
	}
	return nil
}

// neighbours returns the positions around the place that the anchor names, leaving out the card itself.
func (s *Service) neighbours(ctx context.Context, tx Store, card *Card, listID string, anchor Anchor) (before, after *Position, err error) {
	switch anchor.Kind {
	case AnchorTop, AnchorBottom:
		bottom := anchor.Kind == AnchorBottom
		end, err := tx.LaneEnd(ctx, listID, bottom)
		if err == nil && end != nil && card.ListID == listID && *end == card.Position {
			end, err = tx.LaneNeighbour(ctx, listID, *end, !bottom, card.ID)
		}
		if bottom {
			return end, nil, err
		}
		return nil, end, err
	case AnchorNone:
		return nil, nil, Invalid(Custom("say where it goes: after or before a card, or at an end", "input", "position"))
	}
	neighbour := &Card{ID: anchor.ID}
	err = tx.Load(ctx, neighbour)
	if CodeOf(err) == CodeNotFound || err == nil && (neighbour.ListID != listID || neighbour.ArchivedAt != nil) {
		return nil, nil, BadRequest("The card to move next to is not in the list.")
	}
	if err != nil {
		return nil, nil, err
	}
	next, err := tx.LaneNeighbour(ctx, listID, neighbour.Position, anchor.Kind == AnchorAfter, card.ID)
	if anchor.Kind == AnchorAfter {
		return &neighbour.Position, next, err
	}
	return next, &neighbour.Position, err
}
