package domain

import "testing"

func TestCanUseWorkspace(t *testing.T) {
	t.Parallel()
	who, detached := &Principal{Kind: PersonalKey}, &Principal{Kind: WorkspaceKey, Scope: ScopeAdmin, Detached: true}
	for name, test := range map[string]struct {
		who     *Principal
		role    WorkspaceRole
		need    workspaceNeed
		allowed bool
	}{
		"member reads":               {who, WorkspaceMemberRole, readWorkspace, true},
		"member does not administer": {who, WorkspaceMemberRole, adminWorkspace, false},
		"admin administers":          {who, WorkspaceAdmin, adminWorkspace, true},
		"outsider reads nothing":     {who, "", readWorkspace, false},
		"detached key does nothing":  {detached, WorkspaceAdmin, readWorkspace, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expectAllowed(t, canUseWorkspace(test.who, test.role, test.need), test.allowed)
		})
	}
}

func TestCanUseBoard(t *testing.T) {
	t.Parallel()
	person := &Principal{Kind: PersonalKey, Scope: ScopeWrite}
	reader := &Principal{Kind: WorkspaceKey, Scope: ScopeRead}
	detached := &Principal{Kind: WorkspaceKey, Scope: ScopeAdmin, Detached: true}
	observer, editor := &BoardAccess{Role: BoardObserver}, &BoardAccess{Role: BoardEditor}
	admin := &BoardAccess{Role: BoardEditor, IsWorkspaceAdmin: true}
	for name, test := range map[string]struct {
		who     *Principal
		access  *BoardAccess
		need    boardNeed
		allowed bool
	}{
		"observer reads":             {person, observer, readBoard, true},
		"observer does not edit":     {person, observer, editBoard, false},
		"editor edits":               {person, editor, editBoard, true},
		"editor does not administer": {person, editor, adminBoard, false},
		"admin administers":          {person, admin, adminBoard, true},
		"outsider reads nothing":     {person, nil, readBoard, false},
		"read key reads":             {reader, observer, readBoard, true},
		"read key never edits":       {reader, editor, editBoard, false},
		"detached key does nothing":  {detached, admin, readBoard, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expectAllowed(t, canUseBoard(test.who, test.access, test.need), test.allowed)
		})
	}
}

func TestReadKeysHearWhy(t *testing.T) {
	t.Parallel()
	access := &BoardAccess{Role: BoardObserver}
	key := canUseBoard(&Principal{Kind: WorkspaceKey, Scope: ScopeRead}, access, editBoard)
	person := canUseBoard(&Principal{Kind: PersonalKey, Scope: ScopeWrite}, access, editBoard)
	if key.Error() == person.Error() {
		t.Errorf("a read-scope key and an observer hear the same: %q", key)
	}
}

func expectAllowed(t *testing.T, err error, allowed bool) {
	t.Helper()
	if allowed && err != nil || !allowed && CodeOf(err) != CodeForbidden {
		t.Errorf("error %v, allowed should be %v", err, allowed)
	}
}

// expectField checks which member a validation error names; an empty field expects no error.
func expectField(t *testing.T, err error, field string) {
	t.Helper()
	if field == "" {
		if err != nil {
			t.Errorf("error %v, want none", err)
		}
		return
	}
	if e, ok := err.(*Error); !ok || e.Code != CodeValidation || e.Field() != field {
		t.Errorf("error %#v, want VALIDATION at %s", err, field)
	}
}
