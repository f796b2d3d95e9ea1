package gateway

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
)

// fingerprint tells requests apart: SHA-256 over method, address with query, and what is asked for.
func fingerprint(r *http.Request, what []byte) string {
	sum := sha256.New()
	for _, part := range []string{r.Method, "\x00", r.URL.RequestURI(), "\x00"} {
		_, _ = io.WriteString(sum, part) // a hash takes everything
	}
	_, _ = sum.Write(what)
	return hex.EncodeToString(sum.Sum(nil))
}

// canonical returns JSON with the members of every object in order and numbers as they were written. What is no JSON
// is returned as it is.
func canonical(body []byte) []byte {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil || decoder.More() {
		return body
	}
	ordered, err := json.Marshal(value)
	if err != nil {
		return body
	}
	return ordered
}

// readAhead reads the body of a request and puts it back. It is not whole when reading failed: then whoever reads the
// rest meets the same error.
func readAhead(r *http.Request) (body []byte, whole bool) {
	rest := r.Body
	body, err := io.ReadAll(rest)
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), rest), rest}
	return body, err == nil
}
