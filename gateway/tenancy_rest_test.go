package gateway_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/gateway/gatewaytest"
	"kanera.dev/graph"
	"kanera.dev/rest"
)

// bodies are what every operation that takes a body needs at least.
var bodies = map[string]map[string]any{
	"createWorkspace": {"name": "Tenancy"}, "updateWorkspace": {"name": "@name"}, "deleteWorkspace": {"confirmationName": "@name"},
	"createBoard": {"name": "Tenancy"}, "updateBoard": {"name": "Tenancy"}, "updateBoardBackground": {"backgroundGradient": "ocean"},
	"moveBoard": {"afterBoardId": "@board"}, "createList": {"name": "Tenancy"}, "updateList": {"name": "Tenancy"},
	"moveList": {"afterListId": "@list"}, "moveListCards": {"targetListId": "@list"}, "archiveListCards": {},
	"setListCardCompletion": {"completed": true}, "createCard": {"title": "Tenancy"}, "updateCard": {"title": "Tenancy"},
	"setCardCompletion": {"completed": true}, "moveCard": {"listId": "@list", "afterCardId": "@card"}, "moveCardToBoard": {"boardId": "@board"},
	"duplicateCard": {}, "setCardArchived": {"archived": true}, "setCardLabels": {"labelIds": []any{"@label"}},
	"setCardAssignees": {"userIds": []any{"@user"}}, "setCardCustomFieldValue": {"valueText": "Tenancy"},
	"createCustomField": {"name": "Tenancy", "type": "text"}, "updateCustomField": {"name": "Renamed"}, "moveCustomField": {"afterFieldId": "@field"},
	"createCustomFieldOption": {"label": "Tenancy"}, "updateCustomFieldOption": {"label": "Tenancy"}, "moveCustomFieldOption": {"afterOptionId": "@option"},
	"createWebhook": {"name": "Tenancy", "url": "http://127.0.0.1:1/tenancy"}, "updateWebhook": {"name": "Tenancy"},
	"createCardLabel": {"name": "Tenancy"}, "updateCardLabel": {"name": "Tenancy"}, "moveCardLabel": {"afterLabelId": "@label"},
}

// members says what the ids in paths, query strings and bodies are ids of.
var members = map[string]kind{
	"workspaces": aWorkspace, "boards": aBoard, "lists": aList, "cards": aCard, "custom-fields": aField, "options": anOption,
	"card-labels": aLabel, "webhooks": aWebhook, "deliveries": aDelivery, "organisations": anOrganisationKey, "by-key": aKey, // segments before {…}
	"listId": aList, "targetListId": aList, "boardId": aBoard, "assigneeIds": aUser, "userIds": aUser, "labelIds": aLabel, "clientToken": aToken,
	"afterBoardId": aBoard, "beforeBoardId": aBoard, "afterListId": aList, "beforeListId": aList, "afterFieldId": aField, "beforeFieldId": aField,
	"afterOptionId": anOption, "beforeOptionId": anOption, "afterLabelId": aLabel, "beforeLabelId": aLabel, "afterCardId": aCard,
	"beforeCardId": aCard, "afterItem": aCard, "beforeItem": aCard, "valueOptionIds": anOption, "valueUserIds": aUser,
}

// published is what the test reads of /openapi.json.
type published struct {
	Paths      map[string]map[string]*publishedOperation
	Components struct{ Schemas map[string]publishedSchema }
}

type publishedOperation struct {
	OperationID string
	Parameters  []struct {
		Name, In string
		Schema   publishedSchema
	}
	RequestBody *struct {
		Content map[string]struct{ Schema publishedSchema }
	}
}

type publishedSchema struct {
	Ref        string `json:"$ref"`
	Format     string
	Items      *publishedSchema
	AnyOf      []publishedSchema
	Properties map[string]publishedSchema
}

