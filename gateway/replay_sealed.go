package gateway

import (
	"context"
	"time"

	"kanera.dev/domain"
)

// sealedReplay keeps answers sealed: some hold secrets that are shown once.
type sealedReplay struct {
	domain.Replay
	vault domain.Vault
}

// Claim implements domain.Replay. An answer that cannot be opened counts as not kept.
func (s sealedReplay) Claim(ctx context.Context, key domain.ReplayKey, fingerprint, token string, lease time.Duration) (domain.ReplayState, *domain.StoredAnswer, error) {
	state, answer, err := s.Replay.Claim(ctx, key, fingerprint, token, lease)
	if err != nil || state != domain.ReplayFinished || answer.Omitted {
		return state, answer, err
	}
	if answer.Body, err = s.vault.Open(answer.Body, sealedFor(key)); err != nil {
		answer.Omitted = true
	}
	return state, answer, nil
}

// Finish implements domain.Replay.
func (s sealedReplay) Finish(ctx context.Context, key domain.ReplayKey, token string, answer *domain.StoredAnswer, keep time.Duration) error {
	kept := *answer
	if !kept.Omitted {
		kept.Body = s.vault.Seal(kept.Body, sealedFor(key))
	}
	return s.Replay.Finish(ctx, key, token, &kept, keep)
}

// sealedFor binds an answer to its key, so that none can be passed off for another.
func sealedFor(key domain.ReplayKey) string {
	return key.OrganisationID + " " + key.CredentialID + " " + key.Key
}
