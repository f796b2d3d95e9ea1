package gateway_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// reach says for every object type how to meet many of its objects: N is the number of rows of every connection on the
// way, FIELD what is asked of each object.
var reach = map[string][]string{
	"Viewer":            {`viewer { FIELD }`}, // there is only one, as of the next
	"Credential":        {`viewer { credential { FIELD } }`},
	"Health":            {`health { FIELD }`},
	"RateLimit":         {`rateLimit { FIELD }`},
	"ApiLimits":         {`apiLimits { FIELD }`},
	"RateBucket":        {`apiLimits { buckets { FIELD } }`},
	"WebhookEventTypes": {`webhookEventTypes { FIELD }`},
	"Organisation":      {`workspaces(first: N) { nodes { organisation { FIELD } } }`, `cards(first: N) { nodes { workspace { organisation { FIELD } } } }`},
	"User": {`cards(first: N) { nodes { assignees { FIELD } } }`, `cards(first: N) { nodes { creator { FIELD } } }`,
		`workspaces(first: N) { nodes { members(first: N) { nodes { user { FIELD } } } } }`},
	"Workspace": {`workspaces(first: N) { nodes { FIELD } }`, `cards(first: N) { nodes { workspace { FIELD } } }`,
		`boards(first: N) { nodes { workspace { FIELD } } }`},
	"WorkspaceMember": {`workspaces(first: N) { nodes { members(first: N) { nodes { FIELD } } } }`},
	"Board": {`boards(first: N) { nodes { FIELD } }`, `cards(first: N) { nodes { board { FIELD } } }`,
		`workspaces(first: N) { nodes { boards(first: N) { nodes { FIELD } } } }`},
	"BoardAccess":       {`boards(first: N) { nodes { viewerAccess { FIELD } } }`},
	"BoardColumn":       {`boards(first: N) { nodes { columns { FIELD } } }`},
	"BoardMember":       {`boards(first: N) { nodes { members(first: N) { nodes { FIELD } } } }`},
	"List":              {`cards(first: N) { nodes { list { FIELD } } }`, `workspaces(first: N) { nodes { lists { FIELD } } }`},
	"Label":             {`cards(first: N) { nodes { labels { FIELD } } }`, `workspaces(first: N) { nodes { labels { FIELD } } }`},
	"CustomField":       {`cards(first: N) { nodes { customFieldValues { field { FIELD } } } }`, `workspaces(first: N) { nodes { customFields { FIELD } } }`},
	"CustomFieldOption": {`workspaces(first: N) { nodes { customFields { options { FIELD } } } }`},
	"Card":              {`cards(first: N) { nodes { FIELD } }`, `boards(first: N) { nodes { cards(first: N) { nodes { FIELD } } } }`},
	"DueDate":           {`cards(first: N) { nodes { dueDate { FIELD } } }`},
	"TextFieldValue":    {`cards(first: N) { nodes { customFieldValues { ... on TextFieldValue { FIELD } } } }`},
	"NumberFieldValue":  {`cards(first: N) { nodes { customFieldValues { ... on NumberFieldValue { FIELD } } } }`},
	"CheckboxFieldValue": {
		`cards(first: N) { nodes { customFieldValues { ... on CheckboxFieldValue { FIELD } } } }`},
	"SelectFieldValue": {`cards(first: N) { nodes { customFieldValues { ... on SelectFieldValue { FIELD } } } }`},
	"DateFieldValue":   {`cards(first: N) { nodes { customFieldValues { ... on DateFieldValue { FIELD } } } }`},
	"UrlFieldValue":    {`cards(first: N) { nodes { customFieldValues { ... on UrlFieldValue { FIELD } } } }`},
	"UserFieldValue":   {`cards(first: N) { nodes { customFieldValues { ... on UserFieldValue { FIELD } } } }`},
	"Activity": {`cards(first: N) { nodes { activity(first: N) { nodes { FIELD } } } }`,
		`boards(first: N) { nodes { activity(first: N) { nodes { FIELD } } } }`},
	"Actor":               {`cards(first: N) { nodes { activity(first: N) { nodes { actor { FIELD } } } } }`},
	"EventPage":           {`events(workspaceId: "SPACE", first: N) { FIELD }`},
	"Event":               {`events(workspaceId: "SPACE", first: N) { nodes { FIELD } }`},
	"CardAggregate":       {aggregated(`FIELD`)},
	"CardAggregateRow":    {aggregated(`rows { FIELD }`)},
	"CardAggregateTotals": {aggregated(`totals { FIELD }`)},
	"AggregateKey":        {aggregated(`rows { keys { FIELD } }`)},
	"Webhook":             {hooked(`FIELD`)},
	"ApiKey":              {hooked(`apiKey { FIELD }`)},
	"WebhookDelivery":     {hooked(`deliveries(first: N) { nodes { FIELD } }`)},
	"WebhookAttempt":      {hooked(`deliveries(first: N) { nodes { attemptHistory { FIELD } } }`)},
	"NumberMeasures":      {aggregated(`rows { number(field: "HOURS") { FIELD } }`)},
}

