package rest

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"kanera.dev/domain"
)

const contentType = "application/json; charset=utf-8"

// Executor runs stored operations.
type Executor interface {
	// Schema is what the operations are valid against.
	Schema() *ast.Schema
	// Execute runs an operation of a parsed and validated document with coerced variables. The document is
	// shared by all requests, the variables are the request's own.
	Execute(ctx context.Context, doc *ast.QueryDocument, operation string, variables map[string]any) *graphql.Response
	// Recycle takes back the memory of a response that nobody looks at any more.
	Recycle(response *graphql.Response)
}

// API is the REST door. It is ready when New returns and safe for concurrent use.
type API struct {
	executor Executor
	log      *slog.Logger
	mux      *http.ServeMux
	plans    []*plan
	library  *library
	name     func(ctx context.Context, operation string)
}

// Option changes how an API works.
type Option func(*API)

// Naming has name told which stored operation a request is for, before anything of the request is looked at.
func Naming(name func(ctx context.Context, operation string)) Option {
	return func(a *API) { a.name = name }
}

// New compiles the table against the executor's schema. It fails when a row does not fit: a variable without a
// source, a document that the schema refuses, a directive out of place.
func New(executor Executor, log *slog.Logger, options ...Option) (*API, error) {
	library, err := loadLibrary(executor.Schema(), stored)
	if err != nil {
		return nil, err
	}
	plans, err := compile(routes, library)
	if err != nil {
		return nil, err
	}
	a := &API{executor: executor, log: log, mux: http.NewServeMux(), plans: plans, library: library,
		name: func(context.Context, string) {}}
	for _, option := range options {
		option(a)
	}
	a.mux.HandleFunc("/", writeRouteNotFound)
	for pattern, rows := range a.grouped() {
		a.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { a.serve(w, r, rows) })
	}
	return a, nil
}

// grouped collects the rows of each method and pattern: one, and those that a query condition chooses over it.
func (a *API) grouped() map[string][]*plan {
	rows := map[string][]*plan{}
	for _, p := range a.plans {
		key := p.route.Method + " " + Base + p.route.Pattern
		rows[key] = append(rows[key], p)
	}
	return rows
}

// ServeHTTP answers every request, also those that no route fits (404).
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

func (a *API) serve(w http.ResponseWriter, r *http.Request, rows []*plan) {
	query := r.URL.Query()
	p := choose(rows, query)
	a.name(r.Context(), p.route.Operation)
	body, response, err := a.answer(w, r, p, query)
	if response != nil {
		defer a.executor.Recycle(response)
	}
	if err != nil {
		WriteError(w, err)
		return
	}
	if p.route.Status == http.StatusNoContent {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.route.Status)
	_, _ = w.Write(body)
	p.recycle(body)
}

// choose picks the first row whose condition holds; the last row has none.
func choose(rows []*plan, query url.Values) *plan {
	for _, p := range rows {
		name, value, conditional := strings.Cut(p.route.When, "=")
		if !conditional || query.Get(name) == value {
			return p
		}
	}
	return rows[len(rows)-1]
}

// answer runs one request. A missing credential is told before anything about the request is. The body may be a part of
// the response.
func (a *API) answer(w http.ResponseWriter, r *http.Request, p *plan, query url.Values) ([]byte, *graphql.Response, error) {
	if !p.public && domain.PrincipalFrom(r.Context()) == nil {
		return nil, nil, domain.Unauthorized("A valid API key is needed.")
	}
	variables, err := p.bind(w, r, query)
	if err != nil {
		return nil, nil, err
	}
	response := a.executor.Execute(r.Context(), p.document, p.route.Operation, variables)
	if len(response.Errors) > 0 {
		failure := p.failure(response.Errors)
		if statuses[failure.Code] == 0 {
			a.log.ErrorContext(r.Context(), "stored operation failed", "operation", p.route.Operation, "error", response.Errors)
		}
		return nil, response, failure
	}
	if p.route.Status == http.StatusNoContent {
		return nil, response, nil
	}
	body, err := p.write(response.Data, variables)
	if err != nil {
		a.log.ErrorContext(r.Context(), "answer could not be written", "operation", p.route.Operation, "error", err)
	}
	return body, response, err
}
