package domain

import (
	"context"
	"time"
)

// ReplayKey names a request that must not take effect twice: the caller's own key, apart from everybody else's.
type ReplayKey struct {
	OrganisationID string
	CredentialID   string // id of the API key
	Key            string // as the caller sent it
}

// ReplayState is what became of a request that wants to run.
type ReplayState string

// States of a request with an idempotency key.
const (
	ReplayClaimed   ReplayState = "claimed"   // it is the first: run it, then Finish or Release
	ReplayRunning   ReplayState = "running"   // the first one has not been answered yet
	ReplayDifferent ReplayState = "different" // the key belongs to another request
	ReplayFinished  ReplayState = "finished"  // the first one was answered
)

// StoredAnswer is the answer to a request, kept to be given again.
type StoredAnswer struct {
	Status      int
	ContentType string
	Location    string
	Body        []byte
	Omitted     bool // the body was too large to keep
}

// Replay remembers what requests were answered, in one place for all processes. A claim is a lease: an owner that
// dies holds the key no longer than that. The token fences: once the lease has ended, the old owner can neither
// finish nor release what has become somebody else's.
type Replay interface {
	// Claim takes a free key for at most the lease. The fingerprint tells requests apart, the token owners. The
	// answer is set when the state is ReplayFinished.
	Claim(ctx context.Context, key ReplayKey, fingerprint, token string, lease time.Duration) (ReplayState, *StoredAnswer, error)
	// Finish keeps the answer until keep has passed since the claim. CONFLICT when the claim was lost.
	Finish(ctx context.Context, key ReplayKey, token string, answer *StoredAnswer, keep time.Duration) error
	// Release frees a claimed key. It changes nothing when the claim was lost or is finished.
	Release(ctx context.Context, key ReplayKey, token string) error
}
