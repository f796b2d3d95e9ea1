package redis

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"kanera.dev/domain"
)

var (
	//go:embed claim.lua
	claimText string
	//go:embed finish.lua
	finishText string
	//go:embed release.lua
	releaseText string

	claimScript   = redis.NewScript(claimText)
	finishScript  = redis.NewScript(finishText)
	releaseScript = redis.NewScript(releaseText)
)

// Replay is domain.Replay on Redis: one hash for each idempotency key, one script for each transition. Every call is
// one round trip.
type Replay struct{ client *Client }

// NewReplay returns the memory of answered requests.
func NewReplay(client *Client) *Replay { return &Replay{client} }

// Claim implements domain.Replay.
func (r *Replay) Claim(ctx context.Context, key domain.ReplayKey, fingerprint, token string, lease time.Duration) (domain.ReplayState, *domain.StoredAnswer, error) {
	reply, err := claimScript.Run(ctx, r.client.redis, slot(key), fingerprint, token, lease.Milliseconds()).StringSlice()
	if err != nil {
		return "", nil, fmt.Errorf("claim an idempotency key: %w", err)
	}
	state := domain.ReplayState(reply[0])
	if state != domain.ReplayFinished {
		return state, nil, nil
	}
	status, err := strconv.Atoi(reply[1])
	if err != nil {
		return "", nil, fmt.Errorf("read a stored answer: %w", err)
	}
	return state, &domain.StoredAnswer{Status: status, ContentType: reply[2], Location: reply[3], Omitted: reply[4] == "1", Body: []byte(reply[5])}, nil
}

// Finish implements domain.Replay.
func (r *Replay) Finish(ctx context.Context, key domain.ReplayKey, token string, answer *domain.StoredAnswer, keep time.Duration) error {
	kept, err := finishScript.Run(ctx, r.client.redis, slot(key), token, keep.Milliseconds(),
		answer.Status, answer.ContentType, answer.Location, answer.Omitted, answer.Body).Bool()
	if err != nil {
		return fmt.Errorf("keep an answer: %w", err)
	}
	if !kept {
		return domain.Conflict("The claim on the idempotency key was lost.")
	}
	return nil
}

// Release implements domain.Replay.
func (r *Replay) Release(ctx context.Context, key domain.ReplayKey, token string) error {
	if err := releaseScript.Run(ctx, r.client.redis, slot(key), token).Err(); err != nil {
		return fmt.Errorf("release an idempotency key: %w", err)
	}
	return nil
}

// slot is where an idempotency key lives. On a cluster everything of one organisation lives together. The caller's
// own text is hashed, for an even length and no surprises.
func slot(key domain.ReplayKey) []string {
	sum := sha256.Sum256([]byte(key.Key))
	return []string{"kanera:replay:{" + key.OrganisationID + "}:" + key.CredentialID + ":" + hex.EncodeToString(sum[:])}
}
