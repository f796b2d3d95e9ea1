package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"kanera.dev/domain"
)

// socket is one WebSocket and what runs on it.
type socket struct {
	executor                    *Executor
	doorman                     Doorman
	conn                        *websocket.Conn
	authorization, organisation string
	greeted                     bool
	identity                    atomic.Pointer[func(context.Context) (*domain.Principal, error)] // nil until the connection is acknowledged

	mu         sync.Mutex
	running    map[string]*running // by the id that the client gave
	operations sync.WaitGroup      // that have not ended yet, also those that the client has forgotten
}

// running is an operation on a socket.
type running struct {
	id   string
	ctx  context.Context //nolint:containedctx // of the operation, which the client may end
	stop context.CancelFunc
}

var errDuplicate = errors.New("the id is in use")

// remember makes room for an operation. When there is none it is not remembered, but can still be answered.
func (s *socket) remember(ctx context.Context, id string) (*running, error) {
	op := &running{id: id}
	op.ctx, op.stop = context.WithCancel(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.running[id] != nil:
		op.stop()
		return nil, errDuplicate
	case len(s.running) >= MaxSubscriptions:
		return op, &domain.Error{Code: domain.CodeTooManySubscriptions, Message: fmt.Sprintf("The connection runs %d operations; more are not allowed.", MaxSubscriptions)}
	}
	s.running[id] = op
	return op, nil
}

// forget ends an operation that the client wants no more of.
func (s *socket) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if op := s.running[id]; op != nil {
		delete(s.running, id)
		op.stop()
	}
}

// end makes room for others. It also keeps a mistake of ours within the connection.
func (s *socket) end(op *running) {
	if cause := recover(); cause != nil {
		s.executor.log.Error("panic", "requestId", RequestID(op.ctx), "cause", recovered(op.ctx, cause))
		s.fail(op, s.executor.failure(op.ctx, errors.New("panic")))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running[op.id] == op {
		delete(s.running, op.id)
	}
	op.stop()
}

// operate runs one operation to its end. problem says why it cannot be run at all.
func (s *socket) operate(op *running, params *graphql.RawParams, problem error, identity func(context.Context) (*domain.Principal, error)) {
	who, err := identity(op.ctx)
	if err != nil {
		s.fail(op, s.executor.failure(op.ctx, err))
		return
	}
	ctx, settle := s.doorman.Admit(WithIdentity(op.ctx, identity), who)
	var subscription *Subscription
	var response *graphql.Response
	if problem == nil {
		subscription, response = s.executor.Subscribe(ctx, params, "")
	} else {
		response = s.executor.failure(ctx, problem)
	}
	if err := settle(); err != nil && response != nil {
		response = s.executor.failure(ctx, err)
	}
	switch {
	case subscription != nil:
		defer subscription.Close()
		s.follow(op, subscription)
	case response == nil:
	case len(response.Data) == 0:
		s.fail(op, response)
	default:
		if s.next(op, encode(response)) == nil {
			s.complete(op)
		}
	}
}

// follow passes on events until the subscription ends.
func (s *socket) follow(op *running, subscription *Subscription) {
	for {
		payload, _, err := subscription.Next(op.ctx)
		if err != nil {
			s.fail(op, s.executor.failure(op.ctx, err))
			return
		}
		if s.next(op, payload) != nil {
			return
		}
	}
}

// next sends one answer of an operation that the client still wants.
func (s *socket) next(op *running, payload []byte) error {
	if err := op.ctx.Err(); err != nil {
		return err
	}
	return s.send(op.ctx, message{ID: op.id, Type: "next", Payload: payload})
}

// complete says that an operation is over, once its id may be used again.
func (s *socket) complete(op *running) {
	s.forget(op.id)
	_ = s.send(op.ctx, message{ID: op.id, Type: "complete"}) // who is not told has gone
}

// fail says why an operation is over; nothing when there is no reason to tell.
func (s *socket) fail(op *running, response *graphql.Response) {
	if response == nil || op.ctx.Err() != nil {
		return
	}
	s.forget(op.id)
	_ = s.send(op.ctx, message{ID: op.id, Type: "error", Payload: errorsOf(response.Errors)})
}

func errorsOf(errs gqlerror.List) json.RawMessage {
	raw, err := json.Marshal(errs)
	if err != nil {
		return json.RawMessage(`[{"message":"Something went wrong on our side.","extensions":{"code":"INTERNAL"}}]`)
	}
	return raw
}

// send writes one message. It does not end with the operation, because a message that breaks off ends the connection.
func (s *socket) send(ctx context.Context, m message) error {
	raw, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
	defer cancel()
	return s.conn.Write(limited, websocket.MessageText, raw)
}

func (s *socket) close(code websocket.StatusCode, reason string) { _ = s.conn.Close(code, reason) }

// ping asks now and then whether the other end is still there.
func (s *socket) ping(ctx context.Context) {
	ticker := time.NewTicker(pingTime)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		limited, cancel := context.WithTimeout(ctx, pingTime)
		err := s.conn.Ping(limited)
		cancel()
		if err != nil {
			_ = s.conn.CloseNow()
			return
		}
	}
}
