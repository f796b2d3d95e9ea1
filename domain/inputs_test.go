package domain

import (
	"strings"
	"testing"
)

func TestIcons(t *testing.T) {
	t.Parallel()
	for icon, code := range map[string]string{"rocket": "", "clock-hour-4": "", "": "too_small", "Rocket": "custom",
		"a--b": "custom", "-a": "custom", "a b": "custom", strings.Repeat("a", 60): "", strings.Repeat("a", 61): "too_big"} {
		var checks Checks
		checks.Icon(&icon, "input", "icon")
		err, _ := checks.Err().(*Error)
		if code == "" && err != nil || code != "" && (err == nil || err.Issues[0].Code != code || len(err.Issues) != 1) {
			t.Errorf("%q: %v, want %q", icon, err, code)
		}
	}
}

func TestInputsAreChecked(t *testing.T) {
	t.Parallel()
	workspace := func(change func(*WorkspaceCreateInput)) error {
		in := WorkspaceCreateInput{Name: "Garden"}
		change(&in)
		_, _, err := in.check()
		return err
	}
	settings := func(patch WorkspacePatch) error { _, err := patch.check(); return err }
	long := strings.Repeat("😀", 18) // 36 UTF-16 units
	for name, test := range map[string]struct {
		err   error
		field string
	}{
		"workspace":        {workspace(func(*WorkspaceCreateInput) {}), ""},
		"workspace name":   {workspace(func(in *WorkspaceCreateInput) { in.Name = "" }), "input.name"},
		"workspace days":   {workspace(func(in *WorkspaceCreateInput) { in.CompletedCardsActiveDays = new(366) }), "input.completedCardsActiveDays"},
		"workspace prefix": {workspace(func(in *WorkspaceCreateInput) { in.CardKeyPrefix = new("1") }), "input.cardKeyPrefix"},
		"one list name":    {workspace(func(in *WorkspaceCreateInput) { in.ListNames = []string{"a"} }), "input.listNames"},
		"list names twice": {workspace(func(in *WorkspaceCreateInput) { in.ListNames = []string{"a", " A "} }), "input.listNames[1]"},
		"names and lists":  {workspace(func(in *WorkspaceCreateInput) { in.ListNames, in.Lists = []string{"a", "b"}, []*ListSeedInput{} }), "input.listNames"},
		"blank list":       {workspace(func(in *WorkspaceCreateInput) { in.Lists = []*ListSeedInput{{Name: " "}} }), "input.lists[0].name"},
		"list icon":        {workspace(func(in *WorkspaceCreateInput) { in.Lists = []*ListSeedInput{{Name: "a", Icon: new("?")}} }), "input.lists[0].icon"},
		"no lists at all":  {workspace(func(in *WorkspaceCreateInput) { in.Lists = []*ListSeedInput{} }), ""},
		"label":            {workspace(func(in *WorkspaceCreateInput) { in.Labels = []*LabelSeedInput{{Name: strings.Repeat("l", 26)}} }), "input.labels[0].name"},
		"field options": {workspace(func(in *WorkspaceCreateInput) {
			in.CustomFields = []*CustomFieldSeedInput{{Name: "f", Type: FieldText, Options: []*OptionSeedInput{{Label: "o"}}}}
		}), "input.customFields[0].options"},
		"field option label": {workspace(func(in *WorkspaceCreateInput) {
			in.CustomFields = []*CustomFieldSeedInput{{Name: "f", Type: FieldSelect, Options: []*OptionSeedInput{{Label: " "}}}}
		}), "input.customFields[0].options[0].label"},
		"field of several": {workspace(func(in *WorkspaceCreateInput) {
			in.CustomFields = []*CustomFieldSeedInput{{Name: "f", Type: FieldDate, AllowMultiple: new(true)}}
		}), "input.customFields[0].allowMultiple"},
		"standalone without a board":  {workspace(func(in *WorkspaceCreateInput) { in.Kind = new(BoardWorkspace) }), "input.initialBoard"},
		"board name":                  {workspace(func(in *WorkspaceCreateInput) { in.InitialBoard = &BoardSeedInput{Name: long} }), "input.initialBoard.name"},
		"settings, nothing":           {settings(WorkspacePatch{}), ""},
		"settings, null name":         {settings(WorkspacePatch{Name: Some[*string](nil)}), "input.name"},
		"settings, null icon":         {settings(WorkspacePatch{Icon: Some[*string](nil)}), ""},
		"settings, null prefix":       {settings(WorkspacePatch{CardKeyPrefix: Some[*string](nil)}), "input.cardKeyPrefix"},
		"settings, negative days":     {settings(WorkspacePatch{CompletedCardsActiveDays: Some(new(-1))}), "input.completedCardsActiveDays"},
		"settings, null linking":      {settings(WorkspacePatch{BoardLinkingEnabled: Some[*bool](nil)}), "input.boardLinkingEnabled"},
		"board":                       {BoardCreateInput{Name: " "}.check(), ""},
		"board name in UTF-16":        {BoardCreateInput{Name: long}.check(), "input.name"},
		"board description":           {BoardCreateInput{Name: "b", Description: new(strings.Repeat("d", 2001))}.check(), "input.description"},
		"board, null description":     {BoardPatch{Description: Some[*string](nil)}.check(), ""},
		"board, empty name":           {BoardPatch{Name: Some(new(""))}.check(), "input.name"},
		"field":                       {CustomFieldCreateInput{Name: "f", Type: FieldText}.check(), ""},
		"field option":                {CustomFieldCreateInput{Name: "f", Type: FieldSelect, Options: []*OptionSeedInput{{}}}.check(), "input.options[0].label"},
		"field with too many options": {CustomFieldCreateInput{Name: "f", Type: FieldSelect, Options: manyOptions(101)}.check(), "input.options"},
		"field, null icon":            {CustomFieldPatch{Icon: Some[*string](nil)}.check(), "input.icon"},
		"field, null showOnCard":      {CustomFieldPatch{ShowOnCard: Some[*bool](nil)}.check(), "input.showOnCard"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expectField(t, test.err, test.field)
		})
	}
}

