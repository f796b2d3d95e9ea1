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

// withPacking sends no more bytes than it has to. Answers to GET are marked with the hash of their bytes, so that who
// has them already is told so (304); they may be kept by the caller alone, and are asked for again each time. Large
// answers are compressed for who asks for that.
func withPacking(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
		packed := &packedAnswer{ResponseWriter: w, zips: takesGzip(r.Header.Values("Accept-Encoding"))}
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			w.Header().Add("Vary", varying)
			packed.reads, packed.known = true, r.Header.Values("If-None-Match")
		}
		next.ServeHTTP(packed, r)
	})
}

// packedAnswer tags and compresses an answer whose handler told its length and writes it at once, as both doors do. The
// status waits for the body; the body is hashed where it is and never copied. Everything else passes.
type packedAnswer struct {
	http.ResponseWriter

	reads   bool     // the request changes nothing
	known   []string // If-None-Match
	zips    bool     // the caller takes gzip
	waiting int      // the status that was told, but not sent yet; 0 when none was
	skip    bool     // the caller has the body already
}

// WriteHeader holds back the status of an answer that can be tagged or compressed.
func (p *packedAnswer) WriteHeader(status int) {
	if p.tags(status) || p.zips && p.length() >= minZipped {
		p.waiting = status
		return
	}
	p.ResponseWriter.WriteHeader(status)
}

func (p *packedAnswer) tags(status int) bool {
	return p.reads && status == http.StatusOK && p.length() > 0 && p.Header().Get("Cache-Control") == ""
}

// length is how long the handler says that the body is; 0 when it does not say.
func (p *packedAnswer) length() int {
	length, _ := strconv.Atoi(p.Header().Get("Content-Length"))
	return length
}

// Write implements http.ResponseWriter.
func (p *packedAnswer) Write(body []byte) (int, error) { return len(body), p.WriteParts(body) }

// WriteParts implements graph.PartsWriter.
func (p *packedAnswer) WriteParts(parts ...[]byte) error {
	if status := p.waiting; status != 0 {
		p.waiting = 0
		if p.length() == lengthOf(parts) {
			return p.pack(status, parts)
		}
		p.ResponseWriter.WriteHeader(status) // this is only a part of it
	}
	if p.skip {
		return nil
	}
	for _, part := range parts {
		if _, err := p.ResponseWriter.Write(part); err != nil {
			return err //nolint:wrapcheck // what the connection says
		}
	}
	return nil
}

// Unwrap lets http.ResponseController reach the connection.
func (p *packedAnswer) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// pack sends a whole answer, unless the caller has it.
func (p *packedAnswer) pack(status int, parts [][]byte) error {
	header, zip := p.Header(), p.zips && p.length() >= minZipped
	if p.tags(status) {
		tag := tagOf(parts, zip)
		header.Set("Etag", tag)
		header.Set("Cache-Control", "private, no-cache")
		if matches(p.known, tag) {
			p.skip = true
			header.Del("Content-Type")
			header.Del("Content-Length")
			p.ResponseWriter.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	if zip {
		return writeGzip(p.ResponseWriter, status, parts)
	}
	p.ResponseWriter.WriteHeader(status)
	return p.WriteParts(parts...)
}

// tagOf is the hash of a body. Compressed it has other bytes, and needs another tag.
func tagOf(parts [][]byte, zip bool) string {
	hash := sha256.New()
	for _, part := range parts {
		_, _ = hash.Write(part) // never fails
	}
	tag := base64.RawURLEncoding.EncodeToString(hash.Sum(nil)[:16])
	if zip {
		tag += "-gzip"
	}
	return `"` + tag + `"`
}

func lengthOf(parts [][]byte) (length int) {
	for _, part := range parts {
		length += len(part)
	}
	return length
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
