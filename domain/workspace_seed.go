package domain

import (
	"context"
	"slices"
	"strings"
)

// What a new workspace is furnished with: the lists, labels and custom fields that were asked for, or the defaults.

const (
	maxLists      = 32
	minListNames  = 2
	maxSeedLabels = 64
	maxSeedFields = 32
)

// ListSeedInput is a list of a new workspace.
type ListSeedInput struct {
	Name string
	Icon *string
}

// LabelSeedInput is a label of a new workspace.
type LabelSeedInput struct {
	Name  string
	Color *Color
}

// CustomFieldSeedInput is a custom field of a new workspace.
type CustomFieldSeedInput struct {
	Name          string
	Type          CustomFieldType
	Icon          *string
	AllowMultiple *bool
	Options       []*OptionSeedInput
}

// OptionSeedInput is an option of a new select field.
type OptionSeedInput struct {
	Label string
	Color *Color
}

// BoardSeedInput is the first board of a new workspace.
type BoardSeedInput struct {
	Name      string
	Icon      *string
	IconColor *Color
}

var defaultListNames = []string{"Wishlist", "Planning / Review", "Backlog", "Bugs / Issues / Feedback", "Awaiting Feedback",
	"In Progress", "Ready for QA", "Complete"}

func defaultLabels() []*LabelSeedInput {
	tag := func(name string, color Color) *LabelSeedInput { return &LabelSeedInput{name, &color} }
	return []*LabelSeedInput{tag("Support", ColorYellow), tag("Reporting", ColorOrange), tag("Issue / Bug", ColorRed),
		tag("Chore", ColorPurple), tag("Feature / Enhancement", ColorBlue)}
}

func defaultFields() []*CustomFieldSeedInput {
	field := func(name string, kind CustomFieldType, icon string) *CustomFieldSeedInput {
		return &CustomFieldSeedInput{Name: name, Type: kind, Icon: &icon}
	}
	return []*CustomFieldSeedInput{field("Branch", FieldText, "git-branch"),
		field("Billing Hours", FieldNumber, "clock-hour-4"), field("Billing Month", FieldText, "calendar-month")}
}

// seeds are the furnishings of a workspace, with defaults filled in and names trimmed.
type seeds struct {
	lists  []*ListSeedInput
	labels []*LabelSeedInput
	fields []*CustomFieldSeedInput
	board  *BoardSeedInput
}

// checkSeeds trims and checks the seeds of an input, whose own values stay untouched.
func (in WorkspaceCreateInput) checkSeeds(c *Checks) seeds {
	return seeds{in.checkLists(c), in.checkLabels(c), in.checkFields(c), in.checkBoard(c)}
}

func (in WorkspaceCreateInput) checkLists(c *Checks) []*ListSeedInput {
	given, path := in.Lists, func(i int) []any { return []any{"input", "lists", i, "name"} }
	switch {
	case in.ListNames == nil && in.Lists == nil:
		return namedLists(defaultListNames)
	case in.ListNames == nil:
		c.Count(len(in.Lists), 0, maxLists, "input", "lists")
	case in.Lists == nil:
		c.Count(len(in.ListNames), minListNames, maxLists, "input", "listNames")
		given, path = namedLists(in.ListNames), func(i int) []any { return []any{"input", "listNames", i} }
	default:
		c.Add(Custom("give listNames or lists, not both", "input", "listNames"))
	}
	names, lists := seedNames{}, make([]*ListSeedInput, len(given))
	for i, seed := range given {
		c.Icon(seed.Icon, "input", "lists", i, "icon")
		lists[i] = &ListSeedInput{Name: names.check(c, seed.Name, maxListName, path(i)), Icon: seed.Icon}
	}
	return lists
}

func namedLists(names []string) []*ListSeedInput {
	lists := make([]*ListSeedInput, len(names))
	for i, name := range names {
		lists[i] = &ListSeedInput{Name: name}
	}
	return lists
}

func (in WorkspaceCreateInput) checkLabels(c *Checks) []*LabelSeedInput {
	if in.Labels == nil {
		return defaultLabels()
	}
	c.Count(len(in.Labels), 0, maxSeedLabels, "input", "labels")
	names, labels := seedNames{}, make([]*LabelSeedInput, len(in.Labels))
	for i, seed := range in.Labels {
		name := names.check(c, seed.Name, maxLabelName, []any{"input", "labels", i, "name"})
		labels[i] = &LabelSeedInput{Name: name, Color: seed.Color}
	}
	return labels
}

