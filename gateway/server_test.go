package gateway

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// hurried cuts clients off soon.
var hurried = timeouts{header: 100 * time.Millisecond, read: 200 * time.Millisecond, write: 300 * time.Millisecond, idle: 100 * time.Millisecond, shutdown: 5 * time.Second}

// serving runs a handler on loopback until the test stops it.
func serving(t *testing.T, handler http.Handler, patience timeouts) (addr string, stop func() error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- serve(ctx, listener, handler, slog.New(slog.DiscardHandler), patience) }()
	return listener.Addr().String(), func() error {
		cancel()
		return <-stopped
	}
}

// TestSlowClientsAreCutOff: whoever takes too long to ask, or asks nothing more, loses the connection.
func TestSlowClientsAreCutOff(t *testing.T) {
	t.Parallel()
	addr, stop := serving(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusRequestTimeout)
		}
	}), hurried)
	for name, row := range map[string]struct{ sent, answer string }{
		"says nothing":           {"", ""},
		"never ends its headers": {"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", ""},
		"never ends its body":    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf", "HTTP/1.1 408"},
		"asks nothing more":      {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200"},
	} {
		connection, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		_ = connection.SetDeadline(time.Now().Add(10 * time.Second))
		_, _ = io.WriteString(connection, row.sent)
		answer, err := io.ReadAll(connection) // ends when the server closes
		if err != nil && !strings.Contains(err.Error(), "reset") || !strings.HasPrefix(string(answer), row.answer) {
			t.Errorf("%s: %v, answered %q", name, err, answer)
		}
		_ = connection.Close()
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// TestWhoDoesNotReadIsCutOff: an answer that nobody takes does not hold its handler for ever.
func TestWhoDoesNotReadIsCutOff(t *testing.T) {
	t.Parallel()
	failed := make(chan error, 1)
	addr, stop := serving(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		chunk := make([]byte, 1<<20)
		for range 1024 {
			if _, err := w.Write(chunk); err != nil {
				failed <- err
				return
			}
		}
		failed <- nil
	}), hurried)
	connection, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(connection, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if err := <-failed; err == nil {
		t.Error("a gigabyte went nowhere")
	}
	_ = connection.Close()
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestHeadersAreBounded(t *testing.T) {
	t.Parallel()
	addr, stop := serving(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), patient)
	for size, status := range map[int]int{maxHeader / 2: 200, maxHeader * 2: 431} {
		request, _ := http.NewRequest(http.MethodGet, "http://"+addr, nil)
		request.Header.Set("X-Large", strings.Repeat("x", size))
		answer, err := http.DefaultTransport.RoundTrip(request)
		if err != nil || answer.StatusCode != status {
			t.Errorf("%d bytes: %v, %v", size, answer, err)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// TestRunningRequestsAreFinished: a server that is told to stop takes no more requests, and answers those it has.
func TestRunningRequestsAreFinished(t *testing.T) {
	t.Parallel()
	began, finish := make(chan struct{}), make(chan struct{})
	addr, stop := serving(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(began)
		<-finish
		_, _ = io.WriteString(w, "done")
	}), patient)
	connection, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(connection, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	<-began
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	for refused := false; !refused; {
		other, err := net.Dial("tcp", addr)
		if refused = err != nil; !refused {
			_ = other.Close()
		}
	}
	close(finish)
	answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(answer.Body); string(body) != "done" || err != nil {
		t.Errorf("%q, %v", body, err)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// TestAShutdownEnds: a request that never ends does not keep the server up.
func TestAShutdownEnds(t *testing.T) {
	t.Parallel()
	began := make(chan struct{})
	patience := patient
	patience.shutdown = 50 * time.Millisecond
	addr, stop := serving(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(began)
		<-r.Context().Done() // the connection is closed under it
	}), patience)
	go func() { _, _ = http.Get("http://" + addr) }()
	<-began
	if err := stop(); err == nil {
		t.Error("says that everything was finished")
	}
}
