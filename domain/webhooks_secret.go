package domain

import "fmt"

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
