package redis

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"kanera.dev/domain"
)

var (
	//go:embed limit.lua
	limitText   string
	limitScript = redis.NewScript(limitText)
)

// Shared keeps budgets in Redis, for all processes, on the clock of Redis. A call is one round trip; on a Redis
// Cluster one for each group among the charges, because groups live on different nodes.
type Shared struct{ client *Client }

// NewShared returns a limiter on Redis. It fails when Redis does; NewLimiter does not.
func NewShared(client *Client) *Shared { return &Shared{client} }

// Take implements domain.Limiter.
func (s *Shared) Take(ctx context.Context, charges ...domain.Charge) (domain.Verdict, error) {
	verdict := domain.Verdict{Allowed: true, States: make([]domain.BucketState, len(charges))}
	var taken []domain.Charge
	for _, group := range s.groups(charges) {
		part, err := s.run(ctx, pick(charges, group), 1)
		if err != nil {
			return domain.Verdict{}, err
		}
		for i, at := range group {
			verdict.States[at] = part.States[i]
		}
		if !part.Allowed && verdict.Allowed {
			verdict.Allowed, verdict.Denied = false, part.Denied
		}
		verdict.RetryAfter, verdict.At = max(verdict.RetryAfter, part.RetryAfter), part.At
		passed, refused := divide(pick(charges, group), part.States)
		if refused {
			return verdict, s.Refund(ctx, taken...)
		}
		taken = append(taken, passed...)
	}
	return verdict, nil
}

// divide returns the charges that could pass, and whether another one refused them.
func divide(charges []domain.Charge, states []domain.BucketState) (passed []domain.Charge, refused bool) {
	for i, charge := range charges {
		if states[i].RetryAfter == 0 {
			passed = append(passed, charge)
		} else {
			refused = refused || !charge.Apart
		}
	}
	return passed, refused
}

// Refund implements domain.Limiter.
func (s *Shared) Refund(ctx context.Context, charges ...domain.Charge) error {
	for _, group := range s.groups(charges) {
		if _, err := s.run(ctx, pick(charges, group), -1); err != nil {
			return err
		}
	}
	return nil
}

// groups returns the positions of the charges that go into one call each.
func (s *Shared) groups(charges []domain.Charge) [][]int {
	var order [][]int
	at := make(map[string]int)
	for i, charge := range charges {
		name := ""
		if s.client.sharded {
			name = charge.Bucket.Group
		}
		place, known := at[name]
		if !known {
			place = len(order)
			at[name], order = place, append(order, nil)
		}
		order[place] = append(order[place], i)
	}
	return order
}

func pick(charges []domain.Charge, positions []int) []domain.Charge {
	if len(positions) == len(charges) {
		return charges
	}
	picked := make([]domain.Charge, len(positions))
	for i, at := range positions {
		picked[i] = charges[at]
	}
	return picked
}

// run calls the script; sign is -1 to give back.
func (s *Shared) run(ctx context.Context, charges []domain.Charge, sign int) (domain.Verdict, error) {
	keys, args := make([]string, len(charges)), make([]any, 1, 1+4*len(charges))
	args[0] = slotsPerWindow
	for i, charge := range charges {
		keys[i] = bucketKey(charge.Bucket)
		args = append(args, charge.Bucket.Limit, slotLength(charge.Bucket.Window), sign*charge.Units, charge.Apart)
	}
	reply, err := limitScript.Run(ctx, s.client.redis, keys, args...).Int64Slice()
	if err != nil {
		return domain.Verdict{}, fmt.Errorf("take from rate limits: %w", err)
	}
	if len(reply) != 2+3*len(charges) {
		return domain.Verdict{}, errors.New("take from rate limits: the script answered something else")
	}
	first, told := reply[1], reply[2:]
	verdict := domain.Verdict{Allowed: first == 0, At: time.UnixMicro(reply[0]), States: make([]domain.BucketState, len(charges))}
	if first > 0 {
		verdict.Denied = charges[first-1].Bucket.Name
	}
	for i, charge := range charges {
		wait := time.Duration(told[3*i+2]) * time.Microsecond
		verdict.States[i] = domain.BucketState{Bucket: charge.Bucket, Remaining: int(told[3*i]), ResetAt: time.UnixMicro(told[3*i+1]), RetryAfter: wait}
		verdict.RetryAfter = max(verdict.RetryAfter, wait)
	}
	return verdict, nil
}

// bucketKey names a budget. The group in braces is what a Redis Cluster chooses the node by; windows of different
// length are different budgets.
func bucketKey(b domain.Bucket) string {
	return "kanera:limit:{" + b.Group + "}:" + b.Name + ":" + b.Key + ":" + strconv.FormatInt(b.Window.Milliseconds(), 10)
}
