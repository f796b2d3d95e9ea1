package domain

import (
	"encoding/json"
	"slices"
	"strings"
)

// Schemas are made from tables: eventType says which members the data of an event has, shapes which members the nouns
// in it have, and memberSchema what the members are. Every object is closed.

// schema is a part of a JSON Schema.
type schema map[string]any

// shapes are the nouns in event data. A member is always there, unless it ends with "?"; one that ends with "|null" may
// be null.
var shapes = map[string]string{
	"workspace": "id clientId name cardKeyPrefix kind icon|null accentColor|null completedCardsActiveDays " +
		"boardLinkingEnabled archivedAt|null createdAt updatedAt",
	"board": "id workspaceId groupId|null standaloneGroupId|null name description|null icon|null iconColor|null " +
		"backgroundGradient|null position archivedAt|null createdAt updatedAt",
	"list":      "id workspaceId name icon|null color|null position archivedAt|null createdAt updatedAt",
	"cardLabel": "id workspaceId name color|null position archivedAt|null createdAt updatedAt",
	"customField": "id workspaceId name icon|null type allowMultiple showOnCard position archivedAt|null createdAt updatedAt " +
		"options",
	"option": "id fieldId label color|null position archivedAt|null createdAt updatedAt",
	"card": "id workspaceId organisationKey number key listId boardId title position createdById createdAt updatedAt " +
		"description? dueDateLocalDate? dueDateSlot? dueDateTimezone? completedAt? archivedAt? coverAttachmentId?",
	"item": "type data",
	"activity": "id boardId|null clientId workspaceId actorId|null actorKind actorName actorAvatarUrl|null apiKeyId|null " +
		"apiKeyName|null supportSessionId|null supportActorEmail|null entityType entityId action payload feedVisible " +
		"coalesceKey|null coalescedCount coalescedUntil|null createdAt updatedAt",
	"place": "id position",
}

// memberSchemas are the members whose names do not tell what they are: by name, or by shape and name.
var memberSchemas = map[string]schema{
	"accentColor":              oneOf(Colors),
	"actorKind":                oneOf(ActorKinds),
	"allowMultiple":            {"type": "boolean"},
	"backgroundGradient":       oneOf(BoardBackgrounds),
	"boardLinkingEnabled":      {"type": "boolean"},
	"cardKeyPrefix":            {"type": "string", "pattern": "^[A-Z][A-Z0-9]{1,9}$"},
	"coalescedCount":           {"type": "integer", "minimum": 1},
	"coalescedUntil":           instant,
	"color":                    oneOf(Colors),
	"completedCardsActiveDays": {"type": "integer", "minimum": 0, "maximum": maxCompletedCardsDays},
	"customField.type":         oneOf(CustomFieldTypes),
	"data.type":                {"const": "activity"},
	"dueDateLocalDate":         {"type": "string", "format": "date"},
	"dueDateSlot":              oneOf(DueSlots),
	"feedVisible":              {"type": "boolean"},
	"iconColor":                oneOf(Colors),
	"item.data":                {"$ref": "#/$defs/activity"},
	"item.type":                {"const": "activity"},
	"key":                      {"type": "string", "pattern": "^[A-Z][A-Z0-9]{1,9}-[1-9][0-9]*$"},
	"kind":                     oneOf(WorkspaceKinds),
	"number":                   {"type": "integer", "minimum": 1},
	"options":                  {"type": "array", "items": schema{"$ref": "#/$defs/option"}},
	"organisationKey":          {"type": "string", "pattern": "^[A-F0-9]{16}$"},
	"payload":                  {"type": "object"},
	"position":                 decimalPlace,
	"positions":                {"type": "array", "items": schema{"$ref": "#/$defs/place"}},
	"prevPosition":             decimalPlace,
	"showOnCard":               {"type": "boolean"},
	"valueCheckbox":            {"type": "boolean"},
	"valueDate":                {"type": "string", "format": "date"},
}

var (
	identity     = schema{"type": "string", "format": "uuid"}
	instant      = schema{"type": "string", "format": "date-time"}
	decimalPlace = schema{"type": "string", "pattern": `^-?[0-9]+\.[0-9]{10}$`}
	counter      = schema{"type": "integer", "minimum": 1}
)

func oneOf[T ~string](values []T) schema { return schema{"type": "string", "enum": values} }

// EventSchema returns the JSON Schema (draft 2020-12) of the envelope in which events of a name are sent; nil for names
// of which nothing is sent.
func EventSchema(name string) []byte {
	types := slices.Concat(publicEventTypes, ownEventTypes)
	at := slices.IndexFunc(types, func(e eventType) bool { return e.name == name && e.data != "" })
	if at < 0 {
		return nil
	}
	text, err := json.Marshal(types[at].schema())
	if err != nil {
		panic(err) // the tables hold nothing that has no JSON
	}
	return text
}

func (e eventType) schema() schema {
	defs := map[string]schema{}
	data := objectSchema("data", e.data, defs)
	members := schema{"id": identity, "type": schema{"const": e.name}, "workspaceId": identity, "occurredAt": instant,
		"sequence": counter, "data": data}
	has := func(member string) bool { return slices.Contains(strings.Fields(e.data), member) }
	if has("boardId") || strings.HasPrefix(e.name, "board:") {
		members["boardId"] = identity
	}
	if has("cardId") {
		members["cardId"] = identity
	}
	if has("cardId") || has("card") {
		members["cardSequence"] = counter
	}
	required := make([]string, 0, len(members))
	for member := range members {
		required = append(required, member)
	}
	slices.Sort(required)
	return schema{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": e.name, "type": "object",
		"properties": members, "required": required, "additionalProperties": false, "$defs": defs}
}

// objectSchema describes a closed object, and adds to defs what it refers to.
func objectSchema(shape, members string, defs map[string]schema) schema {
	properties, required := schema{}, []string{}
	for member := range strings.FieldsSeq(members) {
		name, optional := strings.CutSuffix(member, "?")
		name, nullable := strings.CutSuffix(name, "|null")
		property := memberSchema(shape, name)
		refer(property, defs)
		if nullable {
			property = schema{"anyOf": []schema{property, {"type": "null"}}}
		}
		if !optional {
			required = append(required, name)
		}
		properties[name] = property
	}
	return schema{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

// memberSchema describes a member of a shape.
func memberSchema(shape, name string) schema {
	if special := memberSchemas[shape+"."+name]; special != nil {
		return special
	}
	if special := memberSchemas[name]; special != nil {
		return special
	}
	switch {
	case shapes[name] != "":
		return schema{"$ref": "#/$defs/" + name}
	case name == "id" || strings.HasSuffix(name, "Id"):
		return identity
	case strings.HasSuffix(name, "Ids"):
		return schema{"type": "array", "items": identity}
	case strings.HasSuffix(name, "At"):
		return instant
	}
	return schema{"type": "string"}
}

// refer adds the shape that a schema or its items refer to, if any.
func refer(to schema, defs map[string]schema) {
	if items, ok := to["items"].(schema); ok {
		to = items
	}
	ref, ok := to["$ref"].(string)
	name := strings.TrimPrefix(ref, "#/$defs/")
	if ok && defs[name] == nil {
		defs[name] = schema{} // seen
		defs[name] = objectSchema(name, shapes[name], defs)
	}
}
