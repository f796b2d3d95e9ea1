package gateway_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"kanera.dev/gateway/gatewaytest"
)

// TestSocketIsClosedWithItsCode says what a client did wrong in the numbers of graphql-transport-ws.
func TestSocketIsClosedWithItsCode(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	initial, query := frame{Type: "connection_init"}, json.RawMessage(`{"query":"subscription { cardChanged { id } }"}`)
	with := func(authorization string) frame {
		payload, _ := json.Marshal(map[string]string{"authorization": authorization}) // texts always marshal
		return frame{Type: "connection_init", Payload: payload}
	}
	for name, row := range map[string]struct {
		keyless bool
		says    []any
		code    websocket.StatusCode
	}{
		"no JSON":                       {false, []any{json.RawMessage(`7`)}, 4400},
		"an unknown type":               {false, []any{initial, frame{Type: "start"}}, 4400},
		"subscribes before it is known": {false, []any{frame{ID: "1", Type: "subscribe", Payload: query}}, 4401},
		"begins twice":                  {false, []any{initial, initial}, 4429},
		"an id twice":                   {false, []any{initial, frame{ID: "1", Type: "subscribe", Payload: query}, frame{ID: "1", Type: "subscribe", Payload: query}}, 4409},
		"no id":                         {false, []any{initial, frame{Type: "subscribe", Payload: query}}, 4400},
		"no payload":                    {false, []any{initial, frame{ID: "1", Type: "subscribe"}}, 4400},
		"nobody":                        {true, []any{initial}, 4401},
		"nobody known":                  {true, []any{with("Bearer kanera_dev_" + strings.Repeat("A", 43))}, 4401},
		"another scheme":                {true, []any{with("Basic dTpw")}, 4401},
		"too long":                      {false, []any{initial, frame{ID: strings.Repeat("x", 300<<10), Type: "complete"}}, websocket.StatusMessageTooBig},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key := g.Facts.WorkspaceKey
			if row.keyless {
				key = ""
			}
			w := dial(t, g, key)
			for _, say := range row.says {
				w.say(say)
			}
			if code := w.closes(); code != row.code {
				t.Errorf("closed with %d, want %d", code, row.code)
			}
		})
	}
	t.Run("says nothing", func(t *testing.T) {
		t.Parallel()
		if code := dial(t, g, g.Facts.WorkspaceKey).closes(); code != 4408 {
			t.Errorf("closed with %d", code)
		}
	})
	t.Run("another protocol", func(t *testing.T) {
		t.Parallel()
		conn, _, err := websocket.Dial(t.Context(), g.URL+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-ws"}})
		if err != nil {
			t.Fatal(err)
		}
		if code := (&wire{t, conn}).closes(); code != 4406 {
			t.Errorf("closed with %d", code)
		}
	})
}

