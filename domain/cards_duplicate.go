package domain

import (
	"context"
	"encoding/json"
	"strings"
)

// CardCopy says where a copy goes; empty members mean where the original is.
type CardCopy struct {
	BoardID, ListID string
	AtTop           bool
}

// CardDuplicate copies a card. The copy stands right below the original when it stays in its lane, at the top on
// another board or when asked, else at the bottom. Into another workspace, labels, fields and options are matched by
// name, and the list too unless it is given.
func (s *Service) CardDuplicate(ctx context.Context, who *Principal, id string, in CardCopy) (*Card, error) {
	var twin *Card
	err := s.Store.InTx(ctx, func(tx Store) error {
		source, err := s.editable(ctx, tx, who, id)
		if err != nil {
			return err
		}
		if in.BoardID == "" {
			in.BoardID = source.BoardID
		}
		board, access, err := s.boardFor(ctx, tx, who, in.BoardID, editBoard)
		if err != nil {
			return err
		}
		if in.ListID, err = s.listForCopy(ctx, tx, source, board, in.ListID); err != nil {
			return err
		}
		if twin, err = s.insertCopy(ctx, tx, who, source, board, in); err != nil {
			return err
		}
		return s.fillCopy(ctx, tx, who, source, twin, access)
	})
	return twin, err
}

// listForCopy finds the list of a copy: the given one, the original's, or in another workspace the only one of the
// same name.
func (s *Service) listForCopy(ctx context.Context, tx Store, source *Card, board *Board, listID string) (string, error) {
	if listID == "" && board.WorkspaceID == source.WorkspaceID {
		return source.ListID, nil
	}
	if listID != "" {
		return listID, s.checkList(ctx, tx, listID, board.WorkspaceID)
	}
	own := &List{ID: source.ListID}
	if err := tx.Load(ctx, own); err != nil {
		return "", err
	}
	lists, err := tx.ListsOf(ctx, []string{board.WorkspaceID})
	if err != nil {
		return "", err
	}
	for _, list := range lists[board.WorkspaceID] {
		if !strings.EqualFold(list.Name, own.Name) {
			continue
		}
		if listID != "" {
			return "", BadRequest("Several lists there have this name: name the list.")
		}
		listID = list.ID
	}
	if listID == "" {
		return "", BadRequest("No list there has this name: name the list.")
	}
	return listID, nil
}

func (s *Service) insertCopy(ctx context.Context, tx Store, who *Principal, source *Card, board *Board, in CardCopy) (*Card, error) {
	anchor := Anchor{Kind: AnchorBottom}
	switch {
	case in.AtTop || board.ID != source.BoardID:
		anchor.Kind = AnchorTop
	case in.ListID == source.ListID:
		anchor = Anchor{Kind: AnchorAfter, ID: source.ID}
	}
	copied := NewCard{BoardID: board.ID, ListID: in.ListID, AtTop: anchor.Kind == AnchorTop, Title: source.Title, Description: source.Description,
		Due: DuePatch{Date: Some(source.DueDay), Slot: Some(source.DueSlot), TimeZone: source.DueTimeZone}}
	ground, err := tx.CardGround(ctx, who, copied)
	if err != nil {
		return nil, err
	}
	return s.insertCard(ctx, tx, who, ground, copied, anchor)
}

// fillCopy copies what hangs on the original and tells everybody.
func (s *Service) fillCopy(ctx context.Context, tx Store, who *Principal, source, twin *Card, access *BoardAccess) error {
	labels, err := s.labelsForCopy(ctx, tx, source, twin)
	if err != nil {
		return err
	}
	current, err := tx.AssigneeIDsOf(ctx, []string{source.ID})
	if err != nil {
		return err
	}
	editors, err := tx.EditorIDs(ctx, twin.BoardID, current[source.ID])
	if err != nil {
		return err
	}
	assignees := []string{}
	for _, id := range current[source.ID] {
		if editors[id] {
			assignees = append(assignees, id)
		}
	}
	if access.AssignedItemsOnly {
		assignees = unique(append(assignees, who.UserID))
	}
	if err := s.copyValues(ctx, tx, source, twin); err != nil {
		return err
	}
	if err := s.copyHistory(ctx, tx, source, twin); err != nil {
		return err
	}
	return s.announceCard(ctx, tx, who, twin, labels, assignees,
		map[string]any{"title": twin.Title, "listId": twin.ListID, "duplicatedFromId": source.ID, "duplicatedFromKey": source.Key()})
}

