package gateway

import (
	"context"
	"net/http"
	"strings"

	"kanera.dev/domain"
)

// authenticator tells who a raw key acts for; UNAUTHORIZED for unknown and revoked keys.
type authenticator func(ctx context.Context, rawKey string) (*domain.Principal, error)

// withPrincipal finds out who asks; what a known caller is charged is up to next. Without a credential ("Bearer" with nothing behind
// it is none) the request goes on anonymously and every operation decides for itself; a credential that is no good is
// refused here. Only the Authorization header is looked at: keys in addresses end up in logs and histories.
func withPrincipal(next http.Handler, authenticate authenticator, limits *limits, refuse refusal) http.Handler {
	anonymous := limits.withAddressLimit(next, refuse)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, raw, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		bearer := strings.EqualFold(scheme, "Bearer")
		if raw = strings.TrimSpace(raw); raw == "" && (bearer || scheme == "") {
			anonymous.ServeHTTP(w, r)
			return
		}
		// Who has sent too many bad keys is refused before another one is looked up. A key that needs no look-up is
		// held to the same budget together with all others, in one step.
		if !bearer || limits.known(raw) == nil {
			if !limits.admit(w, r, refuse, taking(0, limits.failedKey(addressOf(r)))) {
				return
			}
		}
		who, err := identify(r, bearer, raw, authenticate)
		if domain.CodeOf(err) == domain.CodeUnauthorized {
			if !limits.admit(w, r, refuse, taking(1, limits.failedKey(addressOf(r)))) {
				return
			}
		}
		if err != nil {
			refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(domain.WithPrincipal(r.Context(), who)))
	})
}

// identify returns the principal of a request with a credential, in the organisation it names.
func identify(r *http.Request, bearer bool, raw string, authenticate authenticator) (*domain.Principal, error) {
	if !bearer {
		return nil, domain.Unauthorized("The Authorization header must be: Bearer <API key>.")
	}
	who, err := authenticate(r.Context(), raw)
	if err != nil {
		return nil, err
	}
	noteKey(r.Context(), who.KeyID)
	return domain.UseOrganisation(who, r.Header.Get("X-Kanera-Organisation-Id"))
}
