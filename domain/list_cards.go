package domain

import (
	"context"
	"math"
	"slices"
)

// What lists do to all their cards at once. Archived cards stay as they are, and so do cards the caller cannot change.

// ListMoveCardsInput says where the cards of a list go.
type ListMoveCardsInput struct {
	TargetListID string
	BoardID      *string // only cards of this board
}

// ListMoveCards moves the cards of a list to the top of another list of the workspace, keeping their order, and
// returns how many. It needs the editor role on BoardID, or workspace admin without one.
func (s *Service) ListMoveCards(ctx context.Context, who *Principal, id string, in ListMoveCardsInput) (int, error) {
	return inTx(ctx, s.Store, func(tx Store) (int, error) {
		list, err := s.listForCards(ctx, tx, who, id, in.BoardID)
		if err != nil {
			return 0, err
		}
		target := &List{ID: in.TargetListID}
		if err := tx.Load(ctx, target); err != nil {
			return 0, err
		}
		if target.ID == list.ID || target.WorkspaceID != list.WorkspaceID {
			return 0, BadRequest("The target has to be another list of the same workspace.")
		}
		cards, err := s.lockCards(ctx, tx, who, list.ID, in.BoardID, target.ID)
		if err != nil || len(cards) == 0 {
			return 0, err
		}
		if err := s.stack(ctx, tx, who, cards, target); err != nil {
			return 0, err
		}
		return len(cards), s.note(ctx, tx, who, list, "updated", map[string]any{"cardsMoved": len(cards), "toListId": target.ID})
	})
}

// ListArchiveCards archives the cards of a list and returns how many. It needs the editor role on boardID, or
// workspace admin without one.
func (s *Service) ListArchiveCards(ctx context.Context, who *Principal, id string, boardID *string) (int, error) {
	return inTx(ctx, s.Store, func(tx Store) (int, error) {
		list, err := s.listForCards(ctx, tx, who, id, boardID)
		if err != nil {
			return 0, err
		}
		cards, err := s.lockCards(ctx, tx, who, list.ID, boardID)
		if err != nil || len(cards) == 0 {
			return 0, err
		}
		now := s.Now()
		for _, card := range cards {
			card.ArchivedAt, card.UpdatedAt = &now, now
			if err := s.saveListedCard(ctx, tx, who, card); err != nil {
				return 0, err
			}
		}
		return len(cards), s.note(ctx, tx, who, list, "updated", map[string]any{"cardsArchived": len(cards)})
	})
}

// ListCompleteCards completes or reopens the cards of a list on every board of the workspace that the caller may
// edit, and returns how many changed. It needs the editor role on boardID.
func (s *Service) ListCompleteCards(ctx context.Context, who *Principal, id, boardID string, completed bool) (int, error) {
	return inTx(ctx, s.Store, func(tx Store) (int, error) {
		list, err := s.listForCards(ctx, tx, who, id, &boardID)
		if err != nil {
			return 0, err
		}
		cards, err := s.lockCards(ctx, tx, who, list.ID, nil)
		if err != nil {
			return 0, err
		}
		cards = slices.DeleteFunc(cards, func(c *Card) bool { return (c.CompletedAt != nil) == completed })
		for _, card := range cards {
			if err := s.completeListed(ctx, tx, who, card, completed); err != nil {
				return 0, err
			}
		}
		return len(cards), nil
	})
}

func (s *Service) completeListed(ctx context.Context, tx Store, who *Principal, card *Card, completed bool) error {
	action, now := "uncompleted", s.Now()
	card.CompletedAt, card.UpdatedAt = nil, now
	if completed {
		action, card.CompletedAt = "completed", &now
	}
	if err := s.saveListedCard(ctx, tx, who, card); err != nil {
		return err
	}
	return s.record(ctx, tx, who, entry{home: card.home(), EntityType: entityCard, EntityID: card.ID, Action: action,
		Payload: map[string]any{"completedAt": stampOrNil(card.CompletedAt)}})
}

