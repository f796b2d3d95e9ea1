package domain

import (
	"context"
	"slices"
	"strings"
)

const (
	maxFieldName     = 35
	maxOptionLabel   = 120
	maxOptions       = 100
	defaultFieldIcon = "forms"
)

// CustomFieldCreateInput is a new custom field.
type CustomFieldCreateInput struct {
	WorkspaceID   string
	Name          string
	Type          CustomFieldType
	Icon          *string
	AllowMultiple *bool
	Options       []*OptionSeedInput
}

// CustomFieldPatch is a change to a custom field. No member may be null.
type CustomFieldPatch struct {
	Name            Opt[*string]
	Icon            Opt[*string]
	AllowMultiple   Opt[*bool]
	ShowOnCard      Opt[*bool]
	ExpectedVersion *int
}

// CustomFieldCreate adds a custom field at the end of a workspace. A name that is used, in any case, is CONFLICT;
// options for anything but a select field are BAD_REQUEST.
func (s *Service) CustomFieldCreate(ctx context.Context, who *Principal, in CustomFieldCreateInput) (*CustomField, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	return inTx(ctx, s.Store, func(tx Store) (*CustomField, error) {
		workspace, err := s.workspaceFor(ctx, tx, who, in.WorkspaceID, adminWorkspace)
		if err != nil {
			return nil, err
		}
		now := s.Now()
		field := &CustomField{ID: s.NewID(), OrganisationID: workspace.OrganisationID, WorkspaceID: workspace.ID,
			Name: in.Name, Icon: orDefault(in.Icon, defaultFieldIcon), Type: in.Type, ShowOnCard: true,
			AllowMultiple: in.AllowMultiple != nil && *in.AllowMultiple, Version: 1, CreatedAt: now, UpdatedAt: now}
		if err := s.nameField(ctx, tx, field); err != nil {
			return nil, err
		}
		if err := s.insertLast(ctx, tx, field); err != nil {
			return nil, err
		}
		options := s.newOptions(field, in.Options)
		if err := insertAll(ctx, tx, options); err != nil {
			return nil, err
		}
		data := map[string]any{"customField": field.wire(options)}
		return field, s.changed(ctx, tx, who, field, "created", data, map[string]any{"name": field.Name, "type": field.Type})
	})
}

func (in CustomFieldCreateInput) check() error {
	var checks Checks
	checks.Text(in.Name, 1, maxFieldName, "input", "name")
	checks.Icon(in.Icon, "input", "icon")
	checks.Count(len(in.Options), 0, maxOptions, "input", "options")
	for i, option := range in.Options {
		checks.Text(option.Label, 1, maxOptionLabel, "input", "options", i, "label")
	}
	if err := checks.Err(); err != nil {
		return err
	}
	if len(in.Options) > 0 && in.Type != FieldSelect {
		return errNoSelect()
	}
	if in.AllowMultiple != nil && *in.AllowMultiple && !in.Type.takesSeveral() {
		return BadRequest("Only select and user fields take several values.")
	}
	return nil
}

func errNoSelect() error { return BadRequest("Only select fields have options.") }

// takesSeveral reports whether fields of the type can take several values.
func (v CustomFieldType) takesSeveral() bool { return v == FieldSelect || v == FieldUser }

// nameField refuses a name that another field of the workspace has. It locks the workspace, so that two cannot
// take a name at once.
func (s *Service) nameField(ctx context.Context, tx Store, field *CustomField) error {
	if err := tx.Lock(ctx, &Workspace{ID: field.WorkspaceID}); err != nil {
		return err
	}
	fields, err := tx.CustomFieldsOf(ctx, []string{field.WorkspaceID})
	if err != nil {
		return err
	}
	taken := func(f *CustomField) bool { return f.ID != field.ID && strings.EqualFold(f.Name, field.Name) }
	if slices.ContainsFunc(fields[field.WorkspaceID], taken) {
		return Conflict("Another field of the workspace has this name.")
	}
	return nil
}

