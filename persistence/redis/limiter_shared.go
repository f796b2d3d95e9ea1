package redis

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"

	"kanera.dev/domain"
)

var (
	//go:embed limit.lua
	limitText   string
	limitScript = redis.NewScript(limitText)
)

// Shared keeps budgets in Redis, for all processes, on the clock of Redis. A call is one round trip. On a Redis Cluster
// it goes to all nodes at once that the groups among the charges live on, and takes another round trip when one of
// them refuses what another one granted.
type Shared struct{ client *Client }

// NewShared returns a limiter on Redis. It fails when Redis does; NewLimiter does not.
func NewShared(client *Client) *Shared { return &Shared{client} }

// Take implements domain.Limiter.
func (s *Shared) Take(ctx context.Context, charges ...domain.Charge) (domain.Verdict, error) {
	verdicts, err := s.decide(ctx, [][]domain.Charge{charges})
	if err != nil {
		return domain.Verdict{}, err
	}
	return verdicts[0], nil
}

// Refund implements domain.Limiter.
func (s *Shared) Refund(ctx context.Context, charges ...domain.Charge) error {
	_, err := s.decide(ctx, [][]domain.Charge{refunding(charges)})
	return err
}

// refunding is what a caller of decide asks who gives units back.
func refunding(charges []domain.Charge) []domain.Charge {
	back := slices.Clone(charges)
	for i := range back {
		back[i].Units = -back[i].Units
	}
	return back
}

// lost is the failure of a node, and a group that lives there.
type lost struct {
	group string
	cause error
}

// Error implements error.
func (l *lost) Error() string { return "take from rate limits: " + l.cause.Error() }

// Unwrap shows the cause.
func (l *lost) Unwrap() error { return l.cause }

// decide answers callers as if they came one after the other at the same moment; charges below zero are refunds.
func (s *Shared) decide(ctx context.Context, callers [][]domain.Charge) ([]domain.Verdict, error) {
	verdicts := make([]domain.Verdict, len(callers))
	for i, charges := range callers {
		verdicts[i] = domain.Verdict{Allowed: true, States: make([]domain.BucketState, len(charges))}
	}
	evaluations := s.plan(callers)
	s.run(ctx, evaluations)
	for _, e := range evaluations {
		if err := e.tell(verdicts); err != nil {
			return nil, &lost{e.group, err}
		}
	}
	if back := s.halves(callers, verdicts); len(back) > 0 {
		if _, err := s.decide(ctx, back); err != nil {
			return nil, fmt.Errorf("give back what another node refused: %w", err)
		}
	}
	return verdicts, nil
}

// plan puts callers into as few evaluations as there are groups on a Redis Cluster, else into one.
func (s *Shared) plan(callers [][]domain.Charge) []*evaluation {
	var plan []*evaluation
	var parts []part
	of := make(map[string]*evaluation, 1)
	for caller, charges := range callers {
		parts = s.divide(parts[:0], caller, charges)
		for _, p := range parts {
			group := ""
			if s.client.sharded {
				group = p.charges[0].Bucket.Group
			}
			e := of[group]
			if e == nil {
				e = &evaluation{group: p.charges[0].Bucket.Group, numbers: make(map[localKey]int, len(p.charges))}
				of[group], plan = e, append(plan, e)
			}
			e.add(p)
		}
	}
	return plan
}

// divide adds what a caller asks: on a Redis Cluster one part for each group among the charges.
func (s *Shared) divide(parts []part, caller int, charges []domain.Charge) []part {
	if !s.client.sharded && len(charges) > 0 {
		return append(parts, part{caller: caller, charges: charges})
	}
	for i, c := range charges {
		at := slices.IndexFunc(parts, func(p part) bool { return p.charges[0].Bucket.Group == c.Bucket.Group })
		if at < 0 {
			at, parts = len(parts), append(parts, part{caller: caller})
		}
		parts[at].charges, parts[at].at = append(parts[at].charges, c), append(parts[at].at, i)
	}
	return parts
}

// run has Redis answer all evaluations in one round trip, and in one more those whose node does not know the script.
func (s *Shared) run(ctx context.Context, evaluations []*evaluation) {
	if len(evaluations) == 1 {
		e := evaluations[0]
		e.reply = limitScript.Run(ctx, s.client.redis, e.keys, e.args()...)
		return
	}
	pipe := s.client.redis.Pipeline()
	for _, e := range evaluations {
		e.reply = limitScript.EvalSha(ctx, pipe, e.keys, e.args()...)
	}
	_, _ = pipe.Exec(ctx) // each command keeps its own error
	for _, e := range evaluations {
		if redis.HasErrorPrefix(e.reply.Err(), "NOSCRIPT") {
			e.reply = limitScript.Eval(ctx, s.client.redis, e.keys, e.args()...)
		}
	}
}

// halves are refunds of what callers were granted on one node of a Redis Cluster while another one refused them.
func (s *Shared) halves(callers [][]domain.Charge, verdicts []domain.Verdict) (back [][]domain.Charge) {
	if !s.client.sharded {
		return nil
	}
	for i, charges := range callers {
		refusing, taken := make(map[string]bool), []domain.Charge(nil)
		for j, c := range charges {
			if verdicts[i].States[j].RetryAfter > 0 && !c.Apart {
				refusing[c.Bucket.Group] = true
			}
		}
		for j, c := range charges {
			if c.Units > 0 && verdicts[i].States[j].RetryAfter == 0 && len(refusing) > 0 && !refusing[c.Bucket.Group] {
				taken = append(taken, c)
			}
		}
		if len(taken) > 0 {
			back = append(back, refunding(taken))
		}
	}
	return back
}

// bucketKey names a budget. The group in braces is what a Redis Cluster chooses the node by; windows of different
// length are different budgets.
func bucketKey(b domain.Bucket) string {
	return "kanera:limit:{" + b.Group + "}:" + b.Name + ":" + b.Key + ":" + strconv.FormatInt(b.Window.Milliseconds(), 10)
}