func (s *Service) saveListedCard(ctx context.Context, tx Store, who *Principal, card *Card) error {
	if err := tx.Update(ctx, card); err != nil {
		return err
	}
	return s.emit(ctx, tx, who, outgoing{home: card.home(), CardID: card.ID, Type: "card:updated",
		Data: map[string]any{"boardId": card.BoardID, "card": card.wire()}})
}

// listForCards returns a list whose cards the caller may change: on the given board, or on all of them.
func (s *Service) listForCards(ctx context.Context, tx Store, who *Principal, id string, boardID *string) (*List, error) {
	list := &List{ID: id}
	if boardID == nil {
		return list, s.partFor(ctx, tx, who, list, tx.Load)
	}
	if err := tx.Load(ctx, list); err != nil {
		return nil, err
	}
	board, _, err := s.boardFor(ctx, tx, who, *boardID, editBoard)
	if err != nil {
		return nil, err
	}
	if board.WorkspaceID != list.WorkspaceID {
		return nil, BadRequest("List and board belong to different workspaces.")
	}
	return list, nil
}

// lockCards returns the cards of a list, of one board or all, that the caller may change, in their order. It locks
// them, the lane, and the other lanes named.
func (s *Service) lockCards(ctx context.Context, tx Store, who *Principal, listID string, boardID *string, others ...string) ([]*Card, error) {
	lanes := append([]string{listID}, others...)
	slices.Sort(lanes) // one order for everybody, against deadlocks
	for _, lane := range lanes {
		if err := tx.LockLane(ctx, lane); err != nil {
			return nil, err
		}
	}
	board := ""
	if boardID != nil {
		board = *boardID
	}
	cards, err := tx.LaneCards(ctx, listID, board)
	if err != nil || len(cards) == 0 {
		return nil, err
	}
	return s.changeable(ctx, tx, who, cards)
}

// changeable keeps the cards that the caller sees on boards they may edit. Two statements, whatever the number of
// cards.
func (s *Service) changeable(ctx context.Context, tx Store, who *Principal, cards []*Card) ([]*Card, error) {
	ids, boards := make([]string, len(cards)), []string{}
	for i, card := range cards {
		ids[i] = card.ID
		if !slices.Contains(boards, card.BoardID) {
			boards = append(boards, card.BoardID)
		}
	}
	accesses, err := tx.BoardAccesses(ctx, who, boards)
	if err != nil {
		return nil, err
	}
	visible, err := tx.VisibleCards(ctx, who, ids)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(cards, func(c *Card) bool {
		return !visible[c.ID] || canUseBoard(who, accesses[c.BoardID], editBoard) != nil
	}), nil
}

// stack puts cards on top of a list, in their order.
func (s *Service) stack(ctx context.Context, tx Store, who *Principal, cards []*Card, target *List) error {
	first, err := s.roomAbove(ctx, tx, who, cards, target.ID)
	if err != nil {
		return err
	}
	now := s.Now()
	for i, card := range cards {
		fromList, from := card.ListID, card.Position
		card.ListID, card.UpdatedAt = target.ID, now
		card.Position = first + Position(i)*PositionStep
		if err := tx.Update(ctx, card); err != nil {
			return err
		}
		err := s.emit(ctx, tx, who, outgoing{home: card.home(), CardID: card.ID, Type: "card:moved",
			Data: map[string]any{"boardId": card.BoardID, "cardId": card.ID, "fromListId": fromList,
				"toListId": target.ID, "position": card.Position, "prevPosition": from}})
		if err != nil {
			return err
		}
	}
	return nil
}

// roomAbove returns where the first of the cards goes on top of a list. At the end of the number line the list is
// renumbered first.
func (s *Service) roomAbove(ctx context.Context, tx Store, who *Principal, cards []*Card, listID string) (Position, error) {
	top, err := tx.LaneEnd(ctx, listID, false)
	if err != nil {
		return 0, err
	}
	if top == nil {
		return PositionStep, nil
	}
	height := Position(len(cards)) * PositionStep
	if *top >= math.MinInt64+height {
		return *top - height, nil
	}
	return PositionStep - height, s.renumber(ctx, tx, who, listID)
}
