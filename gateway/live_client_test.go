package gateway_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"kanera.dev/gateway/gatewaytest"
)

// patience is how long a test waits for what has to happen.
const patience = 20 * time.Second

// frame is one message of graphql-transport-ws.
type frame struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// wire is a WebSocket to a gateway.
type wire struct {
	t    testing.TB
	conn *websocket.Conn
}

// dial opens a WebSocket. A key goes into the handshake; without one the connection is nobody's yet.
func dial(t testing.TB, g *gatewaytest.Gateway, key string) *wire {
	t.Helper()
	header := http.Header{}
	if key != "" {
		header.Set("Authorization", "Bearer "+key)
	}
	conn, answer, err := websocket.Dial(t.Context(), g.URL+"/graphql", &websocket.DialOptions{HTTPHeader: header, Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		t.Fatalf("connect: %v, %+v", err, answer)
	}
	conn.SetReadLimit(1 << 20)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &wire{t, conn}
}

// connect opens a WebSocket and has it acknowledged.
func connect(t testing.TB, g *gatewaytest.Gateway, key string) *wire {
	t.Helper()
	w := dial(t, g, key)
	w.say(frame{Type: "connection_init"})
	if f := w.hear(); f.Type != "connection_ack" {
		t.Fatalf("not acknowledged: %+v", f)
	}
	return w
}

func (w *wire) say(f any) {
	w.t.Helper()
	raw, err := json.Marshal(f)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.conn.Write(w.t.Context(), websocket.MessageText, raw); err != nil {
		w.t.Fatalf("say %s: %v", raw, err)
	}
}

// next returns the next message, or why there is none.
func (w *wire) next() (frame, error) {
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	_, raw, err := w.conn.Read(ctx)
	if err != nil {
		return frame{}, err
	}
	var f frame
	return f, json.Unmarshal(raw, &f)
}

func (w *wire) hear() frame {
	w.t.Helper()
	f, err := w.next()
	if err != nil {
		w.t.Fatalf("hear: %v", err)
	}
	return f
}

// closes waits for the other side to close and returns its code.
func (w *wire) closes() websocket.StatusCode {
	w.t.Helper()
	for {
		if _, err := w.next(); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

// subscribe begins an operation.
func (w *wire) subscribe(id, query string, variables map[string]any) {
	w.t.Helper()
	payload, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		w.t.Fatal(err)
	}
	w.say(frame{ID: id, Type: "subscribe", Payload: payload})
}

// shown is an event as the tests ask for it.
type shown struct {
	ID, Sequence, Type, Cursor string
	CardSequence               *string
	Actor                      struct{ Kind, Name string }
	Card                       *struct {
		ID, Key, Title string
		List           struct{ ID string }
	}
	Data map[string]any
}

const eventFields = `{ id sequence cardSequence type at cursor actor { kind name } card { id key title list { id } } data }`

const boardEvents = `subscription($board: ID!, $since: String) { boardEvents(boardId: $board, since: $since) ` + eventFields + ` }`

const workspaceEvents = `subscription($workspace: ID!, $types: [String!], $since: String) {
	workspaceEvents(workspaceId: $workspace, types: $types, since: $since) ` + eventFields + ` }`

const cardChanged = `subscription($filter: CardFilter, $since: String) { cardChanged(filter: $filter, since: $since) ` + eventFields + ` }`

// eventIn reads the event out of an answer.
func eventIn(payload []byte) (shown, error) {
	var answer struct {
		Data   map[string]shown
		Errors []gatewaytest.GraphQLError
	}
	if err := json.Unmarshal(payload, &answer); err != nil {
		return shown{}, err
	}
	if len(answer.Errors) > 0 {
		return shown{}, fmt.Errorf("%s: %s", answer.Errors[0].Extensions.Code, answer.Errors[0].Message)
	}
	for _, e := range answer.Data {
		return e, nil
	}
	return shown{}, errors.New("no event")
}

// event waits for the next event of a subscription.
func (w *wire) event(id string) shown {
	w.t.Helper()
	f := w.hear()
	if f.ID != id || f.Type != "next" {
		w.t.Fatalf("no event: %s %s %s", f.ID, f.Type, f.Payload)
	}
	e, err := eventIn(f.Payload)
	if err != nil {
		w.t.Fatal(err)
	}
	return e
}

// code waits for a subscription to fail and returns why.
func (w *wire) code(id string) string {
	w.t.Helper()
	for {
		f := w.hear()
		var errs []gatewaytest.GraphQLError
		switch {
		case f.Type == "next":
		case f.ID != id || f.Type != "error" || json.Unmarshal(f.Payload, &errs) != nil || len(errs) == 0:
			w.t.Fatalf("no error: %+v %s", f, f.Payload)
		default:
			return errs[0].Extensions.Code
		}
	}
}

// sse is an event stream.
type sse struct {
	t      testing.TB
	answer *http.Response
	lines  *bufio.Scanner
	stop   context.CancelFunc
}

// stream opens an event stream for an operation.
func stream(t testing.TB, g *gatewaytest.Gateway, header http.Header, query string, variables map[string]any) *sse {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, g.URL+"/graphql", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = header.Clone()
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "text/event-stream")
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = answer.Body.Close()
	})
	return &sse{t, answer, bufio.NewScanner(answer.Body), cancel}
}

// block is one event of a stream, or a comment.
type block map[string]string

// next reads a block; comments have the name "".
func (s *sse) next() (block, error) {
	b := block{}
	for s.lines.Scan() {
		if s.lines.Text() == "" {
			return b, nil
		}
		name, value, _ := strings.Cut(s.lines.Text(), ":")
		b[name] = strings.TrimPrefix(value, " ")
	}
	return nil, errors.Join(errors.New("the stream ended"), s.lines.Err())
}

// event waits for the next event, whatever comments come before it.
func (s *sse) event() block {
	s.t.Helper()
	for {
		b, err := s.next()
		if err != nil {
			s.t.Fatal(err)
		}
		if b["event"] != "" {
			return b
		}
	}
}
