package graph

import (
	"context"
	"errors"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"kanera.dev/domain"
)

// maxCachedBytes is how long a document may be to be kept for the next request.
const maxCachedBytes = 16 << 10

// candidate is a caller's document on its way in. Once it is valid it is shared between requests and never changes.
type candidate struct {
	document    *ast.QueryDocument
	introspects bool
	valid       bool // against the schema
}

// admit lets a caller's document in, cheapest check first: guard, cost, then validation. What was let in before is only
// judged, and paid, for who asks now.
func (e *Executor) admit(ctx context.Context, params *graphql.RawParams) (*ast.QueryDocument, gqlerror.List) {
	parsed := e.watch.Step(ctx, "parse")
	found, err := e.guard(params.Query)
	parsed()
	if err == nil {
		err = found.permit(ctx, params.OperationName)
	}
	if err == nil {
		err = e.charge(ctx, found.document, params)
	}
	if err != nil {
		return nil, asList(err)
	}
	if found.valid {
		return found.document, nil
	}
	validated := e.watch.Step(ctx, "validate")
	errs := e.validate(found.document, domain.PrincipalFrom(ctx) != nil)
	validated()
	if len(errs) > 0 {
		return nil, errs
	}
	found.valid = true
	if len(params.Query) <= maxCachedBytes {
		e.recent.Add(params.Query, found)
	}
	return found.document, nil
}

// asList keeps what the parser says as it is, and carries everything else along as a cause.
func asList(err error) gqlerror.List {
	if said, ok := errors.AsType[*gqlerror.Error](err); ok {
		return gqlerror.List{said}
	}
	return gqlerror.List{gqlerror.Wrap(err)}
}

// permit judges a document by who asks, and how.
func (c *candidate) permit(ctx context.Context, operationName string) error {
	if c.introspects && domain.PrincipalFrom(ctx) == nil {
		return &domain.Error{Code: codeIntrospection, Message: "Only callers with an API key may ask for the schema."}
	}
	operation := c.document.Operations.ForName(operationName)
	if operation != nil && operation.Operation == ast.Mutation && isQueriesOnly(ctx) {
		return &domain.Error{Code: codeMethod, Message: "Mutations need POST."}
	}
	return nil
}

// Check says why the executor would not run a caller's document; nil when it would.
func (e *Executor) Check(text string) error {
	found, err := e.guard(text)
	if err != nil {
		return err
	}
	if errs := e.validate(found.document, true); len(errs) > 0 {
		return errs
	}
	return nil
}

// guard parses a text unless that was done before, and bounds what it can do to whoever walks it.
func (e *Executor) guard(text string) (*candidate, error) {
	if found, ok := e.recent.Get(text); ok {
		return found, nil
	}
	if err := checkTokens(text); err != nil {
		return nil, err
	}
	document, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		errcode.Set(err, errcode.ParseFailed)
		return nil, err
	}
	introspects, err := checkShape(document)
	return &candidate{document: document, introspects: introspects}, err
}

// validate judges a document by the schema. Looking for names that the caller may have meant is slow, so it is done
// for few and short mistakes only, and only for callers who may know the schema.
func (e *Executor) validate(document *ast.QueryDocument, suggest bool) gqlerror.List {
	errs := validator.ValidateWithRules(e.schema, document, plainRules())
	long := func(err *gqlerror.Error) bool { return len(err.Message) > maxMessageBytes }
	if suggest && len(errs) > 0 && len(errs) <= MaxErrors && !slices.ContainsFunc(errs, long) {
		errs = validator.ValidateWithRules(e.schema, document, rules.NewDefaultRules())
	}
	for _, err := range errs[:min(len(errs), MaxErrors)] {
		errcode.Set(err, errcode.ValidationFailed)
	}
	return errs[:min(len(errs), MaxErrors)]
}

// plainRules are the rules of the specification in the variants that suggest nothing.
func plainRules() *rules.Rules {
	plain := rules.NewDefaultRules()
	for _, rule := range []struct{ suggesting, plain validator.Rule }{
		{rules.FieldsOnCorrectTypeRule, rules.FieldsOnCorrectTypeRuleWithoutSuggestions},
		{rules.KnownArgumentNamesRule, rules.KnownArgumentNamesRuleWithoutSuggestions},
		{rules.KnownTypeNamesRule, rules.KnownTypeNamesRuleWithoutSuggestions},
		{rules.ScalarLeafsRule, rules.ScalarLeafsRuleWithoutSuggestions},
		{rules.ValuesOfCorrectTypeRule, rules.ValuesOfCorrectTypeRuleWithoutSuggestions},
	} {
		plain.ReplaceRule(rule.suggesting.Name, rule.plain.RuleFunc)
	}
	return plain
}
