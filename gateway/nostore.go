package gateway

import "net/http"

// withNoStore keeps every error out of every cache, whoever wrote it.
func withNoStore(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&unstored{w}, r)
	})
}

// unstored adds Cache-Control to errors.
type unstored struct{ http.ResponseWriter }

// WriteHeader tells caches to leave errors alone.
func (u *unstored) WriteHeader(status int) {
	if status >= http.StatusBadRequest {
		u.Header().Set("Cache-Control", "no-store")
	}
	u.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (u *unstored) Unwrap() http.ResponseWriter { return u.ResponseWriter }
