package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"

	"kanera.dev/domain"
	"kanera.dev/gateway/pages"
	"kanera.dev/graph"
	"kanera.dev/persistence"
	"kanera.dev/persistence/redis"
	"kanera.dev/rest"
)

// Gateway is the whole server, wired and ready to serve.
type Gateway struct {
	config  Config
	store   *persistence.Store
	redis   *redis.Client
	service *domain.Service
	handler http.Handler
	log     *slog.Logger
	close   func() error
}

// Open connects to database and Redis, brings the schema up to date and wires everything. Close it in the end.
func Open(ctx context.Context, config Config, log *slog.Logger) (*Gateway, error) {
	store, err := OpenStore(ctx, config)
	if err != nil {
		return nil, err
	}
	client, err := redis.Open(ctx, config.RedisURL)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open redis (KANERA_REDIS_URL): %w", err), store.Close())
	}
	g := &Gateway{config: config, store: store, redis: client, log: log}
	listening, stopListening := context.WithCancel(context.WithoutCancel(ctx))
	g.close = sync.OnceValue(func() error {
		stopListening()
		return errors.Join(client.Close(), store.Close())
	})
	if err := g.wire(listening); err != nil {
		return nil, errors.Join(err, g.Close())
	}
	return g, nil
}

// OpenStore connects to the database and brings its schema up to date.
func OpenStore(ctx context.Context, config Config) (*persistence.Store, error) {
	store, err := persistence.Open(ctx, persistence.Config{URL: config.DatabaseURL, DataDir: config.DataDir})
	if err != nil {
		return nil, fmt.Errorf("open database (KANERA_DATABASE_URL, KANERA_DATA_DIR): %w", err)
	}
	if err := store.Migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("migrate database: %w", err), store.Close())
	}
	return store, nil
}

// wire builds the use cases on the store, the executor on the use cases and the doors on the executor.
// It listens to the other processes until ctx ends.
func (g *Gateway) wire(ctx context.Context) error {
	bus := redis.NewBus(g.redis)
	g.service = &domain.Service{Store: g.store, Bus: bus, Now: domain.SystemClock, NewID: domain.NewID, WebURL: g.config.WebURL}
	single := &once{replay: redis.NewReplay(g.redis), newID: uuid.NewString, log: g.log}
	remembered := rememberPrincipals(ctx, g.service.Authenticate, bus, time.Now)
	executor := graph.NewExecutor(g.service, g.log)
	api, err := rest.New(executor, g.log)
	if err != nil {
		return fmt.Errorf("compile REST routes: %w", err)
	}
	browser, err := pages.New()
	if err != nil {
		return err
	}
	g.handler = doors{
		graphQL: graph.NewHandler(executor), rest: api, openAPI: api.OpenAPI(g.config.PublicURL), pages: browser,
		authenticate: remembered.authenticate, once: single, ping: g.ping, newID: uuid.NewString, log: g.log,
	}.handler()
	return nil
}

// Handler answers every request of the server.
func (g *Gateway) Handler() http.Handler { return g.handler }

// ping fails when database or Redis do not answer.
func (g *Gateway) ping(ctx context.Context) error {
	return errors.Join(g.store.Ping(ctx), g.redis.Ping(ctx))
}

// Close lets go of database and Redis. Repeating it changes nothing.
func (g *Gateway) Close() error { return g.close() }
