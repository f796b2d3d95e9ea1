package redis

import (
	"context"
	"errors"
	"net"
	"slices"

	"github.com/redis/go-redis/v9"
)

// Observer is told of every command by its name, never its arguments, before it is sent; a pipeline counts as one
// command, and the greetings of a new connection as none. The function that it returns is called when Redis has answered, with the error; a missing key or script is none.
type Observer func(ctx context.Context, command string) (answered func(error))

// Observe tells the observer of every command from now on. Call it before the client is used by others.
func (c *Client) Observe(observe Observer) { c.redis.AddHook(hook{observe}) }

// greetings are the commands that go-redis begins a connection with.
var greetings = []string{"hello", "client", "auth", "select", "readonly"}

// hook is an Observer as go-redis wants it.
type hook struct{ observe Observer }

// DialHook implements redis.Hook: connecting is not watched.
func (hook) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

// ProcessHook implements redis.Hook.
func (h hook) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if slices.Contains(greetings, cmd.Name()) {
			return next(ctx, cmd)
		}
		answered := h.observe(ctx, cmd.Name())
		err := next(ctx, cmd)
		answered(failure(err))
		return err
	}
}

// ProcessPipelineHook implements redis.Hook.
func (h hook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if slices.ContainsFunc(cmds, func(cmd redis.Cmder) bool { return slices.Contains(greetings, cmd.Name()) }) {
			return next(ctx, cmds)
		}
		answered := h.observe(ctx, "pipeline")
		err := next(ctx, cmds)
		answered(failure(err))
		return err
	}
}

// failure is an error that says more than that a key or a script is missing; a missing script is sent next.
func failure(err error) error {
	if errors.Is(err, redis.Nil) || redis.HasErrorPrefix(err, "NOSCRIPT") {
		return nil
	}
	return err
}

// Pool says how the connections to Redis are used.
type Pool struct {
	InUse, Idle int
	Timeouts    int // how often nobody got a connection in time since the start
}

// Pool tells how the connections are used at this moment.
func (c *Client) Pool() Pool {
	stats := c.redis.PoolStats()
	return Pool{int(stats.TotalConns - stats.IdleConns), int(stats.IdleConns), int(stats.Timeouts)}
}
