package gateway

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"kanera.dev/domain"
)

const (
	spentBudgets = 10_000      // how many are remembered
	spentTrusted = time.Minute // for how long at most: a month's budget may be set right before it comes back
)

// spent remembers which budgets have nothing left and until when, so that who asks on costs next to nothing: no
// question to Redis, no document parsed. It only repeats what the limiter would say, to the moment, and lets nothing
// through by itself. Budgets that refunds go to are not remembered, nor is what was decided without Redis.
type spent struct {
	now     func() time.Time
	budgets *lru.Cache[domain.Bucket, refused]
}

// refused is what the limiter said about a budget with nothing left.
type refused struct {
	state domain.BucketState
	at    time.Time // on the limiter's clock
	told  time.Time // on ours, afterwards: who waits RetryAfter from here has waited long enough
	until time.Time // RetryAfter from before the question: from here on the limiter may say something else
}

func newSpent(now func() time.Time) *spent {
	budgets, _ := lru.New[domain.Bucket, refused](spentBudgets) // fails only for a size below one
	return &spent{now, budgets}
}

// note remembers the budgets that refused the smallest charge there is.
func (s *spent) note(charges []domain.Charge, verdict domain.Verdict, asked time.Time) {
	if verdict.Allowed || verdict.Degraded {
		return
	}
	for i, state := range verdict.States {
		if state.RetryAfter > 0 && charges[i].Units <= 1 && !charges[i].Apart {
			s.budgets.Add(state.Bucket, refused{state, verdict.At, s.now(), asked.Add(min(state.RetryAfter, spentTrusted))})
		}
	}
}

// refuse returns the verdict on charges of which some are for budgets that are known to be used up; it shows those alone.
func (s *spent) refuse(charges []domain.Charge) (verdict domain.Verdict, known bool) {
	if s.budgets.Len() == 0 {
		return verdict, false
	}
	now := s.now()
	for _, charge := range charges {
		found, ok := s.budgets.Get(charge.Bucket)
		if !ok || !now.Before(found.until) {
			continue
		}
		since, state := now.Sub(found.told), found.state
		state.RetryAfter -= since
		verdict.States = append(verdict.States, state)
		verdict.RetryAfter, verdict.At = max(verdict.RetryAfter, state.RetryAfter), found.at.Add(since)
	}
	if len(verdict.States) == 0 {
		return verdict, false
	}
	verdict.Denied = verdict.States[0].Bucket.Name
	return verdict, true
}
