package domain_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"kanera.dev/domain"
)

// Every use case that tells something is run once. Whatever is told fits the schema of its name, and no name that has a
// schema is left out.
func TestEveryEventFitsItsSchema(t *testing.T) {
	t.Parallel()
	schemas := eventSchemas(t)
	onEveryDesk(t, func(t *testing.T, d *desk) {
		workspaces := []string{d.workspace.ID, d.foreign.WorkspaceID, d.standalone()}
		d.busyStructure()
		d.busyFields()
		d.busyCards()
		d.busyLists()
		d.busyWebhooks()
		d.must(d.WorkspaceDelete(t.Context(), d.ida, d.workspace.ID, "Orchard"))
		seen := map[string]bool{}
		for _, workspace := range workspaces {
			events, err := d.Store.EventsAfter(t.Context(), workspace, 0, 1000)
			d.must(err)
			for _, e := range events {
				seen[e.Type] = true
				fits(t, schemas[e.Type], e)
			}
		}
		for _, name := range domain.SentEventTypes() {
			if !seen[name] {
				t.Errorf("no %s was sent", name)
			}
		}
	})
}

// eventSchemas compiles the schemas of all events that are sent.
func eventSchemas(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	compiler, schemas := jsonschema.NewCompiler(), map[string]*jsonschema.Schema{}
	compiler.AssertFormat()
	for _, name := range domain.SentEventTypes() {
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(domain.EventSchema(name)))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource("test:"+name, document); err != nil {
			t.Fatal(err)
		}
		schemas[name] = compiler.MustCompile("test:" + name)
	}
	return schemas
}

// fits checks that the schema takes an event as it is, and neither with more nor with less.
func fits(t *testing.T, schema *jsonschema.Schema, e *domain.Event) {
	t.Helper()
	if schema == nil {
		t.Errorf("%s has no schema", e.Type)
		return
	}
	text, err := e.Envelope()
	if err != nil {
		t.Fatal(err)
	}
	var sent map[string]any
	if err := json.Unmarshal(text, &sent); err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(sent); err != nil {
		t.Errorf("%s does not fit its schema: %v\n%s", e.Type, err, text)
		return
	}
	data := sent["data"]
	for _, part := range []string{"data", ""} {
		whole := sent
		if part != "" {
			whole = data.(map[string]any)
		}
		for member := range whole {
			less := maps.Clone(whole)
			delete(less, member)
			rejects(t, schema, sent, part, less, e.Type+" without "+member)
		}
		more := maps.Clone(whole)
		more["more"] = 1
		rejects(t, schema, sent, part, more, e.Type+" with another member")
	}
}

func rejects(t *testing.T, schema *jsonschema.Schema, sent map[string]any, part string, change map[string]any, what string) {
	t.Helper()
	if part != "" {
		sent = maps.Clone(sent)
		sent[part] = change
		change = sent
	}
	if schema.Validate(change) == nil {
		t.Errorf("the schema takes %s", what)
	}
}

// standalone makes a board that is a workspace of its own and changes both.
func (d *desk) standalone() string {
	d.t.Helper()
	kind := domain.BoardWorkspace
	workspace, board, err := d.WorkspaceCreate(d.t.Context(), d.ida, domain.WorkspaceCreateInput{Kind: &kind, Name: "Solo",
		InitialBoard: &domain.BoardSeedInput{Name: "Solo"}})
	d.must(err)
	_, err = d.WorkspaceUpdate(d.t.Context(), d.ida, workspace.ID, domain.WorkspacePatch{AccentColor: domain.Some(new(domain.ColorLime))})
	d.must(err)
	_, err = d.BoardUpdate(d.t.Context(), d.ida, board.ID, domain.BoardPatch{Name: domain.Some(new("Alone"))})
	d.must(err)
	d.must(d.BoardDelete(d.t.Context(), d.ida, board.ID))
	return workspace.ID
}

// squeeze leaves no room between the siblings of a row, and returns the anchor of the gap that is used up.
func (d *desk) squeeze(row any) domain.Anchor {
	d.t.Helper()
	siblings, err := d.Store.Siblings(d.t.Context(), row)
	d.must(err)
	for i := range siblings {
		siblings[i].Position = domain.Position(i + 1)
	}
	d.must(d.Store.SetPositions(d.t.Context(), row, siblings))
	return domain.Anchor{Kind: domain.AnchorAfter, ID: siblings[0].ID}
}

// busyStructure changes everything that a workspace is made of, but for fields.
func (d *desk) busyStructure() {
	ctx, who, workspace := d.t.Context(), d.ida, d.workspace.ID
	_, err := d.WorkspaceUpdate(ctx, who, workspace, domain.WorkspacePatch{Name: domain.Some(new("Orchard")), CardKeyPrefix: domain.Some(new("ORC"))})
	d.must(err)
	gradient := domain.BackgroundForest
	_, err = d.BoardSetBackground(ctx, who, d.board.ID, &gradient)
	d.must(err)
	_, err = d.BoardUpdate(ctx, who, d.board.ID, domain.BoardPatch{Description: domain.Some(new("Beds")), IconColor: domain.Some(new(domain.ColorTeal))})
	d.must(err)
	d.newBoard("Summer")
	board := d.newBoard("Autumn")
	_, err = d.BoardMove(ctx, who, board.ID, d.squeeze(board))
	d.must(err)
	d.must(d.BoardDelete(ctx, who, board.ID))

	_, err = d.ListUpdate(ctx, who, d.todo.ID, domain.ListPatch{Color: domain.Some(new(domain.ColorRed))})
	d.must(err)
	list := d.list()
	_, err = d.ListMove(ctx, who, list.ID, d.squeeze(list))
	d.must(err)
	d.must(d.ListDelete(ctx, who, list.ID))

	d.label("Soil")
	d.label("Seeds")
	label := d.label("Water")
	_, err = d.LabelUpdate(ctx, who, label.ID, domain.LabelPatch{Color: domain.Some(new(domain.ColorBlue))})
	d.must(err)
	_, err = d.LabelMove(ctx, who, label.ID, d.squeeze(label))
	d.must(err)
	d.must(d.LabelDelete(ctx, who, label.ID))
}