func (in WorkspaceCreateInput) checkFields(c *Checks) []*CustomFieldSeedInput {
	if in.CustomFields == nil {
		return defaultFields()
	}
	c.Count(len(in.CustomFields), 0, maxSeedFields, "input", "customFields")
	names, fields := seedNames{}, make([]*CustomFieldSeedInput, len(in.CustomFields))
	for i, seed := range in.CustomFields {
		path := []any{"input", "customFields", i}
		field := *seed
		field.Name = names.check(c, seed.Name, maxFieldName, append(path[:3:3], "name"))
		field.Icon = orDefault(seed.Icon, defaultFieldIcon)
		c.Icon(field.Icon, append(path[:3:3], "icon")...)
		field.Options = checkOptions(c, seed, path)
		fields[i] = &field
	}
	return fields
}

func checkOptions(c *Checks, field *CustomFieldSeedInput, path []any) []*OptionSeedInput {
	at := func(steps ...any) []any { return append(slices.Clip(path), steps...) }
	c.Count(len(field.Options), 0, maxOptions, at("options")...)
	if len(field.Options) > 0 && field.Type != FieldSelect {
		c.Add(Custom("only select fields have options", at("options")...))
	}
	if field.AllowMultiple != nil && *field.AllowMultiple && !field.Type.takesSeveral() {
		c.Add(Custom("only select and user fields take several values", at("allowMultiple")...))
	}
	options := make([]*OptionSeedInput, len(field.Options))
	for i, seed := range field.Options {
		options[i] = &OptionSeedInput{Label: strings.TrimSpace(seed.Label), Color: seed.Color}
		c.Text(options[i].Label, 1, maxOptionLabel, at("options", i, "label")...)
	}
	return options
}

func (in WorkspaceCreateInput) checkBoard(c *Checks) *BoardSeedInput {
	if in.InitialBoard == nil {
		if in.Kind != nil && *in.Kind == BoardWorkspace {
			c.Add(Custom("a standalone board needs initialBoard", "input", "initialBoard"))
		}
		return nil
	}
	board := *in.InitialBoard
	board.Name = strings.TrimSpace(board.Name)
	c.Text(board.Name, 1, maxBoardName, "input", "initialBoard", "name")
	board.Icon = orDefault(board.Icon, defaultBoardIcon)
	c.Icon(board.Icon, "input", "initialBoard", "icon")
	return &board
}

// seedNames are the names one seed array has used so far, whatever their case.
type seedNames map[string]bool

// check trims a name, checks its length and that it is new, and returns it.
func (used seedNames) check(c *Checks, name string, longest int, path []any) string {
	name = strings.TrimSpace(name)
	c.Text(name, 1, longest, path...)
	folded := strings.ToLower(name)
	if used[folded] {
		c.Add(Custom("is used twice", path...))
	}
	used[folded] = true
	return name
}

// furnish inserts the lists, labels and fields of a new workspace.
func (s *Service) furnish(ctx context.Context, tx Store, workspace *Workspace, seeds seeds) error {
	organisation, id, now := workspace.OrganisationID, workspace.ID, workspace.CreatedAt
	lists := make([]*List, len(seeds.lists))
	for i, seed := range seeds.lists {
		lists[i] = &List{ID: s.NewID(), OrganisationID: organisation, WorkspaceID: id, Name: seed.Name, Icon: seed.Icon,
			Position: PositionAt(i), Version: 1, CreatedAt: now, UpdatedAt: now}
	}
	labels := make([]*Label, len(seeds.labels))
	for i, seed := range seeds.labels {
		labels[i] = &Label{ID: s.NewID(), OrganisationID: organisation, WorkspaceID: id, Name: seed.Name, Color: seed.Color,
			Position: PositionAt(i), Version: 1, CreatedAt: now, UpdatedAt: now}
	}
	fields, options := make([]*CustomField, len(seeds.fields)), []*CustomFieldOption(nil)
	for i, seed := range seeds.fields {
		fields[i] = &CustomField{ID: s.NewID(), OrganisationID: organisation, WorkspaceID: id, Name: seed.Name,
			Icon: seed.Icon, Type: seed.Type, AllowMultiple: seed.AllowMultiple != nil && *seed.AllowMultiple,
			ShowOnCard: true, Position: PositionAt(i), Version: 1, CreatedAt: now, UpdatedAt: now}
		options = append(options, s.newOptions(fields[i], seed.Options)...)
	}
	if err := insertAll(ctx, tx, lists); err != nil {
		return err
	}
	if err := insertAll(ctx, tx, labels); err != nil {
		return err
	}
	if err := insertAll(ctx, tx, fields); err != nil {
		return err
	}
	return insertAll(ctx, tx, options)
}
