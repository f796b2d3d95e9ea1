package persistence

import (
	"context"
	"maps"
	"time"

	"kanera.dev/domain"
)

// principalQuery reads living keys with their owners, once for each of the owner's memberships. A condition on k follows.
const principalQuery = "SELECT k.id, k.name, k.kind, k.scope, k.last_used_at, k.created_by_id, u.display_name, u.avatar_url, u.time_zone," +
	" k.organisation_id, COALESCE(CAST(k.workspace_id AS text), '')," +
	" k.documents_only, k.rate_limit_per_minute, k.upload_limit_per_minute, k.graphql_cost_per_minute, k.monthly_quota," +
	" k.workspace_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM workspace_members wm WHERE wm.workspace_id = k.workspace_id AND wm.user_id = k.created_by_id)," +
	" COALESCE(CAST(om.organisation_id AS text), ''), COALESCE(om.role, ''), om.suspended_at IS NOT NULL OR om.removed_at IS NOT NULL" +
	" FROM api_keys k JOIN users u ON u.id = k.created_by_id AND u.removed_at IS NULL" +
	" LEFT JOIN organisation_memberships om ON om.user_id = u.id" +
	" WHERE k.revoked_at IS NULL AND "

// PrincipalByKeyHash implements domain.Keys.
func (s *Store) PrincipalByKeyHash(ctx context.Context, hash string) (*domain.Principal, error) {
	found, err := s.principals(ctx, "k.key_hash = ?", hash)
	for _, who := range found {
		return who, nil
	}
	return nil, err
}

// PrincipalsByKeyID implements domain.Keys.
func (s *Store) PrincipalsByKeyID(ctx context.Context, keyIDs []string) (map[string]*domain.Principal, error) {
	if len(keyIDs) == 0 {
		return nil, nil
	}
	return s.principals(ctx, s.dialect.anyOf("k.id"), s.dialect.list(keyIDs))
}

// principals reads who keys act for, by key.
func (s *Store) principals(ctx context.Context, where string, parameter any) (map[string]*domain.Principal, error) {
	rows, err := s.query(ctx, principalQuery+where, parameter)
	if err != nil {
		return nil, err
	}
	found, ended := map[string]*domain.Principal{}, map[string]bool{}
	_, err = collect(rows, func(line row) (struct{}, error) {
		p := &domain.Principal{OrganisationRoles: make(map[string]domain.OrganisationRole)}
		var organisationID string
		var role domain.OrganisationRole
		var isEnded bool
		err := line.Scan(&p.KeyID, &p.KeyName, &p.Kind, &p.Scope, &p.KeyUsedAt, &p.UserID, &p.UserName, &p.UserAvatarURL, &p.TimeZone,
			&p.OrganisationID, &p.WorkspaceID, &p.DocumentsOnly,
			&p.Limits.PerMinute, &p.Limits.UploadPerMinute, &p.Limits.CostPerMinute, &p.Limits.MonthlyQuota, &p.Detached, &organisationID, &role, &isEnded)
		if found[p.KeyID] == nil {
			found[p.KeyID] = p
		}
		switch {
		case isEnded && organisationID == p.OrganisationID:
			ended[p.KeyID] = true
		case !isEnded && organisationID != "":
			found[p.KeyID].OrganisationRoles[organisationID] = role
		}
		return struct{}{}, err
	})
	if err != nil {
		return nil, translate(ctx, err, "API key")
	}
	maps.DeleteFunc(found, func(id string, p *domain.Principal) bool {
		_, isMember := p.OrganisationRoles[p.OrganisationID]
		if !p.IsWorkspaceKey() {
			p.Scope = domain.ScopeWrite
		}
		return ended[id] || !p.IsWorkspaceKey() && !isMember
	})
	return found, nil
}

// touchInterval is how often at most the use of a key is written down.
const touchInterval = 5 * time.Minute

// TouchKey implements domain.Keys.
func (s *Store) TouchKey(ctx context.Context, keyID string, now time.Time) error {
	return s.exec(ctx, "UPDATE api_keys SET last_used_at = ? WHERE id = ? AND (last_used_at IS NULL OR last_used_at <= ?)",
		now, keyID, now.Add(-touchInterval))
}

// APIKeys implements domain.Keys, oldest first.
func (s *Store) APIKeys(ctx context.Context) ([]*domain.APIKey, error) {
	var keys []*domain.APIKey
	err := s.db.WithContext(ctx).Order("created_at, id").Find(&keys).Error
	return keys, translate(ctx, err, "API key")
}

// APIKeysByID implements domain.Keys.
func (s *Store) APIKeysByID(ctx context.Context, ids []string) (map[string]*domain.APIKey, error) {
	found := make(map[string]*domain.APIKey, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	var keys []*domain.APIKey
	err := s.db.WithContext(ctx).Where(s.dialect.anyOf("id"), s.dialect.list(ids)).Find(&keys).Error
	for _, key := range keys {
		found[key.ID] = key
	}
	return found, translate(ctx, err, "API key")
}
