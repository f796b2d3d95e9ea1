package graph

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"kanera.dev/domain"
)

// purse is a budget of points.
type purse struct{ left, refunded int }

const purseSize = 1000

// Debit implements Meter.
func (p *purse) Debit(_ context.Context, cost int) (*CostState, error) {
	state := &CostState{Limit: purseSize, Remaining: p.left, ResetAt: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}
	if cost > p.left {
		state.RetryAfter = 1500 * time.Millisecond
		return state, domain.RateLimited("The budget is used up.")
	}
	p.left -= cost
	state.Remaining = p.left
	return state, nil
}

// Refund implements Meter.
func (p *purse) Refund(_ context.Context, cost int) {
	p.left, p.refunded = p.left+cost, p.refunded+cost
}

// boards is a store that knows nothing but boards.
type boards struct {
	domain.Store

	list func(context.Context) ([]*domain.Board, error)
}

// VisibleBoards implements domain.Store.
func (b boards) VisibleBoards(ctx context.Context, _ *domain.Principal, _ domain.Page) (domain.PageOf[*domain.Board], error) {
	found, err := b.list(ctx)
	return domain.PageOf[*domain.Board]{Nodes: found, Cursor: func(int) string { return "" }}, err
}

func two(context.Context) ([]*domain.Board, error) {
	return []*domain.Board{{ID: "a"}, {ID: "b"}}, nil
}

