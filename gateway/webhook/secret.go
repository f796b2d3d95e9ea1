package webhook

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
)

const (
	secretPrefix = "whsec_"
	secretBytes  = 32
)

// NewSecret returns a new signing secret: whsec_ and the standard base64 of 32 random bytes, with padding, as the
// published Standard Webhooks packages decode it.
func NewSecret() string {
	var key [secretBytes]byte
	_, _ = rand.Read(key[:]) // never fails: without randomness the program ends
	return secretPrefix + base64.StdEncoding.EncodeToString(key[:])
}

// secretKey is the key inside a secret.
func secretKey(secret string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix))
	if err != nil {
		return nil, fmt.Errorf("a signing secret is not base64 after %s", secretPrefix) // the cause quotes from it
	}
	return key, nil
}
