package gateway_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// slot is a place in the arguments of a root field that takes an id.
type slot struct {
	path []string // from the argument down through inputs; lists have one element
	kind kind
	many bool // a list of ids
}

func (s slot) String() string { return strings.Join(s.path, ".") }

// kinds says what the ids under an argument or member are ids of.
var kinds = map[string]kind{
	"organisationId": anOrganisation, "workspaceId": aWorkspace, "workspace": aWorkspace, "boardId": aBoard, "board": aBoard,
	"listId": aList, "list": aList, "targetListId": aList, "labelIds": aLabel, "labels": aLabel,
	"userIds": aUser, "assigneeIds": aUser, "creator": aUser, "assignees": aUser, "user": aUser,
	"fieldId": aField, "customField": aField, "customFields": aField, "optionIds": anOption, "select": anOption,
	"afterItem": aCard, "beforeItem": aCard, "clientToken": aToken, "webhookId": aWebhook, "apiKeyId": anAPIKey, "boardIds": aBoard,
}

// neutral names say nothing: what is above them does, at last the noun that the root field begins with.
var neutral = []string{"id", "eq", "neq", "in", "nin", "some", "every", "none", "after", "before", "input", "position", "filter"}

var nouns = []struct {
	prefix string
	kind   kind
}{{"webhookDelivery", aDelivery}, {"webhook", aWebhook}, {"customFieldOption", anOption}, {"customField", aField}, {"workspace", aWorkspace}, {"board", aBoard}, {"list", aList}, {"label", aLabel}, {"card", aCard}}

// exceptions are the slots that take fields of one type only.
var exceptions = map[string]kind{
	"customFieldOptionCreate.input.fieldId": aSelectField,
	"cardAggregate.groupBy.customField":     aSelectField,
	"cardAggregate.orderBy.customField":     aNumberField,
}

func kindOf(root string, path []string) (kind, error) {
	if exception, ok := exceptions[root+"."+strings.Join(path, ".")]; ok {
		return exception, nil
	}
	for _, name := range slices.Backward(path) {
		if known, ok := kinds[name]; ok {
			return known, nil
		}
		if !slices.Contains(neutral, name) {
			return "", fmt.Errorf("%s: what is %s the id of? Add %q to kinds", root, strings.Join(path, "."), name)
		}
	}
	for _, noun := range nouns {
		if strings.HasPrefix(root, noun.prefix) {
			return noun.kind, nil
		}
	}
	return "", fmt.Errorf("%s begins with no known noun: add it to nouns", root)
}

// slotsOf finds every id that a root field takes. Inputs that hold themselves are entered once.
func slotsOf(schema *ast.Schema, field *ast.FieldDefinition) ([]slot, error) {
	var slots []slot
	var find func(t *ast.Type, path, inside []string) error
	find = func(t *ast.Type, path, inside []string) error {
		definition := schema.Types[t.Name()]
		if definition.Name == "ID" {
			kind, err := kindOf(field.Name, path)
			slots = append(slots, slot{slices.Clone(path), kind, t.Elem != nil})
			return err
		}
		kept := path[len(path)-1] == "cardFilter" // it may name anything, and is asked as whom its webhook listens for
		if kept || definition.Kind != ast.InputObject || slices.Contains(inside, definition.Name) {
			return nil
		}
		for _, member := range definition.Fields {
			if err := find(member.Type, append(slices.Clone(path), member.Name), append(slices.Clone(inside), definition.Name)); err != nil {
				return err
			}
		}
		return nil
	}
	for _, argument := range field.Arguments {
		if err := find(argument.Type, []string{argument.Name}, nil); err != nil {
			return nil, err
		}
	}
	return slots, nil
}

// plain are values for required members that are no ids, by name or by type.
var plain = map[string]any{
	"url": "http://127.0.0.1:1/tenancy", "since": "2026-01-01T00:00:00Z",
	"name": "Tenancy", "title": "Tenancy", "label": "Tenancy", "confirmationName": "@name", "completed": true, "archived": true,
	"CustomFieldType": "TEXT", "LaneItemType": "CARD", "CardDimension": "LIST", "CardMeasure": "SUM",
}

// besides are members that are not required but that a call makes no sense without, by root field. One is left out
// when the slot under test stands beside it: it excludes its siblings.
var besides = map[string]map[string]any{
	"cards":           {"orderBy.field": "CREATED_AT", "first": 30}, // the oldest, among which both organisations have some
	"workspaceUpdate": {"input.name": "@name"}, "boardUpdate": {"input.name": "Tenancy"}, "listUpdate": {"input.name": "Tenancy"},
	"labelUpdate": {"input.name": "Tenancy"}, "customFieldUpdate": {"input.name": "Renamed"}, "customFieldOptionUpdate": {"input.label": "Tenancy"},
	"cardUpdate": {"input.title": "Tenancy"}, "cardSetFieldValue": {"value.text": "Tenancy"}, "cardMove": {"input.position.top": true},
	"boardMove": {"position.top": true}, "listMove": {"position.top": true}, "labelMove": {"position.top": true},
	"webhookUpdate": {"input.name": "Tenancy"}, "customFieldMove": {"position.top": true}, "customFieldOptionMove": {"position.top": true},
}

