package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"kanera.dev/domain"
	"kanera.dev/gateway/demo"
	"kanera.dev/graph"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
	"kanera.dev/rest"
)

// counter runs queries in process and counts their statements.
type counter struct {
	*graph.Executor
	service *domain.Service
	facts   *demo.Facts
	who     *domain.Principal
	hours   string
}

// newCounter seeds the demo and some workspaces more. Its loaders wait long enough for a machine that is busy.
func newCounter(t *testing.T, store *persistence.Store) *counter {
	t.Helper()
	now := time.Date(2030, 3, 4, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	facts, err := demo.Seed(t.Context(), demo.Target{Store: store, Now: clock, KeyEnvironment: "test", DataDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{service: &domain.Service{Store: store, Now: clock, NewID: domain.NewID, WebURL: "http://app.test"}, facts: facts}
	c.read(true)
	if c.who, err = c.service.Authenticate(t.Context(), facts.PersonalKey); err != nil {
		t.Fatal(err)
	}
	for i := range 8 {
		seed := &domain.BoardSeedInput{Name: fmt.Sprintf("Board %d", i)}
		workspace, board, err := c.service.WorkspaceCreate(t.Context(), c.who, domain.WorkspaceCreateInput{Name: fmt.Sprintf("Space %d", i), InitialBoard: seed})
		if err != nil {
			t.Fatal(err)
		}
		lists, err := store.ListsOf(t.Context(), []string{workspace.ID})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.service.CardCreate(t.Context(), c.who, domain.NewCard{BoardID: board.ID, ListID: lists[workspace.ID][0].ID, Title: "One"})
		if err != nil {
			t.Fatal(err)
		}
	}
	fields, err := store.CustomFieldsOf(t.Context(), []string{facts.WorkspaceID})
	if err != nil {
		t.Fatal(err)
	}
	numbers := slices.IndexFunc(fields[facts.WorkspaceID], func(f *domain.CustomField) bool { return f.Type == domain.FieldNumber })
	c.hours = fields[facts.WorkspaceID][numbers].ID
	c.makeEvents(t)
	c.makeWebhooks(t)
	return c
}

// read has the queries that follow answered the fast way or the ordinary one.
func (c *counter) read(fast bool) {
	c.Executor = graph.NewExecutor(c.service, slog.New(slog.DiscardHandler), graph.Fast(fast), graph.BatchWait(200*time.Millisecond),
		graph.WithDeadline(2*time.Minute)) // all queries share the machine
}

// makeEvents lets something happen to as many cards as a page of events is asked for.
func (c *counter) makeEvents(t *testing.T) {
	t.Helper()
	cards, err := c.service.Store.FindCards(t.Context(), domain.CardQuery{Viewer: c.who, Order: domain.NewestFirst, Page: domain.Page{First: 40}},
		[]domain.CardParent{{WorkspaceID: c.facts.WorkspaceID}})
	if err != nil {
		t.Fatal(err)
	}
	for _, card := range cards[domain.CardParent{WorkspaceID: c.facts.WorkspaceID}].Nodes {
		if _, err := c.service.CardComplete(t.Context(), c.who, card.ID, card.CompletedAt == nil); err != nil {
			t.Fatal(err)
		}
	}
}

func (c *counter) run(ctx context.Context, query string, variables map[string]any) (statements int64, data json.RawMessage, err error) {
	ctx, count := persistence.CountStatements(domain.WithPrincipal(ctx, c.who))
	answer := c.Run(ctx, &graphql.RawParams{Query: query, Variables: variables})
	if len(answer.Errors) > 0 {
		return 0, nil, answer.Errors
	}
	return count.Load(), answer.Data, nil
}

func TestStatementsDoNotDependOnRows(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		c := newCounter(t, store)
		queries, unreached := everyField(c.Schema())
		if len(unreached) > 0 {
			t.Fatalf("no way to meet many of %v: add them to reach", unreached)
		}
		t.Logf("%d queries", len(queries))
		for _, fast := range []bool{true, false} {
			c.read(fast)
			each(queries, func(q asked) { c.compare(t, q) })
		}
	})
}

// each works on several things at once: they spend their time waiting for loaders.
func each[T any](things []T, work func(T)) {
	var group sync.WaitGroup
	turns := make(chan struct{}, 24)
	for _, thing := range things {
		turns <- struct{}{}
		group.Go(func() {
			work(thing)
			<-turns
		})
	}
	group.Wait()
}

// compare asks for few rows and for many. A connection is also asked without its totalCount, which has to be cheaper.
func (c *counter) compare(t *testing.T, q asked) {
	few, many := 2, []int{30, 30, 30, 12}[strings.Count(q.query, "N)")] // as many as an operation may cost
	if strings.HasPrefix(q.query, "cards") {
		few = 12 // among which somebody has labels, people and every kind of value
	}
	without := asked{query: strings.Replace(q.query, "totalCount", "", 1)}
	var small, large, uncounted int64
	var little, much json.RawMessage
	var errs [3]error
	for try := 0; try < 10 && (try == 0 || small != large || q.counts && uncounted >= small); try++ {
		small, little, errs[0] = c.least(t, small, q.with(few, c.hours, c.facts.WorkspaceID))
		large, much, errs[1] = c.least(t, large, q.with(many, c.hours, c.facts.WorkspaceID))
		if q.counts {
			uncounted, _, errs[2] = c.least(t, uncounted, without.with(few, c.hours, c.facts.WorkspaceID))
		}
		if err := errors.Join(errs[:]...); err != nil {
			t.Errorf("%s: %v\n%s", q.name, err, q.query)
			return
		}
	}
	if small != large {
		t.Errorf("%s: %d statements for few rows, %d for many\n%s", q.name, small, large, q.query)
	}
	if q.counts && uncounted >= small {
		t.Errorf("%s: %d statements with totalCount, %d without\n%s", q.name, small, uncounted, q.query)
	}
	if q.field != "" && (!holds(little, q.field) || !holds(much, q.field)) {
		t.Errorf("%s: nothing was found\n%s\n%.500s", q.name, q.query, little)
	}
}

// least runs the query and returns the smaller number of statements of this time and before, unless there was none. On
// a machine that is too busy even for patient loaders one of them may ask twice; that never makes statements fewer.
func (c *counter) least(t *testing.T, before int64, query string) (int64, json.RawMessage, error) {
	statements, data, err := c.run(t.Context(), query, nil)
	if before > 0 {
		statements = min(statements, before)
	}
	return statements, data, err
}

// holds reports whether some object in the data has the field with anything in it.
func holds(data json.RawMessage, field string) bool {
	var tree any
	if err := json.Unmarshal(data, &tree); err != nil {
		return false
	}
	return !walk(tree, func(name string, value any) bool { return name != field || empty(value) })
}

func empty(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case []any:
		return len(value) == 0
	case map[string]any:
		nodes, page := value["nodes"].([]any)
		return page && len(nodes) == 0
	}
	return false
}

