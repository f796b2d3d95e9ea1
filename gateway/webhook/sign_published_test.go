package webhook

import (
	"io"
	"net/http"
	"testing"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// TestThePublishedPackageVerifies what was sent, with every live secret, and nothing that was changed.
func TestThePublishedPackageVerifies(t *testing.T) {
	t.Parallel()
	var header http.Header
	var body []byte
	server := receiver(t, func(_ http.ResponseWriter, r *http.Request) {
		header = r.Header
		body, _ = io.ReadAll(r.Body)
	})
	s, delivery := sender(t, Config{}), request(server.URL)
	delivery.Secrets = nil
	for range 2 { // with one secret, and during a rotation
		delivery.Secrets = append([]string{NewSecret()}, delivery.Secrets...)
		if got := s.Send(t.Context(), delivery); !got.Delivered() {
			t.Fatalf("%+v", got)
		}
		for _, secret := range delivery.Secrets {
			if err := verify(t, secret, body, header); err != nil {
				t.Error(err)
			}
			if err := verify(t, secret, append([]byte(" "), body...), header); err == nil {
				t.Error("another body is verified too")
			}
		}
		if err := verify(t, NewSecret(), body, header); err == nil {
			t.Error("another secret verifies too")
		}
	}
}

func verify(t *testing.T, secret string, body []byte, header http.Header) error {
	t.Helper()
	published, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	return published.Verify(body, header)
}
