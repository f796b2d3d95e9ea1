package domain

import (
	"context"
	"time"
)

// CardMove moves a card within its list or to another list of its workspace. Moving it to where it is changes
// nothing.
func (s *Service) CardMove(ctx context.Context, who *Principal, id, listID string, anchor Anchor) (*Card, error) {
	if anchor.Kind == AnchorNone {
		return nil, Invalid(Custom("say where it goes: after or before a card, or at an end"))
	}
	var card *Card
	err := s.Store.InTx(ctx, func(tx Store) (err error) {
		if card, err = s.editable(ctx, tx, who, id); err != nil {
			return err
		}
		if err := s.checkList(ctx, tx, listID, card.WorkspaceID); err != nil {
			return err
		}
		if anchor.ID == card.ID && listID == card.ListID {
			return nil
		}
		position, there, err := s.lanePlace(ctx, tx, who, card, listID, anchor)
		if err != nil || there {
			return err
		}
		from, prev := card.ListID, card.Position
		card.ListID, card.Position, card.UpdatedAt = listID, position, s.Now()
		if err := tx.Update(ctx, card); err != nil {
			return err
		}
		return s.announceCardMove(ctx, tx, who, card, from, prev)
	})
	return card, err
}

// announceCardMove tells that a card moved; only a change of list is history.
func (s *Service) announceCardMove(ctx context.Context, tx Store, who *Principal, card *Card, from string, prev Position) error {
	if err := s.emit(ctx, tx, who, outgoing{home: card.home(), CardID: card.ID, Type: "card:moved",
		Data: map[string]any{"boardId": card.BoardID, "cardId": card.ID, "fromListId": from, "toListId": card.ListID,
			"position": card.Position, "prevPosition": prev}}); err != nil {
		return err
	}
	if from == card.ListID {
		return nil
	}
	return s.record(ctx, tx, who, entry{home: card.home(), EntityType: entityCard, EntityID: card.ID, Action: "moved",
		Payload: map[string]any{"fromListId": from, "toListId": card.ListID, "prevPosition": prev, "position": card.Position}})
}

// checkList refuses lists of other workspaces.
func (s *Service) checkList(ctx context.Context, tx Store, listID, workspaceID string) error {
	list := &List{ID: listID}
	if err := tx.Load(ctx, list); err != nil {
		return err
	}
	if list.WorkspaceID != workspaceID {
		return BadRequest("The list belongs to another workspace.")
	}
	return nil
}

// CardMoveToBoard moves a card to the top of a list on another board of its workspace. An empty listID keeps the
// list. Assignees stay, even those who cannot open the new board.
func (s *Service) CardMoveToBoard(ctx context.Context, who *Principal, id, boardID, listID string) (*Card, error) {
	var card *Card
	err := s.Store.InTx(ctx, func(tx Store) (err error) {
		if card, err = s.editable(ctx, tx, who, id); err != nil {
			return err
		}
		board, _, err := s.boardFor(ctx, tx, who, boardID, editBoard)
		if err != nil {
			return err
		}
		if board.WorkspaceID != card.WorkspaceID || board.ID == card.BoardID {
			return BadRequest("Name another board of the same workspace.")
		}
		if listID == "" {
			listID = card.ListID
		} else if err := s.checkList(ctx, tx, listID, card.WorkspaceID); err != nil {
			return err
		}
		return s.changeBoard(ctx, tx, who, card, board, listID)
	})
	return card, err
}

func (s *Service) changeBoard(ctx context.Context, tx Store, who *Principal, card *Card, board *Board, listID string) error {
	position, _, err := s.lanePlace(ctx, tx, who, card, listID, Anchor{Kind: AnchorTop})
	if err != nil {
		return err
	}
	from := *card
	card.BoardID, card.ListID, card.Position, card.UpdatedAt = board.ID, listID, position, s.Now()
	if err := tx.Update(ctx, card); err != nil {
		return err
	}
	if err := s.emit(ctx, tx, who, outgoing{home: from.home(), CardID: card.ID, Type: "card:deleted",
		Data: map[string]any{"boardId": from.BoardID, "cardId": card.ID}}); err != nil {
		return err
	}
	if err := s.emit(ctx, tx, who, outgoing{home: card.home(), CardID: card.ID, Type: "card:created",
		Data: map[string]any{"boardId": card.BoardID, "card": card.wire()}}); err != nil {
		return err
	}
	if err := s.record(ctx, tx, who, entry{home: card.home(), EntityType: entityCard, EntityID: card.ID, Action: "moved",
		CoalesceKey: "card:board", Window: time.Minute,
		Payload: map[string]any{"fromBoardId": from.BoardID, "toBoardId": card.BoardID, "fromListId": from.ListID,
			"toListId": card.ListID, "fromValue": from.BoardID, "toValue": card.BoardID}}); err != nil {
		return err
	}
	return s.echoSets(ctx, tx, who, card)
}

// echoSets tells the labels and assignees of a card to those who meet it on a new board.
func (s *Service) echoSets(ctx context.Context, tx Store, who *Principal, card *Card) error {
	labels, err := tx.LabelIDsOf(ctx, []string{card.ID})
	if err != nil {
		return err
	}
	if ids := labels[card.ID]; len(ids) > 0 {
		if err := s.emitSet(ctx, tx, who, card, "labels", ids); err != nil {
			return err
		}
	}
	assignees, err := tx.AssigneeIDsOf(ctx, []string{card.ID})
	if err != nil {
		return err
	}
	if ids := assignees[card.ID]; len(ids) > 0 {
		return s.emitSet(ctx, tx, who, card, "assignees", ids)
	}
	return nil
}