func (s *Service) labelsForCopy(ctx context.Context, tx Store, source, twin *Card) ([]*Label, error) {
	ids, err := tx.LabelIDsOf(ctx, []string{source.ID})
	if err != nil || len(ids[source.ID]) == 0 {
		return nil, err
	}
	if source.WorkspaceID == twin.WorkspaceID {
		return s.labelsFor(ctx, tx, twin.WorkspaceID, ids[source.ID])
	}
	own, err := tx.Labels(ctx, ids[source.ID])
	if err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, label := range own {
		wanted[strings.ToLower(label.Name)] = true
	}
	there, err := tx.LabelsOf(ctx, []string{twin.WorkspaceID})
	labels := []*Label{}
	for _, label := range there[twin.WorkspaceID] {
		if name := strings.ToLower(label.Name); wanted[name] {
			labels, wanted[name] = append(labels, label), false
		}
	}
	return labels, err
}

// copyHistory gives the copy the visible history of the original. The product wrote it down again, so the product
// is its actor; who did it stands in the payload.
func (s *Service) copyHistory(ctx context.Context, tx Store, source, twin *Card) error {
	history, err := tx.ActivityOfCard(ctx, source.ID)
	if err != nil {
		return err
	}
	copies := make([]*Activity, 0, len(history))
	for _, a := range history {
		var payload map[string]any
		if !a.FeedVisible || json.Unmarshal(a.Payload, &payload) != nil {
			continue
		}
		payload["originalActorName"] = a.Actor().Name
		entry := entry{home: twin.home(), EntityType: entityCard, EntityID: twin.ID, Action: a.Action, Payload: payload}
		again, err := newActivity(s.NewID(), actorOf(nil), entry, a.CreatedAt)
		if err != nil {
			return err
		}
		copies = append(copies, again)
	}
	if len(copies) == 0 {
		return nil
	}
	return tx.Insert(ctx, copies)
}

// copyValues copies field values; into another workspace only those whose field exists there by name and type.
func (s *Service) copyValues(ctx context.Context, tx Store, source, twin *Card) error {
	values, err := tx.FieldValuesOf(ctx, []string{source.ID})
	if err != nil {
		return err
	}
	match := func(v *FieldValue) *FieldValue { return v }
	if source.WorkspaceID != twin.WorkspaceID && len(values[source.ID]) > 0 {
		if match, err = s.fieldMatcher(ctx, tx, source.WorkspaceID, twin.WorkspaceID); err != nil {
			return err
		}
	}
	for _, value := range values[source.ID] {
		if again := match(value); again != nil {
			again.CardID, again.UpdatedAt = twin.ID, s.Now()
			if err := tx.SetFieldValue(ctx, again); err != nil {
				return err
			}
		}
	}
	return nil
}

// fieldMatcher returns what turns a value of one workspace into one of another, or into nil when no field there
// has the name and type. Options are matched by label; people stay.
func (s *Service) fieldMatcher(ctx context.Context, tx Store, from, to string) (func(*FieldValue) *FieldValue, error) {
	fields, err := tx.CustomFieldsOf(ctx, []string{from, to})
	if err != nil {
		return nil, err
	}
	var ids []string
	signature := func(f *CustomField) string { return string(f.Type) + " " + strings.ToLower(f.Name) }
	there, names := map[string]*CustomField{}, map[string]string{}
	for _, f := range fields[to] {
		there[signature(f)] = f
		ids = append(ids, f.ID)
	}
	for _, f := range fields[from] {
		names[f.ID] = signature(f)
		ids = append(ids, f.ID)
	}
	options, err := tx.OptionsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	return func(v *FieldValue) *FieldValue {
		field := there[names[v.FieldID]]
		if field == nil {
			return nil
		}
		again := *v
		again.OptionIDs = sameLabels(options[v.FieldID], options[field.ID], v.OptionIDs)
		again.FieldID = field.ID
		return &again
	}, nil
}

// sameLabels returns the options there that are labelled like the chosen ones here.
func sameLabels(here, there []*CustomFieldOption, chosen IDs) IDs {
	var ids IDs
	for _, id := range chosen {
		for _, own := range here {
			for _, other := range there {
				if own.ID == id && strings.EqualFold(own.Label, other.Label) {
					ids = append(ids, other.ID)
				}
			}
		}
	}
	return ids
}
