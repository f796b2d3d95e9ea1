package graph

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"kanera.dev/domain"
	"kanera.dev/graph/live"
)

// MaxEventCost is the highest cost of a subscription's document: what one event may cost the server each time.
const MaxEventCost = 1000

// codeNoStream is for subscriptions that come by a way that carries one answer only.
const codeNoStream domain.Code = "STREAM_REQUIRED"

// Live lets callers subscribe to what a feed follows. Without it subscriptions are UNAVAILABLE.
func Live(feed *live.Feed) Option {
	return func(e *Executor) { e.feed = feed }
}

// Subscription is an open subscription of a caller: first its document was admitted, charged and run up to the stream of
// its root field, as any operation; now each event of the stream is an operation of its own, with loaders of its own.
type Subscription struct {
	executor *Executor
	stream   *live.Stream
	document *ast.QueryDocument
	params   graphql.RawParams
}

// Subscribe opens a subscription. since overrules the argument of that name unless it is empty. Where there is nothing
// to wait for, because the document is no subscription or was refused, the response says it all.
func (e *Executor) Subscribe(ctx context.Context, params *graphql.RawParams, since string) (*Subscription, *graphql.Response) {
	o := &opening{since: since, who: identityOf(ctx)}
	response := e.Run(context.WithValue(ctx, openingKey{}, o), params)
	if o.stream == nil {
		return nil, response
	}
	return &Subscription{e, o.stream, o.document, *params}, nil
}

// Next waits for the next event and runs the document for it, once for all subscriptions that differ in nothing. It
// returns the encoded response and what to pass as since after it; or the error that ends the subscription.
func (s *Subscription) Next(ctx context.Context) (payload []byte, cursor string, err error) {
	delivery, err := s.stream.Next(ctx)
	if err != nil {
		return nil, "", err
	}
	return live.Shared(delivery, func(ctx context.Context) []byte { return encode(s.answer(ctx, delivery)) }), delivery.Cursor, nil
}

// answer runs the document for one event. Its errors carry the id of the event as that of their request.
func (s *Subscription) answer(ctx context.Context, delivery *live.Delivery) *graphql.Response {
	ctx = domain.WithPrincipal(WithRequestID(graphql.StartOperationTrace(ctx), delivery.Event.ID), delivery.Who)
	ctx = context.WithValue(withDocument(ctx, s.document), eventKey{}, &Event{delivery.Event, delivery.Cursor})
	params := s.params
	params.Variables = maps.Clone(params.Variables)
	return s.executor.run(ctx, &params)
}

// Close ends the subscription.
func (s *Subscription) Close() { s.stream.Close() }

// failure shows the error that ended a subscription; nil when the caller left or the server stops, which need no words.
func (e *Executor) failure(ctx context.Context, err error) *graphql.Response {
	if ctx.Err() != nil || errors.Is(err, live.ErrClosing) {
		return nil
	}
	return e.engine.DispatchError(graphql.WithOperationContext(ctx, &graphql.OperationContext{}), gqlerror.List{gqlerror.Wrap(err)})
}

// opening is a subscription on its way to its stream.
type opening struct {
	since    string
	who      func(context.Context) (*domain.Principal, error)
	document *ast.QueryDocument
	stream   *live.Stream // nil until there is one
}

type (
	openingKey struct{}
	eventKey   struct{}
)

func openingOf(ctx context.Context) *opening {
	o, _ := ctx.Value(openingKey{}).(*opening)
	return o
}

// isOpened reports whether the operation under ctx has got its stream.
func isOpened(ctx context.Context) bool {
	o := openingOf(ctx)
	return o != nil && o.stream != nil
}

// subscriptions resolves the root fields of subscriptions.
type subscriptions struct {
	service *domain.Service
	feed    func() *live.Feed
}

// BoardEvents follows one board.
func (s subscriptions) BoardEvents(ctx context.Context, boardID string, since *string) (<-chan *Event, error) {
	return s.source(ctx, since, func(who *domain.Principal) (live.Request, error) {
		board, err := s.service.Board(ctx, who, boardID)
		if err != nil {
			return live.Request{}, err
		}
		return live.Request{WorkspaceID: board.WorkspaceID, Sieve: domain.Sieve{BoardIDs: []string{boardID}}}, nil
	})
}