// newOptions returns the options of a new field, in their order.
func (s *Service) newOptions(field *CustomField, seeds []*OptionSeedInput) []*CustomFieldOption {
	options := make([]*CustomFieldOption, len(seeds))
	for i, seed := range seeds {
		options[i] = &CustomFieldOption{ID: s.NewID(), OrganisationID: field.OrganisationID, WorkspaceID: field.WorkspaceID,
			FieldID: field.ID, Label: seed.Label, Color: seed.Color, Position: PositionAt(i), Version: 1,
			CreatedAt: field.CreatedAt, UpdatedAt: field.UpdatedAt}
	}
	return options
}

// insertAll inserts rows, if there are any.
func insertAll[T any](ctx context.Context, tx Store, rows []*T) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.Insert(ctx, rows)
}

// CustomFieldUpdate changes a custom field. Turning AllowMultiple off leaves existing values alone. A patch without
// members only touches the field.
func (s *Service) CustomFieldUpdate(ctx context.Context, who *Principal, id string, patch CustomFieldPatch) (*CustomField, error) {
	if err := patch.check(); err != nil {
		return nil, err
	}
	return inTx(ctx, s.Store, func(tx Store) (*CustomField, error) {
		field := &CustomField{ID: id}
		if err := s.partFor(ctx, tx, who, field, tx.Lock); err != nil {
			return nil, err
		}
		if err := matchVersion(patch.ExpectedVersion, field.Version); err != nil {
			return nil, err
		}
		did := patch.apply(field)
		if field.AllowMultiple && patch.AllowMultiple.Set && !field.Type.takesSeveral() {
			return nil, BadRequest("Only select and user fields take several values.")
		}
		if patch.Name.Set {
			if err := s.nameField(ctx, tx, field); err != nil {
				return nil, err
			}
		}
		field.UpdatedAt = s.Now()
		if err := tx.Update(ctx, field); err != nil {
			return nil, err
		}
		options, err := tx.OptionsOf(ctx, []string{id})
		if err != nil {
			return nil, err
		}
		data := map[string]any{"customField": field.wire(options[id])}
		return field, s.changed(ctx, tx, who, field, "updated", data, did.payload())
	})
}

func (p CustomFieldPatch) check() error {
	var checks Checks
	textIfSet(&checks, p.Name, maxFieldName, "input", "name")
	notNull(&checks, p.Icon, "string", "input", "icon")
	checks.Icon(p.Icon.Value, "input", "icon")
	notNull(&checks, p.AllowMultiple, "boolean", "input", "allowMultiple")
	notNull(&checks, p.ShowOnCard, "boolean", "input", "showOnCard")
	return checks.Err()
}

func (p CustomFieldPatch) apply(field *CustomField) (did changes) {
	alter(&did, "name", present(p.Name), &field.Name)
	alter(&did, "icon", p.Icon, &field.Icon)
	alter(&did, "allowMultiple", present(p.AllowMultiple), &field.AllowMultiple)
	alter(&did, "showOnCard", present(p.ShowOnCard), &field.ShowOnCard)
	return did
}

// CustomFieldMove moves a custom field among the fields of its workspace.
func (s *Service) CustomFieldMove(ctx context.Context, who *Principal, id string, to Anchor) (*CustomField, error) {
	return inTx(ctx, s.Store, func(tx Store) (*CustomField, error) {
		field := &CustomField{ID: id}
		return field, s.moveSibling(ctx, tx, who, field, to)
	})
}

// CustomFieldDelete deletes a custom field with its options and its values on every card, for good.
func (s *Service) CustomFieldDelete(ctx context.Context, who *Principal, id string) error {
	return s.Store.InTx(ctx, func(tx Store) error {
		return s.deleteSibling(ctx, tx, who, &CustomField{ID: id})
	})
}
