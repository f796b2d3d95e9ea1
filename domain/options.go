package domain

import "context"

// CustomFieldOptionCreateInput is a new option of a select field.
type CustomFieldOptionCreateInput struct {
	FieldID string
	Label   string
	Color   *Color
}

// CustomFieldOptionPatch is a change to an option. Only the colour may be null.
type CustomFieldOptionPatch struct {
	Label           Opt[*string]
	Color           Opt[*Color]
	ExpectedVersion *int
}

// CustomFieldOptionCreate adds an option at the end of a select field. The label need not be unique.
func (s *Service) CustomFieldOptionCreate(ctx context.Context, who *Principal, in CustomFieldOptionCreateInput) (*CustomFieldOption, error) {
	var checks Checks
	checks.Text(in.Label, 1, maxOptionLabel, "input", "label")
	if err := checks.Err(); err != nil {
		return nil, err
	}
	return inTx(ctx, s.Store, func(tx Store) (*CustomFieldOption, error) {
		field := &CustomField{ID: in.FieldID}
		if err := s.partFor(ctx, tx, who, field, tx.Load); err != nil {
			return nil, err
		}
		if field.Type != FieldSelect {
			return nil, errNoSelect()
		}
		now := s.Now()
		option := &CustomFieldOption{ID: s.NewID(), OrganisationID: field.OrganisationID, WorkspaceID: field.WorkspaceID,
			FieldID: field.ID, Label: in.Label, Color: in.Color, Version: 1, CreatedAt: now, UpdatedAt: now}
		if err := s.insertLast(ctx, tx, option); err != nil {
			return nil, err
		}
		return option, s.optionChanged(ctx, tx, who, option, "created", map[string]any{"optionLabel": option.Label})
	})
}

// CustomFieldOptionUpdate changes an option. A patch without members only touches it.
func (s *Service) CustomFieldOptionUpdate(ctx context.Context, who *Principal, id string, patch CustomFieldOptionPatch) (*CustomFieldOption, error) {
	var checks Checks
	textIfSet(&checks, patch.Label, maxOptionLabel, "input", "label")
	if err := checks.Err(); err != nil {
		return nil, err
	}
	return inTx(ctx, s.Store, func(tx Store) (*CustomFieldOption, error) {
		option, err := s.liveOption(ctx, tx, who, id)
		if err != nil {
			return nil, err
		}
		if err := matchVersion(patch.ExpectedVersion, option.Version); err != nil {
			return nil, err
		}
		var did changes
		alter(&did, "label", present(patch.Label), &option.Label)
		alter(&did, "color", patch.Color, &option.Color)
		option.UpdatedAt = s.Now()
		if err := tx.Update(ctx, option); err != nil {
			return nil, err
		}
		return option, s.optionChanged(ctx, tx, who, option, "updated", did.payload())
	})
}

// CustomFieldOptionMove moves an option among the options of its field.
func (s *Service) CustomFieldOptionMove(ctx context.Context, who *Principal, id string, to Anchor) (*CustomFieldOption, error) {
	return inTx(ctx, s.Store, func(tx Store) (*CustomFieldOption, error) {
		option := &CustomFieldOption{ID: id}
		if err := tx.Load(ctx, option); err != nil {
			return nil, err
		}
		if option.ArchivedAt != nil {
			return nil, NotFound("Option")
		}
		return option, s.moveSibling(ctx, tx, who, option, to)
	})
}

// CustomFieldOptionArchive takes an option out of the choice; cards that chose it keep it. Repeating it changes
// nothing.
func (s *Service) CustomFieldOptionArchive(ctx context.Context, who *Principal, id string) (*CustomFieldOption, error) {
	return inTx(ctx, s.Store, func(tx Store) (*CustomFieldOption, error) {
		option := &CustomFieldOption{ID: id}
		if err := s.partFor(ctx, tx, who, option, tx.Lock); err != nil || option.ArchivedAt != nil {
			return option, err
		}
		now := s.Now()
		option.ArchivedAt, option.UpdatedAt = &now, now
		if err := tx.Update(ctx, option); err != nil {
			return nil, err
		}
		return option, s.changed(ctx, tx, who, option, "deleted", map[string]any{"optionId": option.ID},
			map[string]any{"optionLabel": option.Label, "archivedAt": stamp(now)})
	})
}

// liveOption locks an option that can still be chosen and judges the caller.
func (s *Service) liveOption(ctx context.Context, tx Store, who *Principal, id string) (*CustomFieldOption, error) {
	option := &CustomFieldOption{ID: id}
	if err := s.partFor(ctx, tx, who, option, tx.Lock); err != nil {
		return nil, err
	}
	if option.ArchivedAt != nil {
		return nil, NotFound("Option")
	}
	return option, nil
}

func (s *Service) optionChanged(ctx context.Context, tx Store, who *Principal, option *CustomFieldOption, verb string, payload map[string]any) error {
	return s.changed(ctx, tx, who, option, verb, map[string]any{"option": option.wire()}, payload)
}
