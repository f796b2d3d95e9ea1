package gateway_test

import (
	"bytes"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"kanera.dev/gateway"
	"kanera.dev/gateway/gatewaytest"
	"kanera.dev/persistence/redis/redistest"
)

// eachRedis runs a test on a gateway with the embedded Redis and on one with a server.
func eachRedis(t *testing.T, test func(t *testing.T, g *gatewaytest.Gateway)) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		test(t, gatewaytest.New(t, gatewaytest.SQLite))
	})
	t.Run("server", func(t *testing.T) {
		t.Parallel()
		test(t, gatewaytest.NewWith(t, serverRedis(t, gatewaytest.SQLite)))
	})
}

// attempt sends a request with an idempotency key. Demo organisations share their ids and tests a Redis, so that the
// key is made the gateway's own.
func attempt(g *gatewaytest.Gateway, credential, key, method, path, body string) *gatewaytest.Response {
	header := http.Header{"Authorization": {"Bearer " + credential}}
	if key != "" {
		header.Set("Idempotency-Key", key+"@"+g.Config.DataDir)
	}
	if body == "" {
		return g.Send(method, path, header, nil)
	}
	header.Set("Content-Type", "application/json")
	return g.Send(method, path, header, body)
}

func cardsPath(g *gatewaytest.Gateway) string {
	return "/api/v1/boards/" + g.Facts.BoardID + "/lists/" + g.Facts.ListID + "/cards"
}

// countCards counts the cards of a title.
func countCards(t *testing.T, g *gatewaytest.Gateway, title string) int {
	t.Helper()
	answer := g.Query(g.Facts.WorkspaceKey, `query($title: String!) { cards(filter: { title: { eq: $title } }) { totalCount } }`, map[string]any{"title": title})
	var data struct{ Cards struct{ TotalCount int } }
	(&gatewaytest.Response{Status: answer.Status, Body: answer.Data}).Decode(t, &data)
	return data.Cards.TotalCount
}

func TestARepeatedRequestIsReplayed(t *testing.T) {
	t.Parallel()
	eachRedis(t, func(t *testing.T, g *gatewaytest.Gateway) {
		key := g.Facts.WorkspaceKey
		created := attempt(g, key, "seed", "POST", cardsPath(g), `{"title":"Seed"}`)
		var card struct{ ID string }
		created.Decode(t, &card)
		for name, row := range map[string]struct {
			method, path, body, again string
			status                    int
		}{
			"created":            {"POST", cardsPath(g), `{"title":"Once","description":"x"}`, `{ "description": "x", "title": "Once" }`, 201},
			"changed":            {"PATCH", "/api/v1/cards/" + card.ID, `{"title":"Twice"}`, `{"title":"Twice"}`, 200},
			"refused":            {"PATCH", "/api/v1/cards/" + card.ID, `{"title":7}`, `{"title":7}`, 400},
			"unknown":            {"PATCH", "/api/v1/cards/" + unknownID, `{"title":"A"}`, `{"title":"A"}`, 404},
			"no JSON":            {"PATCH", "/api/v1/cards/" + card.ID, `{"title"`, `{"title"`, 400},
			"without an answer":  {"DELETE", "/api/v1/workspaces/" + g.Facts.WorkspaceID + "/nowhere", "", "", 404},
			"large whole number": {"PATCH", "/api/v1/cards/" + card.ID, `{"title":"A","x":90071992547409931234}`, `{"x":90071992547409931234,"title":"A"}`, 200},
		} {
			first := attempt(g, key, strings.ReplaceAll(name, " ", "-"), row.method, row.path, row.body)
			second := attempt(g, key, strings.ReplaceAll(name, " ", "-"), row.method, row.path, row.again)
			if first.Status != row.status || first.Header.Get("Idempotency-Replayed") != "" {
				t.Errorf("%s: first %d %s %v", name, first.Status, first.Body, first.Header)
			}
			if second.Status != first.Status || !bytes.Equal(second.Body, first.Body) || second.Header.Get("Idempotency-Replayed") != "true" ||
				second.Header.Get("Content-Type") != first.Header.Get("Content-Type") || second.Header.Get("Location") != first.Header.Get("Location") ||
				second.Header.Get("Cache-Control") != first.Header.Get("Cache-Control") {
				t.Errorf("%s: replayed %d %s %v\nfirst %d %s %v", name, second.Status, second.Body, second.Header, first.Status, first.Body, first.Header)
			}
		}
		if n := countCards(t, g, "Once"); n != 1 {
			t.Errorf("%d cards were made", n)
		}
	})
}

func TestAnAnswerWithoutABodyIsReplayed(t *testing.T) {
	t.Parallel()
	eachRedis(t, func(t *testing.T, g *gatewaytest.Gateway) {
		var list struct{ ID string }
		attempt(g, g.Facts.PersonalKey, "", "POST", "/api/v1/workspaces/"+g.Facts.WorkspaceID+"/lists", `{"name":"Short-lived"}`).Decode(t, &list)
		for _, replayed := range []string{"", "true"} {
			answer := attempt(g, g.Facts.PersonalKey, "gone", "DELETE", "/api/v1/lists/"+list.ID, "")
			if answer.Status != 204 || len(answer.Body) != 0 || answer.Header.Get("Idempotency-Replayed") != replayed {
				t.Errorf("want replayed %q: %d %s %v", replayed, answer.Status, answer.Body, answer.Header)
			}
		}
	})
}

