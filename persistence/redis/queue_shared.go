package redis

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"kanera.dev/domain"
)

// queueBatch is how many deliveries one call of a script handles, so that Redis is never held up for long.
const queueBatch = 500

var (
	//go:embed queue_lane.lua
	queueLaneText string
	//go:embed queue_add.lua
	queueAddText string
	//go:embed queue_claim.lua
	queueClaimText string
	//go:embed queue_finish.lua
	queueFinishText string
	//go:embed queue_hold.lua
	queueHoldText string
	//go:embed queue_release.lua
	queueReleaseText string
	//go:embed queue_drop.lua
	queueDropText string

	queueAdd     = redis.NewScript(queueLaneText + queueAddText)
	queueClaim   = redis.NewScript(queueLaneText + queueClaimText)
	queueFinish  = redis.NewScript(queueLaneText + queueFinishText)
	queueHold    = redis.NewScript(queueLaneText + queueHoldText)
	queueRelease = redis.NewScript(queueLaneText + queueReleaseText)
	queueDrop    = redis.NewScript(queueLaneText + queueDropText)
)

// sharedQueue is domain.Queue on Redis: two sorted sets for each webhook, one that says which of them is next, and one
// script for each transition. Moments are told to Redis as distances from now, so that no two clocks have to agree.
// Every call is one round trip, Add and Finish one for 500 deliveries, and costs O(log n) for each delivery.
type sharedQueue struct {
	client *Client
	keys   []string // as queue_lane.lua numbers them
	begin  string   // of the names of a lane's own keys
	width  int
	now    func() time.Time
}

func newSharedQueue(client *Client, name string, width int) *sharedQueue {
	begin := "kanera:webhooks:{" + name + "}:"
	return &sharedQueue{client, []string{begin + "lanes", begin + "holds", begin + "count"}, begin, width, time.Now}
}

// Add implements domain.Queue.
func (q *sharedQueue) Add(ctx context.Context, due ...domain.Due) error {
	return q.batches(ctx, queueAdd, due, "add deliveries to the queue")
}

// Finish implements domain.Queue.
func (q *sharedQueue) Finish(ctx context.Context, due ...domain.Due) error {
	return q.batches(ctx, queueFinish, due, "finish deliveries in the queue")
}

// batches runs a script on deliveries, some at a time.
func (q *sharedQueue) batches(ctx context.Context, script *redis.Script, due []domain.Due, what string) error {
	for batch := range slices.Chunk(due, queueBatch) {
		args := make([]any, 0, 3*len(batch))
		for _, d := range batch {
			args = append(args, d.WebhookID, d.DeliveryID, q.distance(d.At))
		}
		if err := q.run(ctx, script, args...).Err(); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	return nil
}

// distance is how far away a moment is in microseconds; empty for the zero time.
func (q *sharedQueue) distance(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return strconv.FormatInt(at.Sub(q.now()).Microseconds(), 10)
}

// run runs a script with the arguments that all of them have in front.
func (q *sharedQueue) run(ctx context.Context, script *redis.Script, args ...any) *redis.Cmd {
	return script.Run(ctx, q.client.redis, q.keys, append([]any{q.begin, q.width}, args...)...)
}

// Claim implements domain.Queue. When its answer is lost on the way, the leases end by themselves.
func (q *sharedQueue) Claim(ctx context.Context, n int, lease time.Duration) ([]domain.Due, time.Time, error) {
	reply, err := q.run(ctx, queueClaim, n, lease.Microseconds()).Slice()
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("claim deliveries: %w", err)
	}
	now := q.now()
	due, next, err := readClaim(reply, now)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("claim deliveries: %w", err)
	}
	return due, next, nil
}

// readClaim understands the answer of the script.
func readClaim(reply []any, now time.Time) (due []domain.Due, next time.Time, err error) {
	const members = 4
	if len(reply)%members != 1 {
		return nil, next, errors.New("the answer has another shape")
	}
	if wait, ok := reply[0].(int64); !ok {
		return nil, next, errors.New("the answer has no moment")
	} else if wait >= 0 {
		next = now.Add(time.Duration(wait) * time.Microsecond)
	}
	due = make([]domain.Due, 0, len(reply)/members)
	for d := range slices.Chunk(reply[1:], members) {
		webhook, isWebhook := d[0].(string)
		delivery, isDelivery := d[1].(string)
		age, isAge := d[2].(int64)
		holds, isHolds := d[3].(int64)
		if !isWebhook || !isDelivery || !isAge || !isHolds {
			return nil, next, errors.New("a delivery has another shape")
		}
		due = append(due, domain.Due{DeliveryID: delivery, WebhookID: webhook, At: now.Add(-time.Duration(age) * time.Microsecond), Holds: int(holds)})
	}
	return due, next, nil
}

// Hold implements domain.Queue.
func (q *sharedQueue) Hold(ctx context.Context, webhookID string, until time.Time) error {
	if err := q.run(ctx, queueHold, webhookID, q.distance(until)).Err(); err != nil {
		return fmt.Errorf("hold a lane: %w", err)
	}
	return nil
}

// Release implements domain.Queue.
func (q *sharedQueue) Release(ctx context.Context, webhookID string) error {
	if err := q.run(ctx, queueRelease, webhookID).Err(); err != nil {
		return fmt.Errorf("release a lane: %w", err)
	}
	return nil
}

// Drop implements domain.Queue.
func (q *sharedQueue) Drop(ctx context.Context, webhookID string) error {
	if err := q.run(ctx, queueDrop, webhookID).Err(); err != nil {
		return fmt.Errorf("drop a lane: %w", err)
	}
	return nil
}

// Waiting implements domain.Queue.
func (q *sharedQueue) Waiting(ctx context.Context) (int, error) {
	n, err := q.client.redis.Get(ctx, q.keys[2]).Int()
	if err != nil && !errors.Is(err, redis.Nil) {
		return 0, fmt.Errorf("count deliveries in the queue: %w", err)
	}
	return n, nil
}
