// Package redis connects to Redis: a server by URL, or one inside the process. go-redis lives here and nowhere else.
package redis

import (
	"context"
	"errors"
	"fmt"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// Client is a connection pool to one Redis. It is safe for concurrent use.
type Client struct {
	redis    *redis.Client
	embedded *miniredis.Miniredis // nil when a URL was given
}

// Open connects to the Redis at the URL (redis:// or rediss://) and asks it for an answer. Without a URL it starts
// one inside the process, which forgets everything when it is closed. Errors name neither the URL nor the password.
func Open(ctx context.Context, url string) (*Client, error) {
	if url == "" {
		return openEmbedded()
	}
	options, err := redis.ParseURL(url)
	if err != nil {
		return nil, errors.New("redis URL is not a valid redis:// or rediss:// URL")
	}
	c := &Client{redis: redis.NewClient(options)}
	if err := c.Ping(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// openEmbedded starts a Redis on a free loopback port. ClockTTL makes its keys expire by the clock; without it
// they never would.
func openEmbedded() (*Client, error) {
	server := miniredis.NewMiniRedis()
	server.ClockTTL(true)
	if err := server.Start(); err != nil {
		return nil, fmt.Errorf("start the embedded redis: %w", err)
	}
	return &Client{redis: redis.NewClient(&redis.Options{Addr: server.Addr()}), embedded: server}, nil
}

// Ping reports whether Redis answers.
func (c *Client) Ping(ctx context.Context) error {
	if err := c.redis.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("reach redis: %w", err)
	}
	return nil
}

// Close ends all connections, and the embedded Redis with its data.
func (c *Client) Close() error {
	err := c.redis.Close()
	if c.embedded != nil {
		c.embedded.Close()
	}
	return err
}
