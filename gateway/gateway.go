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
	"kanera.dev/gateway/webhook"
	"kanera.dev/graph"
	"kanera.dev/graph/live"
	"kanera.dev/persistence"
	"kanera.dev/persistence/redis"
	"kanera.dev/rest"
)

// Gateway is the whole server, wired and ready to serve.
type Gateway struct {
	config     Config
	store      *persistence.Store
	redis      *redis.Client
	limiter    *redis.Limiter
	service    *domain.Service
	changes    *announcer
	feed       *live.Feed
	graphQL    *graph.Handler
	sender     *webhook.Sender
	dispatcher *webhook.Dispatcher
	sight      *sight
	handler    http.Handler
	log        *slog.Logger
	close      func() error
}

// Open connects to database and Redis, brings the schema up to date and wires everything. Close it in the end. Secrets
// are redacted in whatever it logs.
func Open(ctx context.Context, config Config, log *slog.Logger, options ...Option) (*Gateway, error) {
	sight, err := newSight(ctx, config, redacted(log), options)
	if err != nil {
		return nil, err
	}
	store, err := openStore(ctx, config, sight.statement)
	if err != nil {
		sight.traces.close(ctx)
		return nil, err
	}
	client, err := redis.Open(ctx, config.RedisURL)
	if err != nil {
		sight.traces.close(ctx)
		return nil, errors.Join(fmt.Errorf("open redis (KANERA_REDIS_URL): %w", err), store.Close())
	}
	client.Observe(sight.command)
	sight.metrics.registry.MustRegister(pools{store.Pools, client.Pool})
	g := &Gateway{config: config, store: store, redis: client, sight: sight, log: sight.log}
	g.limiter = redis.NewLimiter(client, time.Duration(config.Limits.RedisTimeout), g.noteLimiter)
	listening, stopListening := context.WithCancel(context.WithoutCancel(ctx))
	g.close = sync.OnceValue(func() error {
		if g.graphQL != nil {
			g.endStreams(ctx)
		}
		stopListening()
		g.limiter.Close()
		if g.sender != nil {
			g.sender.Close()
		}
		err := errors.Join(client.Close(), store.Close())
		sight.traces.close(ctx)
		return err
	})
	if err := g.wire(listening); err != nil {
		return nil, errors.Join(err, g.Close())
	}
	return g, nil
}

// OpenStore connects to the database and brings its schema up to date.
func OpenStore(ctx context.Context, config Config) (*persistence.Store, error) {
	return openStore(ctx, config, nil)
}

func openStore(ctx context.Context, config Config, observe persistence.Observer) (*persistence.Store, error) {
	store, err := persistence.Open(ctx, persistence.Config{URL: config.DatabaseURL, DataDir: config.DataDir, Observe: observe})
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
	g.changes = announce(ctx, bus, uuid.NewString())
	g.service = &domain.Service{Store: g.store, Bus: bus, Now: domain.SystemClock, NewID: domain.NewID, WebURL: g.config.WebURL}
	if err := g.wireWebhooks(); err != nil {
		return err
	}
	g.feed = g.wireLive(ctx)
	single := &once{replay: sealedReplay{redis.NewReplay(g.redis), g.service.Webhooks.Vault}, newID: uuid.NewString, log: g.log}
	remembered := rememberPrincipals(ctx, g.service.Authenticate, bus, time.Now)
	limits := &limits{Limits: g.config.Limits, limiter: g.limiter, spent: newSpent(time.Now), known: remembered.known, watch: g.sight.metrics.verdict}
	executor := graph.NewExecutor(g.service, g.log, graph.Watched(g.sight), graph.Fast(g.config.FastReads), graph.Metered(meter{limits}), graph.Budgets(g.config.Limits.Buckets),
		graph.Persisted(redis.NewDocuments(g.redis)), graph.Live(g.feed))
	g.graphQL = graph.NewHandler(executor)
	api, err := rest.New(executor, g.log, rest.Naming(noteOperation))
	if err != nil {
		return fmt.Errorf("compile REST routes: %w", err)
	}
	browser, err := pages.New()
	if err != nil {
		return err
	}
	g.handler = doors{
		graphQL: g.graphQL, rest: api, openAPI: api.OpenAPI(g.config.PublicURL), pages: browser,
		authenticate: remembered.authenticate, limits: limits, once: single, sight: g.sight, checks: g.checks(), metricsToken: g.config.MetricsToken, newID: uuid.NewString, log: g.log,
	}.handler()
	return nil
}

// Handler answers every request of the server.
func (g *Gateway) Handler() http.Handler { return g.handler }

// checks are what the server cannot work without.
func (g *Gateway) checks() []check {
	return []check{{"database", g.store.Ping}, {"schema", g.store.SchemaIsCurrent}, {"redis", g.redis.Ping}}
}

// noteLimiter says when rate limits are no longer shared between processes, and when they are again.
func (g *Gateway) noteLimiter(degraded bool, cause error) {
	if degraded {
		g.log.Warn("redis does not answer: rate limits hold for this process alone, requests without a key are refused", "error", cause)
		return
	}
	g.log.Info("redis answers: rate limits are shared again")
}

// Close lets go of database and Redis. Repeating it changes nothing.
func (g *Gateway) Close() error { return g.close() }