func manyOptions(n int) []*OptionSeedInput {
	options := make([]*OptionSeedInput, n)
	for i := range options {
		options[i] = &OptionSeedInput{Label: "o"}
	}
	return options
}

func TestFieldsThatDoNotFitTheirType(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]CustomFieldCreateInput{
		"options of a text field": {Name: "f", Type: FieldText, Options: manyOptions(1)},
		"several dates":           {Name: "f", Type: FieldDate, AllowMultiple: new(true)},
	} {
		if err := in.check(); CodeOf(err) != CodeBadRequest {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSeedsWithDefaults(t *testing.T) {
	t.Parallel()
	var checks Checks
	seeds := WorkspaceCreateInput{Name: "Garden"}.checkSeeds(&checks)
	if checks.Err() != nil || len(seeds.lists) != 8 || len(seeds.labels) != 5 || len(seeds.fields) != 3 || seeds.board != nil {
		t.Fatalf("%+v, %v", seeds, checks.Err())
	}
	if last := seeds.lists[7]; last.Name != "Complete" || last.Icon != nil {
		t.Errorf("last list %+v", last)
	}
	if first := seeds.fields[0]; first.Name != "Branch" || *first.Icon != "git-branch" || first.Type != FieldText {
		t.Errorf("first field %+v", first)
	}
	trimmed := WorkspaceCreateInput{ListNames: []string{" a", "b "}, InitialBoard: &BoardSeedInput{Name: " B "}}.checkSeeds(&checks)
	if trimmed.lists[0].Name != "a" || trimmed.board.Name != "B" || *trimmed.board.Icon != "layout-kanban" {
		t.Errorf("%+v %+v", trimmed.lists[0], trimmed.board)
	}
}

func TestChangesInHistory(t *testing.T) {
	t.Parallel()
	board := &Board{Name: "old"}
	one := BoardPatch{Name: Some(new("new"))}.apply(board)
	if board.Name != "new" {
		t.Errorf("name is %s", board.Name)
	}
	expectJSON(t, one.payload(), `{"fromValue":"old","name":"new","toValue":"new"}`)
	two := BoardPatch{Name: Some(new("newer")), Icon: Some[*string](nil)}.apply(board)
	expectJSON(t, two.payload(), `{"icon":null,"name":"newer"}`)
	expectJSON(t, BoardPatch{}.apply(board).payload(), `{}`)
}

func TestMatchVersion(t *testing.T) {
	t.Parallel()
	if err := matchVersion(nil, 7); err != nil {
		t.Error(err)
	}
	if err := matchVersion(new(7), 7); err != nil {
		t.Error(err)
	}
	if err := matchVersion(new(6), 7); CodeOf(err) != CodeConflict {
		t.Error(err)
	}
}
