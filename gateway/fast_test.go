package gateway_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/gateway/gatewaytest"
	"kanera.dev/graph"
)

// documentsTried is how many documents each database answers; every run makes up others.
const documentsTried = 40

// valuesOf are arguments that make sense for the demo, and some that do not.
func valuesOf(g *gatewaytest.Gateway) map[string][]string {
	quoted := func(ids ...string) []string {
		for i, id := range ids {
			ids[i] = fmt.Sprintf("%q", id)
		}
		return ids
	}
	var number, choice string
	for _, f := range g.Demo.Fields {
		switch {
		case f.WorkspaceID != g.Facts.WorkspaceID:
		case f.Type == domain.FieldNumber:
			number = f.ID
		case f.Type == domain.FieldSelect:
			choice = f.ID
		}
	}
	missing := domain.NewID()
	return map[string][]string{
		"Query.workspace.id": quoted(g.Facts.WorkspaceID), "Query.board.id": quoted(g.Facts.BoardID, g.Facts.BoardID, missing),
		"Query.card.id": quoted(g.Facts.CardID, g.Demo.Cards[3].ID, missing), "Query.webhook.id": quoted(missing), "Query.events.workspaceId": quoted(g.Facts.WorkspaceID),
		"first": {"1", "2", "$few"}, "field": quoted(number), "shownOnCard": {"true", "false"}, "archived": {"true", "false", "null"},
		"includeCompleted": {"true", "false"}, "page": {"{ limit: 3 }", "{ limit: 2, offset: 1 }"},
		"filter":  {`{ completedAt: { null: true } }`, `{ labels: { some: { name: { contains: "e" } } } }`, fmt.Sprintf(`{ customFields: [{ id: %q, number: { gte: 2 } }] }`, number)},
		"orderBy": {},
		"groupBy": {`[{ dimension: LIST }]`, `[{ dimension: BOARD }, { dimension: LABEL }]`, fmt.Sprintf(`[{ dimension: CUSTOM_FIELD, customField: %q }]`, choice)},
	}
}

// TestFastAnswersAreTheOrdinaryOnes runs documents made up at random both ways: bytes, errors and cost are the same.
func TestFastAnswersAreTheOrdinaryOnes(t *testing.T) {
	t.Parallel()
	for _, backend := range gatewaytest.Backends {
		t.Run(string(backend), func(t *testing.T) {
			t.Parallel()
			fast := gatewaytest.New(t, backend)
			switched := *fast
			switched.Config.FastReads = false
			ordinary := switched.Another()
			seed := rand.Uint64()
			a := &author{Rand: rand.New(rand.NewPCG(seed, 1)), schema: graph.NewExecutor(&domain.Service{}, slog.New(slog.DiscardHandler)).Schema(), values: valuesOf(fast)}
			whole := 0
			for n := range documentsTried {
				key := []string{fast.Facts.PersonalKey, fast.Facts.WorkspaceKey, ""}[min(a.IntN(8)/3, 2)]
				request := map[string]any{"query": a.document(), "variables": map[string]any{"no": a.IntN(4) == 0, "few": 3}}
				got, taken := plainAnswer(t, fast, key, request)
				want, never := plainAnswer(t, ordinary, key, request)
				if never {
					t.Fatal("the fast way was taken although it is switched off")
				}
				if !bytes.Equal(got, want) {
					at := 0
					for at < min(len(got), len(want)) && got[at] == want[at] {
						at++
					}
					from := max(at-200, 0)
					t.Fatalf("seed %d, document %d differs at byte %d:\n%s\nfast:     …%.400s\nordinary: …%.400s", seed, n, at, request["query"], got[from:], want[from:])
				}
				if taken {
					whole++
				}
			}
			if whole < documentsTried/4 {
				t.Errorf("only %d of the documents were answered the fast way", whole)
			}
		})
	}
}

// plainAnswer is an answer without what differs each time, and whether all of its root fields went the fast way. Fields fail in any order, and what an operation that fails
// has used up by then is a matter of luck.
func plainAnswer(t *testing.T, g *gatewaytest.Gateway, key string, request any) (answered []byte, allFast bool) {
	t.Helper()
	response := g.Send("POST", "/graphql", http.Header{"Authorization": {"Bearer " + key}, "Content-Type": {"application/json"},
		"X-Kanera-Debug": {"reads"}}, request)
	var answer struct {
		Data       json.RawMessage `json:"data"`
		Extensions map[string]any  `json:"extensions"`
		Errors     []struct {
			Message string
			Path    json.RawMessage
		} `json:"errors,omitempty"`
	}
	response.Decode(t, &answer)
	slices.SortFunc(answer.Errors, func(a, b struct {
		Message string
		Path    json.RawMessage
	},
	) int {
		return bytes.Compare(a.Path, b.Path)
	})
	reads, _ := answer.Extensions["reads"].(map[string]any)
	allFast = len(reads) > 0
	for _, way := range reads {
		allFast = allFast && way == "fast"
	}
	delete(answer.Extensions, "reads")
	if len(answer.Errors) > 0 {
		answer.Extensions = nil
	}
	out, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Appendf(nil, "%d %s", response.Status, out), allFast
}
