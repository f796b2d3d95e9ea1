package gateway

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"kanera.dev/domain"
)

// authenticator tells who a raw key acts for; UNAUTHORIZED for unknown and revoked keys.
type authenticator func(ctx context.Context, rawKey string) (*domain.Principal, error)

// refusal writes an error in the shape of a door.
type refusal func(w http.ResponseWriter, r *http.Request, err error)

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
			who, err = inOrganisation(who, r.Header.Get("X-Kanera-Organisation-Id"))
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

// inOrganisation applies X-Kanera-Organisation-Id: it chooses among the organisations of a personal key's owner.
// Workspace keys belong to one anyway, but a malformed id is refused for them too.
func inOrganisation(who *domain.Principal, id string) (*domain.Principal, error) {
	if id == "" {
		return who, nil
	}
	parsed, err := uuid.Parse(id)
	if err != nil || len(id) != len(parsed.String()) {
		return nil, domain.Unauthorized("X-Kanera-Organisation-Id must be the id of an organisation.")
	}
	if who.IsWorkspaceKey() {
		return who, nil
	}
	if _, member := who.OrganisationRoles[parsed.String()]; !member {
		return nil, domain.Unauthorized("The owner of this key is no active member of that organisation.")
	}
	chosen := *who
	chosen.OrganisationID = parsed.String()
	return &chosen, nil
}
