package graph

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// mediaEvents is the media type of event streams. One operation has one stream, as the "distinct connections mode" of
// https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md has it.
const mediaEvents = "text/event-stream"

// heartbeat is how long an event stream is silent at most, so that nobody in between takes it for dead.
const heartbeat = 15 * time.Second

// HandlerOption changes how a Handler works.
type HandlerOption func(*Handler)

// Heartbeat sets how long an event stream is silent at most; 15 seconds when not set.
func Heartbeat(every time.Duration) HandlerOption {
	return func(h *Handler) { h.heartbeat = every }
}

// accepts reports whether a request names one of the media types as what it takes for an answer.
func accepts(r *http.Request, types ...string) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		media, _, _ := strings.Cut(part, ";")
		if slices.Contains(types, strings.ToLower(strings.TrimSpace(media))) {
			return true
		}
	}
	return false
}

// serveEvents answers a subscription with an event stream, and anything else too for callers who take nothing but event
// streams. What is refused with a status of its own by the other way of answering is so by this one; all other errors
// are told in the stream.
func (h *Handler) serveEvents(w http.ResponseWriter, r *http.Request, params *graphql.RawParams) {
	ctx := r.Context()
	subscription, response := h.executor.Subscribe(ctx, params, r.Header.Get("Last-Event-ID"))
	if subscription == nil && (accepts(r, mediaJSON, mediaGraphQL, "application/*", "*/*") || statusOf(response, mediaJSON) != http.StatusOK) {
		write(w, r, response)
		return
	}
	s := &eventStream{w: w, control: http.NewResponseController(w)}
	s.begin()
	if subscription == nil {
		s.end(encode(response))
		return
	}
	defer subscription.Close()
	if err := h.stream(ctx, s, subscription); !errors.Is(err, errGone) {
		if response := h.executor.failure(ctx, err); response != nil {
			s.end(encode(response))
		}
	}
}

// errGone says that nobody is there to be told anything.
var errGone = errors.New("the caller is gone")

// stream passes on events, and comments while there are none, until either side ends it.
func (h *Handler) stream(ctx context.Context, s *eventStream, subscription *Subscription) error {
	for {
		quiet, cancel := context.WithTimeout(ctx, h.heartbeat)
		payload, cursor, err := subscription.Next(quiet)
		silent := quiet.Err() != nil && ctx.Err() == nil
		cancel()
		text := ":\n\n"
		switch {
		case err == nil:
			text = "event: next\nid: " + cursor + "\ndata: " + string(payload) + "\n\n"
		case !silent:
			return err
		}
		if gone := s.write(text); gone != nil {
			return errGone
		}
	}
}

// eventStream writes events to a response.
type eventStream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

// begin sends the headers. From here on the timeouts of requests do not hold; each write has its own.
func (s *eventStream) begin() {
	header := s.w.Header()
	header.Set("Content-Type", mediaEvents+"; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no")
	_ = s.control.SetReadDeadline(time.Time{}) // where there are no deadlines, none has to be lifted
	s.w.WriteHeader(http.StatusOK)
	_ = s.write(":\n\n")
}

// write sends a part of the stream at once.
func (s *eventStream) write(text string) error {
	_ = s.control.SetWriteDeadline(time.Now().Add(writeTime))
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	_ = s.control.Flush() // a recorder has nothing to flush; a lost connection fails the next write
	return nil
}

// end sends the last answer and says that it is.
func (s *eventStream) end(payload []byte) {
	_ = s.write("event: next\ndata: " + string(payload) + "\n\nevent: complete\ndata:\n\n") // who is not told has gone
}