// companions are what one slot needs beside it, by root field and path.
var companions = map[string]map[string]any{
	"cardSetFieldValue.value.optionIds": {"fieldId": "@selectField"},
	"cardSetFieldValue.value.userIds":   {"fieldId": "@userField"},
	"cardAggregate.groupBy.customField": {"groupBy.dimension": "CUSTOM_FIELD"},
	"filter.customFields.id":            {"filter.customFields.text": map[string]any{"eq": "x"}},
	"filter.customFields.select":        {"filter.customFields.id": "@selectField"},
	"filter.customFields.user":          {"filter.customFields.id": "@userField"},
}

func companionsOf(root string, s slot) map[string]any {
	for _, name := range []string{root + "." + s.String(), s.String(), strings.Join(s.path[:len(s.path)-1], ".")} {
		if found := companions[name]; found != nil {
			return found
		}
	}
	return nil
}

// argumentsOf fills in what the root field requires, with ids of the own organisation, and the slot with the id.
func argumentsOf(schema *ast.Schema, field *ast.FieldDefinition, s slot, id string, own *scratch) (map[string]any, error) {
	arguments := map[string]any{}
	for _, argument := range field.Arguments {
		if err := fill(schema, field.Name, arguments, argument.Type, argument.DefaultValue, []string{argument.Name}, own); err != nil {
			return nil, err
		}
	}
	for path, value := range besides[field.Name] {
		beside := strings.LastIndexByte(path, '.') + 1
		if beside == 0 || !strings.HasPrefix(s.String(), path[:beside]) {
			put(schema, field, arguments, strings.Split(path, "."), own.resolve(value))
		}
	}
	for path, value := range companionsOf(field.Name, s) {
		put(schema, field, arguments, strings.Split(path, "."), own.resolve(value))
	}
	var value any = id
	if s.many {
		value = []any{id}
	}
	put(schema, field, arguments, s.path, value)
	return arguments, completeParents(schema, field, arguments, own)
}

// fill sets the value of one required argument or member in the object that holds it.
func fill(schema *ast.Schema, root string, in map[string]any, t *ast.Type, standard *ast.Value, path []string, own *scratch) error {
	name, definition := path[len(path)-1], schema.Types[t.Name()]
	if _, given := in[name]; !given && (!t.NonNull || standard != nil) {
		return nil
	}
	var value any
	switch given := in[name]; {
	case definition.Kind == ast.InputObject:
		object, _ := one(given).(map[string]any)
		if object == nil {
			object = map[string]any{}
		}
		for _, member := range definition.Fields {
			if err := fill(schema, root, object, member.Type, member.DefaultValue, append(slices.Clone(path), member.Name), own); err != nil {
				return err
			}
		}
		value = object
	case given != nil:
		return nil
	case definition.Name == "ID":
		kind, err := kindOf(root, path)
		if err != nil {
			return err
		}
		value = own.own[kind][1]
		if len(path) == 1 && name == "id" {
			value = own.own[kind][0]
		}
	default:
		if value = own.resolve(plain[name]); value == nil {
			value = plain[definition.Name]
		}
		if value == nil {
			return fmt.Errorf("%s needs %s: add a value to plain", root, strings.Join(path, "."))
		}
	}
	if t.Elem != nil {
		value = []any{value}
	}
	in[name] = value
	return nil
}

// completeParents fills in what the objects on the way to a slot require beside it.
func completeParents(schema *ast.Schema, field *ast.FieldDefinition, arguments map[string]any, own *scratch) error {
	for _, argument := range field.Arguments {
		if _, given := arguments[argument.Name]; given && schema.Types[argument.Type.Name()].Kind == ast.InputObject {
			if err := fill(schema, field.Name, arguments, argument.Type, nil, []string{argument.Name}, own); err != nil {
				return err
			}
		}
	}
	return nil
}

// one returns the value, or the only element of a list.
func one(value any) any {
	if list, ok := value.([]any); ok {
		return list[0]
	}
	return value
}

// put sets the value at a path, making the objects and lists on the way.
func put(schema *ast.Schema, field *ast.FieldDefinition, arguments map[string]any, path []string, value any) {
	in, t := arguments, field.Arguments.ForName(path[0]).Type
	for i, name := range path[:len(path)-1] {
		next, _ := one(in[name]).(map[string]any)
		if next == nil {
			next = map[string]any{}
			if in[name] = next; t.Elem != nil {
				in[name] = []any{next}
			}
		}
		in, t = next, schema.Types[t.Name()].Fields.ForName(path[i+1]).Type
	}
	in[path[len(path)-1]] = value
}