// TestSocketCarriesEveryOperation runs queries, mutations and documents that cannot run, beside pings, for a key that
// comes with connection_init from a page of another origin.
func TestSocketCarriesEveryOperation(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	conn, _, err := websocket.Dial(t.Context(), g.URL+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"},
		HTTPHeader: http.Header{"Origin": {"https://dashboard.example"}}})
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{t, conn}
	defer func() { _ = conn.CloseNow() }()
	w.say(map[string]any{"type": "connection_init", "payload": map[string]string{"Authorization": "Bearer " + g.Facts.WorkspaceKey}})
	w.say(frame{Type: "ping", Payload: json.RawMessage(`{"a":1}`)})
	if f := w.hear(); f.Type != "connection_ack" {
		t.Fatalf("%+v", f)
	}
	if f := w.hear(); f.Type != "pong" || string(f.Payload) != `{"a":1}` {
		t.Fatalf("%+v", f)
	}
	w.say(frame{Type: "pong"})
	w.say(frame{ID: "unknown", Type: "complete"})
	for name, row := range map[string]struct{ document, types, has string }{
		"query":              {`{ viewer { credential { kind } } }`, "next complete", `"WORKSPACE"`},
		"mutation":           {`mutation { cardCreate(input: { boardId: "` + g.Facts.BoardID + `", listId: "` + g.Facts.ListID + `", title: "Sent" }) { card { title } } }`, "next complete", `"Sent"`},
		"field that failed":  {`{ card(id: "` + unknownID + `") { id } }`, "next complete", `"NOT_FOUND"`},
		"no GraphQL":         {`{`, "error", `"GRAPHQL_PARSE_FAILED"`},
		"no such field":      {`subscription { nothing }`, "error", `"GRAPHQL_VALIDATION_FAILED"`},
		"two streams":        {`subscription { cardChanged { id } workspaceEvents(workspaceId: "` + g.Facts.WorkspaceID + `") { id } }`, "error", `"GRAPHQL_VALIDATION_FAILED"`},
		"unknown board":      {`subscription { boardEvents(boardId: "` + unknownID + `") { id } }`, "error", `"NOT_FOUND"`},
		"since is no number": {`subscription { boardEvents(boardId: "` + g.Facts.BoardID + `", since: "x") { id } }`, "error", `"VALIDATION"`},
		"since lies ahead":   {`subscription { boardEvents(boardId: "` + g.Facts.BoardID + `", since: "9999") { id } }`, "error", `"since"`},
		"no cursor":          {`subscription { cardChanged(since: "12") { id } }`, "error", `"VALIDATION"`},
		"too dear":           {`subscription { cardChanged { workspace { boards(first: 200) { nodes { cards(first: 200) { nodes { id } } } } } } }`, "error", `"COST_TOO_HIGH"`},
		"the schema":         {`{ __schema { subscriptionType { fields { name } } } }`, "next complete", `"boardEvents"`},
		"nothing":            {``, "error", `"BAD_REQUEST"`},
		"only its name":      {`subscription { __typename }`, "error", `"GRAPHQL_VALIDATION_FAILED"`},
	} {
		w.subscribe(name, row.document, nil)
		told := ""
		for want := range strings.FieldsSeq(row.types) {
			f := w.hear()
			told += string(f.Payload)
			if f.ID != name || f.Type != want {
				t.Fatalf("%s: %s %s %s, want %s", name, f.ID, f.Type, f.Payload, want)
			}
		}
		if !strings.Contains(told, row.has) {
			t.Errorf("%s: %s", name, told)
		}
	}
}

// TestSubscriptionsEndAndBegin uses an id again, and one connection up to its limit.
func TestSubscriptionsEndAndBegin(t *testing.T) {
	t.Parallel()
	g := gatewaytest.NewWith(t, configureLive(t, gatewaytest.SQLite))
	w := connect(t, g, g.Facts.WorkspaceKey)
	board := map[string]any{"board": g.Facts.BoardID}
	for range 3 {
		w.subscribe("1", boardEvents, board)
		opened(t, g, 1)
		w.say(frame{ID: "1", Type: "complete"})
		opened(t, g, 0)
	}
	for i := range 100 {
		w.subscribe(strings.Repeat("i", i+1), boardEvents, board)
	}
	opened(t, g, 100)
	w.subscribe("more", boardEvents, board)
	if code := w.code("more"); code != "TOO_MANY_SUBSCRIPTIONS" {
		t.Error(code)
	}
	_ = w.conn.Close(websocket.StatusNormalClosure, "")
	opened(t, g, 0)
}

// TestSubscriptionsOfAKey are bounded in a process, over all its connections.
func TestSubscriptionsOfAKey(t *testing.T) {
	t.Parallel()
	config := configureLive(t, gatewaytest.SQLite)
	config.SubscriptionsPerKey = 2
	g := gatewaytest.NewWith(t, config)
	board := map[string]any{"board": g.Facts.BoardID}
	first := stream(t, g, bearer(g.Facts.WorkspaceKey), boardEvents, board)
	stream(t, g, bearer(g.Facts.WorkspaceKey), boardEvents, board)
	third := stream(t, g, bearer(g.Facts.WorkspaceKey), boardEvents, board)
	if third.answer.StatusCode != 429 {
		t.Errorf("a third one: %d", third.answer.StatusCode)
	}
	stream(t, g, bearer(g.Facts.PersonalKey), boardEvents, board)
	opened(t, g, 3)
	first.stop()
	opened(t, g, 2)
}

