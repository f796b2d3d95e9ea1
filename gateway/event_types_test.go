package gateway_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/gateway/gatewaytest"
)

func TestEventTypesAreListed(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	var list map[string][]string
	g.Send(http.MethodGet, "/webhook-event-types", http.Header{}, nil).Decode(t, &list)
	names := list["eventTypes"]
	if len(list) != 1 || len(names) != 72 || !slices.Contains(names, "card:moved") || !slices.Contains(names, "note:locked") {
		t.Errorf("%d names: %v", len(names), names)
	}
	var rest map[string][]string
	g.Do(http.MethodGet, "/api/v1/webhook-event-types", g.Facts.WorkspaceKey, nil).Decode(t, &rest)
	if !maps.EqualFunc(list, rest, slices.Equal) {
		t.Errorf("the API lists %v", rest)
	}
	if unique := slices.Compact(slices.Sorted(slices.Values(names))); len(unique) != 72 {
		t.Errorf("%d different names", len(unique))
	}
}

// Names of nouns that are not built yet are listed, but nothing of that name is sent: they have no schema.
func TestEventTypesHaveSchemas(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	type schema struct {
		Schema string `json:"$schema"`
		Title  string
		Code   string
	}
	for _, name := range []string{"card:moved", "card:feedItem:deleted", "board:updated", "workspace:created", "webhook:test"} {
		answer := g.Send(http.MethodGet, "/webhook-event-types/"+name, http.Header{}, nil)
		var got schema
		answer.Decode(t, &got)
		if answer.Status != 200 || got.Title != name || got.Schema != "https://json-schema.org/draft/2020-12/schema" ||
			answer.Header.Get("Content-Type") != "application/schema+json" {
			t.Errorf("%s: %d %+v", name, answer.Status, got)
		}
	}
	for _, name := range []string{"comment:created", "no:such", "card", "card%2Fmoved"} {
		answer := g.Send(http.MethodGet, "/webhook-event-types/"+name, http.Header{}, nil)
		var got schema
		answer.Decode(t, &got)
		if answer.Status != 404 || got.Code != string(domain.CodeNotFound) {
			t.Errorf("%s: %d %+v", name, answer.Status, got)
		}
	}
	if status := g.Send(http.MethodPost, "/webhook-event-types", http.Header{}, nil).Status; status != 404 {
		t.Errorf("POST: %d, want 404", status)
	}
}
