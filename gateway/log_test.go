package gateway

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

// key looks like an API key.
const key = "kanera_dev_5ecre7AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func TestRedact(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ text, shown string }{
		{"no secret here: 3 = 4, basic needs, http://h:80/x", "no secret here: 3 = 4, basic needs, http://h:80/x"},
		{"key " + key + " is revoked", "key kanera_[redacted] is revoked"},
		{"/api/v1/kanera_u_live_5ecre7/x", "/api/v1/kanera_[redacted]/x"},
		{"kanera_oauth_5ecre7,kanera_delegate_5ecre7", "kanera_[redacted],kanera_[redacted]"},
		{"signed with whsec_5ecre7+/=.", "signed with whsec_[redacted]."},
		{"Authorization: Token 5ecre7 x", "Authorization: [redacted]"},
		{`{"authorization":"5ecre7"}`, `{"authorization":"[redacted]"}`},
		{"map[Authorization:[Digest 5ecre7]]", "map[Authorization:[[redacted]]]"},
		{"bearer 5ecre7.5ecre7 and more", "bearer [redacted] and more"},
		{"Basic NWVjcmU3OjVlY3JlNw==", "Basic [redacted]"},
		{"dial postgres://kanera:5ecre7@db:5432/x?sslmode=off failed", "dial postgres://kanera:[redacted]@db:5432/x?sslmode=off failed"},
		{"redis://:5ecre7@host/0", "redis://:[redacted]@host/0"},
		{"https://u:5ec:re7@with@signs@host/", "https://u:[redacted]@host/"},
		{"host=db password=5ecre7 user=x", "host=db password=[redacted] user=x"},
		{"/x?token=5ecre7&a=b", "/x?token=[redacted]&a=b"},
		{`{"secret":"5ecre7","password": "5ecre7"}`, `{"secret":"[redacted]","password": "[redacted]"}`},
	} {
		if got := redact(row.text); got != row.shown {
			t.Errorf("%s\n got %s\nwant %s", row.text, got, row.shown)
		}
	}
}

// revealing is a value that shows a key in every way that slog knows.
type revealing struct{ Key string }

func (r revealing) LogValue() slog.Value { return slog.GroupValue(slog.String("inner", r.Key)) }

func TestLogHidesSecretsEverywhere(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer
	log := NewLog(&lines)
	cause := fmt.Errorf("outer: %w", errors.New("refused "+key))
	log.Info("message "+key, "text", key, "error", cause, "joined", errors.Join(cause, cause))
	log.Info("values", "header", http.Header{"Authorization": {"Token 5ecre7"}}, "struct", struct{ Key string }{key},
		"pointer", &struct{ Key string }{key}, "valuer", revealing{key}, "bytes", []string{key})
	log.Info("names", "Authorization", "5ecre7", "password", "5ecre7", slog.Group("g", "token", "5ecre7", "x", key))
	log.With("kept", key, "secret", "5ecre7").WithGroup("group").Info("later", "x", "postgres://u:5ecre7@h/x")
	log.Info("numbers", "n", 7, "yes", true)
	if text := lines.String(); strings.Contains(text, "5ecre7") || strings.Count(text, "\n") != 5 {
		t.Error(text)
	}
	if !strings.Contains(lines.String(), `"n":7,"yes":true`) {
		t.Error("values that hold no secret have changed")
	}
}

// BenchmarkLine measures a line of the log, as it is and with its secrets looked for.
func BenchmarkLine(b *testing.B) {
	for _, row := range []struct {
		name string
		log  *slog.Logger
	}{
		{"plain", slog.New(slog.NewJSONHandler(io.Discard, nil))}, //nolint:sloglint // the writing is what is measured
		{"redacted", NewLog(io.Discard)},
	} {
		b.Run(row.name, func(b *testing.B) {
			for b.Loop() {
				row.log.Info("request", "requestId", "0198f7d3-6f3e-7a57-9d5c-1d3f0a2b4c5d", "method", "GET",
					"path", "/api/v1/cards/0198f7d3-6f3e-7a57-9d5c-1d3f0a2b4c5d", "status", 200, "operation", "getCardDetail",
					"keyId", "0198f7d3-6f3e-7a57-9d5c-1d3f0a2b4c5d", "remote", "192.0.2.1:1234")
			}
		})
	}
}
