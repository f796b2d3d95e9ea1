package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// sign sets the headers that identify and sign a delivery, those of Kanera and those of Standard Webhooks. Secrets
// are the live ones, newest first. All sign for Standard Webhooks; X-Kanera-Signature is made with the newest, and
// X-Kanera-Signature-Previous with the one before it while that is still live.
func sign(header http.Header, eventID string, at time.Time, body []byte, secrets []string) error {
	if len(secrets) == 0 {
		return errors.New("a delivery needs a signing secret")
	}
	timestamp := strconv.FormatInt(at.Unix(), 10)
	standard := make([]string, len(secrets))
	for i, secret := range secrets {
		key, err := secretKey(secret)
		if err != nil {
			return err
		}
		standard[i] = "v1," + base64.StdEncoding.EncodeToString(digest(key, eventID+"."+timestamp+".", body))
	}
	header.Set("Webhook-Id", eventID)
	header.Set("Webhook-Timestamp", timestamp)
	header.Set("Webhook-Signature", strings.Join(standard, " "))
	header.Set("X-Kanera-Event-Id", eventID)
	header.Set("X-Kanera-Timestamp", timestamp)
	for i, name := range []string{"X-Kanera-Signature", "X-Kanera-Signature-Previous"}[:min(len(secrets), 2)] {
		header.Set(name, "sha256="+hex.EncodeToString(digest([]byte(secrets[i]), timestamp+".", body)))
	}
	return nil
}

// digest is the HMAC-SHA256 over prefix and body.
func digest(key []byte, prefix string, body []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(prefix))
	mac.Write(body)
	return mac.Sum(nil)
}
