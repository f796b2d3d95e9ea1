// Package serving runs programs that serve HTTP beside what measures or disturbs them.
package serving

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"
)

// startFor is how long a program may take until it serves, and probeEvery how often it is asked meanwhile.
const (
	startFor   = 30 * time.Second
	probeEvery = 20 * time.Millisecond
)

// FreeAddress returns a loopback address that nobody listens on yet.
func FreeAddress(ctx context.Context) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return listener.Addr().String(), listener.Close()
}

// Start starts a program and waits until the probe succeeds, for half a minute at most. A program that started and does
// not serve goes on running: end it with Kill.
func Start(ctx context.Context, program *exec.Cmd, probe func(context.Context) error) error {
	if err := program.Start(); err != nil {
		return fmt.Errorf("start %s: %w", program.Path, err)
	}
	ctx, cancel := context.WithTimeout(ctx, startFor)
	defer cancel()
	for {
		failed := probe(ctx)
		if failed == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s does not serve: %w", program.Path, failed)
		case <-time.After(probeEvery):
		}
	}
}

// Ready is a probe for a URL that is answered 200.
func Ready(url string) func(context.Context) error {
	return func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return fmt.Errorf("ask %s: %w", url, err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("%s is answered %d", url, answer.StatusCode)
		}
		return nil
	}
}

// Kill ends a program without a goodbye and waits for its end. One that never started or has ended needs none.
func Kill(program *exec.Cmd) error {
	if program == nil || program.Process == nil || program.ProcessState != nil {
		return nil
	}
	if err := program.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("end %s: %w", program.Path, err)
	}
	_ = program.Wait() // it was killed, which counts as an error
	return nil
}
