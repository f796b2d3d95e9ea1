package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"

	"kanera.dev/domain"
)

// Limits of one WebSocket.
const (
	MaxSubscriptions = 100              // operations that run on one connection at once
	initTime         = 5 * time.Second  // for connection_init
	pingTime         = 30 * time.Second // between two pings; as long as one may take to be answered
	writeTime        = 10 * time.Second // for one message, also of an event stream: who takes longer is cut off
)

// protocol is the only subprotocol: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
const protocol = "graphql-transport-ws"

// Why a WebSocket is closed by us, in the numbers of the protocol.
const (
	closedBad          websocket.StatusCode = 4400
	closedUnauthorized websocket.StatusCode = 4401
	closedProtocol     websocket.StatusCode = 4406
	closedInitTimeout  websocket.StatusCode = 4408
	closedDuplicate    websocket.StatusCode = 4409
	closedInitTwice    websocket.StatusCode = 4429
)

// Doorman stands between an open connection and its operations, as a gateway stands before requests.
type Doorman interface {
	// Greet judges a credential: what the headers Authorization and X-Kanera-Organisation-Id would hold. What it
	// returns says again, at any later time, who that is.
	Greet(ctx context.Context, authorization, organisation string) (identity func(context.Context) (*domain.Principal, error), err error)
	// Admit returns the context for an operation of a caller. settle charges the operation unless its cost was debited,
	// and fails when a budget is used up.
	Admit(ctx context.Context, who *domain.Principal) (admitted context.Context, settle func() error)
}

type doormanKey struct{}

// WithDoorman puts a doorman before the operations of the connection that a request opens. Without one whoever opened
// it is believed for as long as it is open, and pays nothing.
func WithDoorman(ctx context.Context, d Doorman) context.Context {
	return context.WithValue(ctx, doormanKey{}, d)
}

func doormanOf(ctx context.Context) Doorman {
	if d, ok := ctx.Value(doormanKey{}).(Doorman); ok {
		return d
	}
	return trusting{}
}

// trusting is no doorman.
type trusting struct{}

// Greet implements Doorman.
func (trusting) Greet(ctx context.Context, _, _ string) (func(context.Context) (*domain.Principal, error), error) {
	if domain.PrincipalFrom(ctx) == nil {
		return nil, domain.Unauthorized("A valid API key is needed.")
	}
	return identityOf(ctx), nil
}

// Admit implements Doorman.
func (trusting) Admit(ctx context.Context, who *domain.Principal) (context.Context, func() error) {
	return domain.WithPrincipal(ctx, who), func() error { return nil }
}

// isSocket reports whether a request wants to become a WebSocket.
func isSocket(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// serveSocket speaks the protocol until one side closes. Pages of any origin may connect: nothing that a browser adds on
// its own, such as a cookie, is a credential here; a page has to know a key.
func (h *Handler) serveSocket(w http.ResponseWriter, r *http.Request) {
	if !h.enter() {
		write(w, r, refused(r.Context(), domain.Unavailable("The server is stopping.")))
		return
	}
	defer h.leave()
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{protocol}, InsecureSkipVerify: true})
	if err != nil {
		return // answered already
	}
	conn.SetReadLimit(MaxBodyBytes)
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context())) // which the server may end once the connection is no longer its
	s := &socket{executor: h.executor, doorman: doormanOf(ctx), conn: conn, authorization: r.Header.Get("Authorization"),
		organisation: r.Header.Get("X-Kanera-Organisation-Id"), running: map[string]*running{}}
	defer func() {
		cancel()
		_ = conn.CloseNow()
		s.operations.Wait()
	}()
	if conn.Subprotocol() != protocol {
		s.close(closedProtocol, "Subprotocol not acceptable")
		return
	}
	stopped := context.AfterFunc(h.stopping, func() { s.close(websocket.StatusGoingAway, "The server is stopping") })
	defer stopped()
	late := time.AfterFunc(initTime, func() {
		if s.identity.Load() == nil {
			s.close(closedInitTimeout, "Connection initialisation timeout")
		}
	})
	defer late.Stop()
	go s.ping(ctx)
	s.listen(ctx)
}

// message is one message of the protocol.
type message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// listen handles messages, one after the other, until the connection is closed.
func (s *socket) listen(ctx context.Context) {
	for {
		kind, raw, err := s.conn.Read(ctx)
		if err != nil {
			return
		}
		var m message
		if kind != websocket.MessageText || json.Unmarshal(raw, &m) != nil {
			s.close(closedBad, "Invalid message")
			return
		}
		if !s.handle(ctx, m) {
			return
		}
	}
}

// handle does what a message says and reports whether to go on.
func (s *socket) handle(ctx context.Context, m message) bool {
	switch m.Type {
	case "connection_init":
		return s.init(ctx, m.Payload)
	case "ping":
		return s.send(ctx, message{Type: "pong", Payload: m.Payload}) == nil
	case "pong":
		return true
	case "subscribe":
		return s.subscribe(ctx, m)
	case "complete":
		s.forget(m.ID)
		return true
	}
	s.close(closedBad, "Invalid message")
	return false
}

// init finds out who opened the connection. The credential of the handshake counts before that of the message.
func (s *socket) init(ctx context.Context, payload json.RawMessage) bool {
	if s.greeted {
		s.close(closedInitTwice, "Too many initialisation requests")
		return false
	}
	s.greeted = true
	told := map[string]any{}
	if len(payload) > 0 && !bytes.Equal(payload, []byte("null")) && json.Unmarshal(payload, &told) != nil {
		s.close(closedBad, "Invalid message")
		return false
	}
	if s.authorization == "" {
		s.authorization, s.organisation = member(told, "Authorization"), member(told, "X-Kanera-Organisation-Id")
	}
	identity, err := s.doorman.Greet(ctx, s.authorization, s.organisation)
	if err != nil {
		s.close(closedUnauthorized, "Unauthorized")
		return false
	}
	s.identity.Store(&identity)
	return s.send(ctx, message{Type: "connection_ack"}) == nil
}

// member reads a text from an object, whatever the case of its name.
func member(object map[string]any, name string) string {
	for key, value := range object {
		if text, ok := value.(string); ok && strings.EqualFold(key, name) {
			return text
		}
	}
	return ""
}

// subscribe begins an operation of any kind.
func (s *socket) subscribe(ctx context.Context, m message) bool {
	identity := s.identity.Load()
	if identity == nil {
		s.close(closedUnauthorized, "Unauthorized")
		return false
	}
	var in request
	if m.ID == "" || json.Unmarshal(m.Payload, &in) != nil {
		s.close(closedBad, "Invalid message")
		return false
	}
	op, problem := s.remember(ctx, m.ID)
	if errors.Is(problem, errDuplicate) {
		s.close(closedDuplicate, "Subscriber for "+m.ID[:min(len(m.ID), 60)]+" already exists")
		return false
	}
	params, err := in.params()
	if problem != nil {
		err = problem
	}
	s.operations.Go(func() {
		defer s.end(op)
		s.operate(op, params, err, *identity)
	})
	return true
}
