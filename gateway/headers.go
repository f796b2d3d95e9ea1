package gateway

import (
	"maps"
	"net/http"
)

// maxBody is the largest body the doors read; more answers 413.
const maxBody = 1 << 20

// securityHeaders are on every answer; pages replace the Content-Security-Policy by their own. All answers
// share the values, under the names as they are sent.
var securityHeaders = http.Header{
	"Strict-Transport-Security":         {"max-age=31536000; includeSubDomains"},
	"X-Content-Type-Options":            {"nosniff"},
	"X-Frame-Options":                   {"SAMEORIGIN"},
	"Referrer-Policy":                   {"strict-origin-when-cross-origin"},
	"Cross-Origin-Opener-Policy":        {"same-origin"},
	"Cross-Origin-Resource-Policy":      {"cross-origin"},
	"Origin-Agent-Cluster":              {"?1"},
	"X-Dns-Prefetch-Control":            {"off"},
	"X-Download-Options":                {"noopen"},
	"X-Permitted-Cross-Domain-Policies": {"none"},
	"X-Xss-Protection":                  {"0"},
	"Permissions-Policy":                {"accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"},
	"Content-Security-Policy":           {"default-src 'none'; base-uri 'none'; frame-ancestors 'self'"},
}

func withSecurityHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), securityHeaders)
		next.ServeHTTP(w, r)
	})
}

// withCORS lets pages of any origin call with a key, and never with cookies; preflights end here.
func withCORS(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header, origin := w.Header(), r.Header.Get("Origin")
		header.Add("Vary", "Origin")
		if origin != "" {
			header.Set("Access-Control-Allow-Origin", origin)
		}
		if origin == "" || r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
			next.ServeHTTP(w, r)
			return
		}
		header.Set("Vary", "Origin, Access-Control-Request-Headers")
		header.Set("Access-Control-Allow-Methods", "GET, HEAD, PUT, PATCH, POST, DELETE, OPTIONS")
		if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" {
			header.Set("Access-Control-Allow-Headers", asked)
		}
		header.Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
	})
}

// withBodyLimit makes reading past maxBody fail with *http.MaxBytesError, which the doors answer with 413.
func withBodyLimit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}
