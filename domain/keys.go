package domain

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// A secret is kanera_<environment>_<43 characters> for a workspace key and kanera_u_<environment>_<43 characters> for
// a personal one. The characters are 32 random bytes in base64url; only the SHA-256 of the whole secret is kept.

const (
	secretBytes     = 32
	shownSecret     = 18 // characters of a secret that stay readable, to tell keys apart
	maxKeyName      = 25
	keyTouchedEvery = 5 * time.Minute
)

// KeyEnvironments lists the environments a secret can name.
var KeyEnvironments = []string{"live", "stg", "dev", "test"}

var secretForm = regexp.MustCompile(`^kanera_(u_)?(live|stg|dev|test)_[A-Za-z0-9_-]{43}$`)

// KeyRequest asks for an API key. It is made by an operator of the server, so nobody's authority is judged.
type KeyRequest struct {
	Kind        CredentialKind
	WorkspaceID string // that a workspace key is pinned to, or in whose organisation a personal key is made
	UserEmail   string // owner of a personal key; creator of a workspace key, its oldest admin when empty
	Name        string // may be empty for a personal key
	Scope       Scope  // of a workspace key; personal keys have ScopeWrite
	// DocumentsOnly limits the key to documents registered for its organisation.
	DocumentsOnly bool
	Environment   string // one of KeyEnvironments
	Limits        KeyLimits
}

// KeyCreate makes an API key. The secret is known only now: it cannot be read again. BAD_REQUEST when the person is no
// member of the workspace, or of the organisation for a personal key.
func (s *Service) KeyCreate(ctx context.Context, in KeyRequest) (secret string, key *APIKey, err error) {
	in.Name = strings.TrimSpace(in.Name)
	if err := in.check(); err != nil {
		return "", nil, err
	}
	secret = newSecret(in.Kind, in.Environment)
	key, err = inTx(ctx, s.Store, func(tx Store) (*APIKey, error) {
		workspace := &Workspace{ID: in.WorkspaceID}
		if err := tx.Load(ctx, workspace); err != nil {
			return nil, err
		}
		owner, err := keyOwner(ctx, tx, in, workspace)
		if err != nil {
			return nil, err
		}
		now := s.Now()
		key := &APIKey{ID: s.NewID(), OrganisationID: workspace.OrganisationID, Kind: in.Kind, Name: orNil(in.Name),
			Scope: ScopeWrite, Prefix: secret[:shownSecret], Hash: hashSecret(secret), CreatedByID: owner, Limits: in.Limits, DocumentsOnly: in.DocumentsOnly,
			CreatedAt: now, UpdatedAt: now}
		if in.Kind == WorkspaceKey {
			key.WorkspaceID, key.Scope = &workspace.ID, in.Scope
		}
		return key, tx.Insert(ctx, key)
	})
	return secret, key, err
}

func (in KeyRequest) check() error {
	var checks Checks
	if !slices.Contains(CredentialKinds, in.Kind) {
		checks.Add(WrongValue(names(CredentialKinds), "kind"))
	}
	shortest := 1
	if in.Kind == PersonalKey {
		shortest = 0
		checks.Text(in.UserEmail, 1, 320, "user")
	} else if !slices.Contains(Scopes, in.Scope) {
		checks.Add(WrongValue(names(Scopes), "scope"))
	}
	checks.Text(in.Name, shortest, maxKeyName, "name")
	for _, limit := range []*int{in.Limits.PerMinute, in.Limits.UploadPerMinute, in.Limits.CostPerMinute, in.Limits.MonthlyQuota} {
		if limit != nil && (*limit < 0 || *limit > math.MaxInt32) {
			checks.Add(Custom("must be 0 (no limit) to 2147483647", "limits"))
		}
	}
	if !slices.Contains(KeyEnvironments, in.Environment) {
		checks.Add(WrongValue(KeyEnvironments, "environment"))
	}
	return checks.Err()
}

func names[T ~string](values []T) []string {
	plain := make([]string, len(values))
	for i, v := range values {
		plain[i] = string(v)
	}
	return plain
}

// keyOwner returns the id of the person a key acts for.
func keyOwner(ctx context.Context, tx Store, in KeyRequest, workspace *Workspace) (string, error) {
	if in.UserEmail == "" {
		admins, err := tx.AdminIDs(ctx, workspace.ID)
		if err == nil && len(admins) == 0 {
			err = BadRequest("The workspace has no admin; name the person the key is for.")
		}
		if err != nil {
			return "", err
		}
		return admins[0], nil
	}
	user, err := tx.UserByEmail(ctx, in.UserEmail)
	if err != nil {
		return "", err
	}
	member, err := isMember(ctx, tx, in.Kind, workspace, user.ID)
	if err == nil && !member {
		err = BadRequest("The person is no member there.")
	}
	return user.ID, err
}

