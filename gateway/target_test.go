package gateway_test

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"kanera.dev/domain"
	"kanera.dev/gateway/gatewaytest"
)

//go:embed testdata/target-queries.graphql
var targetQueries string

// target runs one of the settled documents as it stands and reads its data.
func target(t *testing.T, g *gatewaytest.Gateway, operation string, variables map[string]any, into any) {
	t.Helper()
	var answer gatewaytest.Answer
	g.Do("POST", "/graphql", g.Facts.PersonalKey, map[string]any{"query": targetQueries, "operationName": operation,
		"variables": variables}).Decode(t, &answer)
	if len(answer.Errors) > 0 {
		t.Fatalf("%s: %+v", operation, answer.Errors)
	}
	if err := json.Unmarshal(answer.Data, into); err != nil {
		t.Fatalf("%s: %v", operation, err)
	}
}

// known holds what the demo says the answers must be.
type known struct {
	*gatewaytest.Gateway
	hours, priority, owner string
	now                    time.Time
}

func know(t *testing.T, g *gatewaytest.Gateway) known {
	t.Helper()
	k := known{Gateway: g, owner: owner(g), now: domain.SystemClock()}
	for _, f := range g.Demo.Fields {
		switch {
		case f.WorkspaceID != g.Facts.WorkspaceID:
		case f.Type == domain.FieldNumber && k.hours == "":
			k.hours = f.ID
		case f.Type == domain.FieldSelect && k.priority == "":
			k.priority = f.ID
		}
	}
	return k
}

// live lists the unarchived cards of the first workspace.
func (k known) live() []*domain.Card {
	return slices.DeleteFunc(slices.Clone(k.Demo.Cards), func(c *domain.Card) bool {
		return c.ArchivedAt != nil || c.WorkspaceID != k.Facts.WorkspaceID
	})
}

func (k known) value(card, field string) *domain.FieldValue {
	i := slices.IndexFunc(k.Demo.Values, func(v *domain.FieldValue) bool { return v.CardID == card && v.FieldID == field })
	if i < 0 {
		return nil
	}
	return k.Demo.Values[i]
}

func TestTargetQueriesAreAllTested(t *testing.T) {
	t.Parallel()
	document, err := parser.ParseQuery(&ast.Source{Input: targetQueries})
	if err != nil {
		t.Fatal(err)
	}
	var untested []string
	for _, operation := range document.Operations {
		if targetTests[operation.Name] == nil {
			untested = append(untested, operation.Name)
		}
	}
	if len(untested) > 0 || len(document.Operations) != len(targetTests) {
		t.Errorf("untested: %v", untested)
	}
}

func TestTargetQueriesAnswerRight(t *testing.T) {
	t.Parallel()
	for _, backend := range gatewaytest.Backends {
		t.Run(string(backend), func(t *testing.T) {
			t.Parallel()
			k := know(t, gatewaytest.BothWays(t, backend))
			for _, name := range []string{"Viewer", "WorkspaceOverview", "BoardView", "CardByKey", "OverdueAcrossBoards", "ByCustomField",
				"HoursByListAndBoard", "CompletedPerWeekByAssignee", "BySelectField", "Limits", "CreateCard", "WorkTheCard", "AddWebhook", "Board"} {
				t.Run(name, func(t *testing.T) { targetTests[name](t, k) }) // in order: the last four write
			}
		})
	}
}

var targetTests = map[string]func(*testing.T, known){
	"Viewer": testViewer, "WorkspaceOverview": testWorkspaceOverview, "BoardView": testBoardView, "CardByKey": testCardByKey,
	"OverdueAcrossBoards": testOverdue, "ByCustomField": testByCustomField, "HoursByListAndBoard": testHours,
	"CompletedPerWeekByAssignee": testCompletedPerWeek, "BySelectField": testBySelectField, "CreateCard": testCreateCard,
	"WorkTheCard": testWorkTheCard, "Limits": testLimits, "AddWebhook": testAddWebhook, "Board": testBoardSubscription,
}

