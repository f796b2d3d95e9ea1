// Package redis connects to Redis: a server by URL, or one inside the process. go-redis lives here and nowhere else.
package redis

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// Client is a connection pool to one Redis, or to all nodes of a Redis Cluster. It is safe for concurrent use.
type Client struct {
	redis    redis.UniversalClient
	sharded  bool                 // a Redis Cluster: only keys with the same {tag} go into one command
	embedded *miniredis.Miniredis // nil when a URL was given
}

// Open connects to the Redis at the URL (redis:// or rediss://) and asks it for an answer; any node of a Redis Cluster
// leads to the others. Without a URL it starts one inside the process, which forgets everything when it is closed.
// Errors name neither the URL nor the password.
func Open(ctx context.Context, url string) (*Client, error) {
	silence()
	if url == "" {
		return openEmbedded()
	}
	options, err := redis.ParseURL(url)
	if err != nil {
		return nil, errors.New("redis URL is not a valid redis:// or rediss:// URL")
	}
	options.ContextTimeoutEnabled = true // a caller's deadline holds, whatever Redis does
	c := &Client{redis: redis.NewClient(options)}
	if err := c.Ping(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if _, err := c.redis.ClusterInfo(ctx).Result(); err != nil {
		return c, nil //nolint:nilerr // a server that is no cluster says so by refusing the question
	}
	if err := c.Close(); err != nil {
		return nil, fmt.Errorf("leave the first node: %w", err)
	}
	cluster, err := redis.ParseClusterURL(url)
	if err != nil {
		return nil, errors.New("redis URL does not lead to a cluster")
	}
	cluster.ContextTimeoutEnabled = true
	return &Client{redis: redis.NewClusterClient(cluster), sharded: true}, nil
}

// silence keeps go-redis from writing to stderr by itself: every failure comes back as an error, which callers log.
var silence = sync.OnceFunc(func() { redis.SetLogger(quiet{}) })

type quiet struct{}

// Printf implements the logger of go-redis.
func (quiet) Printf(context.Context, string, ...any) {}

// openEmbedded starts a Redis on a free loopback port. ClockTTL makes its keys expire by the clock; without it
// they never would.
func openEmbedded() (*Client, error) {
	server := miniredis.NewMiniRedis()
	server.ClockTTL(true)
	if err := server.Start(); err != nil {
		return nil, fmt.Errorf("start the embedded redis: %w", err)
	}
	return &Client{redis: redis.NewClient(&redis.Options{Addr: server.Addr(), ContextTimeoutEnabled: true}), embedded: server}, nil
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