// isMember reports whether a person belongs to a workspace, or, for a personal key, to its organisation.
func isMember(ctx context.Context, tx Store, kind CredentialKind, workspace *Workspace, userID string) (bool, error) {
	place := &OrganisationMembership{OrganisationID: workspace.OrganisationID, UserID: userID}
	var err error
	if kind == PersonalKey {
		err = tx.Load(ctx, place)
	} else {
		err = tx.Load(ctx, &WorkspaceMember{WorkspaceID: workspace.ID, UserID: userID})
	}
	if CodeOf(err) == CodeNotFound {
		return false, nil
	}
	return place.SuspendedAt == nil && place.RemovedAt == nil, err
}

// newSecret returns a secret nobody can guess.
func newSecret(kind CredentialKind, environment string) string {
	var random [secretBytes]byte
	_, _ = rand.Read(random[:]) // never fails: it ends the program instead
	prefix := "kanera_"
	if kind == PersonalKey {
		prefix += "u_"
	}
	return prefix + environment + "_" + base64.RawURLEncoding.EncodeToString(random[:])
}

// hashSecret is what is kept of a secret.
func hashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// KeyRevoke ends a key for good, disables the webhooks that belong to it, and tells every process. Repeating it changes
// nothing, but tells them again: that is what to do after an error, which may mean that the key is revoked and nobody
// knows yet.
func (s *Service) KeyRevoke(ctx context.Context, id string) (*APIKey, error) {
	key, err := s.keyRevoke(ctx, id)
	if err != nil || s.Bus == nil {
		return key, err
	}
	if err := s.Bus.Publish(ctx, TopicKeyRevoked, id); err != nil {
		return nil, fmt.Errorf("the key is revoked, but running servers could not be told; repeat this: %w", err)
	}
	return key, nil
}

func (s *Service) keyRevoke(ctx context.Context, id string) (*APIKey, error) {
	return inTx(ctx, s.Store, func(tx Store) (*APIKey, error) {
		key := &APIKey{ID: id}
		if err := tx.Lock(ctx, key); err != nil || key.RevokedAt != nil {
			return key, err
		}
		now := s.Now()
		key.RevokedAt, key.UpdatedAt = &now, now
		if err := tx.Update(ctx, key); err != nil {
			return nil, err
		}
		return key, tx.DisableWebhooksOf(ctx, id, now)
	})
}

// Authenticate returns who a secret acts for. Anything but the secret of a living key is UNAUTHORIZED. It reads one
// row, and every five minutes notes that the key is in use.
func (s *Service) Authenticate(ctx context.Context, secret string) (*Principal, error) {
	if !secretForm.MatchString(secret) {
		return nil, errBadKey()
	}
	who, err := s.Store.PrincipalByKeyHash(ctx, hashSecret(secret))
	if err != nil {
		return nil, fmt.Errorf("find the key: %w", err)
	}
	if who == nil {
		return nil, errBadKey()
	}
	now := s.Now()
	if who.KeyUsedAt != nil && now.Sub(*who.KeyUsedAt) < keyTouchedEvery {
		return who, nil
	}
	if err := s.Store.TouchKey(ctx, who.KeyID, now); err != nil {
		return nil, fmt.Errorf("note the use of the key: %w", err)
	}
	return who, nil
}

func errBadKey() error { return Unauthorized("The API key is missing, unknown or revoked.") }

// UseOrganisation returns the principal working in the organisation a request names; header is the id as it was
// sent, empty for none. Workspace keys stay in their own. Malformed ids, and organisations the owner is no active
// member of, are UNAUTHORIZED.
func UseOrganisation(who *Principal, header string) (*Principal, error) {
	if header == "" {
		return who, nil
	}
	id, err := uuid.Parse(header)
	if err != nil || len(header) != len(id.String()) {
		return nil, Unauthorized("The organisation id is malformed.")
	}
	if who.IsWorkspaceKey() {
		return who, nil
	}
	if _, member := who.OrganisationRoles[id.String()]; !member {
		return nil, Unauthorized("You are no active member of this organisation.")
	}
	moved := *who
	moved.OrganisationID = id.String()
	return &moved, nil
}
