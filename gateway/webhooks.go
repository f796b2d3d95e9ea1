package gateway

import (
	"context"
	"time"

	"kanera.dev/domain"
	"kanera.dev/gateway/webhook"
	"kanera.dev/persistence/redis"
)

const (
	webhookQueue = "deliveries" // its name in Redis
	// sendingEnds is how long running attempts may take once the server stops.
	sendingEnds = 10 * time.Second
)

// wireWebhooks gives the use cases what webhooks need, and makes the dispatcher, which hears of every commit.
func (g *Gateway) wireWebhooks() error {
	secrets, err := openVault(g.config)
	if err != nil {
		return err
	}
	settings := g.config.Webhooks
	allowPrivate, timeout := settings.AllowPrivate.On(), time.Duration(settings.Timeout)
	g.sender = webhook.NewSender(webhook.Config{Timeout: timeout, AllowPrivate: allowPrivate})
	queue := redis.NewQueue(g.redis, webhookQueue, webhook.Width)
	g.dispatcher = webhook.New(webhook.Ports{Service: g.service, Queue: queue, Send: g.sender.Send,
		Metrics: webhook.NewMetrics(g.sight.metrics.registry, queue), Log: g.log},
		webhook.NewSchedule(time.Duration(settings.RetryBase), int(settings.MaxAttempts)), timeout)
	g.service.Webhooks = domain.WebhookPorts{Vault: secrets, Courier: g.dispatcher, NewSecret: webhook.NewSecret,
		CheckURL: func(url string) error { return webhook.CheckURL(url, allowPrivate) }}
	g.store.OnCommit(func(events []*domain.Event) {
		g.changes.committed(events)
		g.dispatcher.Committed(events)
	})
	return nil
}

// Deliver delivers events to webhooks until ctx ends, then lets running attempts end for some seconds. Without it,
// deliveries wait.
func (g *Gateway) Deliver(ctx context.Context) {
	g.dispatcher.Start(ctx)
	<-ctx.Done()
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendingEnds)
	defer cancel()
	g.dispatcher.Stop(limited)
}