// restSlot is where a REST row takes an id: in the path, the query string or the body.
type restSlot struct {
	in, name string
	kind     kind
	form     string // of the body: id, ids or item
}

// tryRows tries every id of every row.
func (w *tenants) tryRows(t *testing.T) {
	t.Helper()
	api, err := rest.New(graph.NewExecutor(&domain.Service{}, slog.New(slog.DiscardHandler)), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	var contract published
	w.Do(http.MethodGet, "/openapi.json", "", nil).Decode(t, &contract)
	places := 0
	for _, route := range api.Routes() {
		operation := contract.Paths[route.Pattern][strings.ToLower(route.Method)]
		if operation == nil {
			t.Fatalf("%s %s is not published", route.Method, route.Pattern)
		}
		if operation.RequestBody != nil && bodies[route.Operation] == nil {
			t.Fatalf("%s takes a body: add the least of it to bodies", route.Operation)
		}
		places += w.tryRow(t, route, contract.places(t, route, operation))
	}
	t.Logf("%d places of %d REST rows", places, len(api.Routes()))
}

var braces = regexp.MustCompile(`([a-z-]+)/\{(\w+)\}`)

// places finds every id that a row takes.
func (p *published) places(t *testing.T, route rest.Route, operation *publishedOperation) []restSlot {
	t.Helper()
	var all []restSlot
	add := func(in, name, says, form string) {
		if members[says] == "" {
			t.Fatalf("%s: what is %s the id of? Add %q to members", route.Operation, name, says)
		}
		all = append(all, restSlot{in, name, members[says], form})
	}
	for _, found := range braces.FindAllStringSubmatch(route.Pattern, -1) {
		add("path", found[2], found[1], "")
	}
	for _, parameter := range operation.Parameters {
		if parameter.In == "query" && parameter.Schema.Format == "uuid" && route.Operation == operation.OperationID {
			add("query", parameter.Name, parameter.Name, "")
		}
	}
	if operation.RequestBody == nil {
		return all
	}
	body := p.Components.Schemas[operation.RequestBody.Content["application/json"].Schema.name()]
	for _, name := range slices.Sorted(maps.Keys(body.Properties)) {
		if form := body.Properties[name].form(); form != "" {
			add("body", name, name, form)
		}
	}
	return all
}

func (s publishedSchema) name() string { return s.Ref[strings.LastIndexByte(s.Ref, '/')+1:] }

func (s publishedSchema) form() string {
	for _, one := range append(s.AnyOf, s) {
		switch {
		case one.Format == "uuid":
			return "id"
		case one.Items != nil && one.Items.Format == "uuid":
			return "ids"
		case one.name() == "LaneItemInput":
			return "item"
		}
	}
	return ""
}

// tryRow tries every restSlot of a row with both kinds of keys, and returns how many there are.
func (w *tenants) tryRow(t *testing.T, route rest.Route, places []restSlot) int {
	t.Helper()
	for _, credential := range domain.CredentialKinds {
		own := w.newScratch(t)
		if len(places) == 0 {
			w.mustAnswer(t, route, restSlot{}, credential, w.call(route, restSlot{}, "", own, credential))
		}
		for _, p := range places {
			if slices.Contains(onceOnly, route.Operation) {
				own = w.newScratch(t)
			}
			w.mustTurnDown(t, route, p, credential, w.call(route, p, w.foreign[p.kind], own, credential))
			id := own.own[p.kind][1]
			if p.in == "path" {
				id = ownInPath(route, p, own)
			}
			w.mustAnswer(t, route, p, credential, w.call(route, p, id, own, credential))
		}
	}
	return len(places)
}

// ownInPath is an id of the own organisation for a restSlot in a path.
func ownInPath(route rest.Route, p restSlot, own *scratch) string {
	if route.Operation == "createCustomFieldOption" {
		return own.own[aSelectField][0]
	}
	return own.own[p.kind][0]
}

// call makes the request of a row with ids of the own organisation, but for one restSlot.
func (w *tenants) call(route rest.Route, at restSlot, id string, own *scratch, credential domain.CredentialKind) *gatewaytest.Response {
	path := rest.Base + braces.ReplaceAllStringFunc(route.Pattern, func(found string) string {
		parts := braces.FindStringSubmatch(found)
		p := restSlot{in: "path", name: parts[2], kind: members[parts[1]]}
		value := ownInPath(route, p, own)
		switch {
		case at.in == p.in && at.name == p.name:
			value = id
		case at.name == "valueOptionIds" && p.kind == aField:
			value = own.own[aSelectField][0]
		case at.name == "valueUserIds" && p.kind == aField:
			value = own.own[aUserField][0]
		}
		return parts[1] + "/" + value
	})
	query := url.Values{}
	if name, value, ok := strings.Cut(route.When, "="); ok {
		query.Set(name, value)
	} else if route.Operation == "openBoard" {
		query = url.Values{"listId": {own.own[aList][0]}, "cardLimit": {"100"}}
	}
	if at.in == "query" {
		query.Set(at.name, id)
	}
	var body any
	if least := bodies[route.Operation]; least != nil {
		body = bodyWith(own.resolve(least).(map[string]any), at, id)
	}
	return w.Do(route.Method, path+"?"+query.Encode(), w.keyOf(own, credential), body)
}

func bodyWith(body map[string]any, at restSlot, id string) map[string]any {
	if at.in != "body" {
		return body
	}
	for _, alone := range []string{"after", "before", "value"} { // one of these excludes the others
		if strings.HasPrefix(at.name, alone) {
			maps.DeleteFunc(body, func(name string, _ any) bool {
				return strings.HasPrefix(name, "after") || strings.HasPrefix(name, "before") || strings.HasPrefix(name, "value")
			})
		}
	}
	body[at.name] = map[string]any{"id": id, "ids": []string{id}, "item": map[string]any{"type": "card", "id": id}}[at.form]
	return body
}

func (w *tenants) mustTurnDown(t *testing.T, route rest.Route, p restSlot, credential domain.CredentialKind, answer *gatewaytest.Response) {
	t.Helper()
	name := fmt.Sprintf("%s %s with foreign %s with a %s key", route.Operation, route.Pattern, p.name, credential)
	if secret := w.leak(string(answer.Body), w.foreign[p.kind]); secret != "" {
		t.Errorf("%s: the answer holds %q: %.300s", name, secret, answer.Body)
	}
	refused := slices.Contains([]int{http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound}, answer.Status)
	switch {
	case p.kind == anOrganisationKey || p.kind == aKey:
		refused = answer.Status == http.StatusNotFound
	case p.in == "query" && answer.Status == http.StatusOK: // it filters, and has to find nothing
		var page struct{ Cards []json.RawMessage }
		answer.Decode(t, &page)
		refused = len(page.Cards) == 0
	case p.kind == aToken: // somebody else's token says nothing to its user
		refused = refused || answer.Status == route.Status
	}
	if !refused {
		t.Errorf("%s: %d %.300s", name, answer.Status, answer.Body)
	}
}

func (w *tenants) mustAnswer(t *testing.T, route rest.Route, p restSlot, credential domain.CredentialKind, answer *gatewaytest.Response) {
	t.Helper()
	name := fmt.Sprintf("%s %s with own %s with a %s key", route.Operation, route.Pattern, p.name, credential)
	if secret := w.leak(string(answer.Body), ""); secret != "" {
		t.Errorf("%s: the answer holds %q: %.300s", name, secret, answer.Body)
	}
	refusing := credential == domain.WorkspaceKey && route.Operation == "createWorkspace"
	if refusing && answer.Status != http.StatusForbidden || !refusing && answer.Status != route.Status {
		t.Errorf("%s: %d %.300s", name, answer.Status, answer.Body)
	}
}
