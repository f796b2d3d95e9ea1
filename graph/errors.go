package graph

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"kanera.dev/domain"
)

// Codes of documents that never reach a resolver.
const (
	codeParse    = "GRAPHQL_PARSE_FAILED"      // the document is no GraphQL
	codeDocument = "GRAPHQL_VALIDATION_FAILED" // the document does not fit the schema
)

type requestIDKey struct{}

// WithRequestID returns a context that carries the id of a request, which errors show and logs name.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestID returns the id of the request; empty when there is none.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// present is the only way an error leaves the executor: a domain.Error is shown with its code, its field and its
// issues; bad input that gqlgen found gets a code of ours; everything else is logged and shown as INTERNAL.
func present(log *slog.Logger) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		shown := graphql.DefaultErrorPresenter(ctx, err)
		known := explain(ctx, err, shown.Path)
		if known.Code == domain.CodeInternal {
			log.ErrorContext(ctx, "operation failed", "requestId", RequestID(ctx), "path", shown.Path.String(), "error", err)
		}
		out := &gqlerror.Error{Message: known.Message, Path: shown.Path, Locations: shown.Locations,
			Extensions: map[string]any{"code": string(known.Code)}}
		if field := known.Field(); field != "" {
			out.Extensions["field"] = field
		}
		if len(known.Issues) > 0 {
			out.Extensions["issues"] = known.Issues
		}
		if id := RequestID(ctx); id != "" {
			out.Extensions["requestId"] = id
		}
		return out
	}
}

// explain turns any error into the domain.Error that a caller may see.
func explain(ctx context.Context, err error, path ast.Path) *domain.Error {
	if known, ok := errors.AsType[*domain.Error](err); ok {
		return known
	}
	if bad, ok := errors.AsType[*inputError](err); ok {
		issue := bad.issue
		issue.Path = argumentPath(ctx, path)
		return invalid(issue)
	}
	if late, ok := errors.AsType[*domain.Error](context.Cause(ctx)); ok {
		return late // the deadline made a statement fail
	}
	wrapped, byLibrary := errors.AsType[*gqlerror.Error](err)
	if !byLibrary || wrapped.Err != nil && len(wrapped.Path) <= fieldDepth(ctx) {
		// The library puts a path on whatever a resolver returns. Its own words about an argument name that argument
		// behind the field.
		return &domain.Error{Code: domain.CodeInternal, Message: "Something went wrong on our side."}
	}
	code, _ := wrapped.Extensions["code"].(string)
	message := shorten(wrapped.Message)
	switch {
	case code == errcode.ParseFailed:
		return &domain.Error{Code: codeParse, Message: message}
	case code == errcode.ValidationFailed && len(wrapped.Path) == 0:
		return &domain.Error{Code: codeDocument, Message: message}
	}
	issue := domain.Custom(message) // an argument of the wrong type, named by its path
	issue.Path = argumentPath(ctx, wrapped.Path)
	return invalid(issue)
}

// maxMessageBytes is how much of a library's message is shown: they quote what they complain about, whatever its length.
const maxMessageBytes = 300

func shorten(message string) string {
	if len(message) <= maxMessageBytes {
		return message
	}
	return strings.ToValidUTF8(message[:maxMessageBytes], "") + "…"
}

func invalid(issue domain.Issue) *domain.Error {
	known, _ := errors.AsType[*domain.Error](domain.Invalid(issue))
	return known
}

// argumentPath cuts a path down to the argument and its members: what follows the path of the field, or the word
// "variable".
func argumentPath(ctx context.Context, path ast.Path) []any {
	field := max(fieldDepth(ctx), 1)
	steps := make([]any, 0, len(path))
	for _, step := range path[min(field, len(path)):] {
		switch s := step.(type) {
		case ast.PathName:
			steps = append(steps, string(s))
		case ast.PathIndex:
			steps = append(steps, int(s))
		}
	}
	return steps
}

// fieldDepth is how long the path of the field is that is being resolved; 0 outside of fields.
func fieldDepth(ctx context.Context) int {
	if graphql.GetFieldContext(ctx) == nil {
		return 0
	}
	return len(graphql.GetPath(ctx))
}

// recovered turns a panic into an error that is logged with its stack and shown as INTERNAL.
func recovered(_ context.Context, cause any) error {
	return fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
}