// TestEventStreams answer as graphql-sse has it, and go on after the last event that the client has seen.
func TestEventStreams(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	header, board := bearer(g.Facts.WorkspaceKey), map[string]any{"board": g.Facts.BoardID, "since": "0"}
	for _, title := range []string{"One", "Two", "Three"} {
		add(t, g, title)
	}
	s := stream(t, g, header, boardEvents, board)
	if s.answer.Header.Get("Content-Type") != "text/event-stream; charset=utf-8" || s.answer.Header.Get("Cache-Control") != "no-store" || s.answer.Header.Get("Etag") != "" {
		t.Errorf("%v", s.answer.Header)
	}
	seen := s.event()
	header.Set("Last-Event-ID", seen["id"])
	if next := stream(t, g, header, boardEvents, board).event(); next["id"] != "2" || seen["id"] != "1" {
		t.Errorf("%v, then %v", seen, next)
	}
	header.Del("Last-Event-ID")
	for name, row := range map[string]struct {
		document, has string
		status        int
	}{
		"query":         {`{ viewer { user { id } } }`, `{"data":{"viewer":`, 200},
		"refused":       {`subscription { boardEvents(boardId: "` + unknownID + `") { id } }`, `"NOT_FOUND"`, 200},
		"does not fit":  {`subscription { nothing }`, `"GRAPHQL_VALIDATION_FAILED"`, 200},
		"too expensive": {`subscription { cardChanged { workspace { boards(first: 200) { nodes { cards(first: 200) { nodes { id } } } } } } }`, "", 400},
	} {
		s := stream(t, g, header, row.document, nil)
		if s.answer.StatusCode != row.status {
			t.Errorf("%s: %d", name, s.answer.StatusCode)
			continue
		}
		if row.status != 200 {
			continue
		}
		if b := s.event(); b["event"] != "next" || !strings.Contains(b["data"], row.has) {
			t.Errorf("%s: %v", name, b)
		}
		if b := s.event(); b["event"] != "complete" || b["data"] != "" {
			t.Errorf("%s does not end: %v", name, b)
		}
	}
	for name, row := range map[string]struct {
		key, accept, has string
		status           int
	}{
		"nobody":                 {"", "text/event-stream", `"UNAUTHORIZED"`, 200},
		"one answer only":        {g.Facts.WorkspaceKey, "application/json", `"STREAM_REQUIRED"`, 406},
		"by the GraphQL type":    {g.Facts.WorkspaceKey, "application/graphql-response+json", `"STREAM_REQUIRED"`, 406},
		"a query either way":     {g.Facts.WorkspaceKey, "application/json, text/event-stream", `"STREAM_REQUIRED"`, 200},
		"a mutation as a stream": {g.Facts.WorkspaceKey, "text/event-stream", `"METHOD_NOT_ALLOWED"`, 405},
	} {
		document := `subscription { cardChanged { id } }`
		switch name {
		case "a query either way":
			document, row.has = `{ viewer { user { id } } }`, `{"data"`
		case "a mutation as a stream":
			document = `mutation { cardDelete(id: "` + unknownID + `") { deletedId } }`
		}
		header := http.Header{"Accept": {row.accept}, "X-Kanera-Preflight": {"1"}}
		if row.key != "" {
			header.Set("Authorization", "Bearer "+row.key)
		}
		answer := g.Send("GET", "/graphql?query="+strings.NewReplacer(" ", "%20", "{", "%7B", "}", "%7D", `"`, "%22").Replace(document), header, nil)
		if answer.Status != row.status || !strings.Contains(string(answer.Body), row.has) {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
		}
	}
}
