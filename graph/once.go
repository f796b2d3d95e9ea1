package graph

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"kanera.dev/domain"
)

// Change is what a Gate learns about a mutation.
type Change struct {
	Canonical []byte // document, operation and variables in one fixed form: the same for the same mutation
	Fields    int    // how many root fields it has
}

// Gate stands before the mutation of an HTTP request. It calls run, or answers itself.
type Gate func(w http.ResponseWriter, r *http.Request, change Change, run http.HandlerFunc)

type gateKey struct{}

// WithGate puts a gate before the operation of a request, if it turns out to be a mutation.
func WithGate(ctx context.Context, gate Gate) context.Context {
	return context.WithValue(ctx, gateKey{}, gate)
}

// pass runs an operation; a mutation runs through the gate of its request. What will be refused anyway, and what is
// not to be executed, needs no gate.
func (h *Handler) pass(w http.ResponseWriter, r *http.Request, params *graphql.RawParams, run http.HandlerFunc) {
	gate, ok := r.Context().Value(gateKey{}).(Gate)
	if !ok {
		run(w, r)
		return
	}
	change, ok := h.executor.changeOf(r.Context(), *params)
	if !ok {
		run(w, r)
		return
	}
	gate(w, r, change, run)
}

// changeOf describes what a request is about to change, as far as the guard lets it; ok is false for everything but
// mutations. A document that is only named by its hash is looked up, so that it is the same as one that is spelled out.
func (e *Executor) changeOf(ctx context.Context, params graphql.RawParams) (change Change, ok bool) {
	if _, bill := withBill(ctx, &params); bill.dry {
		return Change{}, false
	}
	if _, err := e.find(ctx, &params); err != nil {
		return Change{}, false
	}
	found, err := e.guard(params.Query)
	if err != nil {
		return Change{}, false
	}
	operation := found.document.Operations.ForName(params.OperationName)
	if operation == nil || operation.Operation != ast.Mutation {
		return Change{}, false
	}
	canonical, err := json.Marshal([]any{params.Query, params.OperationName, params.Variables})
	return Change{canonical, len(operation.SelectionSet)}, err == nil
}

// WorthRepeating reports whether the answer to a mutation tells of a failure that is not the caller's, and that left
// nothing behind: the mutation never ran, or its only field failed. With several fields some may have taken effect.
func (c Change) WorthRepeating(answer []byte) bool {
	var told struct {
		Data   json.RawMessage `json:"data"`
		Errors []struct {
			Extensions struct {
				Code domain.Code `json:"code"`
			} `json:"extensions"`
		} `json:"errors"`
	}
	_ = json.Unmarshal(answer, &told) // what is no JSON tells of nothing
	for _, err := range told.Errors {
		switch err.Extensions.Code {
		case domain.CodeInternal, domain.CodeTimeout, domain.CodeUnavailable, domain.CodeRateLimited:
			return told.Data == nil || c.Fields == 1
		}
	}
	return false
}
