package graph_test

import (
	"log/slog"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"kanera.dev/domain"
	"kanera.dev/graph"
)

func contract(t *testing.T) *ast.Schema {
	t.Helper()
	return graph.NewExecutor(&domain.Service{}, slog.New(slog.DiscardHandler)).Schema()
}

// Every root field says who may call it: nobody can add one and forget.
func TestEveryRootFieldSaysWhoMayCallIt(t *testing.T) {
	t.Parallel()
	schema := contract(t)
	public := map[string]bool{}
	for _, root := range []*ast.Definition{schema.Query, schema.Mutation} {
		for _, field := range root.Fields {
			if len(field.Name) > 1 && field.Name[:2] == "__" {
				continue
			}
			scoped, open := field.Directives.ForName("scope") != nil, field.Directives.ForName("public") != nil
			if scoped == open {
				t.Errorf("%s.%s needs exactly one of @scope and @public", root.Name, field.Name)
			}
			if open {
				public[field.Name] = true
			}
			if root == schema.Mutation && scoped && field.Directives.ForName("scope").Arguments.ForName("requires").Value.Raw == "READ" {
				t.Errorf("Mutation.%s must need more than READ", field.Name)
			}
		}
	}
	if len(public) != 1 || !public["health"] {
		t.Errorf("only health answers without a credential, got %v", public)
	}
}

// Whatever a caller can name has a description, so that no tool shows an empty tooltip.
func TestEverythingIsDescribed(t *testing.T) {
	t.Parallel()
	for name, definition := range contract(t).Types {
		if definition.BuiltIn {
			continue
		}
		if definition.Description == "" {
			t.Errorf("type %s has no description", name)
		}
		for _, field := range definition.Fields {
			if field.Description == "" && field.Name[:2] != "__" {
				t.Errorf("field %s.%s has no description", name, field.Name)
			}
			for _, argument := range field.Arguments {
				if argument.Description == "" && field.Name[:2] != "__" {
					t.Errorf("argument %s.%s(%s) has no description", name, field.Name, argument.Name)
				}
			}
		}
		for _, value := range definition.EnumValues {
			if value.Description == "" {
				t.Errorf("value %s.%s has no description", name, value.Name)
			}
		}
	}
}

// Enumerations in Go and in the schema list the same values, spelled camelCase here and SCREAMING there.
func TestEnumerationsMatchTheSchema(t *testing.T) {
	t.Parallel()
	schema := contract(t)
	for name, values := range map[string][]string{
		"Scope": names(domain.Scopes), "CredentialKind": names(domain.CredentialKinds), "Color": names(domain.Colors),
		"OrganisationRole": names(domain.OrganisationRoles), "WorkspaceRole": names(domain.WorkspaceRoles),
		"BoardRole": names(domain.BoardRoles), "AccessSource": names(domain.AccessSources),
		"WorkspaceKind": names(domain.WorkspaceKinds), "BoardBackground": names(domain.BoardBackgrounds),
		"DueSlot": names(domain.DueSlots), "CustomFieldType": names(domain.CustomFieldTypes), "ActorKind": names(domain.ActorKinds),
		"OrderDirection": names(domain.OrderDirections), "NullsOrder": names(domain.NullsOrders),
		"CardOrderField": names(domain.CardOrderFields), "CardDimension": names(domain.CardDimensions),
		"TimeBucket": names(domain.TimeBuckets), "CardMeasure": names(domain.CardMeasures), "LaneItemType": names(domain.LaneItemTypes),
		"BucketScope": names(domain.BucketScopes),
	} {
		definition := schema.Types[name]
		if len(definition.EnumValues) != len(values) {
			t.Errorf("%s: %d values in the schema, %d in Go", name, len(definition.EnumValues), len(values))
		}
		for _, value := range values {
			if definition.EnumValues.ForName(domain.Screaming(value)) == nil || domain.Camel(domain.Screaming(value)) != value {
				t.Errorf("%s: %q does not stand in the schema", name, value)
			}
		}
	}
}

func names[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, value := range values {
		out[i] = string(value)
	}
	return out
}