func testViewer(t *testing.T, k known) {
	var got struct {
		Viewer struct {
			User         struct{ ID string }
			Organisation struct{ ID, Key string }
			Credential   struct {
				Kind      string
				Workspace *struct{ ID string }
			}
		}
	}
	target(t, k.Gateway, "Viewer", nil, &got)
	if v := got.Viewer; v.User.ID != k.owner || v.Organisation.Key != k.Demo.Organisation.Key || v.Credential.Kind != "PERSONAL" || v.Credential.Workspace != nil {
		t.Errorf("got %+v", got)
	}
}

func testWorkspaceOverview(t *testing.T, k known) {
	var got struct {
		Workspace struct {
			ViewerRole string
			Lists      []struct{ ID string }
			Boards     struct {
				TotalCount int
				Nodes      []struct {
					ID        string
					OpenCards struct{ TotalCount int }
				}
			}
		}
	}
	target(t, k.Gateway, "WorkspaceOverview", map[string]any{"id": k.Facts.WorkspaceID}, &got)
	open := map[string]int{}
	for _, card := range k.live() {
		if card.CompletedAt == nil {
			open[card.BoardID]++
		}
	}
	for _, board := range got.Workspace.Boards.Nodes {
		if board.OpenCards.TotalCount != open[board.ID] {
			t.Errorf("board %s: %d open cards, want %d", board.ID, board.OpenCards.TotalCount, open[board.ID])
		}
	}
	if got.Workspace.ViewerRole != "ADMIN" || got.Workspace.Boards.TotalCount != len(open) || len(got.Workspace.Lists) != 8 {
		t.Errorf("got %+v", got)
	}
}

func testBoardView(t *testing.T, k known) {
	var got struct {
		Board struct {
			Columns []struct {
				List  struct{ ID string }
				Cards struct {
					TotalCount int
					Nodes      []struct {
						ID       string
						Position string
						Labels   []struct{ ID string }
					}
				}
			}
		}
	}
	target(t, k.Gateway, "BoardView", map[string]any{"id": k.Facts.BoardID}, &got)
	for _, column := range got.Board.Columns {
		var want []*domain.Card
		for _, card := range k.live() {
			if card.BoardID == k.Facts.BoardID && card.ListID == column.List.ID {
				want = append(want, card)
			}
		}
		slices.SortFunc(want, func(a, b *domain.Card) int { return int(a.Position - b.Position) })
		if column.Cards.TotalCount != len(want) || len(column.Cards.Nodes) != min(50, len(want)) {
			t.Fatalf("list %s: %d cards, want %d", column.List.ID, column.Cards.TotalCount, len(want))
		}
		for i, node := range column.Cards.Nodes {
			labels := 0
			for _, l := range k.Demo.CardLabels {
				if l.CardID == node.ID {
					labels++
				}
			}
			if node.ID != want[i].ID || node.Position != want[i].Position.String() || len(node.Labels) != labels {
				t.Errorf("list %s, place %d: got %+v, want %s with %d labels", column.List.ID, i, node, want[i].ID, labels)
			}
		}
	}
}

func testCardByKey(t *testing.T, k known) {
	card := k.live()[0]
	var got struct {
		Card struct {
			ID, URL  string
			Activity struct{ Nodes []struct{ Action string } }
		}
	}
	target(t, k.Gateway, "CardByKey", map[string]any{"key": strings.ToLower(card.Key())}, &got)
	if got.Card.ID != card.ID || got.Card.URL != "http://app.test/o/"+k.Demo.Organisation.Key+"/c/"+card.Key() || len(got.Card.Activity.Nodes) == 0 {
		t.Errorf("got %+v", got)
	}
}

// owner is the person whose personal key the demo made.
func owner(g *gatewaytest.Gateway) string {
	for _, key := range g.Demo.Keys {
		for _, user := range g.Demo.Users {
			if key.Request.Kind == domain.PersonalKey && user.Email == key.Request.UserEmail {
				return user.ID
			}
		}
	}
	return ""
}