func aggregated(selection string) string {
	return `cardAggregate(groupBy: [{ dimension: LIST }, { dimension: ASSIGNEE }], first: N) { ` + selection + ` }`
}

func hooked(selection string) string {
	return `workspaces(first: N) { nodes { webhooks(first: N) { nodes { ` + selection + ` } } } }`
}

// obligatory holds the arguments of fields that cannot do without.
var obligatory = map[string]string{
	"CardAggregateRow.number":    `(field: "HOURS")`,
	"CardAggregateTotals.number": `(field: "HOURS")`,
}

// unfilled are the relations that the demo has nothing for.
var unfilled = map[string]string{
	"Credential.workspace": "a personal key has none",
	"ApiLimits.buckets":    "in process nothing limits",
}

// asked is one generated query.
type asked struct {
	name, query string
	field       string // whose answer must hold something; empty for leaves
	counts      bool   // a connection, with its totalCount
}

// with fills in the number of rows, the field for numbers and the workspace of events.
func (a asked) with(n int, hours, space string) string {
	return "{ " + strings.NewReplacer("N)", fmt.Sprintf("%d)", n), "HOURS", hours, "SPACE", space).Replace(a.query) + " }"
}

// connection reads a page with everything that says where it stands, and the leaves of its nodes.
func connection(schema *ast.Schema, t *ast.Type) string {
	nodes := selection(schema, schema.Types[t.Name()].Fields.ForName("nodes").Type, 1)
	return "(first: N) { totalCount nodes " + nodes + " edges { cursor node { __typename } } pageInfo { hasNextPage endCursor } }"
}

// everyField generates a query for each relation of each type, and one for all leaves of a type together. Types
// without an entry in reach are returned too.
func everyField(schema *ast.Schema) (queries []asked, unreached []string) {
	for _, name := range slices.Sorted(maps.Keys(schema.Types)) {
		definition := schema.Types[name]
		if definition.Kind != ast.Object || definition.BuiltIn || isRoot(schema, definition) || isPage(name) || strings.HasSuffix(name, "Payload") {
			continue
		}
		if len(reach[name]) == 0 {
			unreached = append(unreached, name)
		}
		for i, way := range reach[name] {
			queries = append(queries, fieldsOf(schema, definition, way, i)...)
		}
	}
	for _, field := range schema.Query.Fields {
		if isPage(field.Type.Name()) {
			queries = append(queries, asked{"Query." + field.Name, field.Name + connection(schema, field.Type), field.Name, true})
		}
	}
	return queries, unreached
}

func isRoot(schema *ast.Schema, d *ast.Definition) bool {
	return d == schema.Query || d == schema.Mutation || d == schema.Subscription
}

// isPage is true for what connections are made of; they are asked together with the field that they are the type of.
func isPage(name string) bool {
	return strings.HasSuffix(name, "Connection") || strings.HasSuffix(name, "Edge") || name == "PageInfo"
}

func fieldsOf(schema *ast.Schema, definition *ast.Definition, way string, number int) []asked {
	var queries []asked
	leaves := []string{"__typename"}
	for _, field := range definition.Fields {
		path := definition.Name + "." + field.Name
		in := func(selection string) string { return strings.Replace(way, "FIELD", selection, 1) }
		query := asked{name: fmt.Sprintf("%s %d", path, number), field: field.Name}
		switch kind := schema.Types[field.Type.Name()]; {
		case strings.HasPrefix(field.Name, "__"):
			continue
		case strings.HasSuffix(kind.Name, "Connection"):
			query.query, query.counts = in(field.Name+connection(schema, field.Type)), true
		case kind.IsCompositeType():
			query.query = in(field.Name + obligatory[path] + " " + selection(schema, field.Type, 1))
		case field.Type.Elem != nil:
			query.query = in(field.Name + obligatory[path])
		default:
			leaves = append(leaves, field.Name+obligatory[path])
			continue
		}
		if unfilled[path] != "" {
			query.field = ""
		}
		queries = append(queries, query)
	}
	return append(queries, asked{name: fmt.Sprintf("%s %d, leaves", definition.Name, number),
		query: strings.Replace(way, "FIELD", strings.Join(leaves, " "), 1)})
}
