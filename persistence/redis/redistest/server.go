package redistest

import (
	"bytes"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// patience is how long a server may take for anything.
const patience = 30 * time.Second

// Server is a redis-server process of one test, to be stopped and started at will. It keeps nothing on disk.
type Server struct {
	URL     string
	t       testing.TB
	port    int
	args    []string
	process *exec.Cmd
	output  bytes.Buffer
}

// Start starts a redis-server on a free loopback port and ends it with the test. The options are those of redis-server.
func Start(t testing.TB, options ...string) *Server {
	t.Helper()
	for range 5 { // somebody else may take the port in between
		port := freePort(t)
		s := &Server{URL: "redis://127.0.0.1:" + strconv.Itoa(port) + "/0", t: t, port: port, args: options}
		if s.start() {
			return s
		}
	}
	t.Fatal("cannot start a redis-server")
	return nil
}

func freePort(t testing.TB) int {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()                     //nolint:errcheck // nobody has connected
	return listener.Addr().(*net.TCPAddr).Port //nolint:forcetypeassert // a TCP listener has no other
}

func (s *Server) start() bool {
	s.t.Helper()
	s.output.Reset()
	args := append([]string{"--port", strconv.Itoa(s.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"}, s.args...)
	process := exec.Command("redis-server", args...) //nolint:noctx,gosec // ends with Kill, and in any case with the test, which chose the options
	process.Dir, process.Stdout, process.Stderr = s.t.TempDir(), &s.output, &s.output
	if err := process.Start(); err != nil {
		s.t.Fatalf("start redis-server: %v", err)
	}
	s.process = process
	s.t.Cleanup(func() {
		_ = process.Process.Kill() // fails only when it has ended
		_ = process.Wait()         // as above
	})
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + strconv.Itoa(s.port)})
	defer client.Close() //nolint:errcheck // nothing was written
	return Eventually(s.t, func() error { return client.Ping(s.t.Context()).Err() }) == nil
}

// Kill ends the process without a goodbye.
func (s *Server) Kill() {
	s.t.Helper()
	if err := s.process.Process.Kill(); err != nil {
		s.t.Fatal(err)
	}
	_ = s.process.Wait() // it was killed, which counts as an error
}

// Restart starts the process again, empty, on the same port.
func (s *Server) Restart() {
	s.t.Helper()
	if !s.start() {
		s.t.Fatalf("cannot start the redis-server again: %s", s.output.String())
	}
}

// Pause makes the process hang: connections stay open and nobody answers.
func (s *Server) Pause() { s.signal(syscall.SIGSTOP) }

// Resume lets it go on.
func (s *Server) Resume() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(signal syscall.Signal) {
	s.t.Helper()
	if err := s.process.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
}

// Eventually repeats a check until it passes, and returns its last error when that takes too long.
func Eventually(t testing.TB, check func() error) error {
	t.Helper()
	deadline, again := time.After(patience), time.NewTicker(5*time.Millisecond)
	defer again.Stop()
	for {
		err := check()
		if err == nil {
			return nil
		}
		select {
		case <-deadline:
			return err
		case <-t.Context().Done():
			return fmt.Errorf("%w: %w", t.Context().Err(), err)
		case <-again.C:
		}
	}
}