func TestAKeyBelongsToOneRequest(t *testing.T) {
	t.Parallel()
	eachRedis(t, func(t *testing.T, g *gatewaytest.Gateway) {
		key, path := g.Facts.WorkspaceKey, cardsPath(g)
		attempt(g, key, "k", "POST", path, `{"title":"First","dueDate":null}`)
		for name, row := range map[string]struct{ method, path, body string }{
			"other body":      {"POST", path, `{"title":"Second","dueDate":null}`},
			"member less":     {"POST", path, `{"title":"First"}`},
			"other query":     {"POST", path + "?x=1", `{"title":"First","dueDate":null}`},
			"other method":    {"PUT", path, `{"title":"First","dueDate":null}`},
			"other path":      {"POST", "/api/v1/cards/" + g.Facts.CardID + "/duplicate", `{"title":"First","dueDate":null}`},
			"number or text":  {"POST", path, `{"title":"First","dueDate":0}`},
			"number, written": {"POST", path, `{"title":"First","dueDate":0.0}`},
		} {
			answer := attempt(g, key, "k", row.method, row.path, row.body)
			if answer.Status != 409 || answer.Code() != "CONFLICT" || answer.Header.Get("Idempotency-Replayed") != "" {
				t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
			}
		}
	})
}

func TestKeysThatAreNone(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	for name, row := range map[string]struct {
		keys   []string
		status int
	}{
		"longest":   {[]string{strings.Repeat("~", 255)}, 201},
		"too long":  {[]string{strings.Repeat("x", 256)}, 400},
		"empty":     {[]string{""}, 400},
		"space":     {[]string{"a b"}, 400},
		"not ASCII": {[]string{"schlüssel"}, 400},
		"two":       {[]string{"a", "b"}, 400},
	} {
		header := http.Header{"Authorization": {"Bearer " + g.Facts.WorkspaceKey}, "Content-Type": {"application/json"}, "Idempotency-Key": row.keys}
		answer := g.Send("POST", cardsPath(g), header, `{"title":"Key"}`)
		if answer.Status != row.status || row.status == 400 && answer.Code() != "BAD_REQUEST" {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
		}
		if answer = g.Send("GET", "/api/v1/session", header, nil); answer.Status != 200 || answer.Header.Get("Idempotency-Replayed") != "" {
			t.Errorf("%s: GET looks at the header: %d %s", name, answer.Status, answer.Body)
		}
	}
	header := http.Header{"Authorization": {"Bearer nonsense"}, "Idempotency-Key": {"a b"}}
	if answer := g.Send("POST", cardsPath(g), header, nil); answer.Status != 401 {
		t.Errorf("the key is judged before the credential: %d", answer.Status)
	}
	header = http.Header{"Authorization": {"Bearer " + g.Facts.WorkspaceKey}, "Content-Type": {"multipart/form-data; boundary=x"}, "Idempotency-Key": {"a b"}}
	if answer := g.Send("POST", cardsPath(g), header, "--x--"); answer.Status != 415 {
		t.Errorf("a form: %d %s", answer.Status, answer.Body)
	}
}

func TestCredentialsDoNotShareKeys(t *testing.T) {
	t.Parallel()
	eachRedis(t, func(t *testing.T, g *gatewaytest.Gateway) {
		for _, credential := range []string{g.Facts.WorkspaceKey, g.Facts.PersonalKey} {
			answer := attempt(g, credential, "mine", "POST", cardsPath(g), `{"title":"Apart"}`)
			if answer.Status != 201 || answer.Header.Get("Idempotency-Replayed") != "" {
				t.Errorf("%d %s", answer.Status, answer.Body)
			}
		}
		if n := countCards(t, g, "Apart"); n != 2 {
			t.Errorf("%d cards were made by two credentials", n)
		}
	})
}

// TestDuplicatesAtOnce: of requests that arrive together one runs; the others are told so, or given its answer.
func TestDuplicatesAtOnce(t *testing.T) {
	t.Parallel()
	eachRedis(t, func(t *testing.T, g *gatewaytest.Gateway) {
		var group sync.WaitGroup
		answers := make([]*gatewaytest.Response, 20)
		for i := range answers {
			group.Go(func() {
				answers[i] = attempt(g, g.Facts.WorkspaceKey, "rush", "POST", cardsPath(g), `{"title":"Rush"}`)
			})
		}
		group.Wait()
		first := 0
		for _, answer := range answers {
			replayed := answer.Header.Get("Idempotency-Replayed") == "true"
			if answer.Status == 201 && !replayed {
				first++
			} else if answer.Status != 409 && !replayed {
				t.Errorf("%d %s", answer.Status, answer.Body)
			}
		}
		if n := countCards(t, g, "Rush"); n != 1 || first != 1 {
			t.Errorf("%d cards were made, %d requests ran", n, first)
		}
	})
}

// serverRedis configures a gateway on the Redis server for tests.
func serverRedis(t *testing.T, backend gatewaytest.Backend) gateway.Config {
	t.Helper()
	url := os.Getenv(redistest.URLVariable)
	if url == "" {
		t.Fatal(redistest.URLVariable + " is not set: run make test, which starts a Redis for the tests")
	}
	config := gatewaytest.Configure(t, backend)
	config.RedisURL = url
	return config
}
