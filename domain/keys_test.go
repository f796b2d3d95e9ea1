package domain

import (
	"context"
	"strings"
	"testing"
	"time"
)

func TestSecretsHaveTheDocumentedForm(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, environment := range KeyEnvironments {
		for kind, prefix := range map[CredentialKind]string{WorkspaceKey: "kanera_", PersonalKey: "kanera_u_"} {
			secret := newSecret(kind, environment)
			want := prefix + environment + "_"
			if !secretForm.MatchString(secret) || !strings.HasPrefix(secret, want) || len(secret) != len(want)+43 {
				t.Errorf("%s key for %s is %q", kind, environment, secret)
			}
			if seen[secret] {
				t.Errorf("%q came twice", secret)
			}
			seen[secret] = true
		}
	}
}

func TestHashSecret(t *testing.T) {
	t.Parallel()
	if got := hashSecret("abc"); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("hash is %s", got)
	}
}

func TestKeyRequestsAreChecked(t *testing.T) {
	t.Parallel()
	good := KeyRequest{Kind: WorkspaceKey, Name: "bot", Scope: ScopeRead, Environment: "dev"}
	for name, test := range map[string]struct {
		change func(*KeyRequest)
		field  string
	}{
		"good":                      {func(*KeyRequest) {}, ""},
		"no name":                   {func(r *KeyRequest) { r.Name = "" }, "name"},
		"long name":                 {func(r *KeyRequest) { r.Name = strings.Repeat("n", 26) }, "name"},
		"unknown scope":             {func(r *KeyRequest) { r.Scope = "all" }, "scope"},
		"unknown environment":       {func(r *KeyRequest) { r.Environment = "prod" }, "environment"},
		"unknown kind":              {func(r *KeyRequest) { r.Kind = "other" }, "kind"},
		"personal without a name":   {func(r *KeyRequest) { r.Kind, r.Name, r.UserEmail = PersonalKey, "", "a@b.test" }, ""},
		"personal without an owner": {func(r *KeyRequest) { r.Kind = PersonalKey }, "user"},
		"personal needs no scope":   {func(r *KeyRequest) { r.Kind, r.Scope, r.UserEmail = PersonalKey, "", "a@b.test" }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request := good
			test.change(&request)
			expectField(t, request.check(), test.field)
		})
	}
}

// keyring is a store that knows one key.
type keyring struct {
	Store
	hash    string
	who     *Principal
	touched *int
}

func (k keyring) PrincipalByKeyHash(_ context.Context, hash string) (*Principal, error) {
	if hash != k.hash {
		return nil, nil
	}
	return k.who, nil
}

func (k keyring) TouchKey(context.Context, string, time.Time) error {
	*k.touched++
	return nil
}

func TestAuthenticate(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 3, 4, 9, 0, 0, 0, time.UTC)
	recently, longAgo := now.Add(-4*time.Minute), now.Add(-5*time.Minute)
	secret := newSecret(WorkspaceKey, "test")
	for name, test := range map[string]struct {
		secret  string
		usedAt  *time.Time
		code    Code
		touched int
	}{
		"never used":    {secret, nil, "", 1},
		"used recently": {secret, &recently, "", 0},
		"used long ago": {secret, &longAgo, "", 1},
		"unknown":       {newSecret(WorkspaceKey, "test"), nil, CodeUnauthorized, 0},
		"malformed":     {"kanera_test_short", nil, CodeUnauthorized, 0},
		"empty":         {"", nil, CodeUnauthorized, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			touched := 0
			ring := keyring{hash: hashSecret(secret), who: &Principal{KeyID: "k", KeyUsedAt: test.usedAt}, touched: &touched}
			service := &Service{Store: ring, Now: func() time.Time { return now }}
			who, err := service.Authenticate(t.Context(), test.secret)
			if test.code != "" {
				if CodeOf(err) != test.code {
					t.Fatalf("error %v, want %s", err, test.code)
				}
				return
			}
			if err != nil || who.KeyID != "k" || touched != test.touched {
				t.Fatalf("got %v, %v, touched %d times, want %d", who, err, touched, test.touched)
			}
		})
	}
}

func TestUseOrganisation(t *testing.T) {
	t.Parallel()
	const own, other, foreign = "018f0000-0000-7000-8000-000000000001", "018f0000-0000-7000-8000-000000000002", "018f0000-0000-7000-8000-000000000003"
	personal := &Principal{Kind: PersonalKey, OrganisationID: own,
		OrganisationRoles: map[string]OrganisationRole{own: OrganisationOwner, other: OrganisationMember}}
	pinned := &Principal{Kind: WorkspaceKey, OrganisationID: own}
	for name, test := range map[string]struct {
		who    *Principal
		header string
		want   string
		code   Code
	}{
		"personal, none":              {personal, "", own, ""},
		"personal, another":           {personal, other, other, ""},
		"personal, upper case":        {personal, strings.ToUpper(other), other, ""},
		"personal, foreign":           {personal, foreign, "", CodeUnauthorized},
		"personal, malformed":         {personal, "nonsense", "", CodeUnauthorized},
		"personal, braces":            {personal, "{" + other + "}", "", CodeUnauthorized},
		"workspace, foreign, ignored": {pinned, foreign, own, ""},
		"workspace, malformed":        {pinned, "nonsense", "", CodeUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := UseOrganisation(test.who, test.header)
			if test.code != "" {
				if CodeOf(err) != test.code {
					t.Fatalf("error %v, want %s", err, test.code)
				}
				return
			}
			if err != nil || got.OrganisationID != test.want {
				t.Fatalf("got %v, %v, want %s", got, err, test.want)
			}
		})
	}
}
