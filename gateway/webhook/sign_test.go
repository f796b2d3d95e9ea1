package webhook

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// The signatures below were made with openssl: dgst -sha256 -hmac for those of Kanera, -mac HMAC -macopt hexkey: for
// those of Standard Webhooks.
const (
	newSecretText = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	oldSecretText = "whsec_Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA="
	signedBody    = `{"id":"e1","type":"card:created"}`
)

func TestSign(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name    string
		secrets []string
		want    map[string]string
	}{
		{"one secret", []string{newSecretText}, map[string]string{
			"X-Kanera-Signature":          "sha256=b98fcd73e886f599ed261ce190140500384a3166437c8959fe91fa225b045c21",
			"X-Kanera-Signature-Previous": "",
			"webhook-signature":           "v1,DG5gwhOpECmSp+1bYPzVITeJNnHUJCbjwRPCYhppYbw=",
		}},
		{"during a rotation", []string{newSecretText, oldSecretText}, map[string]string{
			"X-Kanera-Signature":          "sha256=b98fcd73e886f599ed261ce190140500384a3166437c8959fe91fa225b045c21",
			"X-Kanera-Signature-Previous": "sha256=7c4a55124fc37d66fd843877a6572ded206c946ce3c0bcd9dc4170f86f46289d",
			"webhook-signature":           "v1,DG5gwhOpECmSp+1bYPzVITeJNnHUJCbjwRPCYhppYbw= v1,f/pWEwu/s7wGaMySgwY26mulPMrx9CtH7ptawqEgWFU=",
		}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			header := http.Header{}
			if err := sign(header, "e1", time.Unix(1_700_000_000, 999_999_999), []byte(signedBody), row.secrets); err != nil {
				t.Fatal(err)
			}
			row.want["X-Kanera-Event-Id"], row.want["webhook-id"] = "e1", "e1"
			row.want["X-Kanera-Timestamp"], row.want["webhook-timestamp"] = "1700000000", "1700000000"
			for name, want := range row.want {
				if got := header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		})
	}
}

// TestWhatCannotBeSigned is told without the secret.
func TestWhatCannotBeSigned(t *testing.T) {
	t.Parallel()
	for _, secrets := range [][]string{nil, {"whsec_hush!"}, {newSecretText, "whsec_hush!"}} {
		if err := sign(http.Header{}, "e1", time.Unix(0, 0), nil, secrets); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%d secrets: %v", len(secrets), err)
		}
	}
}

func TestNewSecrets(t *testing.T) {
	t.Parallel()
	var seen []string
	for range 100 {
		secret := NewSecret()
		key, err := secretKey(secret)
		if err != nil || len(key) != 32 || len(secret) != len("whsec_")+44 || !strings.HasPrefix(secret, "whsec_") || slices.Contains(seen, secret) {
			t.Errorf("%s: %d bytes, %v", secret, len(key), err)
		}
		seen = append(seen, secret)
	}
}
