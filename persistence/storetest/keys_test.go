package storetest_test

import (
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

func apiKey(name, creator string, workspaceID *string) *domain.APIKey {
	key := &domain.APIKey{
		ID: storetest.ID(name), OrganisationID: storetest.ID("Acme"), Kind: domain.PersonalKey, Scope: domain.ScopeRead, Name: &name,
		Prefix: "kanera_test_", Hash: name, CreatedByID: storetest.ID(creator), WorkspaceID: workspaceID,
		CreatedAt: storetest.Start, UpdatedAt: storetest.Start,
	}
	if workspaceID != nil {
		key.Kind = domain.WorkspaceKey
	}
	return key
}

func TestPrincipalByKeyHash(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCompany(t, store)
		w.Organisation("Other")
		w.Organisation("Former")
		w.OrganisationMember("Other", "ben", domain.OrganisationAdmin)
		former := w.OrganisationMember("Former", "ben", domain.OrganisationOwner)
		former.RemovedAt = new(storetest.Start)
		check(t, "update", store.Update(t.Context(), former), nil)
		w.User("guest")
		removed := w.User("removed")
		removed.RemovedAt = new(storetest.Start)
		check(t, "update", store.Update(t.Context(), removed), nil)
		revoked := apiKey("revoked", "ben", nil)
		revoked.RevokedAt = new(storetest.Start)
		ended := apiKey("ended", "ben", nil)
		ended.OrganisationID = storetest.ID("Former")
		w.Insert(apiKey("personal", "ben", nil), apiKey("attached", "ben", &w.work.ID), apiKey("detached", "eve", &w.work.ID),
			apiKey("foreign", "guest", nil), apiKey("orphan", "removed", &w.work.ID), revoked, ended)

		roles := map[string]domain.OrganisationRole{w.acme.ID: domain.OrganisationMember, storetest.ID("Other"): domain.OrganisationAdmin}
		base := domain.Principal{UserName: "ben", UserID: storetest.ID("ben"), TimeZone: "Europe/Berlin", OrganisationID: w.acme.ID, OrganisationRoles: roles}
		personal, attached, detached := base, base, base
		personal.KeyID, personal.KeyName, personal.Kind, personal.Scope = storetest.ID("personal"), new("personal"), domain.PersonalKey, domain.ScopeWrite
		attached.KeyID, attached.KeyName, attached.Kind, attached.Scope, attached.WorkspaceID = storetest.ID("attached"), new("attached"), domain.WorkspaceKey, domain.ScopeRead, w.work.ID
		detached.KeyID, detached.KeyName, detached.Kind, detached.Scope, detached.WorkspaceID = storetest.ID("detached"), new("detached"), domain.WorkspaceKey, domain.ScopeRead, w.work.ID
		detached.UserID, detached.UserName, detached.Detached = storetest.ID("eve"), "eve", true
		detached.OrganisationRoles = map[string]domain.OrganisationRole{w.acme.ID: domain.OrganisationMember}
		for hash, want := range map[string]*domain.Principal{
			"personal": &personal, "attached": &attached, "detached": &detached,
			"foreign": nil, "orphan": nil, "revoked": nil, "ended": nil, "unknown": nil,
		} {
			ctx, counted := persistence.CountStatements(t.Context())
			check(t, hash, must[*domain.Principal](t)(store.PrincipalByKeyHash(ctx, hash)), want)
			check(t, "statements", counted.Load(), 1)
		}
		suspended := &domain.OrganisationMembership{OrganisationID: w.acme.ID, UserID: storetest.ID("ben"), SuspendedAt: new(storetest.Start)}
		check(t, "suspend", store.Update(t.Context(), suspended), nil)
		for _, hash := range []string{"personal", "attached"} {
			check(t, hash+" of a suspended member", must[*domain.Principal](t)(store.PrincipalByKeyHash(t.Context(), hash)), nil)
		}
	})
}

func TestTouchKey(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCompany(t, store)
		key := apiKey("key", "ben", nil)
		other := apiKey("other", "ben", nil)
		other.CreatedAt = storetest.At(1)
		w.Insert(other, key)
		for _, c := range []struct{ at, want time.Duration }{
			{0, 0}, {5*time.Minute - time.Millisecond, 0}, {5 * time.Minute, 5 * time.Minute}, {6 * time.Minute, 5 * time.Minute},
		} {
			check(t, "touch", store.TouchKey(t.Context(), key.ID, storetest.Start.Add(c.at)), nil)
			all := must[[]*domain.APIKey](t)(store.APIKeys(t.Context()))
			check(t, "keys", names(all, func(k *domain.APIKey) string { return *k.Name }), []string{"key", "other"})
			check(t, "last use", *all[0].LastUsedAt, storetest.Start.Add(c.want))
			check(t, "last use of the other", all[1].LastUsedAt, nil)
		}
	})
}

func TestUserByEmail(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		f := storetest.NewFixture(t, store)
		f.User("Zoë")
		check(t, "found", must[*domain.User](t)(store.UserByEmail(t.Context(), "ZOË@EXAMPLE.COM")).ID, storetest.ID("Zoë"))
		_, err := store.UserByEmail(t.Context(), "zoe@example.com")
		check(t, "code", domain.CodeOf(err), domain.CodeNotFound)
	})
}
