package gateway

import (
	"context"
	"fmt"

	"kanera.dev/domain"
	"kanera.dev/persistence/redis"
)

// OpenBus connects to the running servers of a deployment, for commands beside them. Without a Redis URL there is
// nothing to connect to, and the bus is nil: servers with a Redis of their own do not rely on being told.
func OpenBus(ctx context.Context, config Config) (bus domain.Bus, closeBus func() error, err error) {
	if config.RedisURL == "" {
		return nil, func() error { return nil }, nil
	}
	client, err := redis.Open(ctx, config.RedisURL)
	if err != nil {
		return nil, nil, fmt.Errorf("open redis (KANERA_REDIS_URL): %w", err)
	}
	return redis.NewBus(client), client.Close, nil
}
