package domain

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// CardComplete completes or reopens a card; nothing changes when it already is so.
func (s *Service) CardComplete(ctx context.Context, who *Principal, id string, completed bool) (*Card, error) {
	var card *Card
	err := s.Store.InTx(ctx, func(tx Store) (err error) {
		if card, err = s.editable(ctx, tx, who, id); err != nil || (card.CompletedAt != nil) == completed {
			return err
		}
		card.CompletedAt = nil
		if completed {
			now := s.Now()
			card.CompletedAt = &now
		}
		if err := s.saveCard(ctx, tx, who, card); err != nil {
			return err
		}
		return s.record(ctx, tx, who, entry{home: card.home(), EntityType: entityCard, EntityID: card.ID,
			Action: "completion:set", CoalesceKey: "card:completion", Window: time.Minute,
			Payload: map[string]any{"completedAt": stampOrNil(card.CompletedAt), "fromValue": !completed, "toValue": completed}})
	})
	return card, err
}

// CardArchive archives or restores a card; nothing changes when it already is so.
func (s *Service) CardArchive(ctx context.Context, who *Principal, id string, archived bool) (*Card, error) {
	var card *Card
	err := s.Store.InTx(ctx, func(tx Store) (err error) {
		if card, err = s.cardFor(ctx, tx, who, id); err != nil || (card.ArchivedAt != nil) == archived {
			return err
		}
		action := "unarchived"
		card.ArchivedAt = nil
		if archived {
			now := s.Now()
			action, card.ArchivedAt = "archived", &now
		} else if card.Position, err = s.laneReturn(ctx, tx, who, card); err != nil {
			return err
		}
		if err := s.saveCard(ctx, tx, who, card); err != nil {
			return err
		}
		return s.record(ctx, tx, who, entry{home: card.home(), EntityType: entityCard, EntityID: card.ID, Action: action,
			Payload: map[string]any{"title": card.Title, "archivedAt": stampOrNil(card.ArchivedAt)}})
	})
	return card, err
}

// laneReturn keeps a restored card where it was, unless another card has taken that place: then it goes right below.
func (s *Service) laneReturn(ctx context.Context, tx Store, who *Principal, card *Card) (Position, error) {
	if err := tx.LockLane(ctx, card.ListID); err != nil {
		return 0, err
	}
	cards, err := tx.LaneCards(ctx, card.ListID, "")
	if err != nil {
		return 0, err
	}
	taken := slices.IndexFunc(cards, func(other *Card) bool { return other.Position == card.Position })
	if taken < 0 {
		return card.Position, nil
	}
	position, _, err := s.lanePlace(ctx, tx, who, &Card{ID: card.ID}, card.ListID,
		Anchor{Kind: AnchorAfter, ID: cards[taken].ID})
	return position, err
}

// CardSetLabels replaces the labels of a card. Repeated, unknown and foreign ids are BAD_REQUEST.
func (s *Service) CardSetLabels(ctx context.Context, who *Principal, id string, labelIDs []string) (*Card, error) {
	var card *Card
	err := s.Store.InTx(ctx, func(tx Store) (err error) {
		if card, err = s.editable(ctx, tx, who, id); err != nil {
			return err
		}
		labels, err := s.labelsFor(ctx, tx, card.WorkspaceID, labelIDs)
		if err != nil {
			return err
		}
		current, err := tx.LabelIDsOf(ctx, []string{id})
		if err != nil {
			return err
		}
		before, after := current[id], idsOf(labels)
		if slices.Equal(before, after) {
			return nil
		}
		if err := tx.SetLabels(ctx, id, after); err != nil {
			return err
		}
		if err := s.emitSet(ctx, tx, who, card, "labels", after); err != nil {
			return err
		}
		return s.recordLabels(ctx, tx, who, card, before, labels)
	})
	return card, err
}

