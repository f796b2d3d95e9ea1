package gateway_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kanera.dev/gateway/gatewaytest"
)

// fetch sends a GET with If-None-Match, once for every value.
func fetch(g *gatewaytest.Gateway, path string, known ...string) *gatewaytest.Response {
	header := http.Header{"Authorization": {"Bearer " + g.Facts.WorkspaceKey}, "Accept-Encoding": {"identity"}}
	for _, tag := range known {
		header.Add("If-None-Match", tag)
	}
	return g.Send(http.MethodGet, path, header, nil)
}

func TestUnchangedAnswersAreNotSentAgain(t *testing.T) {
	t.Parallel()
	config := gatewaytest.Configure(t, gatewaytest.SQLite)
	config.Limits.CostPerMinute = 60_000 // what is left of a budget is no part of an answer to GET
	g := gatewaytest.NewWith(t, config)
	card := "/api/v1/cards/" + g.Facts.CardID
	for name, path := range map[string]string{
		"REST":    card + "/detail",
		"GraphQL": "/graphql?query=" + url.QueryEscape(`query($id: ID!) { card(id: $id) { title } }`) + "&variables=" + url.QueryEscape(`{"id":"`+g.Facts.CardID+`"}`),
	} {
		first := fetch(g, path)
		tag := first.Header.Get("Etag")
		if first.Status != 200 || len(tag) < 10 || tag[0] != '"' || first.Header.Get("Cache-Control") != "private, no-cache" {
			t.Fatalf("%s: %d %s %v", name, first.Status, first.Body, first.Header)
		}
		vary := strings.Join(first.Header.Values("Vary"), ", ")
		for _, part := range []string{"Origin", "Authorization", "Accept", "X-Kanera-Organisation-Id"} {
			if !strings.Contains(vary, part) {
				t.Errorf("%s: Vary %q lacks %s", name, vary, part)
			}
		}
		for row, known := range map[string][]string{
			"same": {tag}, "weak": {"W/" + tag}, "any": {"*"}, "in a list": {`"x", ` + tag + `,"y"`}, "in a second line": {`"x"`, tag},
		} {
			answer := fetch(g, path, known...)
			if answer.Status != 304 || len(answer.Body) != 0 || answer.Header.Get("Etag") != tag || answer.Header.Get("Content-Type") != "" ||
				answer.Header.Get("Cache-Control") != "private, no-cache" || answer.Header.Get("X-Request-Id") == "" {
				t.Errorf("%s, %s: %d %s %v", name, row, answer.Status, answer.Body, answer.Header)
			}
		}
		for row, known := range map[string]string{"another": `"x"`, "without quotes": strings.Trim(tag, `"`), "nonsense": `W/`, "empty": ""} {
			if answer := fetch(g, path, known); answer.Status != 200 || string(answer.Body) != string(first.Body) {
				t.Errorf("%s, %s: %d %s", name, row, answer.Status, answer.Body)
			}
		}
		if answer := g.Do(http.MethodPatch, card, g.Facts.WorkspaceKey, map[string]any{"title": "Changed for " + name}); answer.Status != 200 {
			t.Fatalf("%d %s", answer.Status, answer.Body)
		}
		if answer := fetch(g, path, tag); answer.Status != 200 || answer.Header.Get("Etag") == tag {
			t.Errorf("%s: a changed card has the same tag: %d %v", name, answer.Status, answer.Header)
		}
	}
}

func TestOnlyAnswersToReadingAreTagged(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	bearer := http.Header{"Authorization": {"Bearer " + g.Facts.WorkspaceKey}, "Content-Type": {"application/json"}, "If-None-Match": {"*"}}
	card := "/api/v1/cards/" + g.Facts.CardID
	for name, row := range map[string]struct {
		method, path, body, cache string
		header                    http.Header
		status                    int
	}{
		"change":               {"PATCH", card, `{"title":"A"}`, "", bearer, 200},
		"GraphQL by POST":      {"POST", "/graphql", `{"query":"{ viewer { user { id } } }"}`, "", bearer, 200},
		"not found":            {"GET", "/api/v1/cards/" + unknownID + "/detail", "", "no-store", bearer, 404},
		"no route":             {"GET", "/api/v1/nowhere", "", "no-store", bearer, 404},
		"no credential":        {"GET", card + "/detail", "", "no-store", http.Header{"If-None-Match": {"*"}}, 401},
		"GraphQL with errors":  {"GET", "/graphql?query=%7B%20card(id%3A%22" + unknownID + "%22)%20%7Bid%7D%20%7D", "", "no-store", bearer, 200},
		"GraphQL that is none": {"GET", "/graphql?query=%7B", "", "no-store", bearer, 0},
	} {
		answer := g.Send(row.method, row.path, row.header, row.body)
		if row.status != 0 && answer.Status != row.status || answer.Status == 304 || answer.Header.Get("Etag") != "" || answer.Header.Get("Cache-Control") != row.cache {
			t.Errorf("%s: %d %s %v", name, answer.Status, answer.Body, answer.Header)
		}
	}
	head := g.Send(http.MethodHead, card+"/detail", http.Header{"Authorization": bearer["Authorization"]}, nil)
	if get := fetch(g, card+"/detail"); head.Status != 200 || len(head.Body) != 0 || head.Header.Get("Etag") != get.Header.Get("Etag") {
		t.Errorf("HEAD: %d %v, GET has %s", head.Status, head.Header, get.Header.Get("Etag"))
	}
}