// walk visits every member of a JSON tree until visit says false, and reports whether it never did.
func walk(tree any, visit func(name string, value any) bool) bool {
	switch tree := tree.(type) {
	case []any:
		for _, element := range tree {
			if !walk(element, visit) {
				return false
			}
		}
	case map[string]any:
		for name, value := range tree {
			if !visit(name, value) || !walk(value, visit) {
				return false
			}
		}
	}
	return true
}

// TestStatementsOfWholeDocuments shows what the busiest reads cost.
func TestStatementsOfWholeDocuments(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		c := newCounter(t, store)
		api, err := rest.New(c.Executor, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		view := targetQueries[strings.Index(targetQueries, "query BoardView"):strings.Index(targetQueries, "query CardByKey")]
		viewed := func(cards int) int64 {
			document := strings.Replace(view, "first: 50", fmt.Sprintf("first: %d", cards), 1)
			statements, _, err := c.run(t.Context(), document, map[string]any{"id": c.facts.BoardID})
			if err != nil {
				t.Error(err)
			}
			return statements
		}
		opened := func(cards int) int64 {
			ctx, count := persistence.CountStatements(domain.WithPrincipal(t.Context(), c.who))
			path := fmt.Sprintf("%s/boards/%s/open?listId=%s&cardLimit=%d", rest.Base, c.facts.BoardID, c.facts.ListID, cards)
			answer := httptest.NewRecorder()
			api.ServeHTTP(answer, httptest.NewRequestWithContext(ctx, "POST", path, nil))
			if answer.Code != 200 || !strings.Contains(answer.Body.String(), c.facts.ListID) {
				t.Errorf("%s: %d %s", path, answer.Code, answer.Body)
			}
			return count.Load()
		}
		board := mustCostTheSame(t, "BoardView", 1, 50, viewed)
		list := mustCostTheSame(t, "POST /boards/{id}/open", 2, 100, opened)
		if board != 4 || list != 3 { // the view counts its cards
			t.Errorf("statements: BoardView %d, POST /boards/{id}/open %d, want 4 and 3", board, list)
		}
	})
}

// mustCostTheSame compares the statements for few rows and for many; see least for why it may ask again.
func mustCostTheSame(t *testing.T, name string, few, many int, statements func(rows int) int64) int64 {
	t.Helper()
	small, large := statements(few), statements(many)
	for range 3 {
		if small != large {
			small, large = min(small, statements(few)), min(large, statements(many))
		}
	}
	if small != large {
		t.Errorf("%s: %d statements for %d rows, %d for %d", name, small, few, large, many)
	}
	return large
}
