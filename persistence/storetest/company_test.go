package storetest_test

import (
	"reflect"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

// company is a small company: organisation Acme with workspaces Work and Side, boards Roadmap and Support in Work,
// and Solo in Side. Ada owns the organisation, Ben is a plain member with rows, Cleo only sees what is assigned to
// her, Dan administers Work, Eve has nothing.
type company struct {
	*storetest.Fixture
	store                  *persistence.Store
	acme                   *domain.Organisation
	work, side             *domain.Workspace
	roadmap, support, solo *domain.Board
	todo, done             *domain.List
	first, second, third   *domain.Card
}

func newCompany(t *testing.T, store *persistence.Store) *company {
	t.Helper()
	w := &company{Fixture: storetest.NewFixture(t, store), store: store}
	w.acme = w.Organisation("Acme")
	for _, name := range []string{"ada", "ben", "cleo", "dan", "eve"} {
		w.User(name)
		role := domain.OrganisationMember
		if name == "ada" {
			role = domain.OrganisationOwner
		}
		w.OrganisationMember("Acme", name, role)
	}
	w.work, w.side = w.Workspace("Acme", "Work", "ACME"), w.Workspace("Acme", "Side", "SIDE")
	w.WorkspaceMember("Work", "dan", domain.WorkspaceAdmin)
	w.WorkspaceMember("Work", "ben", domain.WorkspaceMemberRole)
	w.roadmap, w.support, w.solo = w.Board(w.work, "Roadmap", 0), w.Board(w.work, "Support", 1), w.Board(w.side, "Solo", 0)
	w.BoardMember("Roadmap", "ben", domain.BoardObserver, false)
	w.BoardMember("Support", "cleo", domain.BoardEditor, true)
	w.todo, w.done = w.List(w.work, "Todo", 0), w.List(w.work, "Done", 1)
	w.first = w.Card(w.roadmap, "Todo", "ada", "First", 1)
	w.second = w.Card(w.support, "Todo", "ada", "Second", 2)
	w.third = w.Card(w.support, "Done", "ada", "Third", 3)
	w.Assign("Third", "cleo")
	return w
}

// person is a principal with a personal key.
func person(name string, role domain.OrganisationRole) *domain.Principal {
	return &domain.Principal{
		KeyID: storetest.ID(name + " key"), Kind: domain.PersonalKey, Scope: domain.ScopeWrite, UserID: storetest.ID(name),
		OrganisationID:    storetest.ID("Acme"),
		OrganisationRoles: map[string]domain.OrganisationRole{storetest.ID("Acme"): role},
	}
}

// workspaceKey is a principal with a key of the workspace Work, made by Eve.
func workspaceKey(scope domain.Scope) *domain.Principal {
	return &domain.Principal{
		KeyID: storetest.ID("key"), Kind: domain.WorkspaceKey, Scope: scope, UserID: storetest.ID("eve"),
		OrganisationID: storetest.ID("Acme"), WorkspaceID: storetest.ID("Work"),
	}
}

var (
	ada  = person("ada", domain.OrganisationOwner)
	ben  = person("ben", domain.OrganisationMember)
	cleo = person("cleo", domain.OrganisationMember)
	dan  = person("dan", domain.OrganisationMember)
	eve  = person("eve", domain.OrganisationMember)
)

func check[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

func must[T any](t *testing.T) func(value T, err error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}