// WorkspaceEvents follows one workspace.
func (s subscriptions) WorkspaceEvents(ctx context.Context, workspaceID string, types []string, since *string) (<-chan *Event, error) {
	return s.source(ctx, since, func(who *domain.Principal) (live.Request, error) {
		var checks domain.Checks
		if checks.EventTypes(types, "types"); checks.Err() != nil {
			return live.Request{}, checks.Err()
		}
		_, err := s.service.Workspace(ctx, who, workspaceID)
		return live.Request{WorkspaceID: workspaceID, Sieve: domain.Sieve{Types: types}}, err
	})
}

// CardChanged follows the cards of all workspaces of the viewer.
func (s subscriptions) CardChanged(ctx context.Context, filter *domain.CardFilter, since *string) (<-chan *Event, error) {
	return s.source(ctx, since, func(who *domain.Principal) (live.Request, error) {
		if filter == nil {
			filter = &domain.CardFilter{}
		}
		_, err := s.service.Search(ctx, who, domain.CardSearch{Filter: filter}) // a filter that cannot be asked hears nothing
		return live.Request{List: s.places, Sieve: domain.Sieve{Filter: filter}}, err
	})
}

func (s subscriptions) places(ctx context.Context, who *domain.Principal) ([]live.Place, error) {
	page, err := s.service.Store.VisibleWorkspaces(ctx, who, domain.Page{ByRow: true, All: true})
	places := make([]live.Place, len(page.Nodes))
	for i, workspace := range page.Nodes {
		places[i] = live.Place{WorkspaceID: workspace.ID, Created: workspace.CreatedAt}
	}
	return places, err
}

// source hands out the event that the operation runs for, or opens the stream that it will run for.
func (s subscriptions) source(ctx context.Context, since *string, plan func(*domain.Principal) (live.Request, error)) (<-chan *Event, error) {
	events := make(chan *Event, 1)
	defer close(events)
	if event, ok := ctx.Value(eventKey{}).(*Event); ok {
		events <- event
		return events, nil
	}
	o := openingOf(ctx)
	switch {
	case o == nil:
		return nil, &domain.Error{Code: codeNoStream, Message: "Subscriptions need a WebSocket or an event stream."}
	case s.feed() == nil:
		return nil, domain.Unavailable("There are no live events here.")
	}
	request, err := plan(domain.PrincipalFrom(ctx))
	if err != nil {
		return nil, err
	}
	request.Who, request.Same, request.Since = o.who, sameness(graphql.GetOperationContext(ctx)), orZero(since)
	if o.since != "" {
		request.Since = o.since
	}
	o.document, _ = ctx.Value(documentKey{}).(*ast.QueryDocument)
	o.stream, err = s.feed().Subscribe(ctx, request)
	return events, err
}

// sameness is equal for operations that differ in nothing but a variable that is used for since and for nothing else.
func sameness(operation *graphql.OperationContext) string {
	variables := maps.Clone(operation.Variables)
	since := rootField(operation).Arguments.ForName("since")
	// Its name stands where it is declared, and there. Longer names that begin so only make less the same.
	if since != nil && since.Value.Kind == ast.Variable && strings.Count(operation.RawQuery, "$"+since.Value.Raw) == 2 {
		delete(variables, since.Value.Raw)
	}
	raw, err := json.Marshal([]any{operation.RawQuery, operation.Operation.Name, variables})
	if err != nil {
		raw = []byte(domain.NewID()) // the same as nothing else
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// rootField is the only root field that a subscription has.
func rootField(operation *graphql.OperationContext) graphql.CollectedField {
	return graphql.CollectFields(operation, operation.Operation.SelectionSet, []string{"Subscription"})[0]
}

// inRootField tells what a subscription resolves for an event where it stands, for the paths of errors.
func inRootField(ctx context.Context, operation *graphql.OperationContext) context.Context {
	if operation.Operation.Operation != ast.Subscription {
		return ctx
	}
	return graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: "Subscription", Field: rootField(operation)})
}

type identityKey struct{}

// WithIdentity returns a context under which subscriptions ask again and again on whose behalf they hear of events.
// Without it they go on as whoever opened them.
func WithIdentity(ctx context.Context, identify func(context.Context) (*domain.Principal, error)) context.Context {
	return context.WithValue(ctx, identityKey{}, identify)
}

func identityOf(ctx context.Context) func(context.Context) (*domain.Principal, error) {
	if identify, ok := ctx.Value(identityKey{}).(func(context.Context) (*domain.Principal, error)); ok {
		return identify
	}
	who := domain.PrincipalFrom(ctx)
	return func(context.Context) (*domain.Principal, error) { return who, nil }
}