// labelsFor returns labels of a workspace, in its order.
func (s *Service) labelsFor(ctx context.Context, tx Store, workspaceID string, ids []string) ([]*Label, error) {
	known, err := tx.Labels(ctx, ids)
	if err != nil {
		return nil, err
	}
	return chosenLabels(known, workspaceID, ids)
}

// chosenLabels picks labels of a workspace out of known ones, and orders them.
func chosenLabels(known map[string]*Label, workspaceID string, ids []string) ([]*Label, error) {
	if len(unique(ids)) != len(ids) {
		return nil, BadRequest("Name every label once.")
	}
	labels := make([]*Label, 0, len(ids))
	for _, id := range ids {
		if known[id] == nil || known[id].WorkspaceID != workspaceID {
			return nil, BadRequest("A label does not belong to the workspace.")
		}
		labels = append(labels, known[id])
	}
	slices.SortFunc(labels, func(a, b *Label) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	return labels, nil
}

func (s *Service) recordLabels(ctx context.Context, tx Store, who *Principal, card *Card, before []string, labels []*Label) error {
	gone, err := tx.Labels(ctx, before)
	if err != nil {
		return err
	}
	names, added, removed, byID := []string{}, []string{}, []string{}, map[string]string{}
	for _, label := range labels {
		names, byID[label.ID] = append(names, label.Name), label.Name
		if !slices.Contains(before, label.ID) {
			added = append(added, label.Name)
		}
	}
	for _, id := range before {
		if gone[id] != nil && byID[id] == "" {
			removed = append(removed, gone[id].Name)
		}
	}
	after := idsOf(labels)
	return s.record(ctx, tx, who, entry{home: card.home(), EntityType: entityCard, EntityID: card.ID, Action: "labels:set",
		CoalesceKey: "card:labels", Window: 2 * time.Minute,
		Payload: map[string]any{"labelIds": after, "labelNames": names, "labelNamesById": byID, "addedLabelNames": added,
			"removedLabelNames": removed, "fromValue": append([]string{}, before...), "toValue": after}})
}

// CardSetAssignees replaces the assignees of a card. Only editors of the board can be added; repeated ids collapse.
func (s *Service) CardSetAssignees(ctx context.Context, who *Principal, id string, userIDs []string) (*Card, error) {
	var card *Card
	err := s.Store.InTx(ctx, func(tx Store) (err error) {
		if card, err = s.editable(ctx, tx, who, id); err != nil {
			return err
		}
		current, err := tx.AssigneeIDsOf(ctx, []string{id})
		if err != nil {
			return err
		}
		before, after := current[id], unique(userIDs)
		added := slices.DeleteFunc(slices.Clone(after), func(u string) bool { return slices.Contains(before, u) })
		if err := s.checkAssignable(ctx, tx, card.BoardID, added); err != nil {
			return err
		}
		if len(added) == 0 && len(before) == len(after) {
			return nil
		}
		if err := tx.SetAssignees(ctx, id, after, s.Now()); err != nil {
			return err
		}
		if err := s.emitSet(ctx, tx, who, card, "assignees", after); err != nil {
			return err
		}
		return s.record(ctx, tx, who, entry{home: card.home(), EntityType: entityCard, EntityID: card.ID,
			Action: "assignees:set", CoalesceKey: "card:assignees", Window: 2 * time.Minute,
			Payload: map[string]any{"assigneeIds": after, "fromValue": append([]string{}, before...), "toValue": after}})
	})
	return card, err
}

// checkAssignable refuses people who cannot edit the board.
func (s *Service) checkAssignable(ctx context.Context, tx Store, boardID string, userIDs []string) error {
	if len(userIDs) == 0 {
		return nil
	}
	editors, err := tx.EditorIDs(ctx, boardID, userIDs)
	if err != nil {
		return err
	}
	return allEditors(editors, userIDs)
}

func allEditors(editors map[string]bool, userIDs []string) error {
	for _, id := range userIDs {
		if !editors[id] {
			return BadRequest("Only editors of the board can be assigned.")
		}
	}
	return nil
}
