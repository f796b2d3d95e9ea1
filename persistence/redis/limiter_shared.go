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
		if !verdict.Allowed {
			return verdict, s.Refund(ctx, taken...)
		}
		taken = append(taken, pick(charges, group)...)
	}
	return verdict, nil
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
	keys, args := make([]string, len(charges)), make([]any, 1, 1+3*len(charges))
	args[0] = slotsPerWindow
	for i, charge := range charges {
		keys[i] = bucketKey(charge.Bucket)
		args = append(args, charge.Bucket.Limit, slotLength(charge.Bucket.Window), sign*charge.Units)
	}
	reply, err := limitScript.Run(ctx, s.client.redis, keys, args...).Int64Slice()
	if err != nil {
		return domain.Verdict{}, fmt.Errorf("take from rate limits: %w", err)
	}
	if len(reply) != 4+2*len(charges) {
		return domain.Verdict{}, errors.New("take from rate limits: the script answered something else")
	}
	verdict := domain.Verdict{Allowed: reply[0] == 1, At: time.UnixMicro(reply[1]), RetryAfter: time.Duration(reply[3]) * time.Microsecond,
		States: make([]domain.BucketState, len(charges))}
	if refused := reply[2]; refused > 0 {
		verdict.Denied = charges[refused-1].Bucket.Name
	}
	for i, charge := range charges {
		verdict.States[i] = domain.BucketState{Bucket: charge.Bucket, Remaining: int(reply[4+2*i]), ResetAt: time.UnixMicro(reply[5+2*i])}
	}
	return verdict, nil
}

// bucketKey names a budget. The group in braces is what a Redis Cluster chooses the node by; windows of different
// length are different budgets.
func bucketKey(b domain.Bucket) string {
	return "kanera:limit:{" + b.Group + "}:" + b.Name + ":" + b.Key + ":" + strconv.FormatInt(b.Window.Milliseconds(), 10)
}
