package serving_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"testing"

	"kanera.dev/gateway/bench/serving"
)

// TestStartWaitsUntilTheProbeSucceeds and Kill ends what was started, also for the second time.
func TestStartWaitsUntilTheProbeSucceeds(t *testing.T) {
	t.Parallel()
	program := exec.CommandContext(t.Context(), "sleep", "600")
	asked := 0
	err := serving.Start(t.Context(), program, func(context.Context) error {
		if asked++; asked < 3 {
			return errors.New("not yet")
		}
		return nil
	})
	if err != nil || asked != 3 {
		t.Errorf("asked %d times, %v", asked, err)
	}
	for range 2 {
		if err := serving.Kill(program); err != nil {
			t.Error(err)
		}
	}
	if program.ProcessState == nil {
		t.Error("the program goes on")
	}
}

// TestStartTellsWhyNobodyServes when the caller gives up, and when there is no such program.
func TestStartTellsWhyNobodyServes(t *testing.T) {
	t.Parallel()
	closed := errors.New("the door is closed")
	ctx, cancel := context.WithCancel(t.Context())
	program := exec.CommandContext(t.Context(), "sleep", "600")
	err := serving.Start(ctx, program, func(context.Context) error {
		cancel()
		return closed
	})
	if !errors.Is(err, closed) {
		t.Errorf("got %v", err)
	}
	missing := exec.CommandContext(t.Context(), "./no-such-program")
	err = serving.Start(t.Context(), missing, func(context.Context) error { return nil })
	if err == nil {
		t.Error("what does not exist serves")
	}
	for _, ended := range []*exec.Cmd{program, missing, nil} {
		if err := serving.Kill(ended); err != nil {
			t.Error(err)
		}
	}
}

// TestReady asks for a 200.
func TestReady(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/ready" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	for path, ready := range map[string]bool{"/ready": true, "/elsewhere": false} {
		if err := serving.Ready(server.URL + path)(t.Context()); (err == nil) != ready {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := serving.Ready("http://127.0.0.1:1/ready")(t.Context()); err == nil {
		t.Error("nobody is ready")
	}
}
