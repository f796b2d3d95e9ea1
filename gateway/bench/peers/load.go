package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// client asks on one connection that it keeps. It does little besides, because it shares the processors with those it
// measures.
type client struct {
	conn net.Conn
	in   *bufio.Reader
	body bytes.Buffer
}

func dial(ctx context.Context, address string) (*client, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return &client{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}, nil
}

// ask sends a request and returns the body of its answer, which is good until the next one. Anything but a 200 without
// GraphQL errors is an error.
func (c *client) ask(request []byte) ([]byte, error) {
	if err := c.conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return nil, fmt.Errorf("set a deadline: %w", err)
	}
	if _, err := c.conn.Write(request); err != nil {
		return nil, fmt.Errorf("ask: %w", err)
	}
	answer, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return nil, fmt.Errorf("read an answer: %w", err)
	}
	defer answer.Body.Close()
	c.body.Reset()
	if _, err := c.body.ReadFrom(answer.Body); err != nil {
		return nil, fmt.Errorf("read an answer: %w", err)
	}
	if body := c.body.Bytes(); answer.StatusCode != http.StatusOK || bytes.Contains(body, []byte(`"errors"`)) {
		return nil, fmt.Errorf("%.60q is answered %d %.300s", request, answer.StatusCode, body)
	}
	return c.body.Bytes(), nil
}

func (c *client) close() { _ = c.conn.Close() } // all that was asked was answered

// flood has clients ask the requests in turns for some time and returns how long each took, and all together.
func flood(ctx context.Context, address string, clients int, lasting time.Duration, requests [][]byte) ([]time.Duration, time.Duration, error) {
	var next atomic.Int64
	var group sync.WaitGroup
	took, failures := make([][]time.Duration, clients), make([]error, clients)
	began := time.Now()
	for i := range clients {
		group.Go(func() {
			c, err := dial(ctx, address)
			if err != nil {
				failures[i] = err
				return
			}
			defer c.close()
			for time.Since(began) < lasting && failures[i] == nil {
				asked := time.Now()
				_, failures[i] = c.ask(requests[int(next.Add(1))%len(requests)])
				took[i] = append(took[i], time.Since(asked))
			}
		})
	}
	group.Wait()
	elapsed := time.Since(began)
	var all []time.Duration
	for _, some := range took {
		all = append(all, some...)
	}
	return all, elapsed, errors.Join(failures...)
}
