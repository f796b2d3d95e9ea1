package gateway

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
)

// varying names what else than the address decides about an answer to a known caller.
const varying = "Authorization, X-Kanera-Organisation-Id, Accept"

// withETag marks answers to GET with the hash of their bytes, so that who has them already is told so (304). Answers
// may be kept by the caller alone, and are asked for again each time.
func withETag(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Add("Vary", varying)
		next.ServeHTTP(&taggedAnswer{ResponseWriter: w, known: r.Header.Values("If-None-Match")}, r)
	})
}

// taggedAnswer puts the tag on an answer of status 200 whose handler told its length and writes it at once, as both
// doors do. The status waits for the body; the body is hashed where it is and never copied. Everything else passes.
type taggedAnswer struct {
	http.ResponseWriter
	known   []string // If-None-Match
	waiting bool     // status 200 was told, but not sent yet
	skip    bool     // the caller has the body already
}

// WriteHeader holds back a 200 that can be tagged.
func (t *taggedAnswer) WriteHeader(status int) {
	header := t.Header()
	if status == http.StatusOK && header.Get("Content-Length") != "" && header.Get("Cache-Control") == "" {
		t.waiting = true
		return
	}
	t.ResponseWriter.WriteHeader(status)
}

// Write tags the body, and sends it unless the caller has it.
func (t *taggedAnswer) Write(body []byte) (int, error) {
	if t.waiting {
		t.waiting = false
		t.tag(body)
	}
	if t.skip {
		return len(body), nil
	}
	return t.ResponseWriter.Write(body)
}

// Unwrap lets http.ResponseController reach the connection.
func (t *taggedAnswer) Unwrap() http.ResponseWriter { return t.ResponseWriter }

func (t *taggedAnswer) tag(body []byte) {
	header := t.Header()
	if header.Get("Content-Length") != strconv.Itoa(len(body)) { // only a part of it
		t.ResponseWriter.WriteHeader(http.StatusOK)
		return
	}
	sum := sha256.Sum256(body)
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
	header.Set("Etag", tag)
	header.Set("Cache-Control", "private, no-cache")
	if !matches(t.known, tag) {
		t.ResponseWriter.WriteHeader(http.StatusOK)
		return
	}
	t.skip = true
	header.Del("Content-Type")
	header.Del("Content-Length")
	t.ResponseWriter.WriteHeader(http.StatusNotModified)
}

// matches compares If-None-Match with a tag, weakly: the strength of a tag that the caller sends does not matter. Our
// own tags hold no comma, so that a list can be cut there.
func matches(known []string, tag string) bool {
	for _, line := range known {
		for candidate := range strings.SplitSeq(line, ",") {
			candidate = strings.TrimSpace(candidate)
			if candidate == "*" || strings.TrimPrefix(candidate, "W/") == tag {
				return true
			}
		}
	}
	return false
}
