package domain

import (
	"context"
	"slices"
)

// CardCreate makes a card. With a client token that was used before, it answers the first card and changes nothing.
func (s *Service) CardCreate(ctx context.Context, who *Principal, in NewCard) (*Card, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	card, err := s.createCard(ctx, who, in)
	if CodeOf(err) == CodeConflict && in.ClientToken != nil { // the same token won a race: it is there now
		return s.createCard(ctx, who, in)
	}
	return card, err
}

func (in NewCard) check() error {
	var checks Checks
	checks.Text(in.Title, 1, maxCardTitle, "input", "title")
	if in.Description != nil {
		checks.Text(*in.Description, 0, maxCardDescription, "input", "description")
	}
	in.Due.check(&checks)
	return checks.Err()
}

func (s *Service) createCard(ctx context.Context, who *Principal, in NewCard) (card *Card, err error) {
	err = s.Store.InTx(ctx, func(tx Store) error {
		ground, err := tx.CardGround(ctx, who, in)
		if err != nil {
			return err
		}
		if err := ground.judge(who); err != nil {
			return err
		}
		if card, err = s.earlierCard(ctx, tx, who, ground.EarlierID, in); card != nil || err != nil {
			return err
		}
		if err := s.checkMedia(in.Description, nil); err != nil {
			return err
		}
		if ground.ListWorkspaceID != ground.Board.WorkspaceID {
			return BadRequest("The list belongs to another workspace.")
		}
		if ground.Access.AssignedItemsOnly { // else the creator could not see the card
			in.AssigneeIDs = append([]string{who.UserID}, in.AssigneeIDs...)
			if ground.Editors, err = tx.EditorIDs(ctx, ground.Board.ID, in.AssigneeIDs); err != nil {
				return err
			}
		}
		card, err = s.addCard(ctx, tx, who, ground, in)
		return err
	})
	return card, err
}

// addCard checks what is to hang on a new card, writes it all and tells everybody.
func (s *Service) addCard(ctx context.Context, tx Store, who *Principal, ground *CardGround, in NewCard) (*Card, error) {
	assignees := unique(in.AssigneeIDs)
	if err := allEditors(ground.Editors, assignees); err != nil {
		return nil, err
	}
	labels, err := chosenLabels(ground.Labels, ground.Board.WorkspaceID, in.LabelIDs)
	if err != nil {
		return nil, err
	}
	anchor := Anchor{Kind: AnchorBottom}
	if in.AtTop {
		anchor.Kind = AnchorTop
	}
	card, err := s.insertCard(ctx, tx, who, ground, in, anchor)
	if err != nil {
		return nil, err
	}
	return card, s.announceCard(ctx, tx, who, card, labels, assignees, map[string]any{"title": card.Title, "listId": card.ListID})
}

// earlierCard returns the card that the client token made before; nil when there is none.
func (s *Service) earlierCard(ctx context.Context, tx Store, who *Principal, id string, in NewCard) (*Card, error) {
	if id == "" {
		return nil, nil
	}
	card := &Card{ID: id}
	if err := tx.Load(ctx, card); err != nil {
		return nil, err
	}
	if card.BoardID != in.BoardID || card.ListID != in.ListID || card.CreatedByID != who.UserID {
		return nil, BadRequest("The client token was used for another card.")
	}
	return card, nil
}

// insertCard gives the card its place and writes it. Without a number, what the caller was judged by has changed since.
func (s *Service) insertCard(ctx context.Context, tx Store, who *Principal, ground *CardGround, in NewCard, anchor Anchor) (*Card, error) {
	if ground.Number == 0 {
		return nil, Conflict("The board was changed at the same time: try again.")
	}
	board, id, now := ground.Board, s.NewID(), s.Now()
	position, err := s.cardSeat(ctx, tx, who, ground, &Card{ID: id}, in.ListID, anchor)
	if err != nil {
		return nil, err
	}
	card := &Card{ID: id, OrganisationID: board.OrganisationID, OrganisationKey: ground.OrganisationKey,
		WorkspaceID: board.WorkspaceID, BoardID: board.ID, ListID: in.ListID, KeyPrefix: ground.KeyPrefix,
		Number: ground.Number, Title: in.Title, Description: in.Description, Position: position,
		CreatedByID: who.UserID, ClientToken: in.ClientToken, Version: 1, CreatedAt: now, UpdatedAt: now}
	in.Due.apply(card, who)
	return card, tx.Insert(ctx, card)
}

// cardSeat finds the place of a new card. An end of the lane with room asks nothing more.
func (s *Service) cardSeat(ctx context.Context, tx Store, who *Principal, ground *CardGround, card *Card, listID string, anchor Anchor) (Position, error) {
	position, free := Position(0), false
	switch anchor.Kind {
	case AnchorTop:
		position, free = PositionBetween(nil, ground.LaneEnd)
	case AnchorBottom:
		position, free = PositionBetween(ground.LaneEnd, nil)
	}
	if free {
		return position, nil
	}
	position, _, err := s.lanePlace(ctx, tx, who, card, listID, anchor)
	return position, err
}

// announceCard writes what hangs on a new card and tells everybody: the card first, then its feed entry, then
// labels and assignees.
func (s *Service) announceCard(ctx context.Context, tx Store, who *Principal, card *Card, labels []*Label, assignees []string, created map[string]any) error {
	if err := s.emit(ctx, tx, who, outgoing{home: card.home(), CardID: card.ID, Type: "card:created",
		Data: map[string]any{"boardId": card.BoardID, "card": card.wire()}}); err != nil {
		return err
	}
	if err := s.record(ctx, tx, who, entry{home: card.home(), EntityType: entityCard, EntityID: card.ID,
		Action: "created", Payload: created}); err != nil {
		return err
	}
	if len(labels) > 0 {
		ids := idsOf(labels)
		if err := tx.Insert(ctx, NewCardLabels(card.ID, ids)); err != nil {
			return err
		}
		if err := s.emitSet(ctx, tx, who, card, "labels", ids); err != nil {
			return err
		}
	}
	if len(assignees) > 0 {
		if err := tx.Insert(ctx, NewCardAssignees(card.ID, assignees, s.Now())); err != nil {
			return err
		}
		return s.emitSet(ctx, tx, who, card, "assignees", assignees)
	}
	return nil
}

// emitSet tells which labels or assignees a card has now.
func (s *Service) emitSet(ctx context.Context, tx Store, who *Principal, card *Card, what string, ids []string) error {
	member := map[string]string{"labels": "labelIds", "assignees": "assigneeIds"}[what]
	return s.emit(ctx, tx, who, outgoing{home: card.home(), CardID: card.ID, Type: "card:" + what + ":set",
		Data: map[string]any{"boardId": card.BoardID, "cardId": card.ID, member: ids}})
}

// unique drops repeated ids and keeps the order of the first ones.
func unique(ids []string) []string {
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func idsOf(labels []*Label) []string {
	ids := make([]string, len(labels))
	for i, label := range labels {
		ids[i] = label.ID
	}
	return ids
}
