package gateway

import (
	"context"
	"net/http"
	"strings"

	"kanera.dev/domain"
)

// authenticator tells who a raw key acts for; UNAUTHORIZED for unknown and revoked keys.
type authenticator func(ctx context.Context, rawKey string) (*domain.Principal, error)

// withPrincipal finds out who asks. Without a credential ("Bearer" with nothing behind it is none) the request goes
// on anonymously and every operation decides for itself; a credential that is no good is refused here. Only the
// Authorization header is looked at: keys in addresses end up in logs and histories.
func withPrincipal(next http.Handler, authenticate authenticator, refuse refusal) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, raw, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		bearer := strings.EqualFold(scheme, "Bearer")
		if raw = strings.TrimSpace(raw); raw == "" && (bearer || scheme == "") {
			next.ServeHTTP(w, r)
			return
		}
		who, err := identify(r.Context(), bearer, raw, authenticate)
		if err == nil {
			noteKey(r.Context(), who.KeyID)
			who, err = domain.UseOrganisation(who, r.Header.Get("X-Kanera-Organisation-Id"))
		}
		if err != nil {
			refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(domain.WithPrincipal(r.Context(), who)))
	})
}

func identify(ctx context.Context, bearer bool, raw string, authenticate authenticator) (*domain.Principal, error) {
	if !bearer {
		return nil, domain.Unauthorized("The Authorization header must be: Bearer <API key>.")
	}
	return authenticate(ctx, raw)
}