func TestBill(t *testing.T) {
	t.Parallel()
	type list = func(context.Context) ([]*domain.Board, error)
	const tenBoards = `{ boards(first: 10) { nodes { id } } }`
	for name, row := range map[string]struct {
		list      list
		query     string
		budget    int
		anonymous bool
		dry       bool
		left      int // of the budget
		code      domain.Code
		cost      string // extensions.cost
		details   string // of the error
	}{
		"what was not used comes back": {list: two, query: tenBoards, budget: 100, left: 97,
			cost: `{"actual":3,"remaining":97,"requested":11,"resetAt":"2030-01-01T00:00:00.000Z"}`},
		"nodes and edges are both counted": {list: two, query: `{ boards(first: 10) { nodes { id } edges { cursor node { id } } } }`, budget: 100, left: 95,
			cost: `{"actual":5,"remaining":95,"requested":21,"resetAt":"2030-01-01T00:00:00.000Z"}`},
		"a list longer than was asked for is on us": {list: two, query: `{ boards(first: 1) { nodes { id } } }`, budget: 100, left: 98,
			cost: `{"actual":2,"remaining":98,"requested":2,"resetAt":"2030-01-01T00:00:00.000Z"}`},
		"a failure of ours costs nothing": {list: func(context.Context) ([]*domain.Board, error) { return none(errors.New("disk")) },
			query: tenBoards, budget: 100, left: 100, code: domain.CodeInternal,
			cost: `{"actual":0,"remaining":100,"requested":11,"resetAt":"2030-01-01T00:00:00.000Z"}`},
		"a panic costs nothing": {list: func(context.Context) ([]*domain.Board, error) { panic("bug") },
			query: tenBoards, budget: 100, left: 100, code: domain.CodeInternal,
			cost: `{"actual":0,"remaining":100,"requested":11,"resetAt":"2030-01-01T00:00:00.000Z"}`},
		"too long costs nothing": {list: func(ctx context.Context) ([]*domain.Board, error) {
			<-ctx.Done()
			return none(ctx.Err())
		}, query: tenBoards, budget: 100, left: 100, code: domain.CodeTimeout},
		"a failure of the caller's costs what was done": {list: func(context.Context) ([]*domain.Board, error) { return none(domain.Forbidden("No.")) },
			query: tenBoards, budget: 100, left: 99, code: domain.CodeForbidden,
			cost: `{"actual":1,"remaining":99,"requested":11,"resetAt":"2030-01-01T00:00:00.000Z"}`},
		"a document that is not valid costs nothing": {list: two, query: `{ boards(first: 10) { nodes { nothing } } }`, budget: 100, left: 100, code: codeDocument},
		"a budget that is used up": {list: two, query: tenBoards, budget: 10, left: 10, code: domain.CodeRateLimited,
			details: `{"code":"RATE_LIMITED","cost":11,"retryAfter":2}`,
			cost:    `{"actual":0,"remaining":10,"requested":11,"resetAt":"2030-01-01T00:00:00.000Z"}`},
		"more than one may cost": {list: two, query: nested(2), budget: 100, left: 100, code: codeCostTooHigh,
			details: `{"code":"COST_TOO_HIGH","cost":8120601,"limit":50000}`},
		"more than the budget ever holds": {list: two, query: `{ boards(first: 100) { nodes { members(first: 100) { nodes { userId } } } } }`, budget: 100, left: 100,
			code: codeCostTooHigh, details: `{"code":"COST_TOO_HIGH","cost":10201,"limit":1000}`},
		"a dry run":                        {list: two, query: tenBoards, budget: 100, left: 100, dry: true, cost: `{"actual":0,"remaining":null,"requested":11,"resetAt":null}`},
		"a dry run of an invalid document": {list: two, query: `{ nothing }`, budget: 100, left: 100, dry: true, code: codeDocument},
		"nobody pays":                      {list: two, query: `{ health { ok } }`, budget: 100, left: 100, anonymous: true, cost: `{"actual":0,"remaining":null,"requested":0,"resetAt":null}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			meter := &purse{left: row.budget}
			e := NewExecutor(&domain.Service{Store: boards{list: row.list}}, slog.New(slog.DiscardHandler), Metered(meter), WithDeadline(100*time.Millisecond))
			ctx := t.Context()
			if !row.anonymous {
				ctx = domain.WithPrincipal(ctx, &domain.Principal{Scope: domain.ScopeRead})
			}
			params := &graphql.RawParams{Query: row.query}
			if row.dry {
				params.Extensions = map[string]any{"cost": map[string]any{"dryRun": true}}
			}
			response := e.Run(ctx, params)
			if meter.left != row.left {
				t.Errorf("%d left, want %d", meter.left, row.left)
			}
			checkBill(t, response, row.code, row.cost, row.details)
		})
	}
}

func none(err error) ([]*domain.Board, error) { return nil, err }

func checkBill(t *testing.T, response *graphql.Response, code domain.Code, cost, details string) {
	t.Helper()
	if len(response.Errors) > 0 && codeOf(response.Errors[0]) != code || len(response.Errors) == 0 && code != "" {
		t.Errorf("errors %+v, want %q", response.Errors, code)
	}
	if shown, _ := json.Marshal(response.Extensions["cost"]); cost != "" && string(shown) != cost {
		t.Errorf("cost %s, want %s", shown, cost)
	}
	if cost == "" && code != domain.CodeTimeout && response.Extensions["cost"] != nil {
		t.Errorf("cost %v shown", response.Extensions["cost"])
	}
	if details != "" {
		if shown, _ := json.Marshal(response.Errors[0].Extensions); string(shown) != details {
			t.Errorf("extensions %s, want %s", shown, details)
		}
	}
}

// Who hangs up in the end does not get the work for nothing.
func TestACallerWhoLeavesPaysForWhatWasDone(t *testing.T) {
	t.Parallel()
	ctx, leave := context.WithCancel(domain.WithPrincipal(t.Context(), &domain.Principal{Scope: domain.ScopeRead}))
	meter := &purse{left: 100}
	e := NewExecutor(&domain.Service{Store: boards{list: func(ctx context.Context) ([]*domain.Board, error) {
		leave()
		return none(ctx.Err())
	}}}, slog.New(slog.DiscardHandler), Metered(meter))
	e.Run(ctx, &graphql.RawParams{Query: `{ boards(first: 10) { nodes { id } } }`})
	if meter.left != 99 || meter.refunded != 10 {
		t.Errorf("left %d, refunded %d", meter.left, meter.refunded)
	}
}

// Answers to GET are tagged by their bytes, so nothing in them may change that is not data.
func TestAnAnswerToGetDoesNotSayWhatIsLeft(t *testing.T) {
	t.Parallel()
	e := NewExecutor(&domain.Service{Store: boards{list: two}}, slog.New(slog.DiscardHandler), Metered(&purse{left: 100}))
	ctx := withQueriesOnly(domain.WithPrincipal(t.Context(), &domain.Principal{Scope: domain.ScopeRead}))
	for range 2 {
		checkBill(t, e.Run(ctx, &graphql.RawParams{Query: `{ boards(first: 10) { nodes { id } } }`}), "",
			`{"actual":3,"remaining":null,"requested":11,"resetAt":null}`, "")
	}
}

// Operations that run for REST are paid for by the request.
func TestStoredDocumentsAreNotCharged(t *testing.T) {
	t.Parallel()
	meter := &purse{left: 100}
	e := NewExecutor(&domain.Service{Store: boards{list: two}}, slog.New(slog.DiscardHandler), Metered(meter))
	document, errs := e.admit(t.Context(), &graphql.RawParams{Query: `{ boards { nodes { id } } }`})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	response := e.Execute(domain.WithPrincipal(t.Context(), &domain.Principal{Scope: domain.ScopeRead}), document, "", nil)
	if len(response.Errors) > 0 || len(response.Extensions) > 0 || meter.left != 100 {
		t.Errorf("%+v, %d left", response, meter.left)
	}
}
