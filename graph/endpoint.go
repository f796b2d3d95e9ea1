package graph

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"kanera.dev/domain"
)

// Codes of HTTP requests that carry no operation we would run. Stable, as all codes are.
const (
	codeBodyTooLarge     domain.Code = "BODY_TOO_LARGE"         // more than MaxBodyBytes
	codeInvalidJSON      domain.Code = "INVALID_JSON"           // the body does not parse
	codeMediaType        domain.Code = "UNSUPPORTED_MEDIA_TYPE" // a body that is no JSON
	codeMethod           domain.Code = "METHOD_NOT_ALLOWED"     // a mutation by GET
	codeBatch            domain.Code = "BATCH_NOT_SUPPORTED"    // an array of requests
	codePreflight        domain.Code = "PREFLIGHT_REQUIRED"     // a page of any origin could have sent this
	codePersistedUnknown domain.Code = "PERSISTED_QUERY_NOT_FOUND"
	codePersistedOther   domain.Code = "PERSISTED_QUERY_HASH_MISMATCH"
)

// statuses maps codes of requests that were not run, or not to the end, to statuses. Clients of persisted queries
// expect 200 for a hash that is not known yet. What is not here follows the media type; see statusOf.
var statuses = map[domain.Code]int{
	codeBodyTooLarge: http.StatusRequestEntityTooLarge, codeMediaType: http.StatusUnsupportedMediaType,
	codeMethod: http.StatusMethodNotAllowed, codePersistedUnknown: http.StatusOK,
	domain.CodeBadRequest: http.StatusBadRequest, codeInvalidJSON: http.StatusBadRequest, codeBatch: http.StatusBadRequest, codePreflight: http.StatusBadRequest,
	codePersistedOther: http.StatusBadRequest, codeTooManyTokens: http.StatusBadRequest, codeNameTooLong: http.StatusBadRequest,
	codeTooManyOperations: http.StatusBadRequest, codeTooManyAliases: http.StatusBadRequest,
	codeTooManyDirectives: http.StatusBadRequest, codeTooDeep: http.StatusBadRequest,
	codeTooManySelections: http.StatusBadRequest, codeTooManyRepetitions: http.StatusBadRequest,
	codeFragmentCycle: http.StatusBadRequest, codeCostTooHigh: http.StatusBadRequest, codeNoStream: http.StatusNotAcceptable, codeIntrospection: http.StatusForbidden,
	domain.CodeUnregistered: http.StatusForbidden, domain.CodeRateLimited: http.StatusTooManyRequests, domain.CodeTooManySubscriptions: http.StatusTooManyRequests,
	domain.CodeTimeout: http.StatusGatewayTimeout, domain.CodeUnavailable: http.StatusServiceUnavailable,
}

// Handler serves GraphQL over HTTP: POST for everything, GET for queries; event streams for who accepts them, by both; and
// WebSockets.
type Handler struct {
	executor  *Executor
	heartbeat time.Duration
	stopping  context.Context //nolint:containedctx // ends the WebSockets, which outlive their requests
	stop      context.CancelFunc
	mu        sync.Mutex // over entering and stopping
	sockets   sync.WaitGroup
}

// NewHandler returns the HTTP endpoint of an executor.
func NewHandler(executor *Executor, options ...HandlerOption) *Handler {
	h := &Handler{executor: executor, heartbeat: heartbeat}
	h.stopping, h.stop = context.WithCancel(context.Background())
	for _, option := range options {
		option(h)
	}
	return h
}

// Drain closes all WebSockets, and takes no new ones, until they are closed or ctx ends.
func (h *Handler) Drain(ctx context.Context) {
	h.mu.Lock()
	h.stop()
	h.mu.Unlock()
	drained := make(chan struct{})
	go func() {
		h.sockets.Wait()
		close(drained)
	}()
	select {
	case <-drained:
	case <-ctx.Done():
	}
}

// enter counts a WebSocket, unless the handler is draining.
func (h *Handler) enter() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopping.Err() != nil {
		return false
	}
	h.sockets.Add(1)
	return true
}

func (h *Handler) leave() { h.sockets.Done() }

// ServeHTTP answers one GraphQL request. The bytes of the response are written as the executor made them.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if isSocket(r) {
		h.serveSocket(w, r)
		return
	}
	params, err := read(w, r)
	if err != nil {
		write(w, r, refused(r.Context(), err))
		return
	}
	ctx := withWays(r.Context(), r.Header)
	if r.Method == http.MethodGet {
		ctx = withQueriesOnly(ctx)
	}
	h.pass(w, r.WithContext(ctx), params, func(w http.ResponseWriter, r *http.Request) {
		if accepts(r, mediaEvents) {
			h.serveEvents(w, r, params)
			return
		}
		response := h.executor.Run(r.Context(), params)
		write(w, r, response)
		h.executor.Recycle(response)
	})
}

// refused is the answer to a request that carries no operation.
func refused(ctx context.Context, err error) *graphql.Response {
	code := domain.CodeBadRequest
	if known, ok := errors.AsType[*domain.Error](err); ok {
		code = known.Code
	}
	return &graphql.Response{Errors: gqlerror.List{{
		Message: err.Error(), Extensions: map[string]any{"code": string(code), "requestId": RequestID(ctx)},
	}}}
}

type queriesOnlyKey struct{}

// withQueriesOnly forbids the operation to change anything: a GET may be repeated, cached and prefetched.
func withQueriesOnly(ctx context.Context) context.Context {
	return context.WithValue(ctx, queriesOnlyKey{}, true)
}

func isQueriesOnly(ctx context.Context) bool { return ctx.Value(queriesOnlyKey{}) != nil }
