package domain_test

import (
	"strings"
	"testing"

	"kanera.dev/domain"
)

func TestKeyLife(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, _ := h.garden()
		secret, key, err := h.KeyCreate(t.Context(), domain.KeyRequest{Kind: domain.WorkspaceKey, WorkspaceID: workspace.ID,
			Name: " bot ", Scope: domain.ScopeRead, Environment: "stg"})
		h.must(err)
		if *key.Name != "bot" || key.Prefix != secret[:18] || key.CreatedByID != h.ida.UserID || strings.Contains(key.Hash, secret) {
			t.Errorf("%+v", key)
		}
		who, err := h.Authenticate(t.Context(), secret)
		h.must(err)
		if who.WorkspaceID != workspace.ID || who.Scope != domain.ScopeRead || who.KeyUsedAt != nil {
			t.Errorf("%+v", who)
		}
		who, err = h.Authenticate(t.Context(), secret)
		h.must(err)
		if who.KeyUsedAt == nil || !who.KeyUsedAt.Equal(h.clock.now()) {
			t.Errorf("used at %v", who.KeyUsedAt)
		}
		revoked, err := h.KeyRevoke(t.Context(), key.ID)
		h.must(err)
		again, err := h.KeyRevoke(t.Context(), key.ID)
		if err != nil || revoked.RevokedAt == nil || !again.RevokedAt.Equal(*revoked.RevokedAt) {
			t.Errorf("%+v %+v, %v", revoked, again, err)
		}
		_, err = h.Authenticate(t.Context(), secret)
		refused(t, "revoked", err, domain.CodeUnauthorized)
		_, err = h.KeyRevoke(t.Context(), domain.NewID())
		refused(t, "unknown", err, domain.CodeNotFound)
	})
}

func TestPersonalKeys(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, _ := h.garden()
		request := domain.KeyRequest{Kind: domain.PersonalKey, WorkspaceID: workspace.ID, UserEmail: "MAX@fern.test", Environment: "dev"}
		secret, key, err := h.KeyCreate(t.Context(), request)
		h.must(err)
		if key.Name != nil || key.WorkspaceID != nil || key.Scope != domain.ScopeWrite || !strings.HasPrefix(secret, "kanera_u_dev_") {
			t.Errorf("%+v", key)
		}
		who, err := h.Authenticate(t.Context(), secret)
		h.must(err)
		if who.UserID != h.max.UserID || who.OrganisationID != h.ida.OrganisationID || who.KeyName != nil {
			t.Errorf("%+v", who)
		}
		request.UserEmail = "Zoe@fern.test"
		_, _, err = h.KeyCreate(t.Context(), request)
		refused(t, "stranger", err, domain.CodeBadRequest)
		request.UserEmail = "nobody@fern.test"
		_, _, err = h.KeyCreate(t.Context(), request)
		refused(t, "nobody", err, domain.CodeNotFound)
	})
}

func TestKeysOfPeopleWhoLeft(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, board := h.garden()
		h.joins(h.max, workspace, nil, "")
		secret, _, err := h.KeyCreate(t.Context(), domain.KeyRequest{Kind: domain.WorkspaceKey, WorkspaceID: workspace.ID,
			UserEmail: "max@fern.test", Name: "bot", Scope: domain.ScopeAdmin, Environment: "dev"})
		h.must(err)
		h.must(h.Store.Delete(t.Context(), &domain.WorkspaceMember{WorkspaceID: workspace.ID, UserID: h.max.UserID}))
		who, err := h.Authenticate(t.Context(), secret)
		h.must(err)
		_, err = h.Board(t.Context(), who, board.ID)
		refused(t, "board", err, domain.CodeForbidden)
		_, err = h.Workspace(t.Context(), who, workspace.ID)
		refused(t, "workspace", err, domain.CodeForbidden)
		_, err = h.Workspace(t.Context(), who, domain.NewID())
		refused(t, "unknown workspace", err, domain.CodeNotFound)
	})
}
