package gateway

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"

	"kanera.dev/graph"
	"kanera.dev/rest"
)

// sane is what a client may choose as request id: visible ASCII of a bounded length.
var sane = regexp.MustCompile(`^[\x21-\x7e]{1,200}$`)

// withRequestID echoes a sane x-request-id and makes one up otherwise, for the answer, the context and the log.
func withRequestID(next http.Handler, newID func() string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get("X-Request-Id")
		if id == "" || !sane.MatchString(id) {
			id = newID()
		}
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(graph.WithRequestID(r.Context(), id)))
	})
}

// withRecovery turns a panic into a 500 without details; the log gets them. When the answer has begun, the
// connection is cut, so that nobody takes half an answer for a whole one.
func withRecovery(next http.Handler, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		counted := &countingWriter{ResponseWriter: w}
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(cause)
			}
			log.ErrorContext(r.Context(), "panic", "requestId", graph.RequestID(r.Context()),
				"cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
			if counted.status != 0 {
				panic(http.ErrAbortHandler)
			}
			rest.WriteError(w, fmt.Errorf("panic: %v", cause))
		}()
		next.ServeHTTP(counted, r)
	})
}

// countingWriter remembers the status and counts the bytes of an answer.
type countingWriter struct {
	http.ResponseWriter
	status int // 0 until the answer begins
	bytes  int64
}

// WriteHeader remembers the status.
func (w *countingWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (w *countingWriter) Write(body []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(body)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *countingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
