package redis

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"kanera.dev/domain"
)

const (
	busPrefix = "kanera:bus:"
	busBeat   = 150 * time.Millisecond // silence after which a subscription asks whether Redis is still there
	busSilent = 500 * time.Millisecond // silence after which notices may have been missed
	busRetry  = 100 * time.Millisecond // pause before a lost subscription is made again
)

// Bus is domain.Bus on Redis channels.
type Bus struct{ client *Client }

// NewBus returns the bus between all processes that use this Redis.
func NewBus(client *Client) *Bus { return &Bus{client} }

// Publish implements domain.Bus.
func (b *Bus) Publish(ctx context.Context, topic, notice string) error {
	if err := b.client.redis.Publish(ctx, busPrefix+topic, notice).Err(); err != nil {
		return fmt.Errorf("publish %s: %w", topic, err)
	}
	return nil
}

// Subscribe implements domain.Bus. The embedded Redis belongs to one process, so that it misses whatever the others
// say: there Since is always zero.
func (b *Bus) Subscribe(ctx context.Context, topic string, hear func(notice string)) domain.Subscription {
	s := &subscription{client: b.client, channel: busPrefix + topic, hear: hear}
	go s.keep(ctx)
	return s
}

// subscription is one Redis channel, subscribed to again whenever the connection is lost. Redis answers in order:
// an answer to a ping proves that every notice before it has arrived.
type subscription struct {
	client  *Client
	channel string
	hear    func(string)
	began   atomic.Pointer[time.Time] // when Redis confirmed; nil while there is no connection
	heard   atomic.Pointer[time.Time] // when Redis was last heard of
}

// Since implements domain.Subscription.
func (s *subscription) Since() time.Time {
	began, heard := s.began.Load(), s.heard.Load()
	if began == nil || heard == nil || time.Since(*heard) > busSilent || s.client.embedded != nil {
		return time.Time{}
	}
	return *began
}

func (s *subscription) keep(ctx context.Context) {
	for ctx.Err() == nil {
		s.listen(ctx)
		s.began.Store(nil)
		select {
		case <-ctx.Done():
		case <-time.After(busRetry):
		}
	}
}

// listen hears notices until the connection is lost or ctx ends.
func (s *subscription) listen(ctx context.Context) {
	channel := s.client.redis.Subscribe(ctx, s.channel)
	closeChannel := context.AfterFunc(ctx, func() { _ = channel.Close() })
	defer func() {
		closeChannel()
		_ = channel.Close() // the second time says so, and nothing else
	}()
	last := time.Now()
	for time.Since(last) < busSilent {
		message, err := channel.ReceiveTimeout(ctx, busBeat)
		if isTimeout(err) {
			err = channel.Ping(ctx)
		} else if err == nil {
			last = time.Now()
			s.take(message, last)
		}
		if err != nil {
			return
		}
	}
}

// take handles what Redis said at a moment.
func (s *subscription) take(message any, at time.Time) {
	switch message := message.(type) {
	case *redis.Subscription:
		s.began.Store(&at) // also after the client has connected again on its own
	case *redis.Message:
		s.hear(message.Payload)
	}
	s.heard.Store(&at)
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}
