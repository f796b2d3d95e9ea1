package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// maxHeader is how many bytes of headers are read.
const maxHeader = 64 << 10

// timeouts bound how long a client can keep the server busy by being slow.
type timeouts struct {
	header   time.Duration // from the connection to the end of the headers
	read     time.Duration // to the end of the body
	write    time.Duration // from the headers to the end of the answer
	idle     time.Duration // between two requests of one connection
	shutdown time.Duration // for running requests, once the server stops
}

// patient is for clients on slow but honest lines.
var patient = timeouts{header: 5 * time.Second, read: 30 * time.Second, write: time.Minute, idle: 2 * time.Minute, shutdown: 10 * time.Second}

// Serve answers requests and delivers to webhooks until ctx ends, then lets what is running finish.
func (g *Gateway) Serve(ctx context.Context, listener net.Listener) error {
	ctx, stop := context.WithCancel(ctx)
	var delivering sync.WaitGroup
	delivering.Go(func() { g.Deliver(ctx) })
	delivering.Go(func() {
		<-ctx.Done()
		g.endStreams(ctx)
	})
	err := serve(ctx, listener, g.handler, g.log, patient)
	stop()
	delivering.Wait()
	return err
}

func serve(ctx context.Context, listener net.Listener, handler http.Handler, log *slog.Logger, patience timeouts) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: patience.header,
		ReadTimeout:       patience.read,
		WriteTimeout:      patience.write,
		IdleTimeout:       patience.idle,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience.shutdown)
	defer cancel()
	if err := server.Shutdown(limited); err != nil {
		return fmt.Errorf("stop serving: %w", errors.Join(err, server.Close()))
	}
	return nil
}
