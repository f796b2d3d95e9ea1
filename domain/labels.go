package domain

import "context"

const maxLabelName = 25

// LabelCreateInput is a new label.
type LabelCreateInput struct {
	WorkspaceID string
	Name        string
	Color       *Color
}

// LabelPatch is a change to a label. Only the colour may be null.
type LabelPatch struct {
	Name            Opt[*string]
	Color           Opt[*Color]
	ExpectedVersion *int
}

// LabelCreate adds a label at the end of a workspace. The name need not be unique.
func (s *Service) LabelCreate(ctx context.Context, who *Principal, in LabelCreateInput) (*Label, error) {
	var checks Checks
	checks.Text(in.Name, 1, maxLabelName, "input", "name")
	if err := checks.Err(); err != nil {
		return nil, err
	}
	return inTx(ctx, s.Store, func(tx Store) (*Label, error) {
		workspace, err := s.workspaceFor(ctx, tx, who, in.WorkspaceID, adminWorkspace)
		if err != nil {
			return nil, err
		}
		now := s.Now()
		label := &Label{ID: s.NewID(), OrganisationID: workspace.OrganisationID, WorkspaceID: workspace.ID,
			Name: in.Name, Color: in.Color, Version: 1, CreatedAt: now, UpdatedAt: now}
		if err := s.insertLast(ctx, tx, label); err != nil {
			return nil, err
		}
		data := map[string]any{"cardLabel": label.wire()}
		return label, s.changed(ctx, tx, who, label, "created", data, map[string]any{"name": label.Name, "color": label.Color})
	})
}

// LabelUpdate changes a label. A patch without members only touches it.
func (s *Service) LabelUpdate(ctx context.Context, who *Principal, id string, patch LabelPatch) (*Label, error) {
	var checks Checks
	textIfSet(&checks, patch.Name, maxLabelName, "input", "name")
	if err := checks.Err(); err != nil {
		return nil, err
	}
	return inTx(ctx, s.Store, func(tx Store) (*Label, error) {
		label := &Label{ID: id}
		if err := s.partFor(ctx, tx, who, label, tx.Lock); err != nil {
			return nil, err
		}
		if err := matchVersion(patch.ExpectedVersion, label.Version); err != nil {
			return nil, err
		}
		var did changes
		alter(&did, "name", present(patch.Name), &label.Name)
		alter(&did, "color", patch.Color, &label.Color)
		label.UpdatedAt = s.Now()
		if err := tx.Update(ctx, label); err != nil {
			return nil, err
		}
		return label, s.changed(ctx, tx, who, label, "updated", map[string]any{"cardLabel": label.wire()}, did.payload())
	})
}

// LabelMove moves a label among the labels of its workspace.
func (s *Service) LabelMove(ctx context.Context, who *Principal, id string, to Anchor) (*Label, error) {
	return inTx(ctx, s.Store, func(tx Store) (*Label, error) {
		label := &Label{ID: id}
		return label, s.moveSibling(ctx, tx, who, label, to)
	})
}

// LabelDelete deletes a label and takes it off every card, for good.
func (s *Service) LabelDelete(ctx context.Context, who *Principal, id string) error {
	return s.Store.InTx(ctx, func(tx Store) error {
		return s.deleteSibling(ctx, tx, who, &Label{ID: id})
	})
}
