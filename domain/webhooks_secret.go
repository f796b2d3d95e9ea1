package domain

import (
	"context"
	"fmt"
	"time"
)

// WebhookRotateSecret makes a new secret, which is known only now. The one before signs too until the overlap has passed;
// one that was still signing beside it ends.
func (s *Service) WebhookRotateSecret(ctx context.Context, who *Principal, id string, in *string, overlapHours int) (secret string, hook *Webhook, err error) {
	var checks Checks
	checks.Between(overlapHours, 0, maxSecretOverlap, "overlapHours")
	if err := checks.Err(); err != nil {
		return "", nil, err
	}
	hook, err = s.changeWebhook(ctx, who, id, in, func(_ Store, hook *Webhook) (err error) {
		hook.PreviousSecret, hook.PreviousSecretUntil = nil, nil
		if overlapHours > 0 {
			until := s.Now().Add(time.Duration(overlapHours) * time.Hour)
			hook.PreviousSecret, hook.PreviousSecretUntil = hook.Secret, &until
		}
		secret, err = s.seal(hook)
		return err
	})
	return secret, hook, err
}

// seal gives a webhook a new secret and returns it. UNAVAILABLE without a vault.
func (s *Service) seal(hook *Webhook) (string, error) {
	if s.Webhooks.Vault == nil {
		return "", Unavailable("This process keeps no secrets of webhooks.")
	}
	secret := s.Webhooks.NewSecret()
	hook.Secret = s.Webhooks.Vault.Seal([]byte(secret), hook.ID)
	return secret, nil
}

// SigningSecrets opens the secrets that sign deliveries to a webhook now, newest first.
func (s *Service) SigningSecrets(hook *Webhook) ([]string, error) {
	sealed := [][]byte{hook.Secret}
	if hook.PreviousSecretUntil != nil && s.Now().Before(*hook.PreviousSecretUntil) {
		sealed = append(sealed, hook.PreviousSecret)
	}
	secrets := make([]string, len(sealed))
	for i := range sealed {
		secret, err := s.Webhooks.Vault.Open(sealed[i], hook.ID)
		if err != nil {
			return nil, fmt.Errorf("open the secret of webhook %s: %w", hook.ID, err)
		}
		secrets[i] = string(secret)
	}
	return secrets, nil
}
